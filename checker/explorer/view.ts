/**
 * Turns a run into everything that the page shows of it: a picture of the steps, and the state at
 * one of them.
 */
import { canonical, equals } from "../../spec/kernel/data.ts"
import { describeOperation, describeResult } from "../../spec/kernel/object.ts"
import type { AnyProperty } from "../../spec/kernel/property.ts"
import { deadlockFreedom } from "../engine/findings.ts"
import { type Event, hasAdversary } from "../network/model.ts"
import { eventSentence } from "../report/event-sentence.ts"
import { explanationOf, intervalsOf } from "../report/history.ts"
import { nothingBefore, termOf } from "../report/terms.ts"
import { type TraceStep, type Words, wordsOf } from "../report/trace.ts"
import { aboutDeadlock, kindOf as propertyKindOf } from "../result.ts"
import type { LoadedScenario } from "../scenario/load.ts"
import type { Enabled, Exploration, Position } from "./exploration.ts"
import { dagIn, fewestOrders, knownIn, mapsIn, ordersIn } from "./figures.ts"
import type {
  Arrow,
  EnabledView,
  IntervalView,
  NodeView,
  Place,
  PropertyView,
  StepView,
  View
} from "./messages.ts"
import { eventWords, kindOf, noteOf, stepSentence } from "./sentences.ts"

/** The view of a place. It leaves out the steps of its run that cannot be taken. */
export const viewOf = (scenario: LoadedScenario, exploration: Exploration, wanted: Place): View => {
  const taken = exploration.goTo(wanted.run)
  const at = Math.max(0, Math.min(wanted.at, taken))
  const { model, steps, positions } = exploration
  const words = wordsOf(model)
  const { objects } = model.protocol
  const position = positions[at] as Position
  const { snapshot } = position
  const enabled = exploration.enabled(at)
  const { after: course = [] } = scenario.model
  const isGiven = ({ node, action }: Event, index: number): boolean =>
    index < course.length && equals({ node, action }, course[index])
  const foreign = steps.findIndex(({ step }, index) => !isGiven(step, index))
  const given = foreign < 0 ? steps.length : foreign
  return {
    tell: "view",
    place: { run: wanted.run.slice(0, taken), at },
    refused: wanted.run.length - taken,
    steps: steps.map(({ code, step }, index) => ({
      ...stepView(
        words,
        code,
        step,
        index + 1,
        positions[index] as Position,
        positions[index + 1] as Position
      ),
      isGiven: index < given
    })),
    arrows: arrowsOf(
      words,
      steps.map(({ step }) => step)
    ),
    intervals: intervalViews(
      words,
      steps.map(({ step }) => step)
    ),
    nodes: nodeViews(exploration, at),
    enabled: enabled.map((one) => enabledView(words, one)),
    ending: enabled.some(({ hasEffect }) => hasEffect)
      ? undefined
      : endingOf(exploration, position),
    properties: propertyViews(scenario, exploration, at),
    orders: ordersIn(snapshot),
    maps: mapsIn(snapshot, objects),
    dag: dagIn(snapshot),
    known: hasAdversary(model)
      ? knownIn(position.known, positions[0]?.known ?? [], objects)
      : undefined,
    calls: at === 0 ? [] : (steps[at - 1]?.calls ?? [])
  }
}

const stepView = (
  words: Words,
  code: string,
  step: TraceStep,
  number: number,
  before: Position,
  after: Position
): Omit<StepView, "isGiven"> => ({
  number,
  code,
  node: step.node,
  kind: kindOf(step),
  sentence: stepSentence(words, step),
  notes: [
    ...(step.action._tag === "Choose" || step.action._tag === "Fault"
      ? [{ kind: "note" as const, text: eventWords(words, step) }]
      : []),
    ...step.observations.flatMap((observation) => noteOf(words, observation) ?? [])
  ],
  breaks: after.broken.filter((name) => !before.broken.includes(name)),
  orders: fewestOrders(after.snapshot)
})

/** Every message of a run, in the order in which they were sent. */
export const arrowsOf = (words: Words, steps: ReadonlyArray<TraceStep>): ReadonlyArray<Arrow> => {
  const arrows: Array<{ -readonly [Key in keyof Arrow]: Arrow[Key] }> = []
  const onTheWay = new Map<string, Array<number>>()
  steps.forEach(({ node, action, sends, after }, index) => {
    const number = index + 1
    if (action._tag === "Receive") {
      const key = canonical([action.from, node, action.message])
      const arrow = onTheWay.get(key)?.shift()
      if (arrow === undefined)
        arrows.push({
          ...{ from: action.from, to: node, text: words.describeMessage(action.message) },
          ...{ sent: undefined, received: number, lost: undefined }
        })
      else (arrows[arrow] as Arrow & { received: number }).received = number
    }
    const isGone = (id: string) => after.nodes.find((one) => one.id === id)?.state === undefined
    for (const { to, message } of sends) {
      const key = canonical([node, to, message])
      // If the adversary speaks for a node, it overhears a message to that node at once.
      const isHeard = isTakenOver(after, to)
      if (!isGone(to)) onTheWay.set(key, [...(onTheWay.get(key) ?? []), arrows.length])
      arrows.push({
        ...{ from: node, to, text: words.describeMessage(message), sent: number },
        ...{
          received: isHeard ? number : undefined,
          lost: isGone(to) && !isHeard ? number : undefined
        }
      })
    }
    if (action._tag !== "Fault" || !isGone(node)) return
    for (const arrow of arrows)
      if (arrow.to === node && arrow.received === undefined) arrow.lost ??= number
  })
  return arrows
}

/** The adversary has taken over a node that is gone and yet has a fault. */
const isTakenOver = ({ nodes }: TraceStep["after"], id: string): boolean =>
  nodes.some((one) => one.id === id && one.state === undefined && one.fault !== undefined)

const intervalViews = (
  words: Words,
  steps: ReadonlyArray<TraceStep>
): ReadonlyArray<IntervalView> =>
  intervalsOf({ steps, objects: words.objects }).map(
    ({ client, operation, begin, end, ending, result }): IntervalView => {
      const told = describeOperation(words.objects, operation)
      const label =
        ending === "response"
          ? `${told}: ${describeResult(words.objects, operation, result)}`
          : told
      return { client, label, begin, end, ending }
    }
  )

const nodeViews = (
  { model, steps, positions }: Exploration,
  at: number
): ReadonlyArray<NodeView> => {
  const { snapshot } = positions[at] as Position
  const before = positions[at - 1]?.snapshot
  const verbs = wordsOf(model).faults
  return snapshot.nodes.map(({ id, role, state, isAsked }) => {
    const was = before?.nodes.find((node) => node.id === id)?.state
    const fault = faultOf(steps.slice(0, at), model, id)
    return {
      ...{ id, role, isAsked, isTakenOver: isTakenOver(snapshot, id) },
      fault:
        fault === undefined ? undefined : (verbs.find(({ name }) => name === fault)?.verb ?? fault),
      state:
        state === undefined
          ? undefined
          : termOf(model.protocol.objects, state, before === undefined ? nothingBefore : was),
      isActing: steps[at - 1]?.step.node === id
    }
  })
}

/** The last fault of the node. */
const faultOf = (
  steps: ReadonlyArray<{ readonly step: TraceStep }>,
  { faults }: Exploration["model"],
  id: string
): string | undefined => {
  const struck = steps.findLast(({ step }) => step.node === id && step.action._tag === "Fault")
    ?.step.action
  if (struck?._tag === "Fault") return struck.fault
  return faults.atStart?.find(({ node }) => node === id)?.fault.name
}

const enabledView = (
  words: Words,
  { code, event, isSpoken, hasEffect, breaks }: Enabled
): EnabledView => ({
  code,
  node: event.node,
  kind: kindOf(event),
  text: eventWords(words, event),
  sentence: eventSentence(words, event),
  from: event.action._tag === "Receive" ? event.action.from : undefined,
  isSpoken,
  hasEffect,
  breaks
})

const endingOf = ({ network }: Exploration, { engine, broken }: Position): string => {
  if (network.isDone(engine))
    return "Every operation has returned. No step that is left has an effect."
  if (broken.includes(deadlockFreedom))
    return "Deadlock: an operation is pending and no step is possible."
  return network.cutOf(engine) === "not"
    ? "An operation is pending, and no step that is left has an effect."
    : "A bound of the scenario stops the processes."
}

const propertyViews = (
  { model, checksDeadlock }: LoadedScenario,
  { positions, steps }: Exploration,
  at: number
): ReadonlyArray<PropertyView> => {
  const upTo = positions.slice(0, at + 1)
  const named = model.properties
    .map((property) =>
      property._tag === "Live"
        ? liveView(model.system.context, property, upTo)
        : safetyView(property.name, property.about, property, model.system.context, upTo)
    )
    .map((view) => explained(model, steps, view))
  return checksDeadlock
    ? [...named, safetyView(deadlockFreedom, aboutDeadlock, undefined, model.system.context, upTo)]
    : named
}

const safetyView = (
  name: string,
  about: string,
  property: AnyProperty | undefined,
  context: unknown,
  upTo: ReadonlyArray<Position>
): PropertyView => {
  const at = upTo.findIndex(({ broken }) => broken.includes(name))
  const common = { name, about, kind: propertyKindOf(property) }
  if (at < 0)
    return property?._tag === "Sometimes"
      ? { ...common, status: "open", remark: "", brokenAt: undefined }
      : { ...common, status: "kept", remark: "", brokenAt: undefined }
  const seen = (upTo[at] as Position).snapshot.observers[name]
  const reason =
    property?._tag === "Observed" && seen !== undefined
      ? property.observer(context).violation(seen)
      : undefined
  const where = at === 0 ? "broken from the beginning" : `broken since step ${at}`
  return {
    ...common,
    status: "broken",
    remark: reason === undefined ? where : `${where}: ${reason}`,
    brokenAt: at
  }
}

/**
 * Why the history up to the violating step violates the property, in the words of the property that
 * states it.
 */
const explained = (
  model: LoadedScenario["model"],
  steps: Exploration["steps"],
  view: PropertyView
): PropertyView => {
  const { name, brokenAt, remark } = view
  if (brokenAt === undefined) return view
  const run = { ...wordsOf(model), steps: steps.slice(0, brokenAt).map(({ step }) => step) }
  const explanation = explanationOf(model, name, "", run)
  return explanation === undefined || explanation === "."
    ? view
    : { ...view, remark: `${remark}. ${explanation}` }
}

const liveView = (
  context: unknown,
  property: Extract<AnyProperty, { readonly _tag: "Live" }>,
  upTo: ReadonlyArray<Position>
): PropertyView => {
  const { name, about } = property
  const observer = property.observer(context)
  const seen = (upTo.at(-1) as Position).snapshot.observers[observer.name]
  const common = { name, about, kind: "liveness", brokenAt: undefined } as const
  if (seen !== undefined && !property.owes(seen))
    return {
      ...common,
      status: "excused",
      remark: property.excuse?.(seen) ?? "its premise is broken"
    }
  const pending = seen === undefined ? [] : property.pending(seen).map(({ client }) => client)
  const remark = pending.length === 0 ? "" : `owed to ${[...new Set(pending)].join(", ")}`
  return { ...common, status: "open", remark }
}
