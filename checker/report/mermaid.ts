/**
 * A counterexample as a Mermaid sequence diagram.
 *
 * An arrow is a message, drawn at its receipt and numbered with that step; a crossed arrow is a
 * message that no node received. Notes show where operations begin and end, and what a node does by
 * itself. An operation is a bar on its client's line.
 */

import { possessive } from "../../spec/kernel/history.ts"
import type { NodeId } from "../../spec/kernel/node.ts"
import { describeOperation, describeResult } from "../../spec/kernel/object.ts"
import type { AnyObservation } from "../../spec/kernel/observation.ts"
import { perhapsLost } from "./for-ever.ts"
import { explainWait, type Interval, intervalAt, intervalsOf, stateOf } from "./history.ts"
import type { Counterexample, InFlight, Snapshot, TraceStep, Words } from "./trace.ts"

/** The text of the diagram. */
export const mermaid = (counterexample: Counterexample): string => {
  const { initial, steps, scenario, property, loop = steps.length, given = 0 } = counterexample
  const drawing = drawingOf(initial, intervalsOf(counterexample), counterexample)
  const end = steps.at(-1)?.after ?? initial
  const violated = [
    `${scenario} breaks ${property}:`,
    ...broken(whyOf(counterexample, drawing.intervals))
  ]
  const lines = [
    ...drawing.order.map(({ id }) => `participant ${drawing.name(id)} as ${escaped(id)}`),
    ...steps.flatMap((step, index) => [
      ...(given > 0 && index === given ? [noteOverAll(drawing, ["the search begins"])] : []),
      ...(index === loop ? ["loop forever"] : []),
      ...stepLines(drawing, step, steps[index - 1]?.after ?? initial, index + 1)
    ]),
    ...(loop < steps.length ? ["end"] : []),
    ...(loop < steps.length ? perhapsLost(counterexample) : end.inFlight).map((message) =>
      crossed(drawing, message, "(never received)")
    ),
    ...pendingIn(drawing.intervals).map(({ client }) => `deactivate ${drawing.name(client)}`),
    noteOverAll(drawing, violated)
  ]
  return ["sequenceDiagram", ...lines.map((line) => `  ${line}`)].join("\n")
}

const pendingIn = (intervals: ReadonlyArray<Interval>): ReadonlyArray<Interval> =>
  intervals.filter(({ ending }) => ending === "none")

const whyOf = (counterexample: Counterexample, intervals: ReadonlyArray<Interval>): string => {
  const { kind, explanation, reason } = counterexample
  const pending = kind === "safety" ? [] : pendingIn(intervals)
  const waits = pending.map((interval) =>
    [`${possessive(interval)} never ends.`, explainWait(counterexample, interval) ?? ""]
      .join(" ")
      .trim()
  )
  if (waits.length > 0) return waits.join(" ")
  return explanation ?? reason
}

interface Drawing {
  /**
   * The nodes from left to right: half of the clients, the nodes that invoke no operations, the
   * other clients.
   */
  readonly order: Snapshot["nodes"]
  readonly intervals: ReadonlyArray<Interval>
  /** The name by which the diagram's text refers to a node. */
  readonly name: (id: NodeId) => string
  readonly isAsked: (id: NodeId) => boolean
  readonly words: Words
}

const drawingOf = (
  { nodes }: Snapshot,
  intervals: ReadonlyArray<Interval>,
  words: Words
): Drawing => {
  const clients = nodes.filter(({ isAsked }) => isAsked)
  const others = nodes.filter(({ isAsked }) => !isAsked)
  const left = Math.ceil(clients.length / 2)
  return {
    order: [...clients.slice(0, left), ...others, ...clients.slice(left)],
    intervals,
    // Names such as end, or s2', have another meaning in Mermaid.
    name: (id) => (/^[a-z]\d+$/.test(id) ? id : `node${nodes.findIndex((node) => node.id === id)}`),
    isAsked: (id) => clients.some((client) => client.id === id),
    words
  }
}

const stepLines = (
  drawing: Drawing,
  { node, action, sends, observations, after }: TraceStep,
  before: Snapshot,
  number: number
): ReadonlyArray<string> => {
  const note = (text: string) => noteOver(drawing, node, number, text)
  const seen = observations.flatMap((observation) => seenLines(drawing, node, number, observation))
  const vain = sends.filter(({ to }) => stateOf(before, to) === undefined)
  const lost = vain.map(({ to, message }) =>
    crossed(drawing, { from: node, to, message }, `(${number})`)
  )
  switch (action._tag) {
    case "Receive":
      return [
        arrow(drawing, { from: action.from, to: node, message: action.message }, number),
        ...seen,
        ...lost
      ]
    case "Invoke":
      return [
        ...(seen.length === 0
          ? [note(describeOperation(drawing.words.objects, action.operation))]
          : seen),
        ...lost
      ]
    case "Choose":
      return [note(`takes a step of its own: ${JSON.stringify(action.choice)}`), ...seen, ...lost]
    case "Fault": {
      const verb =
        drawing.words.faults.find(({ name }) => name === action.fault)?.verb ?? action.fault
      const isCut = drawing.intervals.some(({ client, end }) => client === node && end === number)
      const isGone = stateOf(after, node) === undefined
      const undelivered = isGone ? before.inFlight.filter(({ to }) => to === node) : []
      return [
        note(verb),
        ...(isCut ? [`deactivate ${drawing.name(node)}`] : []),
        ...undelivered.map((message) => crossed(drawing, message, `(${number})`))
      ]
    }
  }
}

/** What an observer sees in a step: a note, and the beginning or the end of the operation's bar. */
const seenLines = (
  drawing: Drawing,
  node: NodeId,
  step: number,
  observation: AnyObservation
): ReadonlyArray<string> => {
  const note = (text: string) => noteOver(drawing, node, step, text)
  if (observation._tag === "Note")
    return [note(`${observation.name} ${JSON.stringify(observation.detail)}`)]
  const { operation } = observation
  const interval = intervalAt(drawing.intervals, node, step, observation)
  const name = interval?.name ?? describeOperation(drawing.words.objects, operation)
  if (observation._tag === "Invocation")
    return [note(`${name} begins`), `activate ${drawing.name(node)}`]
  const returns = note(
    `${name} returns ${describeResult(drawing.words.objects, operation, observation.result)}`
  )
  return interval === undefined ? [returns] : [`deactivate ${drawing.name(node)}`, returns]
}

const noteOver = (drawing: Drawing, node: NodeId, step: number, text: string): string =>
  `Note over ${drawing.name(node)}: ${escaped(`(${step}) ${text}`)}`

/**
 * A received message: solid from clients, dotted from all others, so that answers stand out from
 * questions.
 */
const arrow = (drawing: Drawing, { from, to, message }: InFlight, number: number): string => {
  const line = drawing.isAsked(from) ? "->>" : "-->>"
  const text = escaped(`(${number}) ${drawing.words.describeMessage(message)}`)
  return `${drawing.name(from)}${line}${drawing.name(to)}: ${text}`
}

const crossed = (drawing: Drawing, { from, to, message }: InFlight, remark: string): string =>
  `${drawing.name(from)}--x${drawing.name(to)}: ${escaped(`${remark} ${drawing.words.describeMessage(message)}`)}`

const noteOverAll = ({ order, name }: Drawing, lines: ReadonlyArray<string>): string => {
  const [first, last] = [order[0], order.at(-1)].map((node) => name((node as { id: NodeId }).id))
  return `Note over ${first === last ? first : `${first},${last}`}: ${lines.map(escaped).join("<br/>")}`
}

/** Mermaid does not break lines itself. */
const broken = (text: string): ReadonlyArray<string> =>
  text.split(" ").reduce<ReadonlyArray<string>>((lines, word) => {
    const last = lines.at(-1)
    return last === undefined || last.length + word.length >= noteWidth
      ? [...lines, word]
      : [...lines.slice(0, -1), `${last} ${word}`]
  }, [])

const noteWidth = 60

/** Text without anything that Mermaid would interpret, or that a browser would take for a tag. */
const escaped = (text: string): string =>
  text.replace(
    /[^\p{L}\p{N} .,:()@=+*/'⊥{}[\]|_-]/gu,
    (character) => `#${character.codePointAt(0)};`
  )
