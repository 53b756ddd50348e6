/**
 * Strays: how the nodes of a model react to messages that are not meant for them, come from another
 * sender, are repeated, arrive too early or too late, or have a field of another message; which
 * steps they can take by themselves; and how the model's properties judge combinations of states
 * and histories that no run has. No test states each answer: the answers are counted, and each kind
 * has a hash of all its answers, in their order. Counts and hashes are compared with those of
 * `strays.json`. So a lost check of a sender, a number or a signature shows, even if no scenario
 * has a lying sender.
 */
import * as Schema from "effect/Schema"
import type { Model, Taken } from "../../../checker/network/model.ts"
import { derivationOf, knownAtStart } from "../../../checker/network/speaking.ts"
import { intervalsOf } from "../../../checker/report/history.ts"
import { scrambleBoth, scrambleText } from "../../../checker/walk/random.ts"
import { canonical, equals, tagOf } from "../../../spec/kernel/data.ts"
import { type AnyPremise, corruption, crash } from "../../../spec/kernel/fault.ts"
import type { NodeId } from "../../../spec/kernel/node.ts"
import type { AnyObservation, AnyOperation } from "../../../spec/kernel/observation.ts"
import type { AnyObserver, Event } from "../../../spec/kernel/observer.ts"
import type { AnyProperty } from "../../../spec/kernel/property.ts"
import { renamer } from "../../../spec/kernel/renaming.ts"
import type { SystemNode } from "../../../spec/kernel/system.ts"
import { protocols } from "../../../spec/protocols.ts"
import { drawn, type Remains, remainsOf, type Sent } from "./runs.ts"
import { spoiled } from "./spoiled.ts"

/** How often something was said, by what was said; and hashes of what was. */
export type Counts = Readonly<Record<string, number>>

export const straysOf = (model: Model): Counts => {
  const counts: Record<string, number> = {}
  const tally: Tally = {
    count: (what, times = 1) => {
      if (times > 0) counts[what] = (counts[what] ?? 0) + times
    },
    hash: (what, said) => {
      tally.mix(what, wordOf(said))
    },
    mix: (what, word) => {
      counts[`${what} #`] = scrambleBoth(counts[`${what} #`] ?? 0, word) >>> 0
    }
  }
  const remains = remainsOf(model)
  const offered = offeredOf(remains)
  for (const node of model.system.nodes) offerTo(model, node, remains, offered, tally)
  for (const property of model.protocol.properties) judge(model, property, remains, tally)
  for (const premise of premisesOf(model)) judgePremise(model, premise, remains, tally)
  parse(model, tally)
  rename(model, remains, tally)
  spoil(model, remains, tally)
  lie(model, remains, tally)
  declare(model, tally)
  return Object.fromEntries(
    Object.entries(counts).sort(([left], [right]) => (left < right ? -1 : 1))
  )
}

interface Tally {
  count(what: string, times?: number): void
  /** Has part in the hash of what is said of this kind. */
  hash(what: string, said: unknown): void
  mix(what: string, word: number): void
}

const wordOf = (said: unknown): number =>
  scrambleText(typeof said === "string" ? said : canonical(said))

const maxStates = 6
const maxKinds = 14
const maxHybridStates = 3
const maxMessages = 40
const maxHybrids = 20

/** So many of them, from the first to the last. */
const spread = <A>(elements: ReadonlyArray<A>, most: number): ReadonlyArray<A> =>
  elements.length <= most || most < 2
    ? elements.slice(0, most)
    : Array.from(
        { length: most },
        (_, index) => elements[Math.floor((index * (elements.length - 1)) / (most - 1))] as A
      )

/** So many of them, or more: of each kind at least one, if there are not too many kinds. */
const ofEachKind = <A>(elements: ReadonlyArray<A>, most: number): ReadonlyArray<A> => {
  const firsts = new Map<string, A>()
  for (const element of elements) {
    const kind = tagsIn(element).join()
    if (!firsts.has(kind)) firsts.set(kind, element)
  }
  const one = [...firsts.values()]
  const others = elements.filter((element) => !one.includes(element))
  return [...spread(one, maxKinds), ...spread(others, Math.max(0, most - one.length))]
}

/** What tells kinds of states apart: the tags and the stages in them, but those of quorums. */
const tagsIn = (value: unknown): ReadonlyArray<string> =>
  typeof value !== "object" || value === null
    ? []
    : Object.entries(value).flatMap(([field, content]) =>
        /^(read|write)$/.test(field)
          ? []
          : /^(_tag|stage)$/.test(field)
            ? [String(content)]
            : tagsIn(content)
      )

/** States of the runs, and such with a field of another state of the same node. */
const statesOf = (all: ReadonlyArray<unknown>): ReadonlyArray<unknown> => {
  const states = ofEachKind(all, maxStates)
  const hybrids = Array.from({ length: maxHybridStates }, (_, index) =>
    crossed(states[drawn(states.length, "of", index)], all[drawn(all.length, "with", index)], index)
  )
  return states.length < 2 ? states : [...states, ...hybrids]
}

/** Messages of the runs, and such with a field of another one of the same kind. */
const offeredOf = ({ messages }: Remains): ReadonlyArray<Sent> => {
  const hybrids = Array.from({ length: maxHybrids }, (_, index): ReadonlyArray<Sent> => {
    const one = messages[drawn(messages.length, "one", index)]
    if (one === undefined) return []
    const alike = messages.filter(({ message }) => tagOf(message) === tagOf(one.message))
    const other = alike[drawn(alike.length, "other", index)] as Sent
    return [{ ...one, message: crossed(one.message, other.message, index) }]
  })
  return [...ofEachKind(messages, maxMessages), ...hybrids.flat()]
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** The first, with a field of the second, or with a field of a field. */
const crossed = (first: unknown, second: unknown, index: number): unknown => {
  if (!isRecord(first) || !isRecord(second)) return second
  const fields = Object.keys(first).filter((field) => field !== "_tag" && field in second)
  const field = fields[drawn(fields.length, "field", index)]
  if (field === undefined) return first
  const isDeep = isRecord(first[field]) && index % 2 === 1
  return {
    ...first,
    [field]: isDeep ? crossed(first[field], second[field], index >> 1) : second[field]
  }
}

const promises = [
  "isObsolete",
  "onlyAnswers",
  "isSettled",
  "isAnswer",
  "isAcknowledgement",
  "isWelcome"
] as const

const offerTo = (
  { system: { context, nodes }, scripts }: Model,
  { id, role, process }: SystemNode,
  { states }: Remains,
  offered: ReadonlyArray<Sent>,
  { count, hash, mix }: Tally
): void => {
  const foreign = Object.values(scripts).flatMap(([operation]) => operation ?? [])
  for (const { id: other } of nodes)
    hash(`${role}: heeded tags`, process.promises?.heeds?.(context, id, other))
  statesOf(states.get(id) ?? []).forEach((state, index) => {
    const take = (kind: string, input: Taken): void => {
      const step = attempt(() => process.step(context, id, state, input))
      if (step === undefined) {
        count(`${kind} thrown`)
        return
      }
      const { sends, observations } = step
      const after = equals(step.state, state) ? before : canonical(step.state)
      const isIgnored = after === before && sends.length === 0 && observations.length === 0
      mix(kind, isIgnored ? ignored : wordOf(textOf(after, step)))
      if (after !== before) count(`${kind} changes`)
      count(`${kind} sends`, sends.length)
      count(`${kind} observed`, observations.length)
    }
    const before = canonical(state)
    // Most inputs are ignored.
    const ignored = wordOf(textOf(before, { sends: [], observations: [] }))
    count(`${role}: states`)
    hash(`${role}: states`, before)
    const isReady = (operation?: AnyOperation) =>
      attempt(() => process.ready(context, id, state, operation)) === true
    if (isReady()) count(`${role}: ready`)
    for (const operation of scripts[id] ?? [])
      if (isReady(operation)) take(`${role}: ${operation._tag}`, { _tag: "Invoke", operation })
    for (const choice of attempt(() => process.choices(context, id, state)) ?? [])
      take(`${role}: step ${tagOf(choice) ?? "of its own"}`, { _tag: "Choose", choice })
    // No host does either, so what comes of it is told in the hash alone.
    for (const operation of foreign)
      hash(
        `${role}: not asked`,
        attempt(() => process.step(context, id, state, { _tag: "Invoke", operation }))
      )
    hash(
      `${role}: not offered`,
      attempt(() => process.step(context, id, state, { _tag: "Choose", choice: undefined }))
    )
    for (const operation of [undefined, ...(scripts[id] ?? [])])
      hash(
        `${role}: bound`,
        attempt(() => process.atBound?.(context, state, operation))
      )
    offered.forEach(({ from, message }, number) => {
      const stranger = nodes[drawn(nodes.length, "sender", index, number)]?.id ?? from
      for (const sender of new Set([from, stranger])) {
        const kind = `${role}: ${tagOf(message)}`
        if (attempt(() => process.postpones?.(context, id, state, sender, message)) === true)
          count(`${kind} postponed`)
        for (const promise of promises) {
          const made = attempt(() =>
            process.promises?.[promise]?.(context, id, state, sender, message)
          )
          if (made) count(`${kind} ${promise}`)
          if (made !== undefined) hash(promise, made)
        }
        take(kind, { _tag: "Receive", from: sender, message })
      }
    })
  })
}

/** The canonical text of a step to the state with this text. */
const textOf = (
  state: string,
  { sends, observations }: Readonly<Record<"sends" | "observations", ReadonlyArray<unknown>>>
): string =>
  `{"observations":${canonical(observations)},"sends":${canonical(sends)},"state":${state}}`

/**
 * What it returns; undefined if it throws: no process promises to understand what no sender sends.
 */
const attempt = <A>(what: () => A): A | undefined => {
  try {
    return what()
  } catch {
    return undefined
  }
}

const mixtures = 60

const judge = (
  model: Model,
  property: AnyProperty,
  remains: Remains,
  { count, hash }: Tally
): void => {
  const { context, nodes } = model.system
  const say = (holds: boolean | undefined) => {
    count(`${property.name} ${holds === undefined ? "thrown" : holds ? "holds" : "fails"}`)
    hash(property.name, holds)
  }
  const stateOf = (id: NodeId, ...words: ReadonlyArray<number | string>): unknown => {
    const all = remains.states.get(id) ?? []
    return all[drawn(all.length, id, ...words)]
  }
  const ofRole = (role: string) => nodes.filter((node) => node.role === role)
  for (let mixture = 0; mixture < mixtures; mixture++) {
    switch (property._tag) {
      case "Process":
        for (const { id } of ofRole(property.role))
          say(attempt(() => property.holds(context, id, stateOf(id, mixture))))
        break
      case "Step":
        for (const { id } of ofRole(property.role))
          say(
            attempt(() =>
              property.holds(context, id, stateOf(id, "before", mixture), stateOf(id, mixture))
            )
          )
        break
      case "Pair": {
        const [left, right] = [0, 1].map((place) => {
          const all = ofRole(property.role)
          return all[(drawn(all.length, "left", mixture) + place) % all.length]
        })
        if (left !== undefined && right !== undefined && left !== right)
          say(
            attempt(() =>
              property.holds(context, stateOf(left.id, mixture), stateOf(right.id, mixture))
            )
          )
        break
      }
      case "Whole":
      case "Sometimes":
        say(attempt(() => property.holds(context, mixed(model, remains, mixture, stateOf))))
        break
      case "Refines": {
        const [was, is] = [0, 1].map((place) =>
          attempt(() => property.mapping(context, mixed(model, remains, mixture + place, stateOf)))
        )
        say(attempt(() => property.begins(context, is)))
        say(attempt(() => property.allows(context, was, is)))
        break
      }
      case "Observed": {
        const observer = property.observer(context) as AnyObserver
        follow(observer, remains, mixture, (state) => {
          say(observer.violation(state) === undefined)
          hash(property.name, state)
        })
        for (const observation of remains.histories[mixture]?.flatMap(observationsIn) ?? [])
          hash(property.name, property.canFailAt?.(observation as never))
        explain(model, property, remains, mixture, hash)
        break
      }
      case "Live":
        follow(property.observer(context) as AnyObserver, remains, mixture, (state) => {
          say(property.owes(state))
          count(`${property.name} pending`, property.pending(state).length)
          hash(property.name, state)
          hash(property.name, property.pending(state))
          hash(property.name, property.excuse?.(state))
        })
    }
  }
}

/** A state of everything, of states that its nodes had at different times. */
const mixed = (
  { system: { nodes } }: Model,
  { messages }: Remains,
  mixture: number,
  stateOf: (id: NodeId, ...words: ReadonlyArray<number | string>) => unknown
) => {
  const roles = [...new Set(nodes.map(({ role }) => role))]
  return {
    nodes: Object.fromEntries(
      roles.map((role) => [
        role,
        Object.fromEntries(
          nodes.filter((node) => node.role === role).map(({ id }) => [id, stateOf(id, mixture)])
        )
      ])
    ),
    inFlight: Object.fromEntries(
      nodes.map(({ id }) => [
        id,
        messages
          .filter(({ to }, index) => to === id && drawn(4, "in flight", mixture, index) === 0)
          .map(({ from, message }) => ({ from, message }))
      ])
    )
  }
}

const observationsIn = (event: Event<AnyObservation>): ReadonlyArray<AnyObservation> =>
  event._tag === "Observed" ? [event.observation] : []

const acts = { _tag: "Choose", choice: undefined } as const

/** The explanation of a history, even of one that does not break the property. */
const explain = (
  { protocol: { objects } }: Model,
  property: Extract<AnyProperty, { readonly _tag: "Observed" }>,
  { histories }: Remains,
  mixture: number,
  hash: Tally["hash"]
): void => {
  if (property.explain === undefined) return
  const events = shuffled(histories[mixture % histories.length] ?? [], mixture)
  const steps = events.flatMap((event) =>
    event._tag === "Observed"
      ? [{ node: event.node, action: acts, observations: [event.observation] }]
      : []
  )
  hash(
    `${property.name} explained`,
    attempt(() => property.explain?.(intervalsOf({ objects, steps })))
  )
}

const registered = ({ protocol }: Model) => protocols.find(({ name }) => name === protocol.name)

/** The premise of the model, and those of its protocol. */
const premisesOf = (model: Model): ReadonlyArray<AnyPremise> => [
  ...(model.faults.premise === undefined ? [] : [model.faults.premise]),
  ...(registered(model)?.premises ?? [])
]

const judgePremise = (
  { system: { context } }: Model,
  premise: AnyPremise,
  remains: Remains,
  { hash }: Tally
): void => {
  const observer = premise.observer(context) as AnyObserver
  for (let mixture = 0; mixture < mixtures; mixture++)
    follow(observer, remains, mixture, (state) => {
      hash(premise.name, state)
      hash(premise.name, premise.holds(state))
    })
}

const scripts = [
  "",
  "1",
  "-1",
  "x",
  "⊥",
  "1 2",
  "x 1",
  "s1",
  "+s1",
  "-s1",
  "+s9 -s1",
  "s1 s1",
  "0 x"
]

/** What operations scripts denote. */
const parse = ({ protocol: { objects } }: Model, { hash }: Tally): void => {
  for (const { name, kinds, Operation, problem, isKnownByResult } of objects)
    for (const script of scripts)
      for (const kind of kinds) {
        const operation = attempt(() => kind.parse(script.split(" ").filter((word) => word !== "")))
        hash(`${name} in words`, operation)
        if (operation === undefined) continue
        hash(`${name} in words`, Schema.is(Operation)(operation))
        hash(`${name} in words`, problem?.(operation) === undefined)
        hash(`${name} in words`, isKnownByResult?.(operation))
      }
}

/** Every node gets the name of the next one. */
const rename = (
  { system: { nodes }, protocol }: Model,
  { states, messages }: Remains,
  { hash }: Tally
): void => {
  const names = nodes.map(({ id }) => id)
  const renaming = new Map(names.map((id, at) => [id, names[(at + 1) % names.length] as string]))
  for (const { message } of spread(messages, maxMessages))
    hash("renamed messages", renamer(protocol.Message)(renaming, message))
  for (const { id, process } of nodes)
    for (const state of spread(states.get(id) ?? [], maxStates))
      hash("renamed states", renamer(process.State)(renaming, state))
}

/**
 * What a protocol declares as data: its Schemas, its roles, what is never sent, the rules that are
 * not functions, and what searches may rely on about its properties and premises.
 */
const declare = (model: Model, { hash }: Tally): void => {
  const {
    system: { context, nodes },
    protocol,
    unused
  } = model
  const { Message, Parameters, objects, properties } = protocol
  const schemas: ReadonlyArray<Schema.Top> = [
    ...[Message, ...(Parameters === undefined ? [] : [Parameters])],
    ...objects.map(({ Operation }) => Operation),
    ...new Set(nodes.map(({ process }) => process.State))
  ]
  for (const schema of schemas) hash("schemas", Schema.toJsonSchemaDocument(schema))
  for (const { id, role, process } of nodes) hash("nodes", [id, role, process.durable])
  hash("unused", unused)
  for (const { name, rules } of registered(model)?.variants ?? [])
    hash("rules", [name, JSON.stringify(rules)])
  for (const premise of premisesOf(model)) {
    const { name, allowsEarlierResponses, mentionsServers } = premise.observer(context)
    hash("premises", [name, allowsEarlierResponses, mentionsServers])
  }
  for (const property of properties) {
    const { _tag, name, isSymmetric, allowsEarlierReceipts } = property
    hash("properties", [_tag, name, isSymmetric, allowsEarlierReceipts])
    if (_tag !== "Observed" && _tag !== "Live") continue
    const { allowsEarlierResponses, mentionsServers } = property.observer(context)
    hash("properties", [allowsEarlierResponses, mentionsServers])
  }
}

const maxSpoiled = 60

/** What Schemas say of messages and states in which one thing is not as it was. */
const spoil = (
  { system: { nodes, parameters }, protocol }: Model,
  { states, messages }: Remains,
  { hash }: Tally
): void => {
  const judgeBy = (what: string, schema: Schema.Top, values: ReadonlyArray<unknown>): void => {
    const accepted = Schema.is(schema as Schema.Codec<unknown>)
    for (const value of values)
      for (const other of spread(spoiled(value), maxSpoiled))
        hash(
          what,
          attempt(() => accepted(other))
        )
  }
  for (const tag of new Set(messages.map(({ message }) => tagOf(message)))) {
    const alike = messages.map(({ message }) => message).filter((one) => tagOf(one) === tag)
    judgeBy("spoiled messages", protocol.Message, spread(alike, 3))
  }
  if (protocol.Parameters !== undefined)
    judgeBy("spoiled parameters", protocol.Parameters, [parameters])
  for (const { id, process } of nodes)
    judgeBy("spoiled states", process.State, spread(states.get(id) ?? [], 3))
}

const maxHeard = 4

/** What the adversary knows of what was sent, and what it can say then. */
const lie = (model: Model, { messages }: Remains, { hash }: Tally): void => {
  if (model.faults.adversary === undefined) return
  const { Message } = model.protocol
  const { learn, derivable } = derivationOf(model)
  let knowledge = knownAtStart(model)
  hash("heard", knowledge)
  for (const { message } of spread(messages, maxHeard)) {
    knowledge = learn(knowledge, Message, message)
    hash("heard", knowledge)
    hash("lies", derivable(knowledge, Message))
  }
}

/**
 * An observer receives the events of a run, some of them in another order, from another node, or
 * with a fault in between; its state after each is recorded.
 */
const follow = (
  observer: AnyObserver,
  { histories, states }: Remains,
  mixture: number,
  hear: (state: unknown) => void
): void => {
  const shuffledEvents = shuffled(histories[mixture % histories.length] ?? [], mixture)
  const events = withFault([...states.keys()], shuffledEvents, mixture)
  let state = observer.initial
  for (const event of events) {
    const next = attempt(() => ({ state: observer.observe(state, event as Event<never>) }))
    if (next === undefined) return
    state = next.state
    hear(state)
  }
}

/** With a fault of a node at some place, in one of three mixtures. */
const withFault = (
  nodes: ReadonlyArray<NodeId>,
  events: ReadonlyArray<Event<AnyObservation>>,
  mixture: number
): ReadonlyArray<Event<AnyObservation>> => {
  const node = nodes[drawn(nodes.length, "faulty", mixture)]
  if (mixture % 3 !== 1 || node === undefined) return events
  const fault = mixture % 2 === 0 ? corruption.name : crash.name
  return events.toSpliced(drawn(events.length + 1, "fault", mixture), 0, {
    ...{ _tag: "Fault", node, fault }
  })
}

const shuffled = (
  history: ReadonlyArray<Event<AnyObservation>>,
  mixture: number
): ReadonlyArray<Event<AnyObservation>> => {
  const events = [...history]
  for (let swap = 0; swap < mixture / 8; swap++) {
    const [left, right] = ["left", "right"].map((side) => drawn(events.length, side, mixture, swap))
    const [first, second] = [events[left as number], events[right as number]]
    if (first === undefined || second === undefined) continue
    events[left as number] = second
    events[right as number] = mixture % 2 === 0 ? first : { ...first, node: second.node }
  }
  return events
}
