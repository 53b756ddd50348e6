/**
 * The operations of a run: each as an interval of steps, as an outside observer sees it; all of them as a time line;
 * why no order of them explains what they returned; and whom those that never end wait for.
 */
import { listed } from "../../spec/configuration/configuration.ts"
import { equals } from "../../spec/kernel/data.ts"
import type { NodeId, ServerId } from "../../spec/kernel/node.ts"
import type { Observation } from "../../spec/kernel/process.ts"
import {
  describeChange,
  describeOperation,
  describeValue,
  type Operation,
  type Value
} from "../../spec/register/operation.ts"
import type { Counterexample, Snapshot } from "./trace.ts"

/** One operation of a client, from the step that begins it to the step that ends it; steps are numbered from 1. */
export interface Interval {
  readonly client: NodeId
  readonly operation: Operation
  /** Among this client's operations of the run no other has this name: `write 1`, `second read`. */
  readonly name: string
  readonly begin: number
  /** Undefined while the operation is pending. */
  readonly end: number | undefined
  readonly ending: "response" | "crash" | "none"
  /** What it returned, if it did. */
  readonly result: unknown
}

/** Every operation of the run, in the order in which they began. */
export const intervalsOf = ({ steps }: Counterexample): ReadonlyArray<Interval> => {
  const intervals: Array<Interval> = []
  steps.forEach(({ node, action, observations }, index) => {
    const step = index + 1
    const close = (ending: Interval["ending"], result: unknown) => {
      const at = intervals.findLastIndex(({ client, end }) => client === node && end === undefined)
      if (at >= 0) intervals[at] = { ...(intervals[at] as Interval), end: step, ending, result }
    }
    for (const observation of observations) {
      if (observation._tag === "Invocation") intervals.push(begun(node, observation.operation, step))
      if (observation._tag === "Response") close("response", observation.result)
    }
    if (action._tag === "Crash") close("crash", undefined)
  })
  return named(intervals)
}

const begun = (client: NodeId, operation: Operation, begin: number): Interval => ({
  client,
  operation,
  name: describeOperation(operation),
  begin,
  end: undefined,
  ending: "none",
  result: undefined
})

/** A client's operations that would have the same name are counted: its first read, its second. */
const named = (intervals: ReadonlyArray<Interval>): ReadonlyArray<Interval> =>
  intervals.map((interval) => {
    const alike = intervals.filter(({ client, name }) => client === interval.client && name === interval.name)
    if (alike.length === 1) return interval
    const place = alike.indexOf(interval)
    const ordinal = ordinals[place]
    const name =
      ordinal === undefined ? `${interval.name} number ${place + 1}` : `${ordinal} ${interval.name}`
    return { ...interval, name }
  })

const ordinals = "first second third fourth fifth sixth seventh eighth ninth tenth".split(" ")

/** `c2's second read`. */
export const possessive = ({ client, name }: Interval): string => `${client}'s ${name}`

/** What an operation returned, in words: `ok`, `1`, `⊥`. */
export const describeResult = (operation: Operation, result: unknown): string => {
  if (operation._tag === "Scan") return describeChanges(result)
  if (operation._tag === "Read" || operation._tag === "Propose")
    return isValue(result) ? describeValue(result) : JSON.stringify(result)
  return result === null || result === undefined ? "ok" : JSON.stringify(result)
}

/** `{+s4, +s5}`: the changes that a scan found. */
const describeChanges = (result: unknown): string =>
  Array.isArray(result) ? `{${result.map(describeChange).join(", ")}}` : JSON.stringify(result)

const isValue = (result: unknown): result is Value =>
  result === null || typeof result === "number" || typeof result === "string"

/** The operation that the client begins, or ends, with what was observed in this step. */
export const intervalAt = (
  intervals: ReadonlyArray<Interval>,
  client: NodeId,
  step: number,
  observation: Observation<Operation>
): Interval | undefined =>
  intervals.find(
    (interval) =>
      interval.client === client &&
      step === (observation._tag === "Invocation" ? interval.begin : interval.end)
  )

/**
 * The operations as a time line, a row per client, over the numbers of the steps in which they begin and end.
 * The order of beginnings and ends is to scale, the distances are not. A list where the line would be too wide.
 */
export const timeLine = (intervals: ReadonlyArray<Interval>, width: number): ReadonlyArray<string> => {
  const clients = [...new Set(intervals.map(({ client }) => client))].sort()
  const margin = Math.max(...[...clients, "step"].map((name) => name.length)) + 2
  const columns = columnsOf(intervals)
  const edge = Math.max(...intervals.map((one) => columnOf(columns, one, "begin") + labelOf(one).length + 7))
  const right = Math.max(edge, ...columns.map(({ column }) => column + 1))
  if (margin + right + 4 > width) return intervals.map(inWords)
  const rows = clients.map((client) => {
    const own = intervals.filter((interval) => interval.client === client)
    return client.padEnd(margin) + row(own, columns, right)
  })
  return [...rows, "step".padEnd(margin) + axis(columns)]
}

interface Column {
  readonly interval: Interval
  readonly edge: "begin" | "end"
  readonly step: number
  readonly column: number
}

/** Where each beginning and each end is drawn: in order, far enough apart for names and step numbers. */
const columnsOf = (intervals: ReadonlyArray<Interval>): ReadonlyArray<Column> => {
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

const columnOf = (columns: ReadonlyArray<Column>, interval: Interval, edge: Column["edge"]): number =>
  columns.find((column) => column.interval === interval && column.edge === edge)?.column ?? 0

const row = (own: ReadonlyArray<Interval>, columns: ReadonlyArray<Column>, right: number): string =>
  own.reduce((drawn, interval) => {
    const begin = columnOf(columns, interval, "begin")
    const length = (interval.ending === "none" ? right : columnOf(columns, interval, "end")) - begin
    const close = { response: "|", crash: "x", none: " ..." }[interval.ending]
    return `${drawn.padEnd(begin)}${`|- ${labelOf(interval)} `.padEnd(length, "-")}${close}`
  }, "")

const axis = (columns: ReadonlyArray<Column>): string =>
  columns.reduce(
    (drawn, { column, step }, index) =>
      columns[index - 1]?.step === step ? drawn : `${drawn.padEnd(column)}${step}`,
    ""
  )

const labelOf = ({ operation, ending, result }: Interval): string =>
  operation._tag === "Read" && ending === "response"
    ? `read: ${describeResult(operation, result)}`
    : describeOperation(operation)

const inWords = (interval: Interval): string => {
  const { begin, end, ending, operation, result } = interval
  const outcome = {
    response: `to step ${end}, returned ${describeResult(operation, result)}`,
    crash: `to step ${end}, when ${interval.client} crashed`,
    none: "on, had not returned"
  }[ending]
  return `${possessive(interval)}: from step ${begin} ${outcome}`
}

/**
 * Why the last read of a history that is not atomic could not return what it returned; undefined for a history in
 * which a value that matters was written twice.
 *
 * The operations on a value are its write and the reads that returned it. Where every value is written once, a
 * history that was atomic up to a read stops to be so for one of two reasons: nobody wrote what the read returned, or
 * there is a newer value that had been there before the read began. One value is newer than another if an operation
 * on the newer began after an operation on the older had ended. (That is Gibbons and Korach's condition on zones, seen
 * from the last read; the tests hold it against the definition of atomicity.)
 */
export const explainAtomicity = (intervals: ReadonlyArray<Interval>): string | undefined => {
  const ended = intervals.filter(({ ending }) => ending === "response")
  const read = ended.reduce<Interval | undefined>(
    (last, one) => (last === undefined || endOf(one) > endOf(last) ? one : last),
    undefined
  )
  if (read === undefined || read.operation._tag !== "Read" || !isValue(read.result)) return undefined
  const value = read.result
  const writes = writesOf(intervals, value)
  if (value !== null && writes.length === 0) {
    return `${possessive(read)} returned ${describeValue(value)}, a value that nobody had written.`
  }
  if (writes.length > (value === null ? 0 : 1)) return undefined
  const newer = newerThan(intervals, read, value)
  if (newer === undefined) return undefined
  return value === null ? missed(read, newer) : overtaken(read, value, newer)
}

/** A newer value than the one that was read, and the operations that show it. */
interface Newer {
  readonly value: Value
  /** An operation on the newer value that had ended before the read began. */
  readonly witness: Interval
  /** An operation on the newer value that began after `before`, an operation on the older, had ended. */
  readonly after: Interval
  readonly before: Interval | undefined
}

const newerThan = (intervals: ReadonlyArray<Interval>, read: Interval, value: Value): Newer | undefined => {
  // Every value is newer than the one before any write.
  const before =
    value === null ? undefined : earliestEnd(onValue(intervals, value).filter((one) => one !== read))
  if (value !== null && before === undefined) return undefined
  const from = before === undefined ? 0 : endOf(before)
  const found = newerValues(intervals, value).flatMap((newer): ReadonlyArray<Newer> => {
    const operations = onValue(intervals, newer)
    const past = operations.filter((one) => endOf(one) < read.begin)
    const late = operations.filter(({ begin }) => begin > from)
    const both = past.find((one) => late.includes(one))
    const witness = both ?? earliestEnd(past)
    const after = both ?? late[0]
    return witness === undefined || after === undefined ? [] : [{ value: newer, witness, after, before }]
  })
  return found.find(({ witness }) => witness.operation._tag === "Write") ?? found[0]
}

/** The other values that were written exactly once. */
const newerValues = (intervals: ReadonlyArray<Interval>, value: Value): ReadonlyArray<Value> =>
  intervals.flatMap(({ operation }) =>
    operation._tag === "Write" &&
    operation.value !== value &&
    operation.value !== null &&
    writesOf(intervals, operation.value).length === 1
      ? [operation.value]
      : []
  )

const writesOf = (intervals: ReadonlyArray<Interval>, value: Value): ReadonlyArray<Interval> =>
  intervals.filter(({ operation }) => operation._tag === "Write" && operation.value === value)

/** The write of a value, and the reads that returned it. */
const onValue = (intervals: ReadonlyArray<Interval>, value: Value): ReadonlyArray<Interval> => [
  ...writesOf(intervals, value),
  ...intervals.filter(
    ({ operation, ending, result }) => operation._tag === "Read" && ending === "response" && result === value
  )
]

/** An operation that has not responded has no end that anybody could have seen. */
const endOf = ({ ending, end }: Interval): number => (ending === "response" ? (end as number) : Infinity)

const earliestEnd = (intervals: ReadonlyArray<Interval>): Interval | undefined =>
  intervals.filter(({ ending }) => ending === "response").sort((left, right) => endOf(left) - endOf(right))[0]

const missed = (read: Interval, { witness }: Newer): string =>
  `${beganAt(read)} and returned ⊥, the value before any write. But ${hadReturned(witness)}.${ruleOn(witness)}`

const overtaken = (read: Interval, value: Value, newer: Newer): string => {
  const { witness, after, before } = newer
  const values = `${describeValue(newer.value)} is newer than ${describeValue(value)}`
  const later =
    after === witness
      ? `that ${isRead(after) ? "read" : "write"} began at step ${after.begin}`
      : `${beganAt(after)}${isRead(after) ? ` and returned ${describeValue(newer.value)}` : ""}`
  const proof = `${later}, after ${hadReturned(before as Interval)}`.replace("had already", "had")
  const claim = `But ${hadReturned(witness)}, and ${values}: ${proof}.`
  return `${beganAt(read)} and returned ${describeValue(value)}. ${claim}${ruleOn(witness)}`
}

const isRead = ({ operation }: Interval): boolean => operation._tag === "Read"

const ruleOn = (witness: Interval): string =>
  isRead(witness) ? " Once a read has returned a value, no later read may return an older one." : ""

const beganAt = (interval: Interval): string => `${possessive(interval)} began at step ${interval.begin}`

const hadReturned = (interval: Interval): string => {
  const what = isRead(interval) ? ` ${describeResult(interval.operation, interval.result)}` : ""
  return `${possessive(interval)} had already returned${what} at step ${interval.end}`
}

/** A phase as `spec/phase` has them, as far as it matters here. */
interface PhaseLike {
  readonly configurations: ReadonlyArray<{ readonly members: ReadonlyArray<ServerId> }>
  readonly answered: ReadonlyArray<ServerId>
}

/** The first field `phase` of a state, however deep, that looks like a phase. */
const phaseIn = (state: unknown): PhaseLike | undefined => {
  if (typeof state !== "object" || state === null) return undefined
  const phase = "phase" in state ? (state.phase as Partial<PhaseLike> | null) : undefined
  if (Array.isArray(phase?.configurations) && Array.isArray(phase?.answered)) return phase as PhaseLike
  return Object.values(state)
    .map(phaseIn)
    .find((found) => found !== undefined)
}

/** The state of a node; undefined if it has crashed. */
export const stateOf = ({ nodes }: Snapshot, id: NodeId): unknown =>
  nodes.find((node) => node.id === id)?.state

/**
 * Whom a pending operation waits for at the end of the run, as far as its client's state has a phase that tells;
 * undefined if it has none.
 */
export const explainWait = (counterexample: Counterexample, { client }: Interval): string | undefined => {
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
type Silence = "crashed" | "not asked" | "received" | "on its way" | "in vain" | "no answer"

interface Silent {
  readonly id: NodeId
  readonly silence: Silence
  /** When it crashed, or received the question without answering. */
  readonly step: number
}

/** Why a node did not answer what the client asked in the step with index `begin` and after. */
const silenceOf = (
  { steps, loop }: Counterexample,
  begin: number,
  client: NodeId,
  server: NodeId
): Omit<Silent, "id"> => {
  const crash = steps.findIndex(({ node, action }) => node === server && action._tag === "Crash")
  if (crash >= 0) return { silence: "crashed", step: crash + 1 }
  const asking = steps.findIndex(
    ({ node, sends }, index) => index >= begin && node === client && sends.some(({ to }) => to === server)
  )
  if (asking < 0) return { silence: "not asked", step: 0 }
  const receipt = steps.findLastIndex(
    ({ node, action }, index) =>
      index > asking && node === server && action._tag === "Receive" && action.from === client
  )
  const answers = steps[receipt]?.sends.some(({ to }) => to === client) ?? true
  if (!answers) return { silence: "received", step: receipt + 1 }
  const question = steps[asking]?.sends.find(({ to }) => to === server)
  const late = steps.at(-1)?.after.inFlight.some((one) => equals(one, { ...question, from: client }))
  // What is on its way for ever is without effect: else it would have been received.
  const onItsWay = loop === undefined ? "on its way" : "in vain"
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
    case "on its way":
      return `the question is still on its way to ${names}`
    case "in vain":
      return `${names} ${many ? "take" : "takes"} no notice of it any more`
    case "no answer":
      return `${names} did not answer`
  }
}

/** `s1`, `s1 and s2`, `s1, s2 and s3`; `s1 and s2, and s3` where an item is a list itself. */
export const listing = (items: ReadonlyArray<string>): string => {
  const and = items.some((item) => item.includes(" and ")) ? ", and " : " and "
  return items.length < 2 ? items.join() : `${items.slice(0, -1).join(", ")}${and}${items.at(-1)}`
}
