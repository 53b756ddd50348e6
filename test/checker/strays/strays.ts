/**
 * Strays: how the nodes of a model react to messages that are not meant for them, come from another
 * sender, are repeated, arrive too early or too late, or have a field of another message; which
 * steps they can take by themselves; and how the model's properties judge combinations of states
 * and histories that no run has. No test states each answer: the answers are counted, and the
 * counts are compared with those of `strays.json`. So a lost check of a sender, a number or a
 * signature shows, even if no scenario has a lying sender.
 */
import type { Model, Taken } from "../../../checker/network/model.ts"
import { canonical, tagOf } from "../../../spec/kernel/data.ts"
import type { NodeId } from "../../../spec/kernel/node.ts"
import type { AnyObservation } from "../../../spec/kernel/observation.ts"
import type { AnyObserver, Event } from "../../../spec/kernel/observer.ts"
import type { AnyProperty } from "../../../spec/kernel/property.ts"
import type { SystemNode } from "../../../spec/kernel/system.ts"
import { drawn, type Remains, remainsOf, type Sent } from "./runs.ts"

/** How often something was said, by what was said. */
export type Counts = Readonly<Record<string, number>>

export const straysOf = (model: Model): Counts => {
  const counts: Record<string, number> = {}
  const count: Count = (what, times = 1) => {
    if (times > 0) counts[what] = (counts[what] ?? 0) + times
  }
  const remains = remainsOf(model)
  const offered = offeredOf(remains)
  for (const node of model.system.nodes) offerTo(model, node, remains, offered, count)
  for (const property of model.protocol.properties) judge(model, property, remains, count)
  return Object.fromEntries(
    Object.entries(counts).sort(([left], [right]) => (left < right ? -1 : 1))
  )
}

type Count = (what: string, times?: number) => void

const maxStates = 8
const maxMessages = 40
const maxHybrids = 20

/** So many of them, from the first to the last. */
const spread = <A>(elements: ReadonlyArray<A>, most: number): ReadonlyArray<A> =>
  elements.length <= most
    ? elements
    : Array.from(
        { length: most },
        (_, index) => elements[Math.floor((index * (elements.length - 1)) / (most - 1))] as A
      )

/** Messages of the runs, and such with a field of another one of the same kind. */
const offeredOf = ({ messages }: Remains): ReadonlyArray<Sent> => {
  const hybrids = Array.from({ length: maxHybrids }, (_, index): ReadonlyArray<Sent> => {
    const one = messages[drawn(messages.length, "one", index)]
    if (one === undefined) return []
    const alike = messages.filter(({ message }) => tagOf(message) === tagOf(one.message))
    const other = alike[drawn(alike.length, "other", index)] as Sent
    return [{ ...one, message: crossed(one.message, other.message, index) }]
  })
  return [...spread(messages, maxMessages), ...hybrids.flat()]
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

const promises = ["isObsolete", "onlyAnswers", "isSettled", "isAnswer", "isWelcome"] as const

const offerTo = (
  { system: { context, nodes }, scripts }: Model,
  { id, role, process }: SystemNode,
  { states }: Remains,
  offered: ReadonlyArray<Sent>,
  count: Count
): void => {
  for (const { id: other } of nodes)
    count(`${role}: heeded tags`, process.promises?.heeds?.(context, id, other).length)
  spread(states.get(id) ?? [], maxStates).forEach((state, index) => {
    const take = (kind: string, input: Taken): void => {
      const step = attempt(() => process.step(context, id, state, input))
      if (step === undefined) {
        count(`${kind} thrown`)
        return
      }
      if (canonical(step.state) !== before) count(`${kind} changes`)
      count(`${kind} sends`, step.sends.length)
      count(`${kind} observed`, step.observations.length)
    }
    const before = canonical(state)
    count(`${role}: states`)
    if (process.ready(context, id, state)) count(`${role}: ready`)
    for (const operation of scripts[id] ?? [])
      if (process.ready(context, id, state, operation))
        take(`${role}: ${operation._tag}`, { _tag: "Invoke", operation })
    for (const choice of process.choices(context, id, state))
      take(`${role}: step ${tagOf(choice) ?? "of its own"}`, { _tag: "Choose", choice })
    if (process.atBound?.(context, state) !== undefined) count(`${role}: at a bound`)
    offered.forEach(({ from, message }, number) => {
      const stranger = nodes[drawn(nodes.length, "sender", index, number)]?.id ?? from
      for (const sender of new Set([from, stranger])) {
        const kind = `${role}: ${tagOf(message)}`
        if (process.postpones?.(context, id, state, sender, message) === true)
          count(`${kind} postponed`)
        for (const promise of promises)
          if (attempt(() => process.promises?.[promise]?.(context, id, state, sender, message)))
            count(`${kind} ${promise}`)
        take(kind, { _tag: "Receive", from: sender, message })
      }
    })
  })
}

/** What it returns; undefined if it throws: nobody promises to understand what no sender sends. */
const attempt = <A>(what: () => A): A | undefined => {
  try {
    return what()
  } catch {
    return undefined
  }
}

const mixtures = 60

const judge = (model: Model, property: AnyProperty, remains: Remains, count: Count): void => {
  const { context, nodes } = model.system
  const say = (holds: boolean | undefined) =>
    count(`${property.name} ${holds === undefined ? "thrown" : holds ? "holds" : "fails"}`)
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
        follow(observer, remains, mixture, (state) => say(observer.violation(state) === undefined))
        break
      }
      case "Live":
        follow(property.observer(context) as AnyObserver, remains, mixture, (state) => {
          say(property.owes(state))
          count(`${property.name} pending`, property.pending(state).length)
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

/**
 * An observer is told what one of a run was told, with some of it in another order, or by another
 * node; what it says after each is heard.
 */
const follow = (
  observer: AnyObserver,
  { histories }: Remains,
  mixture: number,
  hear: (state: unknown) => void
): void => {
  const events = shuffled(histories[mixture % histories.length] ?? [], mixture)
  let state = observer.initial
  for (const event of events) {
    const next = attempt(() => ({ state: observer.observe(state, event as Event<never>) }))
    if (next === undefined) return
    state = next.state
    hear(state)
  }
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
