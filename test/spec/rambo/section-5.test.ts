/**
 * Reconfiguration using consensus, sentence by sentence of the tutorial's section 5, in its order.
 */
import * as Schema from "effect/Schema"
import { describe, expect, it } from "vitest"
import { majority } from "../../../spec/configuration/configuration.ts"
import { directory } from "../../../spec/directory/directory.ts"
import type { NodeId } from "../../../spec/kernel/node.ts"
import { client as clientId, server as serverId, servers } from "../../../spec/nodes/nodes.ts"
import { client } from "../../../spec/rambo/client.ts"
import { ConfigurationMap, describeMap, integrate } from "../../../spec/rambo/configuration-map.ts"
import type { Message } from "../../../spec/rambo/messages.ts"
import { correct, type Rules, withConsensus } from "../../../spec/rambo/rules.ts"
import { type ServerState, server } from "../../../spec/rambo/server.ts"
import type { ClientState } from "../../../spec/rambo/state.ts"
import { client as rdsClient } from "../../../spec/rds/client.ts"
import { correct as rds } from "../../../spec/rds/rules.ts"
import { server as rdsServer } from "../../../spec/rds/server.ts"
import type { Pair } from "../../../spec/register/pair.ts"
import { changeOf, type StorageOperation } from "../../../spec/storage/reconfiguration.ts"

const [c1, c2, d] = [clientId("c1"), clientId("c2"), directory("d")]
const [old, next] = [majority(servers("s1", "s2", "s3")), majority(servers("s1", "s3", "s4"))]
const other = majority(servers("s1", "s2"))

/** The cmap with these active configurations, and none retired. */
const cmap = (...active: ReadonlyArray<typeof old>): ConfigurationMap => ({ retired: 0, active })
const [before, both, after] = [cmap(old), cmap(old, next), { retired: 1, active: [next] }]

const pair = (value: number, number: number, of = c2): Pair => ({
  value,
  timestamp: { number, client: of }
})
/** Two pairs, in either order, and the larger of them: by number, then by client. */
const unequal = [
  [pair(1, 1), pair(2, 2), pair(2, 2)],
  [pair(2, 2), pair(1, 1), pair(2, 2)],
  [pair(1, 1, c1), pair(2, 1, c2), pair(2, 1, c2)],
  [pair(2, 1, c2), pair(1, 1, c1), pair(2, 1, c2)]
] as const

const read: StorageOperation = { _tag: "Read" }
const write = (value: number): StorageOperation => ({ _tag: "Write", value })
const replace: StorageOperation = { _tag: "Reconfigure", ...changeOf(["+s4", "-s2"]) }

const contextOf = (rules: Rules, knows?: typeof d) => ({
  ...{ servers: servers("s1", "s2", "s3", "s4"), clients: [c1, c2], configuration: old, rules },
  ...(knows && { directory: knows })
})
type Input = Parameters<typeof client.step>[3]

/** What a client has done after these inputs: its state, and what the last of them made it do. */
const run = (
  context: ReturnType<typeof contextOf>,
  map: ConfigurationMap,
  ...inputs: ReadonlyArray<Input>
) =>
  inputs.reduce((step, input) => client.step(context, c1, step.state, input), {
    state: { ...client.initial(context, c1), map },
    sends: [],
    observations: []
  } as ReturnType<typeof client.step>)
const byPerson = contextOf(correct)

const invoke = (operation: StorageOperation): Input => ({ _tag: "Invoke", operation })
const receive = (from: string, message: Message): Input => ({
  ...{ _tag: "Receive", from: serverId(from) as NodeId, message }
})
const goOn: Input = { _tag: "Choose", choice: { _tag: "Continue" } }
const got = (from: string, map: ConfigurationMap, held = pair(0, 0), phase = 1): Input =>
  receive(from, { _tag: "GetReply", operation: 1, phase, pair: held, map })
const acknowledged = (from: string, map: ConfigurationMap, phase = 2): Input =>
  receive(from, { _tag: "SetReply", operation: 1, phase, map })
const pointed = (from: string, held = pair(0, 0)): Input =>
  receive(from, { _tag: "PointerStored", operation: 1, phase: 1, pair: held, map: both })
const told = (from: string): Input =>
  receive(from, { _tag: "Retired", operation: 1, phase: 3, map: after })

const receivers = ({ sends }: { readonly sends: ReadonlyArray<{ readonly to: string }> }) =>
  sends.map(({ to }) => to).sort()
const isAtFixedPoint = ({ state }: { readonly state: ClientState }) =>
  client.choices(byPerson, c1, state).length > 0

/** What a storage node does with a message of c1. */
const at = (state: Partial<ServerState>, message: Message, rules: Rules = correct) => {
  const context = contextOf(rules)
  const from = { ...server.initial(context, serverId("s1")), ...state }
  return server.step(context, serverId("s1"), from, { _tag: "Receive", from: c1, message })
}

/** What a client notes when a reconfiguration returns: its place in the sequence. */
const placed = (index: number) => ({ _tag: "Note", name: "placed", detail: { index } })

describe("consensus on the sequence of configurations", () => {
  const context = contextOf(withConsensus)
  const ballot = { round: 1, proposer: c1 }
  const prepare = (instance: number) =>
    ({
      _tag: "Ballot",
      operation: 1,
      phase: 1,
      instance,
      message: { _tag: "Prepare", ballot }
    }) as const

  it("each configuration has its own instance: nodes keep an acceptor for each", () => {
    const first = at({ map: cmap(old) }, prepare(0), withConsensus).state
    const { instances } = at(first, prepare(1), withConsensus).state
    expect(instances.map(({ instance }) => instance)).toEqual([0, 1])
  })

  it("a reconfigurer asks the nodes of the latest configuration to decide on its own", () => {
    const { sends } = run(context, both, invoke({ _tag: "Reconfigure", ...changeOf(["+s2"]) }))
    expect(sends.map(({ to }) => to)).toEqual(next.members)
    expect(sends[0]?.message).toMatchObject(prepare(1))
    const promised = receive("s1", {
      ...{ _tag: "BallotReply", operation: 1, phase: 1, instance: 0, map: before },
      message: { _tag: "Promise", ballot, vote: null }
    })
    const accepting = run(context, before, invoke(replace), promised, {
      ...promised,
      from: serverId("s2")
    } as Input)
    expect(accepting.sends[0]?.message).toMatchObject({ message: { _tag: "Accept", value: next } })
  })

  it("an unsuccessful client retries using the configuration of the successful one", () => {
    const refused = receive("s1", {
      ...{ _tag: "BallotReply", operation: 1, phase: 1, instance: 0, map: cmap(old, other) },
      message: { _tag: "Rejected", ballot, refused: "Prepare", promised: ballot }
    })
    const { state, sends } = run(context, before, invoke(replace), refused)
    expect(state.activity).toMatchObject({ _tag: "Deciding", instance: 1 })
    expect(receivers({ sends })).toEqual(other.members)
    expect(sends[0]?.message).toMatchObject({ _tag: "Ballot", instance: 1, phase: 2 })
  })

  describe("a reconfigurer whose latest configuration already has the change", () => {
    const again: StorageOperation = { _tag: "Reconfigure", ...changeOf(["+s1"]) }
    const answer = (from: string, map: ConfigurationMap, message: object): Input =>
      receive(from, {
        _tag: "BallotReply",
        operation: 1,
        phase: 1,
        instance: 0,
        map,
        message
      } as Message)
    const promise = (from: string) => answer(from, before, { _tag: "Promise", ballot, vote: null })

    it("asks the nodes of that configuration for a successor, and reports nothing before", () => {
      const asking = run(context, before, invoke(again))
      expect(receivers(asking)).toEqual(old.members)
      expect(asking.sends[0]?.message).toMatchObject(prepare(0))
      const one = run(context, before, invoke(again), promise("s1"))
      expect([one.sends, one.observations]).toEqual([[], []])
    })

    it("is done once a quorum knows of none, and has proposed nothing", () => {
      const done = run(context, before, invoke(again), promise("s1"), promise("s2"))
      expect(done.sends).toEqual([])
      expect(done.observations).toMatchObject([placed(0), { _tag: "Response", result: null }])
      expect(done.state).toMatchObject({ map: before, activity: { _tag: "Idle" } })
    })

    it("proposes its change after the successor, if that has undone the change", () => {
      const without = { ...old, members: servers("s2", "s3") }
      const told = answer("s2", cmap(old, without), {
        ...{ _tag: "Rejected", ballot, refused: "Prepare", promised: ballot }
      })
      const { state, observations } = run(context, before, invoke(again), told)
      expect(observations).toEqual([])
      expect(state.activity).toMatchObject({ instance: 1, proposer: { value: old } })
    })

    it("completes a change that was accepted before, and then makes its own", () => {
      const value = { ...old, members: servers("s2", "s3") }
      const voted = answer("s1", before, {
        ...{ _tag: "Promise", ballot, vote: { ballot: { round: 0, proposer: c2 }, value } }
      })
      const { sends } = run(context, before, invoke(again), voted, promise("s2"))
      expect(sends[0]?.message).toMatchObject({ message: { _tag: "Accept", value } })
    })
  })

  it("each configuration is followed by a single one: a node that knows it joins no further ballot", () => {
    const { state, sends } = at({ map: both }, prepare(0), withConsensus)
    expect(state).toEqual({ ...server.initial(context, serverId("s1")), map: both })
    expect(sends[0]?.message).toMatchObject({ map: both, message: { _tag: "Rejected" } })
  })
})

describe("cmaps", () => {
  it("each storage node stores a vt-pair and a cmap, and each client a cmap", () => {
    expect(server.initial(byPerson, serverId("s1"))).toMatchObject({
      pair: { value: null },
      map: before
    })
    expect(client.initial(byPerson, c1)).toMatchObject({ map: before })
  })

  it("are a prefix of retired configurations, then one or more active ones, then unknown ones", () => {
    expect(describeMap({ retired: 2, active: [old, next] })).toBe("0-1:± 2:{s1,s2,s3} 3:{s1,s3,s4}")
    expect(Schema.is(ConfigurationMap)({ retired: 2, active: [] })).toBe(false)
  })

  it("are integrated index by index: known if known in either, retired if retired in either", () => {
    expect(integrate(before, both)).toEqual(both)
    expect(integrate(both, after)).toEqual(after)
    expect(integrate(after, both)).toEqual(after)
  })
})

describe("the Get phase", () => {
  it("sends a request to the storage nodes in the active configurations", () => {
    expect(receivers(run(byPerson, before, invoke(read)))).toEqual(["s1", "s2", "s3"])
    expect(receivers(run(byPerson, both, invoke(read)))).toEqual(["s1", "s2", "s3", "s4"])
    expect(receivers(run(byPerson, after, invoke(read)))).toEqual(["s1", "s3", "s4"])
  })

  it("each storage node replies with its vt-pair and its cmap, and keeps both", () => {
    const has = { pair: pair(7, 3), map: both }
    const { state, sends } = at(has, { _tag: "Get", operation: 5, phase: 4 })
    expect(state).toMatchObject(has)
    expect(sends).toEqual([
      { to: c1, message: { _tag: "GetReply", operation: 5, phase: 4, ...has } }
    ])
  })

  it("integrates the cmap, and repeats the request to new storage nodes in active configurations", () => {
    const step = run(byPerson, before, invoke(read), got("s1", both))
    expect(step.state.map).toEqual(both)
    expect(step.sends).toEqual([{ to: "s4", message: { _tag: "Get", operation: 1, phase: 1 } }])
  })

  it("integrates retirements too, and then restarts without its answers (our rule)", () => {
    const step = run(
      byPerson,
      before,
      invoke(read),
      got("s2", before, pair(9, 9)),
      got("s1", after)
    )
    expect(step.state.map).toEqual(after)
    expect(receivers(step)).toEqual(["s1", "s3", "s4"])
    expect(step.state).toMatchObject({
      phase: 2,
      activity: { phase: { answered: [], answer: { value: null } } }
    })
    const late = client.step(byPerson, c1, step.state, got("s3", after, pair(9, 9)))
    expect(late.state).toBe(step.state)
  })

  it("completes with a majority of every active configuration: a fixed point", () => {
    const one = run(byPerson, before, invoke(read), got("s1", before))
    expect(isAtFixedPoint(one)).toBe(false)
    expect(
      isAtFixedPoint(run(byPerson, before, invoke(read), got("s1", before), got("s2", before)))
    ).toBe(true)
    const [inOld, inBoth] = [got("s2", both), got("s3", both)]
    expect(isAtFixedPoint(run(byPerson, before, invoke(read), got("s1", both), inOld))).toBe(false)
    expect(isAtFixedPoint(run(byPerson, before, invoke(read), got("s1", both), inBoth))).toBe(true)
  })

  it("finds the vt-pair with the largest timestamp", () => {
    for (const [first, second, larger] of unequal) {
      const replies = [got("s1", before, first), got("s2", before, second)]
      const { activity } = run(byPerson, before, invoke(read), ...replies).state
      expect(activity).toMatchObject({ phase: { answer: larger } })
    }
  })
})

describe("the Set phase", () => {
  const found = [got("s1", before, pair(7, 3)), got("s2", before)]

  it("picks, to read, the pair it found", () => {
    const { sends } = run(byPerson, before, invoke(read), ...found, goOn)
    expect(sends[0]?.message).toEqual({ _tag: "Set", operation: 1, phase: 2, pair: pair(7, 3) })
  })

  it("picks, to write, the value and a unique timestamp higher than the one it found", () => {
    const { sends } = run(byPerson, before, invoke(write(8)), ...found, goOn)
    expect(sends[0]?.message).toMatchObject({ _tag: "Set", pair: pair(8, 4, c1) })
  })

  it("sends the picked pair to the storage nodes in the active configurations", () => {
    const replies = [got("s1", both), got("s3", both)]
    expect(receivers(run(byPerson, both, invoke(read), ...replies, goOn))).toEqual([
      "s1",
      "s2",
      "s3",
      "s4"
    ])
  })

  it("a storage node updates its pair if the timestamp is larger, and acknowledges in either case", () => {
    for (const [sent, kept] of [
      [pair(8, 4), pair(8, 4)],
      [pair(8, 2), pair(7, 3)],
      [pair(8, 3), pair(7, 3)],
      [pair(8, 3, c1), pair(7, 3)],
      [pair(8, 3, clientId("c3")), pair(8, 3, clientId("c3"))]
    ] as const) {
      const step = at(
        { pair: pair(7, 3), map: both },
        { _tag: "Set", operation: 1, phase: 2, pair: sent }
      )
      expect(step.state.pair).toEqual(kept)
      // "The acknowledgement piggybacks the storage node's cmap."
      expect(step.sends).toEqual([
        { to: c1, message: { _tag: "SetReply", operation: 1, phase: 2, map: both } }
      ])
    }
  })

  it("integrates the cmap, and sends the pair to new storage nodes it learns about", () => {
    const step = run(byPerson, before, invoke(read), ...found, goOn, acknowledged("s1", both))
    expect(step.state.map).toEqual(both)
    expect(step.sends).toEqual([
      { to: "s4", message: { _tag: "Set", operation: 1, phase: 2, pair: pair(7, 3) } }
    ])
  })

  it("terminates at a fixed point: a write returns ok, a read the value it stored", () => {
    const inputs = [...found, goOn, acknowledged("s1", both)]
    const short = run(byPerson, before, invoke(read), ...inputs, acknowledged("s2", both), goOn)
    expect(short.observations).toEqual([])
    for (const [operation, result] of [
      [read, 7],
      [write(8), null]
    ] as const) {
      const step = run(
        byPerson,
        before,
        invoke(operation),
        ...inputs,
        acknowledged("s3", both),
        goOn
      )
      expect(step.observations).toEqual([{ _tag: "Response", operation, result }])
      expect(step.state).toEqual({ begun: 1, phase: 0, map: both, activity: { _tag: "Idle" } })
    }
  })
})

describe("a client that was inactive, or has just started", () => {
  it("requests the cmap from each node that the directory names", () => {
    const { sends } = run(byPerson, before, receive("d", { _tag: "Hint", members: next.members }))
    expect(sends).toEqual(next.members.map((to) => ({ to, message: { _tag: "AskMap" } })))
    expect(at({ map: both }, { _tag: "AskMap" }).sends).toEqual([
      { to: c1, message: { _tag: "MapReply", map: both } }
    ])
  })

  it("integrates the cmap with its own, and repeats the request of its phase", () => {
    const reply = receive("s4", { _tag: "MapReply", map: after })
    expect(run(byPerson, before, reply).state.map).toEqual(after)
    expect(receivers(run(byPerson, before, invoke(read), reply))).toEqual(["s1", "s3", "s4"])
  })

  it("is not harmed by nodes from old configurations", () => {
    const { state } = run(byPerson, after, receive("s2", { _tag: "MapReply", map: before }))
    expect(state.map).toEqual(after)
  })
})

describe("reconfiguration and garbage collection", () => {
  const pointing = run(byPerson, before, invoke(replace))
  const transferring = run(
    byPerson,
    before,
    invoke(replace),
    pointed("s1", pair(7, 3)),
    pointed("s2")
  )
  const transferred = [
    pointed("s1"),
    pointed("s2"),
    acknowledged("s3", both),
    acknowledged("s4", both)
  ]

  it("a person can provide the sequence: the client makes its change without consensus", () => {
    expect(pointing.state.map).toEqual(both)
    expect(pointing.sends.some(({ message }) => message._tag === "Ballot")).toBe(false)
  })

  it("Action 1: c' is stored in the cmaps of a majority of the storage nodes of c", () => {
    expect(receivers(pointing)).toEqual(["s1", "s2", "s3"])
    expect(pointing.sends[0]?.message).toEqual({
      _tag: "StorePointer",
      operation: 1,
      phase: 1,
      map: both
    })
    const { state, sends } = at({ pair: pair(7, 3) }, pointing.sends[0]?.message as Message)
    expect(state.map).toEqual(both)
    // It sends its pair, which the client copies (our rule).
    expect(sends[0]?.message).toMatchObject({ _tag: "PointerStored", map: both, pair: pair(7, 3) })
    expect(run(byPerson, before, invoke(replace), pointed("s1")).state.activity._tag).toBe(
      "StoringPointer"
    )
    expect(transferring.state.activity._tag).toBe("TransferringState")
  })

  it("any operation that uses c will discover c' by the pointer", () => {
    const holder = at({}, pointing.sends[0]?.message as Message).state
    const { sends } = at(holder, { _tag: "Get", operation: 1, phase: 1 })
    expect(
      receivers(run(byPerson, before, invoke(read), receive("s1", sends[0]?.message as Message)))
    ).toEqual(["s4"])
  })

  it("Action 2: after Action 1, the client copies a value stored only in c to c'", () => {
    expect(transferring.sends).toEqual(
      next.members.map((to) => ({
        to,
        message: { _tag: "Set", operation: 1, phase: 2, pair: pair(7, 3) }
      }))
    )
  })

  it("Action 2: the client copies the largest pair of the nodes that stored the pointer", () => {
    for (const [first, second, larger] of unequal) {
      const replies = [pointed("s1", first), pointed("s2", second)]
      const { sends } = run(byPerson, before, invoke(replace), ...replies)
      expect(sends[0]?.message).toMatchObject({ _tag: "Set", pair: larger })
    }
  })

  it("after both actions c is retired, and the client informs a majority of c' (our rule)", () => {
    const short = run(byPerson, before, invoke(replace), ...transferred.slice(0, -1))
    expect(short.state.map.retired).toBe(0)
    const retiring = run(byPerson, before, invoke(replace), ...transferred)
    expect(retiring.state.map).toEqual(after)
    expect(retiring.sends).toEqual(
      next.members.map((to) => ({
        to,
        message: { _tag: "Retire", operation: 1, phase: 3, map: after }
      }))
    )
    expect(at({ map: both }, retiring.sends[0]?.message as Message).state.map).toEqual(after)
  })

  it("the reconfiguration completes when c is retired, not before", () => {
    const short = run(byPerson, before, invoke(replace), ...transferred, told("s1"))
    expect(short.observations).toEqual([])
    const step = run(byPerson, before, invoke(replace), ...transferred, told("s1"), told("s4"))
    expect(step.observations).toEqual([
      placed(1),
      { _tag: "Response", operation: replace, result: null }
    ])
    expect(step.state.activity._tag).toBe("Idle")
  })

  it("the client informs the directory of the new configuration, and waits for it (our rule)", () => {
    const informing = run(
      contextOf(correct, d),
      before,
      invoke(replace),
      ...transferred,
      told("s1"),
      told("s4")
    )
    expect(informing.sends).toEqual([
      { to: d, message: { _tag: "Announce", number: 1, members: next.members } }
    ])
    expect(informing.observations).toEqual([])
  })

  it("once c is retired no operation needs any node of it", () => {
    const step = run(byPerson, after, invoke(read), got("s3", after), got("s4", after))
    expect(isAtFixedPoint(step)).toBe(true)
  })

  it("each configuration is retired in turn, the oldest first", () => {
    const three = cmap(other, old)
    const { state, sends } = run(byPerson, three, invoke(replace))
    expect(state.activity).toMatchObject({ _tag: "StoringPointer", goal: 2 })
    expect(receivers({ sends })).toEqual(other.members)
  })
})

describe("RDS", () => {
  it("integrates consensus into garbage collection: votes carry the acceptors' pairs, and replies the accepted configurations", () => {
    const context = { ...contextOf(rds), rules: rds }
    const ballot = { round: 1, proposer: c1 }
    const initial = { ...rdsServer.initial(context, serverId("s1")), pair: pair(7, 3) }
    const accept = {
      _tag: "Ballot",
      operation: 1,
      phase: 1,
      instance: 0,
      message: { _tag: "Accept", ballot, value: next }
    } as const
    const voted = rdsServer.step(context, serverId("s1"), initial, {
      _tag: "Receive",
      from: c1,
      message: accept
    })
    expect(voted.sends[0]?.message).toMatchObject({
      message: { _tag: "Accepted" },
      pair: pair(7, 3)
    })
    const get = {
      _tag: "Receive",
      from: c2,
      message: { _tag: "Get", operation: 1, phase: 1 }
    } as const
    const told = rdsServer.step(context, serverId("s1"), voted.state, get).sends[0]?.message
    expect(told).toMatchObject({ _tag: "GetReply", map: before, accepted: [next] })
    const reading = rdsClient.step(context, c2, rdsClient.initial(context, c2), {
      _tag: "Invoke",
      operation: read
    })
    const learning = rdsClient.step(context, c2, reading.state, {
      ...{ _tag: "Receive", from: serverId("s1") },
      message: told as never
    })
    expect(receivers(learning)).toEqual(["s4"])
  })

  it("copies the largest pair of the acceptors whose votes decided", () => {
    const context = { ...contextOf(rds), rules: rds }
    const ballot = { round: 1, proposer: c1 }
    const reply = (from: string, message: object, held?: Pair) =>
      ({
        _tag: "Receive",
        from: serverId(from),
        message: {
          ...{ _tag: "BallotReply", operation: 1, phase: 1, instance: 0, map: before, message },
          ...(held && { pair: held })
        }
      }) as never
    const promise = { _tag: "Promise", ballot, vote: null }
    const accepted = { _tag: "Accepted", ballot }
    for (const [first, second, larger] of unequal) {
      const inputs = [
        invoke(replace) as never,
        ...[reply("s1", promise), reply("s2", promise)],
        ...[reply("s1", accepted, first), reply("s2", accepted, second)]
      ]
      const { state, sends } = inputs.reduce(
        (step, input) => rdsClient.step(context, c1, step.state, input),
        { state: rdsClient.initial(context, c1) } as ReturnType<typeof rdsClient.step>
      )
      expect(state.activity._tag).toBe("TransferringState")
      expect(sends[0]?.message).toMatchObject({ _tag: "Set", pair: larger })
    }
  })
})
