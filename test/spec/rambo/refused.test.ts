/**
 * No client proposes a configuration without members, no acceptor votes for one, and the Schemas of
 * messages exclude them.
 */
import * as Schema from "effect/Schema"
import { describe, expect, it } from "vitest"
import { majority } from "../../../spec/configuration/configuration.ts"
import type { Input } from "../../../spec/kernel/process.ts"
import { client, maxMembers, type ServerId, server, servers } from "../../../spec/nodes/nodes.ts"
import { type ConfigurationMap, initial, maxActive } from "../../../spec/rambo/configuration-map.ts"
import { Message } from "../../../spec/rambo/messages.ts"
import * as OfRegisters from "../../../spec/rambo/registers/messages.ts"
import type { StorageOperation } from "../../../spec/storage/reconfiguration.ts"
import { type RamboStep, systemWith } from "./drive.ts"

const [c1, s1, s2] = [client("c1"), server("s1"), server("s2")]
const configuration = majority(servers("s1", "s2"))
const removing = (...names: ReadonlyArray<string>): StorageOperation => ({
  _tag: "Reconfigure",
  add: [],
  remove: servers(...names)
})

/** A variant whose single steps a test takes. */
const system = (name: string) => {
  const parameters = { servers: servers("s1", "s2"), clients: [c1], configuration }
  const { context, processOf } = systemWith(parameters, name)
  const idOf = (role: string) => (role === "client" ? c1 : s1)
  return {
    begin: (role: string) => processOf(role).initial(context, idOf(role)),
    step: (role: string, state: unknown, input: unknown) =>
      processOf(role).step(
        context,
        idOf(role),
        state,
        input as Input<never, unknown, unknown>
      ) as RamboStep
  }
}

const placed = (index: number) => ({ _tag: "Note", name: "placed", detail: { index } })

describe("a person's client", () => {
  it("refuses a change that would leave no members, and changes nothing", () => {
    const { begin, step } = system("rambo correct")
    const before = begin("client") as { readonly begun: number }
    const operation = removing("s1", "s2")
    expect(step("client", before, { _tag: "Invoke", operation })).toEqual({
      state: { ...before, begun: 1 },
      sends: [],
      observations: [
        { _tag: "Invocation", operation },
        placed(0),
        { _tag: "Response", operation, result: "refused" }
      ]
    })
  })
})

it.each(["rambo correct", "rambo with-consensus", "rambo-ii correct", "rds correct"])(
  "acceptors of %s never vote for a configuration without members",
  (name) => {
    const { begin, step } = system(name)
    const state = begin("server")
    const message = {
      _tag: "Ballot",
      operation: 1,
      phase: 1,
      instance: 0,
      message: { _tag: "Accept", ballot: { round: 1, proposer: c1 }, value: majority([]) }
    }
    const after = step("server", state, { _tag: "Receive", from: c1, message })
    expect(after.state).toBe(state)
    expect(after.sends).toMatchObject([{ to: c1, message: { message: { _tag: "Rejected" } } }])
  }
)

describe.each(["rambo with-consensus", "rambo-ii correct", "rds correct"])("%s", (name) => {
  const { begin, step } = system(name)
  const promise = (phase: number, instance: number, map: ConfigurationMap) => ({
    ...{ _tag: "BallotReply", operation: 1, phase, instance, map },
    message: { _tag: "Promise", ballot: { round: 1, proposer: c1 }, vote: null }
  })
  const receive = (state: unknown, from: ServerId, message: unknown) =>
    step("client", state, { _tag: "Receive", from, message })

  it("refuses a change that would leave no members once a quorum knows no successor", () => {
    const operation = removing("s1", "s2")
    const asking = step("client", begin("client"), { _tag: "Invoke", operation })
    expect(asking.observations).toEqual([{ _tag: "Invocation", operation }])
    expect(asking.sends.map(({ to }) => to)).toEqual(servers("s1", "s2"))
    const map = initial(configuration)
    const first = receive(asking.state, s1, promise(1, 0, map))
    expect(first.observations).toEqual([])
    expect(receive(first.state, s2, promise(1, 0, map))).toEqual({
      state: { begun: 1, phase: 0, map, activity: { _tag: "Idle" } },
      sends: [],
      observations: [placed(0), { _tag: "Response", operation, result: "refused" }]
    })
  })

  it("does not refuse a change if a successor has more members", () => {
    const operation = removing("s1", "s2")
    const asking = step("client", begin("client"), { _tag: "Invoke", operation })
    const added = majority(servers("s1", "s2", "s3"))
    const map = { ...initial(configuration), active: [configuration, added] }
    const { state, observations } = receive(asking.state, s1, promise(1, 0, map))
    expect(observations).toEqual([])
    expect(state).toMatchObject({
      activity: { instance: 1, proposer: { value: { members: servers("s3") } } }
    })
  })

  it("refuses a change that would leave no members after another client's removal", () => {
    const operation = removing("s2")
    const deciding = step("client", begin("client"), { _tag: "Invoke", operation })
    expect(deciding.state).toMatchObject({ activity: { _tag: "Deciding" } })
    const map = { ...initial(configuration), active: [configuration, majority(servers("s2"))] }
    const ballot = { round: 1, proposer: c1 }
    const message = {
      _tag: "BallotReply",
      operation: 1,
      phase: 1,
      instance: 0,
      map,
      message: { _tag: "Rejected", ballot, refused: "Prepare", promised: ballot }
    }
    const asking = receive(deciding.state, s1, message)
    expect(asking.sends.map(({ to }) => to)).toEqual([s2])
    const after = receive(asking.state, s2, promise(2, 1, map))
    expect(after.state).toEqual({ begun: 1, phase: 0, map, activity: { _tag: "Idle" } })
    expect(after.sends).toEqual([])
    expect(after.observations).toEqual([
      placed(1),
      { _tag: "Response", operation, result: "refused" }
    ])
  })
})

const schemas: ReadonlyArray<readonly [string, Schema.Codec<unknown, unknown>]> = [
  ["rambo", Message],
  ["a store of registers", OfRegisters.Message]
]

describe.each(schemas)("the messages of %s", (_name, schema) => {
  const accepts = Schema.is(schema)
  const map = { retired: 1, active: [configuration] }
  const retire = { _tag: "Retire", operation: 1, phase: 1, map }
  const accept = { _tag: "Accept", ballot: { round: 1, proposer: c1 }, value: configuration }
  const ballot = { _tag: "Ballot", operation: 1, phase: 1, instance: 0, message: accept }
  const vote = { ballot: { round: 1, proposer: c1 }, value: configuration }
  const promise = { _tag: "Promise", ballot: { round: 1, proposer: c1 }, vote }
  const explicit = (...quorums: ReadonlyArray<ReadonlyArray<string>>) => {
    const system = { _tag: "Explicit", quorums }
    return { ...configuration, read: system, write: system }
  }
  const [empty, apart] = [explicit([]), explicit(["s1"], ["s2"])]
  const twice = { ...configuration, members: [s1, s1, server("s2")] }
  const nameless = { ...configuration, members: ["", "s1"] }
  const most = majority(Array.from({ length: maxMembers + 1 }, (_, index) => server(`s${index}`)))
  const crowded = { ...map, active: Array.from({ length: maxActive + 1 }, () => configuration) }

  it("include a vote", () => {
    expect(accepts({ ...ballot, message: promise })).toBe(true)
  })

  it.each([
    ["a cmap without an active configuration", { ...retire, map: { ...map, active: [] } }, retire],
    [
      "a configuration without members",
      { ...retire, map: { ...map, active: [majority([])] } },
      retire
    ],
    [
      "a cmap with a negative number of retired configurations",
      { ...retire, map: { ...map, retired: -1 } },
      retire
    ],
    ["an operation with a negative number", { ...retire, operation: -1 }, retire],
    ["a phase before the first", { ...retire, phase: -1 }, retire],
    [
      "a cmap with more retired configurations than the maximum count",
      { ...retire, map: { ...map, retired: 2 ** 53 - 1 } },
      retire
    ],
    ["more active configurations than fit into messages", { ...retire, map: crowded }, retire],
    ["a quorum of nobody", { ...retire, map: { ...map, active: [empty] } }, retire],
    ["quorums that do not meet", { ...retire, map: { ...map, active: [apart] } }, retire],
    ["a member that is counted twice", { ...retire, map: { ...map, active: [twice] } }, retire],
    ["a member without a name", { ...retire, map: { ...map, active: [nameless] } }, retire],
    ["an operation that nobody can count on from", { ...retire, operation: 2 ** 53 - 1 }, retire],
    [
      "a proposal with disjoint quorums",
      { ...ballot, message: { ...accept, value: apart } },
      ballot
    ],
    [
      "a vote for disjoint quorums",
      { ...ballot, message: { ...promise, vote: { ...vote, value: apart } } },
      ballot
    ],
    [
      "a ballot before the first",
      { ...ballot, message: { ...accept, ballot: { round: -1, proposer: c1 } } },
      ballot
    ],
    [
      "a ballot without a proposer",
      { ...ballot, message: { ...accept, ballot: { round: 1, proposer: "" } } },
      ballot
    ],
    [
      "a hint with more members than a configuration may have",
      { _tag: "Hint", members: most.members },
      retire
    ],
    ["an instance before the first", { ...ballot, instance: -1 }, ballot],
    [
      "a proposal without members",
      { ...ballot, message: { ...accept, value: majority([]) } },
      ballot
    ]
  ])("exclude %s", (_what, wrong, right) => {
    expect(accepts(right)).toBe(true)
    expect(accepts(wrong)).toBe(false)
  })
})
