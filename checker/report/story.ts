/**
 * A counterexample told as a person would tell it: what happened, step by step; what an outside
 * observer could see of it; and why that violates the property. Plain text for a terminal.
 */
import { equals } from "../../spec/kernel/data.ts"
import type { NodeId } from "../../spec/kernel/node.ts"
import { describeOperation, describeResult, objectTypeOf } from "../../spec/kernel/object.ts"
import type { AnyObservation, AnyOperation } from "../../spec/kernel/observation.ts"
import type { Send } from "../../spec/kernel/process.ts"
import { describeData, isRecord } from "./describe-data.ts"
import { describeLoop, explainLoop, perhapsLost } from "./for-ever.ts"
import {
  explainWait,
  type Interval,
  intervalAt,
  intervalsOf,
  listing,
  stateOf,
  timeLine
} from "./history.ts"
import { fitted, usualColumns, wrap } from "./lines.ts"
import {
  type Counterexample,
  type InFlight,
  type Snapshot,
  stepsFound,
  type TraceStep
} from "./trace.ts"

/**
 * The whole story of a counterexample, in lines of at most the given number of columns where words
 * permit.
 */
export const story = (counterexample: Counterexample, columns = usualColumns): string => {
  const narrator = new Narrator(counterexample, columns)
  const sections = [
    narrator.headline(),
    ["What happened", ...indented(narrator.happenings())],
    ["What was seen from outside", ...indented(narrator.outside())],
    ["Why", ...indented(narrator.why())]
  ]
  const text = sections.map((lines) => lines.join("\n")).join("\n\n")
  return [text, ...notation(text, columns)].join("\n\n")
}

const indented = (lines: ReadonlyArray<string>): ReadonlyArray<string> =>
  lines.map((line) => `  ${line}`)

/** A step with the context of its sentence. */
interface Moment {
  readonly number: number
  readonly step: TraceStep
  /**
   * Which messages it sends and to which nodes; the same words for two servers that answer the
   * same.
   */
  readonly sent: string
  readonly isAnswer: boolean
  /** The fields of a server's state that changed, in words; empty for clients. */
  readonly changes: ReadonlyArray<string>
  /** Whether the step had any effect. */
  readonly matters: boolean
  /**
   * The messages that no node will receive because their receiver crashes now, or has crashed
   * before.
   */
  readonly lost: ReadonlyArray<InFlight>
}

/**
 * A line about an event: a mark if an operation begins or ends or a node crashes, and a sentence.
 */
interface Line {
  readonly mark: ">" | "<" | "x" | "*" | " "
  readonly text: string
}

class Narrator {
  private readonly counterexample: Counterexample
  private readonly intervals: ReadonlyArray<Interval>
  private readonly end: Snapshot
  private readonly moments: ReadonlyArray<Moment>
  private readonly columns: number

  constructor(counterexample: Counterexample, columns: number) {
    const { steps, initial } = counterexample
    this.counterexample = counterexample
    this.columns = columns
    this.intervals = intervalsOf(counterexample)
    this.end = steps.at(-1)?.after ?? initial
    this.moments = steps.map((step, index) =>
      this.moment(step, steps[index - 1]?.after ?? initial, index + 1)
    )
  }

  headline(): ReadonlyArray<string> {
    const { scenario, property, kind, about, reason, shortest, given = 0 } = this.counterexample
    const found = stepsFound(this.counterexample)
    const what = {
      safety: `violates ${property}`,
      deadlock: "ends in a deadlock",
      liveness: `violates ${property}`,
      reachability: `reaches ${property}`
    }[kind]
    const after = given === 0 ? "" : ` after a course of ${counted(given)}`
    const claim = shortest && found > 0 ? "; no shorter run does" : ""
    const loop = describeLoop(this.counterexample)
    const end = loop === undefined ? "" : `, after which ${loop}`
    return [
      ...wrap(`${scenario} ${what}, in ${counted(found)}${after}${claim}${end}.`, this.columns),
      ...wrap(`Required: ${about}.`, this.columns, "  "),
      ...wrap(`Found: ${reason}.`, this.columns, "  ")
    ]
  }

  /** Every step, in order; adjacent steps that fit into one sentence share it. */
  happenings(): ReadonlyArray<string> {
    const { given = 0 } = this.counterexample
    const course = grouped(this.moments.slice(0, given))
    const groups = [...course, ...grouped(this.moments.slice(given))]
    if (groups.length === 0) return ["Nothing: this is how the system begins."]
    const ranges = groups.map(rangeOf)
    const margin = Math.max(...ranges.map((range) => range.length))
    const text = groups.flatMap((group, index) =>
      this.lines(group).flatMap(({ mark, text }, line) => {
        const range = (line === 0 ? (ranges[index] as string) : "").padStart(margin)
        const [first, ...rest] = wrap(text, this.columns - margin - 6, "  ")
        const isFirstFound = given > 0 && index === course.length && line === 0
        return [
          ...(isFirstFound ? [`${"".padStart(margin)}  … ${searchBegins}`] : []),
          `${range}  ${mark} ${first}`,
          ...rest.map((more) => `${"".padStart(margin)}    ${more}`)
        ]
      })
    )
    const loop = describeLoop(this.counterexample)
    return loop === undefined ? text : [...text, `${"".padStart(margin)}  … ${loop}`]
  }

  /** The history as a time line. */
  outside(): ReadonlyArray<string> {
    return this.intervals.length === 0
      ? ["No operation began."]
      : timeLine(this.counterexample, this.intervals, this.columns - 2).map((line) =>
          fitted(line, this.columns - 2)
        )
  }

  /** What is wrong with the end of the run. */
  why(): ReadonlyArray<string> {
    const { kind, explanation = "" } = this.counterexample
    const pending = this.intervals.filter(({ ending }) => ending === "none")
    if (kind === "liveness") return this.forEver(pending)
    if (kind !== "safety" && kind !== "reachability" && pending.length > 0) {
      return [...pending.flatMap((interval) => this.wait(interval)), ...this.lost()]
    }
    return [
      ...(explanation === "" ? this.states() : wrap(explanation, this.columns - 2)),
      ...this.onTheirWay()
    ]
  }

  /** Which client waits forever, for which nodes, and why nothing has to happen that would help. */
  private forEver(pending: ReadonlyArray<Interval>): ReadonlyArray<string> {
    const { counterexample } = this
    const { waiting, reason, excuse } = counterexample
    const own = pending.filter(({ client }) => client === waiting)
    const waits =
      own.length > 0
        ? own.flatMap((interval) => this.wait(interval))
        : wrap(
            `${reason}. ${waiting} is not ready to begin: ${describeData(stateOf(this.end, waiting as NodeId))}.`,
            this.columns - 2
          )
    const lost = perhapsLost(counterexample)
    const late = `Perhaps lost with the node that sent it, and so never received: ${this.messages(lost)}.`
    return [
      ...waits,
      ...wrap(explainLoop(counterexample) ?? "", this.columns - 2),
      ...(excuse === undefined ? [] : wrap(capitalised(excuse), this.columns - 2)),
      ...(lost.length === 0 ? [] : wrap(late, this.columns - 2)),
      ...this.lost()
    ]
  }

  private moment(step: TraceStep, before: Snapshot, number: number): Moment {
    const { node, action, sends, observations, after } = step
    const [was, is] = [stateOf(before, node), stateOf(after, node)]
    const crashes = action._tag === "Fault"
    const asker = action._tag === "Receive" ? action.from : undefined
    const isAnswer = sends.every(({ to }) => to === asker)
    const late = sends.filter(({ to }) => stateOf(before, to) === undefined)
    return {
      number,
      step,
      sent: this.sent(sends, isAnswer, late),
      isAnswer,
      changes: !this.isAsked(node) && !crashes ? changesOf(was, is) : [],
      matters: sends.length > 0 || observations.length > 0 || !equals(was, is),
      lost: (crashes && is === undefined
        ? before.inFlight.filter(({ to }) => to === node)
        : late.map(({ to, message }) => ({ from: node, to, message }))
      ).filter(({ to }) => !this.isCorrupt(to))
    }
  }

  private sent(
    sends: ReadonlyArray<Send<unknown>>,
    isAnswer: boolean,
    late: ReadonlyArray<Send<unknown>>
  ): string {
    const packets = this.packets(sends).map(({ text, to }) =>
      isAnswer ? text : `${text} to ${listing(to)}`
    )
    const gone = unique(late.map(({ to }) => to))
    const corrupt = gone.filter((id) => this.isCorrupt(id))
    const dead = gone.filter((id) => !corrupt.includes(id))
    const asides = [
      ...(dead.length === 0
        ? []
        : [`${listing(dead)} ${dead.length > 1 ? "have" : "has"} crashed`]),
      ...(corrupt.length === 0
        ? []
        : [`${listing(corrupt)} ${corrupt.length > 1 ? "are" : "is"} corrupt`])
    ]
    return `${listing(packets)}${asides.length === 0 ? "" : ` (${asides.join("; ")})`}`
  }

  /** The messages, each once, with all its receivers. */
  private packets(
    sends: ReadonlyArray<Send<unknown>>
  ): ReadonlyArray<{ readonly text: string; readonly to: ReadonlyArray<NodeId> }> {
    const packets = new Map<string, Array<NodeId>>()
    for (const { to, message } of sends) {
      const text = this.quoted(message)
      packets.set(text, [...(packets.get(text) ?? []), to])
    }
    return [...packets].map(([text, to]) => ({ text, to: unique(to) }))
  }

  private quoted(message: unknown): string {
    return `"${this.counterexample.describeMessage(message)}"`
  }

  /** `"get" from c1 to s1 and s2; "ack" from s1 to c2`. */
  private messages(inFlight: ReadonlyArray<InFlight>): string {
    return unique(inFlight.map(({ from }) => from))
      .flatMap((from) =>
        this.packets(inFlight.filter((one) => one.from === from)).map(
          ({ text, to }) => `${text} from ${from} to ${listing(to)}`
        )
      )
      .join("; ")
  }

  private lines(group: ReadonlyArray<Moment>): ReadonlyArray<Line> {
    const { step, number } = group.at(-1) as Moment
    const { node, action, observations } = step
    const seen = observations
      .filter((one) => one._tag !== "Note" || this.counterexample.describeNote?.(one) !== "")
      .map((observation) => this.seen(node, number, observation))
    const [first, ...rest] = seen
    switch (action._tag) {
      case "Fault":
        return [{ mark: "x", text: this.fault(group, action.fault) }]
      case "Receive":
        return [{ mark: " ", text: `${this.receipt(group)}${outcome(group)}` }, ...seen]
      case "Choose": {
        const choice = describeData(action.choice)
        return [
          { mark: " ", text: `${node} takes a step of its own, ${choice}${outcome(group)}` },
          ...seen
        ]
      }
      case "Invoke": {
        if (first?.mark === ">")
          return [{ mark: ">", text: `${first.text}${outcome(group)}` }, ...rest]
        const asked = `${node} is asked for ${this.describe(action.operation)}`
        return [{ mark: " ", text: `${asked}${outcome(group)}` }, ...seen]
      }
    }
  }

  /** What an observer sees in a step. */
  private seen(node: NodeId, step: number, observation: AnyObservation): Line {
    if (observation._tag === "Note") {
      const words = this.counterexample.describeNote?.(observation)
      const plain = `notes ${observation.name} ${describeData(observation.detail)}`
      return { mark: "*", text: `${node} ${words ?? plain}` }
    }
    const { operation } = observation
    const name =
      intervalAt(this.intervals, node, step, observation)?.name ?? this.describe(operation)
    if (observation._tag === "Invocation") {
      const { objects } = this.counterexample
      const isKnownByResult =
        objectTypeOf(objects, operation)?.isKnownByResult?.(operation) ?? false
      const its = isKnownByResult || name !== this.describe(operation) ? "its " : ""
      return { mark: ">", text: `${node} begins ${its}${name}` }
    }
    return {
      mark: "<",
      text: `${node}'s ${name} returns ${this.result(operation, observation.result)}`
    }
  }

  private result(operation: AnyOperation, result: unknown): string {
    return describeResult(this.counterexample.objects, operation, result)
  }

  /** `s1 and s2 receive "get" from c1`, `c1 receives "ack" from s1 and s2`. */
  private receipt(group: ReadonlyArray<Moment>): string {
    const nodes = unique(group.map(({ step }) => step.node))
    const texts: Array<{ readonly text: string; readonly from: ReadonlyArray<NodeId> }> = []
    for (const { step } of group) {
      if (step.action._tag !== "Receive") continue
      const text = this.quoted(step.action.message)
      const last = texts.at(-1)
      if (last?.text === text)
        texts.splice(-1, 1, { text, from: unique([...last.from, step.action.from]) })
      else texts.push({ text, from: [step.action.from] })
    }
    const { number } = group.at(-1) as Moment
    const who = (id: NodeId) => (this.isCorrupt(id, number) ? `${id} (corrupt)` : id)
    const what = listing(texts.map(({ text, from }) => `${text} from ${listing(from.map(who))}`))
    return `${listing(nodes)} ${nodes.length > 1 ? "receive" : "receives"} ${what}`
  }

  private fault(group: ReadonlyArray<Moment>, fault: string): string {
    const nodes = group.map(({ step }) => step.node)
    const many = nodes.length > 1
    const lost = group.flatMap((moment) => moment.lost)
    const loss =
      lost.length === 0 ? "" : `; lost with ${many ? "them" : "it"}: ${this.messages(lost)}`
    const verb = this.counterexample.faults.find(({ name }) => name === fault)?.verb ?? fault
    return `${listing(nodes)} ${many ? plural(verb) : verb}${loss}`
  }

  /**
   * The messages in flight at the end that changed a server when it received another copy of them.
   */
  private onTheirWay(): ReadonlyArray<string> {
    const changing = this.moments.flatMap(({ step: { action }, changes }) =>
      action._tag === "Receive" && changes.length > 0 ? [this.quoted(action.message)] : []
    )
    const late = this.end.inFlight.filter(
      ({ to, message }) => changing.includes(this.quoted(message)) && !this.isAsked(to)
    )
    return late.length === 0
      ? []
      : wrap(`Still in flight: ${this.messages(late)}.`, this.columns - 2)
  }

  /** Whether the adversary speaks for the node at the end, or after the step with this number. */
  private isCorrupt(id: NodeId, number?: number): boolean {
    const { steps } = this.counterexample
    const { nodes } = number === undefined ? this.end : (steps[number - 1] as TraceStep).after
    return nodes.some((one) => one.id === id && one.state === undefined && one.fault !== undefined)
  }

  private isAsked(id: NodeId): boolean {
    return this.end.nodes.some((node) => node.id === id && node.isAsked)
  }

  private describe(operation: AnyOperation): string {
    return describeOperation(this.counterexample.objects, operation)
  }

  private lost(): ReadonlyArray<string> {
    const lost = this.moments.flatMap((moment) => moment.lost)
    return lost.length === 0
      ? []
      : wrap(`Lost to nodes that crashed: ${this.messages(lost)}.`, this.columns - 2)
  }

  /** For a property of states: the states of the nodes that the reason names, or of all nodes. */
  private states(): ReadonlyArray<string> {
    const { steps, initial, reason } = this.counterexample
    // Data in the reason may name nodes that the reason is not about.
    const words = reason.replace(/[{[].*[}\]]/, "").split(/[\s,;:()]+/)
    const named = this.end.nodes.filter(({ id }) => words.includes(id))
    const before = steps.at(-2)?.after ?? initial
    const lines = (named.length > 0 ? named : this.end.nodes).flatMap(({ id, state }) => {
      const end = this.isCorrupt(id) ? "is corrupt" : "has crashed"
      const now = state === undefined ? `${id} ${end}` : `${id}: ${describeData(state)}`
      const was = stateOf(before, id)
      const changed = id === steps.at(-1)?.node && was !== undefined && !equals(was, state)
      return changed ? [now, `  before the last step: ${describeData(was)}`] : [now]
    })
    return [`${capitalised(reason)}:`, ...indented(lines)].flatMap((line) =>
      wrap(line, this.columns - 2, "    ")
    )
  }

  private wait(interval: Interval): ReadonlyArray<string> {
    const { client, begin, name } = interval
    const whom =
      explainWait(this.counterexample, interval) ??
      `Its client's state: ${describeData(stateOf(this.end, client))}.`
    return wrap(
      `${client}'s ${name} began at step ${begin} and never ends. ${whom}`,
      this.columns - 2
    )
  }
}

/** The effect of the last moment of a group, for one node or several. */
const outcome = (group: ReadonlyArray<Moment>): string => {
  const { changes, sent, isAnswer, matters } = group.at(-1) as Moment
  const many = new Set(group.map(({ step }) => step.node)).size > 1
  if (!matters) return ", and nothing changes"
  const changed = changes.map((change) => `${many ? "their" : "its"} ${change}`).join(", ")
  const verb = `${isAnswer ? " and answer" : ", and send"}${many ? "" : "s"}`
  return `${changed === "" ? "" : ` (${changed})`}${sent === "" ? "" : `${verb} ${sent}`}`
}

/** Adjacent moments, grouped as long as one sentence can tell them. */
const grouped = (moments: ReadonlyArray<Moment>): ReadonlyArray<ReadonlyArray<Moment>> => {
  const groups: Array<ReadonlyArray<Moment>> = []
  for (const moment of moments) {
    const longer = [...(groups.at(-1) ?? []), moment]
    if (longer.length > 1 && isOneSentence(longer)) groups.splice(-1, 1, longer)
    else groups.push([moment])
  }
  return groups
}

/**
 * Nodes that crash, nodes that receive the same message with the same effect, or one node that
 * gathers messages.
 */
const isOneSentence = (moments: ReadonlyArray<Moment>): boolean => {
  const [first] = moments as [Moment]
  const nodes = unique(moments.map(({ step }) => step.node))
  if (moments.every(({ step }) => isSameFault(first, step))) return true
  if (!moments.every(({ step }) => step.action._tag === "Receive")) return false
  return nodes.length === 1
    ? moments.every(({ matters }) => matters === first.matters) &&
        moments.slice(0, -1).every(isQuiet)
    : nodes.length === moments.length && moments.every((moment) => isAlike(first, moment))
}

const isSameFault = ({ step: { action: first } }: Moment, { action }: TraceStep): boolean =>
  first._tag === "Fault" && action._tag === "Fault" && first.fault === action.fault

/** `crash` from `crashes`, `are corrupted` from `is corrupted`: what several nodes do. */
const plural = (verb: string): string =>
  verb.startsWith("is ") ? verb.replace(/^is /, "are ") : verb.replace(/(?<=sh|ch|s|x)es$|s$/, "")

const isQuiet = ({ step, changes }: Moment): boolean =>
  changes.length === 0 && step.sends.length === 0 && step.observations.length === 0

const isAlike = (first: Moment, second: Moment): boolean =>
  first.step.observations.length + second.step.observations.length === 0 &&
  first.isAnswer === second.isAnswer &&
  first.sent === second.sent &&
  first.matters === second.matters &&
  equals(first.changes, second.changes) &&
  equals(first.step.action, second.step.action)

const rangeOf = (group: ReadonlyArray<Moment>): string =>
  unique([group[0], group.at(-1)].map((moment) => moment?.number)).join("-")

/** `pair is now 1@1.c1`: every field of a state that has a new value. */
const changesOf = (before: unknown, after: unknown): ReadonlyArray<string> => {
  if (equals(before, after)) return []
  if (!isRecord(before) || !isRecord(after)) return [`state is now ${describeData(after)}`]
  return Object.keys(after)
    .filter((field) => !equals(before[field], after[field]))
    .map((field) => `${field} is now ${describeData(after[field])}`)
}

/** What a reader who knows the papers but not our notation needs. */
const notation = (text: string, columns: number): ReadonlyArray<string> => {
  const notes = [
    ...(/\S@\d+\.\w/.test(text) ? ["1@2.c3 is the value 1 with the timestamp (2, c3)"] : []),
    ...(/[^\s"⊥]@\d+(?![\d.])/.test(text) ? ["1@2 is the value 1 with the timestamp 2"] : []),
    ...(text.includes("⊥") ? ["⊥ is the value before any write"] : [])
  ]
  return notes.length === 0 ? [] : [wrap(`(${notes.join("; ")})`, columns).join("\n")]
}

/** What stands between the steps of a scenario's course and those that the search found. */
const searchBegins = "here the course ends that the scenario gives, and the search begins"

const counted = (steps: number): string => (steps === 1 ? "1 step" : `${steps} steps`)

const capitalised = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`

const unique = <A>(items: ReadonlyArray<A>): ReadonlyArray<A> => [...new Set(items)]
