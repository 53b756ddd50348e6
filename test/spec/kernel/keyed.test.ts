/**
 * Many objects of a process that is written for one: the process treats each as if it were alone,
 * regardless of what happens to the others meanwhile; and the storage of the objects makes no
 * difference.
 */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { Hosted } from "../../../impl/host/hosted.ts"
import { encodeRecord, recordDecoder } from "../../../impl/host/record.ts"
import { inJson, recordReader, recordWriter } from "../../../impl/host/written-record.ts"
import { majority as majorityOf } from "../../../spec/configuration/configuration.ts"
import {
  About,
  type AnyPart,
  type Change,
  changesOf,
  type Fields,
  type Keyed,
  keyed,
  type Objects,
  type Part,
  PartAt,
  partOf,
  withChange
} from "../../../spec/kernel/keyed.ts"
import type { NodeId } from "../../../spec/kernel/node.ts"
import type { AnyOperation, Note } from "../../../spec/kernel/observation.ts"
import type { AnyProcess, Input, NoOperation } from "../../../spec/kernel/process.ts"
import { majority } from "../../../spec/majority/protocol.ts"
import { client, server, servers } from "../../../spec/nodes/nodes.ts"
import { expectSame } from "../../same.ts"

type AnyInput = Input<AnyOperation, unknown, unknown>

/** How a process of many objects is asked about one of them, and what it holds of it. */
interface Many {
  readonly of: (process: AnyProcess) => AnyProcess
  readonly Message: Schema.Codec<unknown, unknown>
  readonly wrap: (key: string, message: unknown) => unknown
  readonly unwrap: (message: unknown) => readonly [key: string, message: unknown]
  /** Undefined if the object is as at the beginning. */
  readonly stateOf: (state: unknown, key: string) => unknown
}

const ownOf = (state: unknown, key: string): Fields | undefined => {
  const { objects } = state as Keyed
  return Object.hasOwn(objects, key) ? objects[key] : undefined
}

/** `keyed` once: the key is the name of the object. */
const once: Many = {
  of: (process) => keyed(partOf(process)) as AnyProcess,
  Message: About(majority.Message),
  wrap: (key, message) => ({ key, message }),
  unwrap: (message) => {
    const { key, message: of } = message as About<unknown>
    return [key, of]
  },
  stateOf: ownOf
}

const outerOf = (key: string) => key.slice(0, 1)
const innerOf = (key: string) => key.slice(1)

/** `keyed` twice: the first letter of the name is the epoch, the rest the key in it. */
const twice: Many = {
  of: (process) =>
    keyed(
      partOf(keyed(partOf(process), ({ object = "" }: AnyOperation) => innerOf(object))),
      ({ object = "" }: AnyOperation) => outerOf(object)
    ) as AnyProcess,
  Message: About(About(majority.Message)),
  wrap: (key, message) => once.wrap(outerOf(key), once.wrap(innerOf(key), message)),
  unwrap: (message) => {
    const [outer, of] = once.unwrap(message)
    const [inner, single] = once.unwrap(of)
    return [outer + inner, single]
  },
  stateOf: (state, key) => {
    const of = ownOf(state, outerOf(key))
    return of === undefined ? undefined : ownOf(of, innerOf(key))
  }
}

const members = servers("s1", "s2", "s3")
const clients = [client("c1"), client("c2")]
const parameters = { servers: members, clients, configuration: majorityOf(members) }
const nodes: ReadonlyArray<NodeId> = [...members, ...clients]
const single = (node: NodeId): AnyProcess =>
  members.some((one) => one === node)
    ? (majority.roles.server as AnyProcess)
    : (majority.roles.client as AnyProcess)

/** What is on its way, about one object. */
interface Due {
  readonly from: NodeId
  readonly to: NodeId
  readonly key: string
  readonly message: unknown
}

/**
 * The next event: a client invokes an operation, or a message in flight arrives.
 */
const event = fc.record({
  isInvocation: fc.integer({ min: 0, max: 4 }).map((one) => one === 0),
  which: fc.nat(),
  key: fc.nat(),
  value: fc.option(fc.nat(9))
})

/** Runs a random schedule of a system of many objects, next to one system for each of them. */
const runBoth = (
  many: Many,
  keys: ReadonlyArray<string>,
  schedule: ReadonlyArray<fcValue<typeof event>>
) => {
  const context = {
    ...parameters,
    rules: majority.variants.find(({ name }) => name === "read-stored-value-at-once")?.rules
  }
  const processes = new Map(nodes.map((node) => [node, many.of(single(node))]))
  const processOf = (node: NodeId) => processes.get(node) as AnyProcess
  const states = new Map(nodes.map((node) => [node, processOf(node).initial(context, node)]))
  const alone = new Map(
    keys.map((key) => [
      key,
      new Map(nodes.map((node) => [node, single(node).initial(context, node)]))
    ])
  )
  const aloneOf = (key: string) => alone.get(key) as Map<NodeId, unknown>
  const isMessage = Schema.is(many.Message)
  const due: Array<Due> = []
  let responses = 0

  const happen = (node: NodeId, key: string, ofOne: AnyInput): void => {
    const before = aloneOf(key).get(node)
    const ofMany =
      ofOne._tag === "Receive" ? { ...ofOne, message: many.wrap(key, ofOne.message) } : ofOne
    if (ofOne._tag === "Receive") {
      const promises = (of: AnyProcess, state: unknown, { from, message }: typeof ofOne) =>
        (["isObsolete", "onlyAnswers", "isSettled", "isAnswer"] as const).map(
          (name) => of.promises?.[name]?.(context, node, state, from, message) ?? false
        )
      expectSame(
        promises(processOf(node), states.get(node), ofMany as typeof ofOne),
        promises(single(node), before, ofOne)
      )
    }
    const step = single(node).step(context, node, before, ofOne)
    const stepOfMany = processOf(node).step(context, node, states.get(node), ofMany)
    aloneOf(key).set(node, step.state)
    states.set(node, stepOfMany.state)
    const sends = stepOfMany.sends.map(({ to, message }) => {
      expectSame(isMessage(message), true)
      const [about, of] = many.unwrap(message)
      due.push({ from: node, to, key: about, message: of })
      return { key: about, to, message: of }
    })
    expectSame(
      sends,
      step.sends.map(({ to, message }) => ({ key, to, message }))
    )
    expectSame(stepOfMany.observations, step.observations)
    responses += step.observations.filter(({ _tag }) => _tag === "Response").length
    expectSame(Schema.is(processOf(node).State)(stepOfMany.state), true)
    for (const one of keys) {
      const expected = aloneOf(one).get(node)
      const held = many.stateOf(stepOfMany.state, one)
      expectSame(held ?? single(node).initial(context, node), expected)
    }
  }

  for (const { isInvocation, which, key: at, value } of schedule) {
    if (isInvocation || due.length === 0) {
      const node = clients[which % clients.length] as NodeId
      const key = keys[at % keys.length] as string
      const operation =
        value === null ? { _tag: "Read", object: key } : { _tag: "Write", value, object: key }
      const isReady = single(node).ready(context, node, aloneOf(key).get(node), operation)
      expectSame(processOf(node).ready(context, node, states.get(node), operation), isReady)
      if (isReady) happen(node, key, { _tag: "Invoke", operation })
    } else {
      const [{ from, to, key, message }] = due.splice(which % due.length, 1) as [Due]
      happen(to, key, { _tag: "Receive", from, message })
    }
  }
  return responses
}

type fcValue<A> = A extends fc.Arbitrary<infer Value> ? Value : never

describe("a process of many objects", () => {
  it.each([
    ["keyed once", once, ["x", "y"]],
    ["keyed once, by names that every record has", once, ["__proto__", "constructor", ""]],
    ["keyed twice, by epoch and key", twice, ["1x", "1y", "2x"]]
  ])("does to each what it does alone: %s", (_how, many, keys) => {
    let responses = 0
    fc.assert(
      fc.property(fc.array(event, { minLength: 150, maxLength: 300 }), (schedule) => {
        responses += runBoth(many, keys, schedule)
      }),
      { numRuns: 40 }
    )
    expect(responses).toBeGreaterThan(100)
  })

  it("leaves out an object that is as at the beginning, also when it is so again", () => {
    const process = keyed(talkative)
    const self = server("s1")
    const initial = process.initial(undefined, self)
    const told = (state: Keyed, message: Talk) =>
      process.step(undefined, self, state, {
        _tag: "Receive",
        from: self,
        message: { key: "x", message }
      }).state
    const marked = told(initial, { _tag: "Mark" })
    expect(Object.keys(marked.objects)).toEqual(["x"])
    expect(told(marked, { _tag: "Unmark" })).toEqual(initial)
  })
})

/** What the part below is told. */
const Talk = Schema.Union([
  Schema.TaggedStruct("Add", { count: Schema.Int }),
  Schema.TaggedStruct("Mark", {}),
  Schema.TaggedStruct("Unmark", {}),
  Schema.TaggedStruct("Forget", {}),
  Schema.TaggedStruct("Copy", {}),
  Schema.TaggedStruct("Tell", { other: Schema.String }),
  Schema.TaggedStruct("Spread", { to: Schema.Array(Schema.String) }),
  Schema.TaggedStruct("List", { after: Schema.NullOr(Schema.String) }),
  Schema.TaggedStruct("Listed", { marks: Schema.Array(Schema.Tuple([Schema.String, Schema.Int])) })
])
type Talk = typeof Talk.Type

interface Talkative {
  readonly total: { readonly sum: number }
  readonly latest?: number
  readonly count: number
  readonly mark?: string
}

/**
 * A part that shares fields and forgets them, speaks of other objects than that of the step, and of
 * all.
 */
const talkative: Part<unknown, Talkative, NoOperation, Note<"told", string>, Talk> = {
  Shared: Schema.Struct({
    total: Schema.Struct({ sum: Schema.Int }),
    latest: Schema.optionalKey(Schema.Int)
  }),
  Own: Schema.Struct({ count: Schema.Int, mark: Schema.optionalKey(Schema.String) }),
  durable: true,
  initial: () => ({ total: { sum: 0 }, latest: 0, count: 0 }),
  ready: () => false,
  choices: () => [],
  step: (_context, self, state, input, objectsAfter, about, stateOf = () => state) => {
    if (input._tag !== "Receive") return { state, sends: [], observations: [] }
    const { message } = input
    const to = (after: Talkative) => ({
      state: after,
      sends: [],
      observations: [{ _tag: "Note", name: "told", detail: message._tag } as const]
    })
    const { mark: _mark, ...unmarked } = state
    const { latest: _latest, ...forgetful } = state
    switch (message._tag) {
      case "Add": {
        const { count } = message
        return to({
          ...state,
          count: state.count + count,
          total: { sum: state.total.sum + count },
          latest: count
        })
      }
      case "Mark":
        return to({ ...state, mark: "marked" })
      case "Unmark":
        return to(unmarked)
      case "Forget":
        return to(forgetful)
      case "Copy":
        return to({ ...state, total: { ...state.total } })
      case "Tell":
        return {
          ...to(state),
          sends: [{ to: self, key: message.other, message: { _tag: "Mark" } }]
        }
      case "Spread":
        return {
          ...to({ ...state, latest: state.count }),
          others: message.to.flatMap((other) => {
            const before = stateOf(other)
            const isToChange = other !== about && before.mark === undefined
            return isToChange ? [[other, { ...before, count: state.count, mark: "m" }]] : []
          })
        }
      case "List": {
        const marks = [...objectsAfter(message.after)].flatMap(([key, { count }]) =>
          count === 0 ? [] : [[key, count] as const]
        )
        return { ...to(state), sends: [{ to: self, message: { _tag: "Listed", marks } }] }
      }
      case "Listed":
        return to(state)
    }
  }
}

const key = fc.constantFrom("", "a", "b", "Z", "ä", "__proto__", "constructor")
const talk: fc.Arbitrary<Talk> = fc.oneof(
  fc.record({ _tag: fc.constant("Add" as const), count: fc.integer({ min: -2, max: 2 }) }),
  ...(["Mark", "Unmark", "Forget", "Copy"] as const).map((_tag) => fc.constant({ _tag })),
  fc.record({ _tag: fc.constant("Tell" as const), other: key }),
  fc.record({
    _tag: fc.constant("Spread" as const),
    to: fc.uniqueArray(key, { maxLength: 4 })
  }),
  fc.record({ _tag: fc.constant("List" as const), after: fc.option(key) })
)

const self = server("s1")
const hosted = () =>
  new Hosted({ id: self, role: "server", part: talkative as AnyPart, context: undefined })

/** The plain data as objects, in the most obvious way. */
const asObjects = (state: Keyed): Objects => ({
  shared: state.shared,
  own: (key) => ownOf(state, key),
  keysAfter: (after) =>
    Object.keys(state.objects)
      .filter((key) => after === null || key > after)
      .sort()
})

/** What a host holds, without objects that are as at the beginning. */
const heldBy = (process: Hosted): Keyed => ({
  shared: process.shared,
  objects: Object.fromEntries(
    [...process.keys()]
      .map((key) => [key, process.own(key)] as const)
      .filter(([, own]) => !(own.count === 0 && own.mark === undefined))
  )
})

const decodeRecord = recordDecoder(Talk).line
const schemas = { Message: Talk, part: talkative as AnyPart }
const { preamble, encode } = recordWriter(schemas)

/** What a host kept in its log, read again: compact records, or JSON. */
const reread = (changes: Iterable<Change>, write = encode): Hosted => {
  const process = hosted()
  const read = recordReader(schemas)
  read(preamble as Uint8Array)
  for (const change of changes) {
    const found = Result.getOrThrow(read(write({ steps: [{ node: self, ...change }] })))
    for (const step of found?.record.steps ?? []) process.restore(step, found?.isChecked)
  }
  return process
}

describe("the objects of a process", () => {
  it("are the same in a runtime's memory, as plain data, and in a log that is read again", () => {
    const at = new PartAt(talkative as AnyPart, undefined, self)
    const process = keyed(talkative)
    fc.assert(
      fc.property(fc.array(fc.tuple(key, talk), { maxLength: 60 }), (inputs) => {
        let state = process.initial(undefined, self)
        const running = hosted()
        const log: Array<Change> = []
        for (const [key, message] of inputs) {
          const input = { _tag: "Receive", from: self, message } as const
          const changed = at.step(asObjects(state), key, input)
          const changes = changesOf(changed)
          const plain = process.step(undefined, self, state, {
            ...input,
            message: { key, message }
          })
          const step = running.step(key, input)
          expect([step.change, step.others]).toEqual([changed.change, changed.others])
          expect(step.observations).toEqual(plain.observations)
          expect(step.sends.map(({ to, ...about }) => ({ to, message: about }))).toEqual(
            plain.sends
          )
          if (changes.length === 0) expect(plain.state).toBe(state)
          log.push(...changes)
          state = plain.state
          expect(heldBy(running)).toEqual(state)
          expect(running.firstIllFormed()).toBeUndefined()
        }
        const snapshot = [...running.snapshot()]
        for (const again of [reread(log), reread(snapshot), reread(log, inJson)]) {
          expect(again.firstIllFormed()).toBeUndefined()
          expect(heldBy(again)).toEqual(state)
          const list = {
            _tag: "Receive",
            from: self,
            message: { _tag: "List", after: null }
          } as const
          expect(again.step("a", list)).toEqual(running.step("a", list))
        }
      }),
      { numRuns: 300 }
    )
  })

  it("say which of them has a state that is none", () => {
    const process = hosted()
    process.restore({ key: "a", own: { count: 1 } })
    process.restore({ key: "b", own: { count: "many" } })
    expect(process.firstIllFormed()).toBe("b")
    process.restore({ key: "a", shared: { total: 3 } })
    expect(process.firstIllFormed()).toBe("")
  })

  it("are written under the names that logs have had before", () => {
    const change = {
      node: self,
      key: "a",
      own: { count: 1 },
      shared: { latest: 2 },
      dropped: ["mark"]
    }
    const line = encodeRecord({ steps: [change] })
    expect(JSON.parse(line)).toEqual({
      steps: [
        { node: "s1", key: "a", register: { count: 1 }, shared: { latest: 2 }, dropped: ["mark"] }
      ]
    })
    expect(Result.getOrThrow(decodeRecord(line))).toEqual({ steps: [change] })
  })
})

it("is ready for an operation that names no object if each of its objects is, and none if one is not", () => {
  const members = servers("s1", "s2", "s3")
  const context = {
    ...{ servers: members, clients: [client("c1")], configuration: majorityOf(members) },
    rules: majority.variants[0].rules
  }
  const many = keyed(partOf(majority.roles.client as AnyProcess))
  const c1 = client("c1")
  const begun = (state: Keyed, object: string): Keyed =>
    many.step(context, c1, state, {
      _tag: "Invoke",
      operation: { _tag: "Read", object } as AnyOperation
    }).state
  const idle = many.initial(context, c1)
  expect(many.ready(context, c1, idle)).toBe(true)
  expect(many.ready(context, c1, begun(idle, "a"))).toBe(false)
  expect(many.ready(context, c1, begun(begun(idle, "a"), "b"))).toBe(false)
})

describe("what a part says of one object", () => {
  const c1 = client("c1")
  const asked: Array<readonly [what: string, key: string | undefined, state: unknown]> = []
  let beginnings = 0
  /** It is stopped by a bound where its state is above one, and postpones what is to come. */
  const counting: Part<unknown, { readonly count: number }, AnyOperation, never, string> = {
    Shared: Schema.Struct({}),
    Own: Schema.Struct({ count: Schema.Int }),
    durable: false,
    initial: () => {
      beginnings++
      return { count: 0 }
    },
    ready: (_context, _self, { count }) => count < 2,
    choices: (_context, _self, { count }) => Array.from({ length: count }, () => undefined),
    step: (_context, _self, { count }) => ({
      ...{ state: { count: count + 1 }, sends: [], observations: [] }
    }),
    atBound: (_context, { count }, operation) =>
      count > 1 ? `${operation?._tag ?? "any"} at ${count}` : undefined,
    postpones: (_context, _self, state, _from, message, key) => {
      asked.push(["postpones", key, state])
      return message === "early"
    },
    promises: {
      isObsolete: (_context, _self, state, _node, message, key) => {
        asked.push(["isObsolete", key, state])
        return message === "obsolete"
      }
    }
  }
  const many = keyed(counting)
  const state: Keyed = { shared: {}, objects: { a: { count: 1 }, b: { count: 2 } } }
  const add: AnyOperation = { _tag: "Add" }

  it("is asked of the object that the message names, with its state and its key", () => {
    const about = (key: string, message: string) => ({ key, message })
    const postpones = (key: string, message: string) =>
      many.postpones?.({}, c1, state, c1, about(key, message))
    expect([postpones("a", "early"), postpones("c", "due")]).toEqual([true, false])
    const isObsolete = (key: string, message: string) =>
      many.promises?.isObsolete?.({}, c1, state, c1, about(key, message))
    expect([isObsolete("b", "obsolete"), isObsolete("b", "new")]).toEqual([true, false])
    expect(asked).toEqual([
      ["postpones", "a", { count: 1 }],
      ["postpones", "c", { count: 0 }],
      ["isObsolete", "b", { count: 2 }],
      ["isObsolete", "b", { count: 2 }]
    ])
    expect(many.promises?.isSettled?.({}, c1, state, c1, about("a", "obsolete"))).toBe(false)
    expect(many.promises).not.toHaveProperty("isAnswer")
    const { postpones: _, atBound: __, ...unbounded } = counting
    expect(Object.keys(keyed(unbounded))).not.toContain("postpones")
    expect(Object.keys(keyed(unbounded))).not.toContain("atBound")
  })

  it("bounds the operations on that object, and any if it is on none", () => {
    const boundFor = (object: string) => many.atBound?.({}, state, { ...add, object })
    expect(["a", "b", "c"].map(boundFor)).toEqual([undefined, "Add at 2", undefined])
    expect(many.atBound?.({}, state)).toBe("any at 2")
    expect(many.atBound?.({}, { shared: {}, objects: { a: { count: 1 } } })).toBeUndefined()
  })

  it("offers the choices of each object, in the order of their names", () => {
    const keys = many.choices({}, c1, { ...state, objects: { ...state.objects, Z: { count: 1 } } })
    expect(keys.map(({ key }) => key)).toEqual(["Z", "a", "b", "b"])
  })

  it("has its beginning once for each node and context", () => {
    const [context, other] = [{}, {}]
    beginnings = 0
    const step = (of: unknown, self: NodeId) =>
      many.step(of, self, state, { _tag: "Invoke", operation: { ...add, object: "a" } })
    for (let times = 0; times < 3; times++)
      expect(step(context, c1).state.objects.a).toEqual({ count: 2 })
    expect(beginnings).toBe(1)
    step(other, c1)
    step(context, server("s1"))
    step(context, c1)
    expect(beginnings).toBe(3)
    // A context that is no object is not known again.
    for (const context of [undefined, null, 7])
      expect(step(context, c1).state.objects.b).toEqual({ count: 2 })
  })
})

describe("fields after a change", () => {
  const fields = { a: 1, b: 2 }

  it("are the same record if the change concerns none of them", () => {
    expect(withChange(fields, undefined, undefined)).toBe(fields)
    expect(withChange(fields, undefined, ["c"])).toBe(fields)
  })

  it("are those that were not dropped, with the changed ones", () => {
    expect(withChange(fields, { b: 3, c: 4 }, undefined)).toEqual({ a: 1, b: 3, c: 4 })
    expect(withChange(fields, undefined, ["a", "c"])).toEqual({ b: 2 })
    expect(withChange(fields, { b: 3 }, ["a"])).toEqual({ b: 3 })
    expect(withChange(fields, { b: 3 }, ["c"])).toEqual({ a: 1, b: 3 })
  })
})
