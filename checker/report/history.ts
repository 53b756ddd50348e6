/**
 * The operations of a run: each as an interval of steps, as an outside observer sees it; all of
 * them as a time line; and the nodes that unfinished operations wait for.
 */
import { listed } from "../../spec/configuration/configuration.ts"
import { equals } from "../../spec/kernel/data.ts"
import { type Interval as IntervalOf, possessive } from "../../spec/kernel/history.ts"
import type { NodeId } from "../../spec/kernel/node.ts"
import { describeOperation, describeResult, objectTypeOf } from "../../spec/kernel/object.ts"
import type { AnyObservation, AnyOperation } from "../../spec/kernel/observation.ts"
import type { Model } from "../network/model.ts"
import type { Counterexample, Snapshot, TraceStep, Words } from "./trace.ts"

/** One operation of a client. */
export type Interval = IntervalOf<AnyOperation, unknown>

/** Every operation of the run, in the order in which they began. */
export const intervalsOf = ({
  steps,
  objects
}: Pick<Words, "objects"> & {
  readonly steps: ReadonlyArray<Pick<TraceStep, "node" | "action" | "observations">>
}): ReadonlyArray<Interval> => {
  const intervals: Array<Interval> = []
  steps.forEach(({ node, action, observations }, index) => {
    const step = index + 1
    const close = (ending: Interval["ending"], result: unknown, operation?: AnyOperation) => {
      const at = intervals.findLastIndex(
        ({ client, end, operation: begun }) =>
          client === node &&
          end === undefined &&
          (operation === undefined || equals(begun, operation))
      )
      if (at >= 0) intervals[at] = { ...(intervals[at] as Interval), end: step, ending, result }
      return at >= 0
    }
    for (const observation of observations) {
      if (observation._tag === "Invocation")
        intervals.push(
          begun(
            describeOperation(objects, observation.operation),
            node,
            observation.operation,
            step
          )
        )
      if (observation._tag === "Response")
        close("response", observation.result, observation.operation)
    }
    if (action._tag === "Fault") while (close("fault", undefined));
  })
  return named(intervals)
}

const begun = (name: string, client: NodeId, operation: AnyOperation, begin: number): Interval => ({
  client,
  operation,
  name,
  begin,
  end: undefined,
  ending: "none",
  result: undefined
})

/** A client's operations with the same name are numbered: its first read, its second. */
const named = (intervals: ReadonlyArray<Interval>): ReadonlyArray<Interval> =>
  intervals.map((interval) => {
    const alike = intervals.filter(
      ({ client, name }) => client === interval.client && name === interval.name
    )
    if (alike.length === 1) return interval
    const place = alike.indexOf(interval)
    const ordinal = ordinals[place]
    const name =
      ordinal === undefined ? `${interval.name} number ${place + 1}` : `${ordinal} ${interval.name}`
    return { ...interval, name }
  })

const ordinals = "first second third fourth fifth sixth seventh eighth ninth tenth".split(" ")

/** The operation that the client begins or ends with the observation in this step. */
export const intervalAt = (
  intervals: ReadonlyArray<Interval>,
  client: NodeId,
  step: number,
  observation: Exclude<AnyObservation, { readonly _tag: "Note" }>
): Interval | undefined =>
  intervals.find(
    (interval) =>
      interval.client === client &&
      step === (observation._tag === "Invocation" ? interval.begin : interval.end) &&
      equals(interval.operation, observation.operation)
  )

/**
 * The operations as a time line, with a row per client, over the numbers of the steps in which they
 * begin and end. It shows the order of beginnings and ends, but not the distances to scale. If the
 * line would be too wide, a list replaces it.
 */
export const timeLine = (
  words: Words,
  intervals: ReadonlyArray<Interval>,
  width: number
): ReadonlyArray<string> => {
  const labelOf = (interval: Interval) => label(words, interval)
  const clients = [...new Set(intervals.map(({ client }) => client))].sort()
  const margin = Math.max(...[...clients, "step"].map((name) => name.length)) + 2
  const columns = columnsOf(intervals, labelOf)
  const edge = Math.max(
    ...intervals.map((one) => columnOf(columns, one, "begin") + labelOf(one).length + 7)
  )
  const right = Math.max(edge, ...columns.map(({ column }) => column + 1))
  if (margin + right + 4 > width) return intervals.map((interval) => inWords(words, interval))
  const rows = clients.map((client) => {
    const own = intervals.filter((interval) => interval.client === client)
    return client.padEnd(margin) + row(own, columns, right, labelOf)
  })
  return [...rows, "step".padEnd(margin) + axis(columns)]
}

interface Column {
  readonly interval: Interval
  readonly edge: "begin" | "end"
  readonly step: number
  readonly column: number
}

/**
 * Where each beginning and each end is drawn: in order, and far enough apart for names and step
 * numbers.
 */
const columnsOf = (
  intervals: ReadonlyArray<Interval>,
  labelOf: (interval: Interval) => string
): ReadonlyArray<Column> => {
  const edges = intervals.flatMap((interval) => [
    { interval, edge: "begin" as const, step: interval.begin },
    ...(interval.end === undefined ? [] : [{ interval, edge: "end" as const, step: interval.end }])
  ])
  const columns: Array<Column> = []
  for (const edge of edges.sort((left, right) => left.step - right.step)) {
    const last = columns.at(-1)
    const next = last === undefined ? 0 : last.column + String(last.step).length + 1
    const room =
      edge.edge === "begin"
        ? 0
        : columnOf(columns, edge.interval, "begin") + labelOf(edge.interval).length + 5
    columns.push({ ...edge, column: Math.max(next, room) })
  }
  return columns
}

const columnOf = (
  columns: ReadonlyArray<Column>,
  interval: Interval,
  edge: Column["edge"]
): number =>
  columns.find((column) => column.interval === interval && column.edge === edge)?.column ?? 0

const row = (
  own: ReadonlyArray<Interval>,
  columns: ReadonlyArray<Column>,
  right: number,
  labelOf: (interval: Interval) => string
): string =>
  own.reduce((drawn, interval) => {
    const begin = columnOf(columns, interval, "begin")
    const length = (interval.ending === "none" ? right : columnOf(columns, interval, "end")) - begin
    const close = { response: "|", fault: "x", none: " ..." }[interval.ending]
    return `${drawn.padEnd(begin)}${`|- ${labelOf(interval)} `.padEnd(length, "-")}${close}`
  }, "")

const axis = (columns: ReadonlyArray<Column>): string =>
  columns.reduce(
    (drawn, { column, step }, index) =>
      columns[index - 1]?.step === step ? drawn : `${drawn.padEnd(column)}${step}`,
    ""
  )

const label = ({ objects }: Words, { operation, ending, result }: Interval): string => {
  const words = describeOperation(objects, operation)
  const isKnownByResult = objectTypeOf(objects, operation)?.isKnownByResult?.(operation) ?? false
  return isKnownByResult && ending === "response"
    ? `${words}: ${describeResult(objects, operation, result)}`
    : words
}

const inWords = (words: Words, interval: Interval): string => {
  const { begin, end, ending, operation, result } = interval
  const outcome = {
    response: `to step ${end}, returned ${describeResult(words.objects, operation, result)}`,
    fault: `to step ${end}, when ${interval.client} crashed`,
    none: "on, had not returned"
  }[ending]
  return `${possessive(interval)}: from step ${begin} ${outcome}`
}

/** The parts of a phase of `spec/phase` that matter here. */
interface PhaseLike {
  readonly configurations: ReadonlyArray<{ readonly members: ReadonlyArray<NodeId> }>
  readonly answered: ReadonlyArray<NodeId>
}

/** The first field `phase` of a state, at any depth, that looks like a phase. */
const phaseIn = (state: unknown): PhaseLike | undefined => {
  if (typeof state !== "object" || state === null) return undefined
  const phase = "phase" in state ? (state.phase as Partial<PhaseLike> | null) : undefined
  if (Array.isArray(phase?.configurations) && Array.isArray(phase?.answered))
    return phase as PhaseLike
  return Object.values(state)
    .map(phaseIn)
    .find((found) => found !== undefined)
}

/** The state of a node; undefined if it has crashed. */
export const stateOf = ({ nodes }: Snapshot, id: NodeId): unknown =>
  nodes.find((node) => node.id === id)?.state

/**
 * The nodes that a pending operation waits for at the end of the run, if its client's state has a
 * phase that shows them; undefined otherwise.
 */
export const explainWait = (
  counterexample: Counterexample,
  { client }: Interval
): string | undefined => {
  const { steps, initial, describeMessage } = counterexample
  const phase = phaseIn(stateOf(steps.at(-1)?.after ?? initial, client))
  if (phase === undefined) return undefined
  const begin = steps.findLastIndex(
    ({ node, sends, after }) =>
      node === client && sends.length > 0 && phaseIn(stateOf(after, client))?.answered.length === 0
  )
  const asked = [...new Set(phase.configurations.flatMap(({ members }) => members))]
  const silent = asked.filter((member) => !phase.answered.includes(member))
  const silences = silent.map((id) => ({ id, ...silenceOf(counterexample, begin, client, id) }))
  const others = [...new Set(silences.map(({ silence }) => silence))].map((kind) =>
    describeSilence(silences.filter(({ silence }) => silence === kind))
  )
  const [question] = steps[begin]?.sends ?? []
  const what = question === undefined ? "" : ` "${describeMessage(question.message)}"`
  const whose = phase.configurations.map(({ members }) => listed(members)).join(" and ")
  const did = phase.answered.length === 0 ? "Nobody did" : `${listing(phase.answered)} did`
  const only = phase.answered.length === 1 ? "Only " : ""
  return `It waits for a quorum of ${whose} to answer${what}. ${only}${[did, ...others].join("; ")}.`
}

/** Why a node did not answer. */
type Silence = "crashed" | "not asked" | "received" | "in flight" | "in vain" | "no answer"

interface Silent {
  readonly id: NodeId
  readonly silence: Silence
  /** The step in which it crashed, or received the question without answering. */
  readonly step: number
}

/**
 * Why a node did not answer the question that the client asked in the step with index `begin` or
 * later.
 */
const silenceOf = (
  { steps, loop }: Counterexample,
  begin: number,
  client: NodeId,
  server: NodeId
): Omit<Silent, "id"> => {
  const crash = steps.findIndex(({ node, action }) => node === server && action._tag === "Fault")
  if (crash >= 0) return { silence: "crashed", step: crash + 1 }
  const asking = steps.findIndex(
    ({ node, sends }, index) =>
      index >= begin && node === client && sends.some(({ to }) => to === server)
  )
  if (asking < 0) return { silence: "not asked", step: 0 }
  const receipt = steps.findLastIndex(
    ({ node, action }, index) =>
      index > asking && node === server && action._tag === "Receive" && action.from === client
  )
  const answers = steps[receipt]?.sends.some(({ to }) => to === client) ?? true
  if (!answers) return { silence: "received", step: receipt + 1 }
  const question = steps[asking]?.sends.find(({ to }) => to === server)
  const late = steps
    .at(-1)
    ?.after.inFlight.some((one) => equals(one, { ...question, from: client }))
  // A message that stays in flight forever has no effect: otherwise it would have been received.
  const onItsWay = loop === undefined ? "in flight" : "in vain"
  return { silence: late ? onItsWay : "no answer", step: 0 }
}

/** Several nodes that are silent for the same reason. */
const describeSilence = (nodes: ReadonlyArray<Silent>): string => {
  const names = listing(nodes.map(({ id }) => id))
  const many = nodes.length > 1
  const steps = `(step${many ? "s" : ""} ${listing(nodes.map(({ step }) => String(step)))})`
  switch ((nodes[0] as Silent).silence) {
    case "crashed":
      return `${names} crashed ${steps}`
    case "not asked":
      return `${names} ${many ? "were" : "was"} not asked`
    case "received":
      return `${names} received it ${steps} but did not answer`
    case "in flight":
      return `the request to ${names} is still in flight`
    case "in vain":
      return `${names} now ${many ? "ignore" : "ignores"} it`
    case "no answer":
      return `${names} did not answer`
  }
}

/** `s1`, `s1 and s2`, `s1, s2 and s3`; `s1 and s2, and s3` where an item is a list itself. */
export const listing = (items: ReadonlyArray<string>): string => {
  const and = items.some((item) => item.includes(" and ")) ? ", and " : " and "
  return items.length < 2 ? items.join() : `${items.slice(0, -1).join(", ")}${and}${items.at(-1)}`
}

/**
 * Why the history of a run violates a property, in the words of the property that states it;
 * undefined if it gives none.
 */
export const explanationOf = (
  { properties }: Pick<Model, "properties">,
  name: string,
  reason: string,
  run: Parameters<typeof intervalsOf>[0]
): string | undefined => {
  const property = properties.find((one) => one.name === name)
  if (property?._tag !== "Observed" || property.explain === undefined) return undefined
  return property.explain(intervalsOf(run)) ?? `${reason}.`
}
