/**
 * The transfer of many registers, page by page, from storage nodes with different registers. The
 * client stores the largest listed pair of each in the next configuration, and the next page begins
 * where the shortest list ended.
 */
import { describe, expect, it } from "vitest"
import { type Floor, majority } from "../../../spec/configuration/configuration.ts"
import { equals } from "../../../spec/kernel/data.ts"
import { client, server, servers } from "../../../spec/nodes/nodes.ts"
import { begin, startPhase } from "../../../spec/phase/phase.ts"
import type { ConfigurationMap } from "../../../spec/rambo/configuration-map.ts"
import {
  type Held,
  type Message,
  maxListed,
  maxListedBytes
} from "../../../spec/rambo/registers/messages.ts"
import { parts } from "../../../spec/rambo/registers/parts.ts"
import { copiesNotSentAgain, correct } from "../../../spec/rambo/registers/rules.ts"
import type { ClientState } from "../../../spec/rambo/registers/state.ts"
import { initialPair, type Pair } from "../../../spec/register/pair.ts"
import { changeOf } from "../../../spec/storage/reconfiguration.ts"

const c1 = client("c1")
const [old, next] = [majority(servers("s1", "s2", "s3")), majority(servers("s4", "s5", "s6"))]
const map: ConfigurationMap = { retired: 0, active: [old, next] }
const operation = {
  _tag: "Reconfigure",
  ...changeOf(["+s4", "+s5", "+s6", "-s1", "-s2", "-s3"])
} as const
const context = {
  configuration: old,
  servers: [],
  clients: [c1],
  rules: { ...correct, maxListed: 1 }
} as never

const pairOf = (number: number): Pair => ({ value: number, timestamp: { number, client: c1 } })
/** `a1 b2`: the registers in the order of their names, each with the number of its timestamp. */
const held = (text: string) =>
  text
    .split(" ")
    .flatMap((word) =>
      word === "" ? [] : [{ name: word.slice(0, 1), pair: pairOf(Number(word.slice(1))) }]
    )

const written = ({ name, pair }: Held): string => `${name}${pair.timestamp.number}`

const surveying = (after: string | null): ClientState => ({
  begun: 1,
  phase: 1,
  map,
  activity: {
    _tag: "Surveying",
    operation,
    goal: 1,
    retired: 0,
    after,
    phase: begin([old], { registers: [], upTo: null })
  }
})
const receives = (state: ClientState, from: string, message: Message) =>
  parts.client.step(context, c1, state, { _tag: "Receive", from: server(from), message }, () => [])

/** What follows two lists; an ellipsis stands for more that is not in the list. */
const afterLists = (first: string, second: string, after: string | null = null) => {
  const listing = (text: string): Message => ({
    _tag: "Listing",
    ...{ operation: 1, phase: 1, map },
    registers: held(text.replace(" …", "")),
    isLast: !text.endsWith("…")
  })
  return receives(receives(surveying(after), "s1", listing(first)).state, "s2", listing(second))
}

/** What is set at s4, by register. */
const populated = ({ sends }: ReturnType<typeof afterLists>) =>
  sends.flatMap(({ to, message }) =>
    message._tag === "PopulateList" && to === "s4" ? message.registers.map(written) : []
  )

const stored: Message = { _tag: "PopulatedList", operation: 1, phase: 2, map }

/** All that is transferred is at s4 and s5: the next thing that is asked. */
const onceTransferred = (step: ReturnType<typeof afterLists>) => {
  let last = step
  if (populated(step).length > 0)
    for (const from of ["s4", "s5"]) last = receives(last.state, from, stored)
  const [first] = last.sends
  return first?.message._tag === "List" ? `list after ${first.message.after}` : first?.message._tag
}

describe("two lists", () => {
  it.each([
    ["a1", "a2", ["a2"], "Retire"],
    ["a2", "a1", ["a2"], "Retire"],
    ["a1 b1", "b2", ["a1", "b2"], "Retire"],
    ["a1 …", "a1 …", ["a1"], "list after a"],
    ["a1 …", "c1 …", ["a1"], "list after a"],
    ["c1 …", "a1 …", ["a1"], "list after a"],
    ["a1 …", "", ["a1"], "list after a"],
    ["", "b1 …", ["b1"], "list after b"],
    ["a1 …", "b1", ["a1"], "list after a"],
    ["a1 b3 …", "b2 c1 …", ["a1", "b3"], "list after b"]
  ] as const)("%j and %j: %j are set, and then: %s", (first, second, set, then) => {
    const step = afterLists(first, second)
    expect(populated(step)).toEqual(set)
    expect(onceTransferred(step)).toBe(then)
  })

  it("with two pairs of the same number: the client stores the larger one, by client, in any order of the list", () => {
    const byClient = (name: string) => ({
      value: name,
      timestamp: { number: 1, client: client(name) }
    })
    for (const names of [
      ["c1", "c2"],
      ["c2", "c1"]
    ]) {
      const step = names.reduce(
        (before, name, place) =>
          receives(before.state, `s${place + 1}`, {
            _tag: "Listing",
            ...{ operation: 1, phase: 1, map, isLast: true },
            registers: [{ name: "a", pair: byClient(name) }]
          }),
        { state: surveying(null) } as ReturnType<typeof receives>
      )
      expect(step.sends[0]?.message).toMatchObject({
        _tag: "PopulateList",
        registers: [{ name: "a", pair: byClient("c2") }]
      })
    }
  })

  it("that are empty leave nothing to transfer", () => {
    expect(afterLists("", "", "b").sends.map(({ message }) => message._tag)).toEqual([
      "Retire",
      "Retire",
      "Retire"
    ])
  })

  it("are listed again when an acknowledgement says that the configuration has been retired", () => {
    const before = afterLists("a1", "a1")
    const late: ConfigurationMap = { retired: 1, active: [next] }
    const message: Message = { ...stored, map: late }
    const { state } = receives(before.state, "s4", message)
    expect(before.state.activity?._tag).toBe("Transferring")
    expect(state.activity?._tag).not.toBe("Transferring")
  })

  it("are no longer waited for once a majority has stored them: a late acknowledgement changes nothing", () => {
    const { state } = ["s4", "s5"].reduce(
      (step, from) => receives(step.state, from, stored),
      afterLists("a1 b1", "a1 b1")
    )
    expect(state.activity._tag).toBe("Retiring")
    expect(receives(state, "s6", stored)).toEqual({ state, sends: [], observations: [] })
  })

  it("precede no retirement until all registers are at a majority of the next configuration", () => {
    const step = afterLists("a1 b1", "a1 b1")
    const first = receives(step.state, "s4", stored)
    const twice = receives(first.state, "s4", stored)
    const stranger = receives(twice.state, "s1", stored)
    for (const { sends, state } of [first, twice, stranger]) {
      expect(sends).toEqual([])
      expect(state.activity._tag).toBe("Transferring")
    }
    const last = receives(stranger.state, "s6", stored)
    expect(last.state.activity._tag).toBe("Retiring")
    expect(last.state.map.retired).toBe(1)
  })

  it("with more than one message may carry are transferred in part, and listed again from there", () => {
    const name = (place: number) => `${place}`.padStart(5, "0")
    const sent = (count: number, value: string) => {
      const registers = Array.from({ length: count }, (_, place) => ({
        name: name(place),
        pair: { ...pairOf(1), value }
      }))
      const [first, second] = [registers.slice(0, count / 2), registers.slice(count / 2)]
      const listing = { _tag: "Listing", operation: 1, phase: 1, map, isLast: true } as const
      const step = receives(
        receives(surveying(null), "s1", { ...listing, registers: first }).state,
        "s2",
        { ...listing, registers: second }
      )
      return [populated(step).length, onceTransferred(step)]
    }
    const half = "v".repeat(maxListedBytes / 2)
    expect(sent(maxListed, "v")).toEqual([maxListed, "Retire"])
    expect(sent(maxListed + 2, "v")).toEqual([maxListed, `list after ${name(maxListed - 1)}`])
    expect(sent(2, half)).toEqual([1, `list after ${name(0)}`])
    expect(sent(2, half.slice(200))).toEqual([2, "Retire"])
  })
})

describe("a transfer that sends no copy again", () => {
  const stays = majority(servers("s2", "s3", "s4"))
  const same: ConfigurationMap = { retired: 0, active: [old, majority(servers("s2", "s3"))] }
  const beside: ConfigurationMap = { retired: 0, active: [old, stays] }
  const of = { ...(context as object), rules: { ...correct, ...copiesNotSentAgain } } as never
  const take = (state: ClientState, from: string, message: Message) =>
    parts.client.step(of, c1, state, { _tag: "Receive", from: server(from), message }, () => [])
  const lists = (first: string, second: string) =>
    ["s2", "s3"].reduce(
      ({ state }, from, place) =>
        take(state, from, {
          _tag: "Listing",
          ...{ operation: 1, phase: 1, map: beside, isLast: true },
          registers: held(place === 0 ? first : second)
        }),
      { state: { ...surveying(null), map: beside } } as ReturnType<typeof take>
    )
  const copies = ({ sends }: ReturnType<typeof take>) =>
    sends.map(({ to, message }) =>
      message._tag === "PopulateList" ? `${message.registers.map(written)} at ${to}` : message._tag
    )
  const done = { ...stored, map: beside }

  it("sends each register where its largest pair was not listed, and waits for all of these", () => {
    const step = lists("a1 b2 c1", "a1 b1")
    expect(copies(step)).toEqual(["b2,c1 at s3", "a1,b2,c1 at s4"])
    const almost = take(step.state, "s4", done)
    expect(almost.state.activity._tag).toBe("Transferring")
    expect(take(almost.state, "s3", done).state.activity._tag).toBe("Retiring")
  })

  it("sends nothing, and waits for nothing, if all members listed the largest pairs", () => {
    const both = lists("a1 b2", "a1 b2")
    expect(copies(both)).toEqual(["a1,b2 at s4"])
    const three = ["s2", "s3"].reduce(
      ({ state }, from) =>
        take(state, from, {
          _tag: "Listing",
          ...{ operation: 1, phase: 1, map: same, isLast: true },
          registers: held("a1 b2")
        }),
      { state: { ...surveying(null), map: same } } as ReturnType<typeof take>
    )
    expect(three.state.activity._tag).toBe("Retiring")
    expect(three.observations).toMatchObject([{ detail: 2 }])
  })

  it("may go on once a majority has every register, and no earlier", () => {
    const step = lists("a1 b2", "a1")
    const offered = (state: ClientState) => parts.client.choices(of, c1, state)
    expect(offered(step.state)).toEqual([])
    const { state } = take(step.state, "s3", done)
    const without = servers("s4")
    expect(offered(state)).toEqual([{ _tag: "GoOn", phase: 2, without }])
    const choose = (phase: number) =>
      parts.client.step(
        of,
        c1,
        state,
        { _tag: "Choose", choice: { _tag: "GoOn", phase, without } },
        () => []
      )
    expect(choose(2).state.activity._tag).toBe("Retiring")
    expect(choose(2).observations).toMatchObject([{ detail: 2 }])
    expect(choose(1)).toMatchObject({ state, sends: [] })
  })
})

describe("a storage node", () => {
  const node = (number: number) => ({
    ...parts.server.initial(context, server("s4")),
    pair: number === 0 ? initialPair : pairOf(number)
  })
  const told = (
    before: number,
    message: Message,
    objects: ReadonlyArray<readonly [string, number]> = []
  ) =>
    parts.server.step(
      context,
      server("s4"),
      node(before),
      { _tag: "Receive", from: c1, message },
      (after) =>
        objects
          .filter(([name]) => after === null || name > after)
          .map(([name, held]) => [name, node(held)])
    )

  it("that receives a Populate keeps the newer pair, and acknowledges in either case", () => {
    const populate = (number: number): Message => ({
      _tag: "Populate",
      operation: 1,
      phase: 2,
      name: "a",
      pair: pairOf(number)
    })
    for (const [before, sent, kept] of [
      [0, 1, 1],
      [1, 2, 2],
      [2, 1, 2]
    ] as const) {
      const { state, sends } = told(before, populate(sent))
      expect(state.pair).toEqual(pairOf(kept))
      expect(sends.map(({ key, message }) => [key, message._tag])).toEqual([["", "Populated"]])
    }
  })

  it("that receives a Populate with the same number keeps the pair of the larger client", () => {
    const byClient = (name: string): Pair => ({
      value: name,
      timestamp: { number: 1, client: client(name) }
    })
    for (const [held, sent] of [
      ["c1", "c2"],
      ["c2", "c1"]
    ] as const) {
      const populate = { _tag: "Populate", operation: 1, phase: 2, name: "a" } as const
      const state = { ...node(0), pair: byClient(held) }
      const message = { ...populate, pair: byClient(sent) }
      const input = { _tag: "Receive", from: c1, message } as const
      const step = parts.server.step(context, server("s4"), state, input, () => [])
      expect(step.state.pair).toEqual(byClient("c2"))
    }
  })

  const populateList = (
    objects: ReadonlyArray<readonly [string, number]>,
    registers: ReadonlyArray<Held>,
    floors: { readonly own?: Floor; readonly known?: Floor } = {}
  ) => {
    const { own, known } = floors
    const shared = own === undefined ? {} : { floor: own }
    const of = (name: string) => ({
      ...node(objects.find(([other]) => other === name)?.[1] ?? 0),
      ...shared
    })
    const floor = known === undefined ? {} : { floor: known }
    const message = { _tag: "PopulateList", operation: 1, phase: 2, registers, ...floor } as const
    const input = { _tag: "Receive", from: c1, message } as const
    const step = parts.server.step(context, server("s4"), of(""), input, () => [], "", of)
    return {
      answers: step.sends.map((sent) => [sent.to, sent.message._tag]),
      others: step.others?.map(([name, { pair }]) => written({ name, pair })) ?? [],
      isUnchanged: equals(step.state, of(""))
    }
  }
  const answers = [["c1", "PopulatedList"]]

  it("that receives the registers of a list keeps each newer pair, and acknowledges once", () => {
    const before = [
      ["b", 1],
      ["c", 2],
      ["d", 3]
    ] as const
    expect(populateList(before, held("a1 b2 c2 d1"))).toEqual({
      ...{ answers, others: ["a1", "b2"], isUnchanged: true }
    })
    expect(populateList([], held("a2 a3 a1"))).toMatchObject({ answers, others: ["a3"] })
    expect(populateList([], [])).toMatchObject({ answers, others: [] })
  })

  it("refuses all registers of a list if one is from below its floor", () => {
    const own = { number: 2, client: c1 }
    const lists = held("a1 b2")
    const refused = { answers: [["c1", "Refused"]], others: [], isUnchanged: true }
    expect(populateList([["a", 1]], lists, { own })).toEqual(refused)
    expect(populateList([["b", 2]], lists, { own })).toEqual(refused)
    const none = { answers, others: [] }
    expect(
      populateList(
        [...held("a1 b2")].map(({ name, pair }) => [name, pair.timestamp.number] as const),
        lists,
        { own }
      )
    ).toMatchObject(none)
    expect(populateList([["a", 1]], lists, { own, known: own })).toMatchObject({ others: ["b2"] })
  })

  it("lists written registers up to the maximum, and states whether they are all", () => {
    const objects = [
      ["a", 1],
      ["b", 0],
      ["c", 2],
      ["d", 3]
    ] as const
    const listed = (after: string | null, most: number) =>
      told(0, { _tag: "List", operation: 1, phase: 1, map, after, most }, objects).sends.flatMap(
        ({ message }) =>
          message._tag === "Listing"
            ? [[message.registers.map(({ name }) => name).join(""), message.isLast]]
            : []
      )
    expect(listed(null, 1)).toEqual([["a", false]])
    expect(listed("a", 1)).toEqual([["c", false]])
    expect(listed("c", 1)).toEqual([["d", true]])
    expect(listed("d", 1)).toEqual([["", true]])
    expect(listed(null, 9)).toEqual([["acd", true]])
  })
})

describe("a client that has learned of a retirement or of a configuration through another register", () => {
  const learned = (retired: number, later: ConfigurationMap): ClientState => {
    const { phase } = startPhase([old], initialPair, null)
    const answered = { ...phase, answered: servers("s1") }
    const read = { _tag: "Read" } as const
    return {
      begun: 1,
      phase: 1,
      map: later,
      activity: { _tag: "Getting", operation: read, retired, phase: answered }
    }
  }

  it.each([
    ["a retirement", { retired: 1, active: [next] }, [next]],
    ["a configuration", map, [old, next]]
  ] as const)("restarts its Get phase because of %s, without its answers", (_, later, asked) => {
    const state = learned(0, later)
    expect(parts.client.choices(context, c1, state)).toEqual([{ _tag: "CatchUp" }])
    const reply: Message = {
      _tag: "GetReply",
      operation: 1,
      phase: 1,
      pair: initialPair,
      map: later
    }
    const step = receives(state, "s2", reply)
    if (step.state.activity._tag !== "Getting") throw new Error("the phase is over")
    const { phase } = step.state.activity
    expect(phase.configurations).toEqual(expect.arrayContaining([...asked]))
    expect(phase.answered).not.toContain("s1")
    expect(step.sends.map(({ to }) => to).sort()).toEqual(asked.flatMap(({ members }) => members))
  })
})

describe("a client that transfers registers", () => {
  const last = majority(servers("s7"))
  const later: ConfigurationMap = { retired: 0, active: [old, next, last] }

  it("integrates a cmap with news, and nothing else of a reply", () => {
    const state = surveying(null)
    expect(receives(state, "s4", { _tag: "MapReply", map: later }).state).toMatchObject({
      map: later
    })
    expect(receives(state, "s4", { _tag: "MapReply", map }).state).toEqual(state)
  })

  it("asks the nodes that a hint names", () => {
    const hint: Message = { _tag: "Hint", members: servers("s7") }
    expect(receives(surveying(null), "s4", hint).sends).toMatchObject([
      { to: "s7", message: { _tag: "AskMap" } }
    ])
  })
})
