/**
 * Reclaiming, in cases that scenarios do not reach: hints, two clients that raise a floor, and the
 * largest timestamps.
 */
import { describe, expect, it } from "vitest"
import {
  type Configuration,
  majority,
  maxFloor
} from "../../../spec/configuration/configuration.ts"
import type { Input } from "../../../spec/kernel/process.ts"
import { client, server, servers } from "../../../spec/nodes/nodes.ts"
import { begin } from "../../../spec/phase/phase.ts"
import { restart } from "../../../spec/rambo/fixed-point.ts"
import { startGet } from "../../../spec/rambo/get-phase.ts"
import type { Message } from "../../../spec/rambo/registers/messages.ts"
import { parts } from "../../../spec/rambo/registers/parts.ts"
import { correct } from "../../../spec/rambo/registers/rules.ts"
import type { Choice, ClientState, StoreOperation } from "../../../spec/rambo/registers/state.ts"
import type { ClientState as ClientOfOne } from "../../../spec/rambo/state.ts"
import { initialPair, type Pair } from "../../../spec/register/pair.ts"
import type { Reclaimed } from "../../../spec/storage/reconfiguration.ts"

const [c1, c2] = [client("c1"), client("c2")]
const [s1, s2] = [server("s1"), server("s2")]
const configuration = majority(servers("s1", "s2"))
const context = { configuration, servers: servers("s1", "s2"), clients: [c1, c2], rules: correct }
const raised = (number: number, by = c1): Configuration => ({
  ...configuration,
  floor: { number, client: by }
})
const none = () => []

const step = (state: ClientState, input: Input<StoreOperation, Message, Choice>, self = c1) =>
  parts.client.step(context, self, state, input, none, "")
const receive = (state: ClientState, from: typeof s1, message: Message) =>
  step(state, { _tag: "Receive", from, message })
const idle = parts.client.initial(context, c1)

describe("a client", () => {
  it("that learns of a higher floor in its Get phase begins it again, without the answers so far", () => {
    const { state } = startGet(idle as ClientOfOne, { _tag: "Read" })
    const pair: Pair = { value: 1, timestamp: { number: 1, client: c2 } }
    const answer = { operation: 0, phase: 1, map: idle.map, pair } as const
    const one = receive(state as ClientState, s1, { _tag: "GetReply", ...answer })
    const map = { retired: 0, active: [configuration, raised(3)] }
    const told = receive(one.state, s2, { _tag: "MapReply", map })
    // (A step of this client takes news of other registers into account at the next one.)
    const { state: after, sends } = step(told.state, {
      _tag: "Choose",
      choice: { _tag: "CatchUp" }
    })
    expect(after.activity).toMatchObject({ _tag: "Getting", phase: { answered: [] } })
    expect(sends.map(({ message }) => message._tag)).toEqual(["Get", "Get"])
  })

  it("that stores what it read begins again, and one that writes keeps its timestamp", () => {
    const phase = {
      configurations: [configuration],
      answered: [],
      answer: { value: 1, timestamp: { number: 1, client: c1 } }
    }
    const map = { retired: 0, active: [configuration, raised(3)] }
    const state = (operation: "Read" | "Write"): ClientOfOne => ({
      begun: 1,
      phase: 2,
      map,
      activity: {
        _tag: "Setting",
        retired: 0,
        phase,
        operation: operation === "Read" ? { _tag: "Read" } : { _tag: "Write", value: 1 }
      }
    })
    const restarted = (operation: "Read" | "Write") => {
      const before = state(operation)
      if (before.activity._tag !== "Setting") throw new Error("it is in its Set phase")
      return restart(context, before, before.activity)
    }
    expect(restarted("Read").sends.map(({ message }) => message)).toEqual(
      [1, 2].map(() => ({ _tag: "Get", operation: 1, phase: 3 }))
    )
    // It does not tell a floor that it did not know when it chose its timestamp.
    expect(restarted("Write").sends.map(({ message }) => message)).toEqual(
      [1, 2].map(() => ({ _tag: "Set", operation: 1, phase: 3, pair: phase.answer }))
    )
  })

  it("gives up while it gathers removals if another configuration has followed", () => {
    const gathering: ClientState = {
      ...{ ...idle, begun: 1, phase: 1 },
      activity: {
        ...{ _tag: "Gathering", instance: 0, removed: [], after: null },
        phase: begin([configuration], { registers: [], upTo: null })
      }
    }
    const listing = (map: typeof idle.map): Message => ({
      ...{ _tag: "Listing", operation: 1, phase: 1, map, isLast: true, registers: [] }
    })
    const overtaken = { retired: 0, active: [configuration, raised(3, c2)] }
    expect(receive(gathering, s1, listing(idle.map)).observations).toEqual([])
    const { state, observations } = receive(gathering, s1, listing(overtaken))
    expect(observations.map(({ _tag }) => _tag)).toEqual(["Response"])
    expect(state.activity).toEqual({ _tag: "Idle" })
  })

  it("raises the floor once it has as many removals as it forgets at a time", () => {
    const map = idle.map
    const bringing: ClientState = {
      ...{ ...idle, begun: 1, phase: 2 },
      activity: {
        ...{ _tag: "Bringing", instance: 0, upTo: "r" },
        removed: [{ name: "r", timestamp: { number: 2, client: c1 } }],
        left: [{ name: "r", phase: begin([configuration], initialPair) }]
      }
    }
    const brought = (maxForgotten: number) => {
      const rules = { ...correct, reclaiming: { ...correct.reclaiming, maxForgotten } }
      const message: Message = { _tag: "Populated", operation: 1, phase: 2, name: "r", map }
      return [s1, s2].reduce<ClientState>(
        (state, from) =>
          parts.client.step(
            { ...context, rules },
            c1,
            state,
            { _tag: "Receive", from, message },
            none,
            ""
          ).state,
        bringing
      ).activity?._tag
    }
    expect([1, 2].map(brought)).toEqual(["Deciding", "Gathering"])
  })

  it("counts the registers that all members have forgotten", () => {
    const forgetting: ClientState = {
      ...{ ...idle, begun: 1, phase: 2 },
      activity: {
        ...{ _tag: "Forgetting", floor: { number: 3, client: c1 }, rest: [], done: 5 },
        left: ["p", "q"].map((name) => ({ name, phase: begin([configuration], null) }))
      }
    }
    const message: Message = {
      ...{ _tag: "Forgotten", operation: 1, phase: 2, name: "p", map: idle.map }
    }
    const one = receive(forgetting, s1, message).state
    expect(one.activity).toMatchObject({ done: 5, left: [{ name: "p" }, { name: "q" }] })
    const both = receive(one, s2, message).state
    expect(both.activity).toMatchObject({ done: 6, left: [{ name: "q" }] })
  })

  const deciding = (floor: Reclaimed["floor"]): ClientState => {
    const removed = { name: "r", timestamp: { number: 2, client: c1 } }
    return {
      ...idle,
      begun: 1,
      phase: 3,
      activity: {
        _tag: "Deciding",
        operation: {
          _tag: "Reconfigure",
          add: [],
          remove: [],
          reclaims: { instance: 0, floor, removed: [removed] }
        },
        instance: 0,
        proposer: { _tag: "Preempted", value: raised(3), round: 1 }
      }
    }
  }
  const decided = (state: ClientState, to: Configuration) =>
    step(
      { ...state, map: { retired: 0, active: [configuration, to] } },
      { _tag: "Choose", choice: { _tag: "CatchUp" } }
    )

  it("forgets nothing if another floor is decided than its own, though it has the same number", () => {
    const mine = { number: 3, client: c1 }
    expect(decided(deciding(mine), raised(3, c2))).toMatchObject({
      state: { activity: { _tag: "Idle" } },
      observations: [{ _tag: "Response", operation: { _tag: "Reclaim" }, result: "overtaken" }]
    })
    expect(decided(deciding(mine), raised(3, c1)).state.activity._tag).toBe("Surveying")
  })

  it("leaves removals where they are above which there would be few timestamps left", () => {
    const begun = step(idle, { _tag: "Invoke", operation: { _tag: "Reclaim" } }).state
    const list = (from: typeof s1, state: ClientState, number: number) =>
      receive(state, from, {
        _tag: "Listing",
        operation: 1,
        phase: 1,
        map: idle.map,
        registers: [{ name: "r", pair: { value: null, timestamp: { number, client: c1 } } }],
        isLast: true
      })
    const listed = (number: number) => list(s2, list(s1, begun, number).state, number)
    expect(listed(maxFloor).observations).toMatchObject([{ result: 0 }])
    expect(listed(maxFloor - 1).state.activity._tag).toBe("Bringing")
  })

  it("does not begin while two configurations are active", () => {
    const map = { retired: 0, active: [configuration, raised(3)] }
    const { observations } = step(
      { ...idle, map },
      { _tag: "Invoke", operation: { _tag: "Reclaim" } }
    )
    expect(observations).toMatchObject([{ _tag: "Invocation" }, { result: "overtaken" }])
  })
})

describe("a storage node", () => {
  const node = parts.server.initial(context, s1)
  const to = (state: typeof node, message: Message) =>
    parts.server.step(context, s1, state, { _tag: "Receive", from: c1, message }, none, "r")
  const pair = (number: number, value: number | null = 1): Pair => ({
    value,
    timestamp: { number, client: c1 }
  })
  const set = (number: number, floor?: number): Message => ({
    _tag: "Set",
    operation: 1,
    phase: 2,
    pair: pair(number),
    ...(floor === undefined ? {} : { floor: { number: floor, client: c1 } })
  })
  const map = { retired: 1, active: [raised(3)] }
  const forget: Message = {
    _tag: "Forget",
    operation: 1,
    phase: 3,
    name: "r",
    timestamp: pair(2).timestamp,
    floor: { number: 3, client: c1 },
    map
  }
  const forgot = to({ ...node, pair: pair(2, null) }, forget).state

  it("refuses what was found without its floor, also above it, and reports the floor", () => {
    expect(forgot).toMatchObject({ pair: { value: null, timestamp: { number: 0 } }, map })
    for (const number of [1, 2, 9]) {
      const { state, sends } = to(forgot, set(number))
      expect(state).toBe(forgot)
      expect(sends).toMatchObject([{ message: { _tag: "Refused", map } }])
    }
    const populate: Message = {
      ...{ _tag: "Populate", operation: 1, phase: 2 },
      ...{ name: "r", pair: pair(2) }
    }
    const unchanged = to(forgot, populate)
    expect(unchanged.state).toBe(forgot)
    expect(unchanged.sends).toMatchObject([{ message: { _tag: "Refused", map } }])
    const { state, sends } = to(forgot, set(2, 3))
    expect(state.pair).toEqual(pair(2))
    expect(sends).toMatchObject([{ message: { _tag: "SetReply" } }])
  })

  it("acknowledges what is older than its own, and never lowers its floor", () => {
    const holding = to(forgot, set(5, 3)).state
    expect(to(holding, set(4)).sends).toMatchObject([{ message: { _tag: "SetReply" } }])
    const lower = { ...forget, floor: { number: 2, client: c1 } }
    expect(to(holding, lower).state.floor).toEqual({ number: 3, client: c1 })
    expect(to(holding, lower).state.pair).toEqual(pair(5))
  })
})

describe("a client that is doing something for all registers", () => {
  const change = { _tag: "Reconfigure", add: servers("s3", "s4"), remove: [] } as const
  const timestamp = { number: 2, client: c1 }
  const removed = [{ name: "r", timestamp }]
  const floor = { number: 3, client: c1 }
  const asked = <A>(answer: A) => begin([configuration], answer)
  const list = asked({ registers: [], upTo: null })
  const left = [{ name: "r", phase: asked(initialPair) }]
  const task = { operation: change, goal: 1, retired: 0 }
  const joining = begin([majority(servers("s3", "s4"))], null)
  const activities: ReadonlyArray<ClientState["activity"]> = [
    { _tag: "Idle" },
    { _tag: "Surveying", ...task, after: null, phase: list },
    { _tag: "Transferring", ...task, upTo: null, listed: 1, at: [[]], phase: asked(null) },
    { _tag: "Retiring", ...task, phase: asked(initialPair) },
    { _tag: "Joining", operation: change, floor: { number: 1, client: c1 }, phase: joining },
    { _tag: "Gathering", instance: 0, removed: [], after: null, phase: list },
    { _tag: "Bringing", instance: 0, removed, upTo: null, left },
    { _tag: "Raised", reclaimed: { instance: 0, floor, removed } },
    { _tag: "Forgetting", floor, rest: [], done: 7, left: [{ name: "r", phase: asked(null) }] }
  ]
  const doing = (activity: ClientState["activity"], map = idle.map): ClientState => ({
    ...{ begun: 1, phase: 1, map, activity }
  })
  const answers = (operation: number, phase: number): ReadonlyArray<Message> => {
    const told = { operation, phase, map: idle.map }
    return [
      { _tag: "Listing", ...told, registers: [], isLast: true },
      { _tag: "PopulatedList", ...told },
      { _tag: "Forgotten", ...told, name: "r" },
      { _tag: "Joined", ...told, holdsFloor: true },
      { _tag: "Populated", ...told, name: "r" }
    ]
  }
  const taken: Partial<Record<string, string>> = {
    ...{ Surveying: "Listing", Transferring: "PopulatedList", Joining: "Joined" },
    ...{ Gathering: "Listing", Bringing: "Populated", Forgetting: "Forgotten" }
  }
  /** What the client does then, in words: its activity, its questions, its response. */
  const told = ({ state, sends, observations }: ReturnType<typeof step>): string =>
    [
      state.activity._tag,
      ...new Set(sends.map(({ message }) => message._tag)),
      ...observations.flatMap((one) => (one._tag === "Response" ? [String(one.result)] : []))
    ].join(" ")

  it.each(activities)("counts the answers to its own question alone: $_tag", (activity) => {
    const state = doing(activity)
    for (const message of answers(1, 1)) {
      const after = receive(state, activity._tag === "Joining" ? server("s3") : s1, message)
      if (message._tag === taken[activity._tag]) expect(after.state).not.toEqual(state)
      else expect(after).toEqual({ state, sends: [], observations: [] })
    }
    for (const message of [...answers(1, 0), ...answers(0, 1), ...answers(1, 2), ...answers(2, 1)])
      expect(receive(state, s1, message)).toEqual({ state, sends: [], observations: [] })
  })

  it.each(activities)("receives no question, and counts no node twice: $_tag", (activity) => {
    const state = doing(activity)
    const questions: ReadonlyArray<Message> = [
      { _tag: "List", operation: 9, phase: 1, map: idle.map, after: null, most: 1 },
      { _tag: "Populate", operation: 9, phase: 1, name: "r", pair: initialPair },
      { ...{ _tag: "Forget", operation: 9, phase: 1, name: "r" }, timestamp, floor, map: idle.map },
      { _tag: "Join", operation: 9, phase: 1, map: idle.map }
    ]
    for (const message of questions)
      expect(receive(state, s1, message)).toEqual({ state, sends: [], observations: [] })
  })

  const raisedByOther = { retired: 0, active: [configuration, raised(3, c2)] }
  const retired = { retired: 1, active: [raised(3, c2)] }
  it.each([
    ["Idle", [], []],
    ["Surveying", ["Surveying List"], ["Idle null"]],
    ["Transferring", ["Surveying List"], ["Idle null"]],
    ["Retiring", [], ["Idle null"]],
    ["Joining", ["Joining Join"], ["Joining Join"]],
    ["Gathering", ["Idle overtaken"], ["Idle overtaken"]],
    ["Bringing", ["Idle overtaken"], ["Idle overtaken"]],
    ["Raised", [], []],
    ["Forgetting", [], []]
  ] as const)("catches up with another's configuration: %s", (tag, whenRaised, whenRetired) => {
    const activity = activities.find(({ _tag }) => _tag === tag) as ClientState["activity"]
    const caughtUp = (map: typeof idle.map) => {
      const state = doing(activity, map)
      return parts.client
        .choices(context, c1, state)
        .filter(({ _tag }) => _tag === "CatchUp")
        .map((choice) => told(step(state, { _tag: "Choose", choice })))
    }
    expect([idle.map, raisedByOther, retired].map(caughtUp)).toEqual([[], whenRaised, whenRetired])
    // A message that it does not understand makes it catch up as well.
    const news: Message = { _tag: "MapReply", map: retired }
    expect(receive(doing(activity), s1, news).state.map).toEqual(retired)
    const refused: Message = { _tag: "Refused", operation: 0, phase: 0, map: raisedByOther }
    expect(receive(doing(activity), s1, refused).state).toEqual(doing(activity))
    const late: Message = { _tag: "Refused", operation: 1, phase: 2, map: raisedByOther }
    // (One that is idle waits for no answer.)
    const learned = tag === "Idle" ? idle.map : raisedByOther
    expect(receive(doing(activity), s1, late).state.map).toEqual(learned)
  })

  it.each([
    ["Surveying", 0, retired, "Idle null"],
    ["Transferring", 1, retired, "Idle null"],
    ["Gathering", 0, raisedByOther, "Idle overtaken"],
    ["Bringing", 4, raisedByOther, "Idle overtaken"]
  ] as const)("learns of a configuration from an answer: %s", (tag, place, map, outcome) => {
    const activity = activities.find(({ _tag }) => _tag === tag) as ClientState["activity"]
    const message = { ...answers(1, 1)[place], map } as Message
    expect(told(receive(doing(activity), s1, message))).toBe(outcome)
  })

  it("gives up what needs all nodes, in the phase that the host means", () => {
    const givenUp = (phase: number) =>
      activities.map((activity) => {
        const state = doing(activity)
        const after = step(state, { _tag: "Choose", choice: { _tag: "GiveUp", phase } })
        return after.state === state && after.observations.length === 0 ? "" : told(after)
      })
    expect(givenUp(2)).toEqual(activities.map(() => ""))
    expect(givenUp(1)).toEqual([
      ...["", "", "", "", "Idle not joined", "", "Idle incomplete", "", "Idle 7"]
    ])
    const offered = activities.flatMap((activity) =>
      parts.client.choices(context, c1, doing(activity))
    )
    expect(offered).toEqual([
      { _tag: "GiveUp", phase: 1 },
      { _tag: "GiveUp", phase: 1 },
      { _tag: "BeginForgetting" },
      { _tag: "GiveUp", phase: 1 }
    ])
  })

  it("forgets some registers at a time, once a host says that older operations have ended", () => {
    const many = ["a", "b", "c"].map((name) => ({ name, timestamp }))
    const rules = { ...correct, maxListed: 2 }
    const take = (state: ClientState, input: Input<StoreOperation, Message, Choice>) =>
      parts.client.step({ ...context, rules }, c1, state, input, none, "")
    const begins = { _tag: "Choose", choice: { _tag: "BeginForgetting" } } as const
    const first = take(
      doing({ _tag: "Raised", reclaimed: { instance: 0, floor, removed: many } }),
      begins
    )
    const keysOf = ({ sends }: typeof first) => sends.map(({ to, key }) => `${key} at ${to}`)
    expect(keysOf(first)).toEqual(["a at s1", "a at s2", "b at s1", "b at s2"])
    expect(first.sends[0]?.message).toMatchObject({ _tag: "Forget", timestamp, floor })
    const forgotten = (step: typeof first, from: typeof s1, name: string, phase: number) =>
      take(step.state, {
        ...{ _tag: "Receive", from },
        message: { _tag: "Forgotten", operation: 1, phase, name, map: idle.map }
      })
    let last = first
    for (const name of ["b", "a"])
      for (const from of [s2, s1]) last = forgotten(last, from, name, 2)
    expect(keysOf(last)).toEqual(["c at s1", "c at s2"])
    for (const from of [s1, s2]) last = forgotten(last, from, "c", 3)
    expect(last.observations).toMatchObject([{ _tag: "Response", result: 3 }])
    for (const activity of activities.filter(({ _tag }) => _tag !== "Raised"))
      expect(take(doing(activity), begins).state).toEqual(doing(activity))
  })

  it("begins to reclaim only when it does nothing else", () => {
    const reclaim = { _tag: "Invoke", operation: { _tag: "Reclaim" } } as const
    expect(activities.map((activity) => told(step(doing(activity), reclaim)))).toEqual([
      "Gathering List",
      ...activities.slice(1).map(({ _tag }) => _tag)
    ])
  })

  it("proposes a configuration once each node that it adds has adopted the floor", () => {
    const map = { retired: 0, active: [raised(1)] }
    const before = doing(activities[4] as ClientState["activity"], map)
    const joined = (holdsFloor: boolean): Message => ({
      ...{ _tag: "Joined", operation: 1, phase: 1, map, holdsFloor }
    })
    const one = receive(before, server("s3"), joined(true))
    expect(told(one)).toBe("Joining")
    expect(one.state.activity).toMatchObject({ phase: { answered: ["s3"] } })
    expect(receive(one.state, server("s3"), joined(true)).state).toEqual(one.state)
    const both = receive(one.state, server("s4"), joined(true))
    expect(told(both)).toBe("Deciding Ballot")
    expect(both.state.activity).toMatchObject({ operation: { joined: { number: 1 } } })
    expect(told(receive(one.state, server("s4"), joined(false)))).toBe("Idle not joined")
  })
})

describe("a storage node that is to be added", () => {
  const at = (number: number) => ({
    retired: 0,
    active: number === 0 ? [configuration] : [raised(number)]
  })
  const node = (own: number, held: boolean) => {
    const { map, ...others } = parts.server.initial(context, s1)
    const floor = own === 0 ? {} : { floor: { number: own, client: c1 } }
    const pair: Pair = { value: 1, timestamp: { number: held ? 5 : 0, client: held ? c1 : null } }
    return { ...others, map, ...floor, ...(held ? { pair } : {}) }
  }
  it.each([
    // Its own floor, whether it holds a register, the floor of the cmap: its floor then.
    [0, false, 3, 3, true],
    [0, true, 3, undefined, false],
    [0, true, 0, undefined, true],
    [3, true, 3, 3, true],
    [4, true, 3, 4, true],
    [2, false, 3, 3, true],
    [2, true, 3, 2, false]
  ])(
    "with floor %s, holding: %s, is told of %s: has %s, and joins: %s",
    (own, held, told, floor, joins) => {
      const state = node(own, held)
      const message: Message = { _tag: "Join", operation: 1, phase: 1, map: at(told) }
      const input = { _tag: "Receive", from: c1, message } as const
      const objects = held
        ? [
            ["q", node(0, false)],
            ["r", state]
          ]
        : [["q", node(0, false)]]
      const after = parts.server.step(context, s1, state, input, () => objects as never, "")
      expect(after.state.floor?.number).toBe(floor)
      expect(after.sends).toMatchObject([
        { to: c1, message: { _tag: "Joined", holdsFloor: joins } }
      ])
      expect(after.state.map).toEqual(joins && told > 0 ? expect.anything() : state.map)
    }
  )
})
