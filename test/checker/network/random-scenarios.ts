/**
 * Random small scenarios, as a user might write them.
 */
import * as Result from "effect/Result"
import * as fc from "fast-check"
import { fromData } from "../../../checker/scenario/load.ts"
import { protocols, type StorageProtocol } from "../../../spec/protocols.ts"

export interface RandomScenario {
  readonly protocol: string
  readonly variant: string
  readonly servers: number
  readonly configuration: ReadonlyArray<string>
  readonly clients: ReadonlyArray<ReadonlyArray<string>>
  readonly faults: { readonly crashes: { readonly servers: number; readonly clients: number } }
  readonly quorums: unknown
  /** The properties to check; without it, all of them. */
  readonly properties?: ReadonlyArray<string>
}

const serverNames = (count: number) => Array.from({ length: count }, (_, index) => `s${index + 1}`)

/** Every so often 1, else 0. */
const rarely = fc.oneof(
  { weight: 4, arbitrary: fc.constant(0) },
  { weight: 1, arbitrary: fc.constant(1) }
)

const accesses = fc.constantFrom("write 1", "write 2", "read")

const reconfigurations = (servers: ReadonlyArray<string>) =>
  fc
    .uniqueArray(fc.constantFrom(...servers), { minLength: 1, maxLength: 2 })
    .chain((names) =>
      fc
        .tuple(...names.map(() => fc.constantFrom("+", "-")))
        .map((signs) =>
          ["reconfigure", ...names.map((name, index) => `${signs[index]}${name}`)].join(" ")
        )
    )

/** One to three clients; mostly few operations, in an order that shows mistakes. */
const scripts = (operations: fc.Arbitrary<string>, first: fc.Arbitrary<string>) => {
  const any = (length: number) => fc.array(operations, { minLength: length, maxLength: length })
  const write = fc.constantFrom("write 1", "write 2")
  const read = fc.constant("read")
  return fc.oneof(
    fc.tuple(any(1)),
    fc.tuple(any(2)),
    { weight: 3, arbitrary: fc.tuple(fc.tuple(write, read)) },
    fc.tuple(any(1), any(1)),
    fc.tuple(any(1), any(2)),
    { weight: 3, arbitrary: fc.tuple(fc.tuple(first), fc.tuple(write, read)) },
    { weight: 3, arbitrary: fc.tuple(fc.tuple(write), fc.tuple(read, read)) },
    { weight: 3, arbitrary: fc.tuple(fc.tuple(first, write), fc.tuple(read)) },
    { weight: 2, arbitrary: fc.tuple(fc.tuple(first, read), fc.tuple(write)) },
    fc.tuple(any(1), any(1), any(1))
  )
}

const quorumSystems = (members: ReadonlyArray<string>) => {
  const subset = fc.uniqueArray(fc.constantFrom(...members), { minLength: 1 })
  const sets = fc.array(subset, { minLength: 1, maxLength: 3 }).map((drawn) => ({ sets: drawn }))
  const weights = fc
    .array(fc.nat({ max: 3 }), { minLength: members.length, maxLength: members.length })
    .map((drawn) => ({
      weights: Object.fromEntries(members.map((member, index) => [member, drawn[index]]))
    }))
  const majority = fc.constant("majority")
  return fc.oneof(
    { weight: 3, arbitrary: majority },
    weights,
    sets,
    { weight: 4, arbitrary: fc.constant(readOneWriteAll(members)) },
    fc.record({ read: fc.oneof(majority, weights, sets), write: fc.oneof(majority, weights, sets) })
  )
}

const scenariosOf = (protocol: StorageProtocol, servers: number): fc.Arbitrary<RandomScenario> =>
  fc
    .uniqueArray(fc.constantFrom(...serverNames(servers)), { minLength: 1 })
    .chain((configuration) => {
      const reconfigures = protocol.objects.some(({ kinds }) =>
        kinds.some(({ tag }) => tag === "Reconfigure")
      )
      const reconfiguration = reconfigurations(serverNames(servers))
      return fc.record({
        protocol: fc.constant(protocol.name),
        variant: fc.constantFrom(...protocol.variants.map(({ name }) => name)),
        servers: fc.constant(servers),
        configuration: fc.constant(configuration),
        clients: reconfigures
          ? scripts(fc.oneof({ weight: 3, arbitrary: accesses }, reconfiguration), reconfiguration)
          : scripts(accesses, accesses),
        faults: fc.record({ crashes: fc.record({ servers: rarely, clients: rarely }) }),
        quorums: quorumSystems(configuration)
      })
    })

const readOneWriteAll = (members: ReadonlyArray<string>) => ({
  read: { sets: members.map((member) => [member]) },
  write: { sets: [members] }
})

const pair = ["s1", "s2"]
const one = ["s1"]
const replacing = "reconfigure +s2 -s1"

/** Scenarios that kill a mutant in a few hundred states. */
const deadly: ReadonlyArray<
  Pick<RandomScenario, "variant" | "configuration" | "clients" | "quorums">
> = [
  {
    variant: "quorum-one-short",
    configuration: pair,
    clients: [["write 1", "read"]],
    quorums: "majority"
  },
  {
    variant: "write-without-get-phase",
    configuration: one,
    clients: [["write 1"], ["write 2", "read"]],
    quorums: "majority"
  },
  {
    variant: "read-without-set-phase",
    configuration: pair,
    clients: [["write 1"], ["read", "read"]],
    quorums: readOneWriteAll(pair)
  },
  {
    variant: "late-get-reply-counted",
    configuration: pair,
    clients: [["write 1", "write 2"]],
    quorums: readOneWriteAll(pair)
  },
  {
    variant: "timestamp-without-client",
    configuration: pair,
    clients: [["write 1"], ["write 2"]],
    quorums: readOneWriteAll(pair)
  },
  {
    variant: "online",
    configuration: one,
    clients: [[replacing, "write 1"], ["read"]],
    quorums: "majority"
  },
  {
    variant: "write-locked-unlock-early",
    configuration: one,
    clients: [[replacing, "write 1"], ["read"]],
    quorums: "majority"
  }
]

/** A deadly scenario, as it is or with additional events. */
const aroundDeadly: fc.Arbitrary<RandomScenario> = fc
  .record({
    scenario: fc.constantFrom(...deadly),
    servers: fc.constantFrom(2, 2, 3),
    crashes: fc.record({ servers: rarely, clients: rarely }),
    more: fc.oneof(
      { weight: 3, arbitrary: fc.constant([]) },
      fc.tuple(accesses).map((script) => [script])
    )
  })
  .map(({ scenario, servers, crashes, more }) => {
    const owner = protocols.find(({ variants }) =>
      variants.some(({ name }) => name === scenario.variant)
    )
    const clients = [...scenario.clients, ...(scenario.clients.length === 1 ? more : [])]
    return { ...scenario, protocol: owner?.name ?? "", servers, clients, faults: { crashes } }
  })

/**
 * The protocols whose random scenarios are small enough; for the others, the shipped scenarios are
 * compared.
 */
const drawn = protocols.filter(({ name }) => name === "majority" || name === "naive")

/**
 * Small scenarios of these protocols, of every variant; quorums that would be refused are replaced
 * by majorities.
 */
const anything: fc.Arbitrary<RandomScenario> = fc
  .constantFrom(...drawn)
  .chain((protocol) =>
    fc
      .constantFrom(1, 1, 1, 2, 2, 2, 2, 3, ...(protocol.name === "majority" ? [] : [4]))
      .chain((servers) => scenariosOf(protocol, servers))
  )
  .map((scenario) =>
    Result.isSuccess(fromData("random", scenario)) ? scenario : { ...scenario, quorums: "majority" }
  )

/** Anything small; one time in five, a scenario near a known violation. */
export const randomScenarios: fc.Arbitrary<RandomScenario> = fc.oneof(
  { weight: 4, arbitrary: anything },
  { weight: 1, arbitrary: aroundDeadly }
)

/** The same; more often than not with only the properties of storage nodes and histories. */
export const randomSafetyScenarios: fc.Arbitrary<RandomScenario> = fc
  .tuple(
    randomScenarios,
    fc.constantFrom(
      undefined,
      ["atomicity"],
      ["atomicity", "timestamps-grow", "timestamps-name-values"]
    )
  )
  .map(([scenario, properties]) =>
    properties === undefined ? scenario : { ...scenario, properties }
  )
