/**
 * Random small scenarios, as people would write them.
 */
import * as Result from "effect/Result"
import * as fc from "fast-check"
import { fromData } from "../../../checker/scenario/load.ts"
import { protocols } from "../../../spec/protocols.ts"

export interface RandomScenario {
  readonly protocol: string
  readonly variant: string
  readonly servers: number
  readonly configuration: ReadonlyArray<string>
  readonly clients: ReadonlyArray<ReadonlyArray<string>>
  readonly faults: { readonly crashes: { readonly servers: number; readonly clients: number } }
  readonly quorums: unknown
}

const serverNames = (count: number) => Array.from({ length: count }, (_, index) => `s${index + 1}`)

/** Every so often the number, else 0. */
const rarely = (number: number) =>
  fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.constant(number) })

const accesses = fc.constantFrom("write 1", "write 1", "write 2", "read", "read")

const reconfigurations = (servers: ReadonlyArray<string>) =>
  fc
    .uniqueArray(fc.constantFrom(...servers), { minLength: 1, maxLength: 2 })
    .chain((names) =>
      fc
        .array(fc.constantFrom("+", "-"), { minLength: names.length, maxLength: names.length })
        .map((signs) => ["reconfigure", ...names.map((name, index) => `${signs[index]}${name}`)].join(" "))
    )

/** Mostly two or three operations in all, of one to three clients. */
const scripts = (operations: fc.Arbitrary<string>) => {
  const client = (length: number) => fc.array(operations, { minLength: length, maxLength: length })
  const shape = (...lengths: ReadonlyArray<number>) => fc.tuple(...lengths.map(client))
  return fc.oneof(
    shape(1),
    shape(2),
    { weight: 3, arbitrary: shape(1, 1) },
    { weight: 3, arbitrary: shape(1, 2) },
    shape(2, 1),
    shape(2, 2),
    shape(1, 1, 1)
  )
}

const quorumSystems = (members: ReadonlyArray<string>) => {
  const subset = fc.uniqueArray(fc.constantFrom(...members), { minLength: 1 })
  const sets = fc.array(subset, { minLength: 1, maxLength: 3 }).map((drawn) => ({ sets: drawn }))
  const weights = fc
    .array(fc.nat({ max: 3 }), { minLength: members.length, maxLength: members.length })
    .map((drawn) => ({ weights: Object.fromEntries(members.map((member, index) => [member, drawn[index]])) }))
  const majority = fc.constant("majority")
  return fc.oneof(
    { weight: 4, arbitrary: majority },
    weights,
    sets,
    fc.record({ read: fc.oneof(majority, weights, sets), write: fc.oneof(majority, weights, sets) })
  )
}

const scenariosOf = (protocol: (typeof protocols)[number], servers: number): fc.Arbitrary<RandomScenario> =>
  fc.uniqueArray(fc.constantFrom(...serverNames(servers)), { minLength: 1 }).chain((configuration) => {
    const reconfigures = protocol.operations.some(({ tag }) => tag === "Reconfigure")
    return fc.record({
      protocol: fc.constant(protocol.name),
      variant: fc.constantFrom(...protocol.variants.map(({ name }) => name as string)),
      servers: fc.constant(servers),
      configuration: fc.constant(configuration),
      clients: scripts(reconfigures ? fc.oneof(accesses, reconfigurations(serverNames(servers))) : accesses),
      faults: fc.record({ crashes: fc.record({ servers: rarely(1), clients: rarely(1) }) }),
      quorums: quorumSystems(configuration)
    })
  })

/** Small scenarios of every protocol and variant; quorums that would be refused are replaced by majorities. */
export const randomScenarios: fc.Arbitrary<RandomScenario> = fc
  .constantFrom(...protocols)
  .chain((protocol) =>
    fc
      .integer({ min: 1, max: protocol.name === "majority" ? 3 : 4 })
      .chain((servers) => scenariosOf(protocol, servers))
  )
  .map((scenario) =>
    Result.isSuccess(fromData("random", scenario)) ? scenario : { ...scenario, quorums: "majority" }
  )
