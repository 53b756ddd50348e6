/**
 * The weak snapshot: the executable specification does what the model says, in random runs and from
 * every local state of a small domain, reachable or not; and no mutant that loses safety does.
 */
import { describe, expect, it } from "vitest"
import type { AnyInput } from "../../../proofs/tie/run.ts"
import { followLocally } from "../../../proofs/tie/tie.ts"
import { weakSnapshot as model } from "../../../proofs/weak-snapshot/model.ts"
import { type Proposals, tieOf } from "../../../proofs/weak-snapshot/tie.ts"
import {
  type Configuration,
  isQuorum,
  majority
} from "../../../spec/configuration/configuration.ts"
import { setOf } from "../../../spec/kernel/data.ts"
import type { AnyOperation } from "../../../spec/kernel/observation.ts"
import { type ServerId, servers } from "../../../spec/nodes/nodes.ts"
import type { Change } from "../../../spec/weak-snapshot/change.ts"
import { type ClientState, client } from "../../../spec/weak-snapshot/client.ts"
import type { Message } from "../../../spec/weak-snapshot/messages.ts"
import type { SnapshotOperation } from "../../../spec/weak-snapshot/operation.ts"
import { weakSnapshot } from "../../../spec/weak-snapshot/protocol.ts"
import { correct } from "../../../spec/weak-snapshot/rules.ts"
import { type ServerState, server } from "../../../spec/weak-snapshot/server.ts"
import { variants } from "../../../spec/weak-snapshot/variants.ts"
import { followRuns, names, parametersOf, systemUnder } from "../ties.ts"

const adding = (name: string): Change => ({ add: servers(name), remove: [] })
const changes = [adding("s6"), adding("s7"), adding("s8")] as const
const [c1] = names("c", 1) as [string]
const scan: SnapshotOperation = { _tag: "Scan" }
const update = (change: Change): SnapshotOperation => ({ _tag: "Update", ...change })

const followed = (variant: string, runs = 20, count = 3) => {
  const parameters = parametersOf(count, 3)
  return followRuns(
    () => tieOf(model, parameters.configuration),
    systemUnder(weakSnapshot, parameters, variant),
    {
      ...{ runs, steps: 130, judgedEvery: 40 },
      operations: () => (_client, random) =>
        (random(3) === 0 ? update(changes[random(3)] as Change) : scan) as AnyOperation
    }
  )
}

describe("the weak snapshot is tied to its model", () => {
  it("follows random runs, in which every transition is taken and every sentence holds", () => {
    const { departure, steps, judged, taken } = followed("correct")
    expect(departure).toBeUndefined()
    expect(steps).toBeGreaterThan(2000)
    expect(judged).toBeGreaterThan(30)
    expect([...taken].toSorted()).toEqual(Object.keys(model.transitions).toSorted())
  })

  it("follows runs of five storage nodes", () => {
    expect(followed("correct", 4, 5).departure).toBeUndefined()
  })

  it("follows with-columns, which is safe", () => {
    expect(followed("with-columns", 8).departure).toBeUndefined()
  })

  it.each(variants.filter(({ kind }) => kind === "mutant").map(({ name }) => name))(
    "does not follow %s",
    (variant) => {
      expect(followed(variant, 100).departure).toBeDefined()
    }
  )
})

const subsetsOf = <A>(elements: ReadonlyArray<A>): ReadonlyArray<ReadonlyArray<A>> =>
  elements.reduce<ReadonlyArray<ReadonlyArray<A>>>(
    (some, one) => [...some, ...some.map((others) => [...others, one])],
    [[]]
  )

/** Everything that a client, which has begun its first operation, can be in the middle of. */
const stagesOf = (
  configuration: Configuration
): ReadonlyArray<Extract<ClientState, { readonly _tag: "Busy" }>> => {
  const [operation, other] = [update(adding("s6")), scan]
  const sets = subsetsOf(changes.slice(0, 2)).map((some) =>
    setOf(some.map((change) => ({ change })))
  )
  const waiting = (access: "read" | "write") =>
    subsetsOf(configuration.members)
      .filter((some) => !isQuorum(configuration, access, some))
      .map(setOf)
  const phase = <A>(answered: ReadonlyArray<ServerId>, answer: A) => ({
    configurations: [configuration],
    answered,
    answer
  })
  const rounds = [1, 2] as const
  const written = sets.filter(({ length }) => length > 0)
  return [
    { _tag: "Busy", begun: 1, operation, phase: 1, stage: { _tag: "Endorsing" } },
    ...waiting("write").flatMap((answered) =>
      changes.slice(0, 2).map((change) => ({
        ...({ _tag: "Busy", begun: 1, operation, phase: 2 } as const),
        stage: { _tag: "Spreading" as const, phase: phase(answered, [{ change }]) }
      }))
    ),
    ...rounds.flatMap((round) => [
      ...waiting("read").flatMap((answered) =>
        sets.map((found) => ({
          ...({ _tag: "Busy", begun: 1, operation: other, phase: 2 * round - 1 } as const),
          stage: { _tag: "Collecting" as const, round, phase: phase(answered, found) }
        }))
      ),
      ...waiting("write").flatMap((answered) =>
        written.map((found) => ({
          ...({ _tag: "Busy", begun: 1, operation: other, phase: 2 * round } as const),
          stage: { _tag: "WritingBack" as const, round, phase: phase(answered, found) }
        }))
      )
    ])
  ]
}

const sets = subsetsOf(changes.slice(0, 2)).map((some) => setOf(some.map((change) => ({ change }))))

/** Every answer to the phase of a client. */
const answersTo = ({
  phase,
  stage
}: ReturnType<typeof stagesOf>[number]): ReadonlyArray<Message> => {
  const numbers = { operation: 1, phase }
  switch (stage._tag) {
    case "Endorsing":
      return changes.slice(0, 2).map((change) => ({ _tag: "Endorsed", ...numbers, change }))
    case "Spreading":
    case "WritingBack":
      return [{ _tag: "Stored", ...numbers }]
    case "Collecting":
      return sets.map((endorsements) => ({ _tag: "Collected", ...numbers, endorsements }))
  }
}

const domainOf = (count: number): Configuration => majority(servers(...names("s", count)))

describe("every local state of a small domain", () => {
  it.each([
    [3, 486],
    [4, 1768]
  ])(
    "of a client of %i storage nodes is followed, for every answer it receives: %i steps",
    (count, steps) => {
      const configuration = domainOf(count)
      const context = { configuration, rules: correct }
      const departures = stagesOf(configuration).flatMap((before) =>
        answersTo(before).flatMap((message) =>
          configuration.members.map((from) => {
            const proposals: Proposals = new Map(
              before.operation._tag === "Update" ? [[`${c1}#1`, "+s6"]] : []
            )
            const input = { _tag: "Receive", from, message } as const
            const step = client.step(context, c1 as never, before, input)
            return followLocally(tieOf(model, configuration, proposals), {
              ...{ node: c1 as never, role: "client", before, step },
              input: input as AnyInput
            })
          })
        )
      )
      expect(departures.filter((one) => one !== undefined)).toEqual([])
      expect(departures.length).toBe(steps)
    }
  )

  it("of a storage node is followed, for every request", () => {
    const configuration = domainOf(3)
    const [s1] = configuration.members as unknown as [(typeof configuration.members)[number]]
    const numbers = { operation: 1, phase: 2 }
    const ofUpdate: ReadonlyArray<Message> = [
      { _tag: "Endorse", operation: 1, phase: 1, change: adding("s6") },
      ...changes
        .slice(0, 2)
        .map((change): Message => ({ _tag: "Store", ...numbers, endorsements: [{ change }] }))
    ]
    const ofScan: ReadonlyArray<Message> = [
      { _tag: "Collect", operation: 1, phase: 1 },
      { _tag: "Collect", operation: 1, phase: 3 },
      ...sets.map((endorsements): Message => ({ _tag: "Store", ...numbers, endorsements })),
      ...sets.map(
        (endorsements): Message => ({ _tag: "Store", operation: 1, phase: 4, endorsements })
      )
    ]
    const states: ReadonlyArray<ServerState> = [null, ...changes.slice(0, 2)].flatMap((endorsed) =>
      sets
        .filter((known) => endorsed === null || known.some(({ change }) => change === endorsed))
        .map((known) => ({ endorsed, known }))
    )
    const departures = states.flatMap((before) =>
      [...ofUpdate, ...ofScan].map((message) => {
        const proposals: Proposals = new Map(ofUpdate.includes(message) ? [[`${c1}#1`, "+s6"]] : [])
        const input = { _tag: "Receive", from: c1 as never, message } as const
        const step = server.step({ rules: correct }, s1, before, input)
        return followLocally(tieOf(model, configuration, proposals), {
          ...{ node: s1, role: "server", before, step },
          input: input as AnyInput
        })
      })
    )
    expect(departures.filter((one) => one !== undefined)).toEqual([])
    expect(departures.length).toBe(104)
  })
})
