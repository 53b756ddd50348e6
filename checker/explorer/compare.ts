/**
 * What two places have in common and how they differ: their steps, the states of their nodes field
 * by field, and the messages in flight.
 */
import { canonical, equals } from "../../spec/kernel/data.ts"
import { isWritten, type Objects, wordsFor } from "../report/terms.ts"
import { type Snapshot, type TraceStep, type Words, wordsOf } from "../report/trace.ts"
import type { Exploration } from "./exploration.ts"
import type { Comparison, Place } from "./messages.ts"
import { stepSentence } from "./sentences.ts"

interface Run {
  readonly steps: ReadonlyArray<TraceStep>
  readonly end: Snapshot
}

export const compare = (exploration: Exploration, left: Place, right: Place): Comparison => {
  const words = wordsOf(exploration.model)
  const [one, other] = [runTo(exploration, left), runTo(exploration, right)]
  const [ours, theirs] = [one.steps.map(eventText), other.steps.map(eventText)]
  const until = ours.findIndex((text, at) => text !== theirs[at])
  const shared = until < 0 ? ours.length : until
  const tellStep = ({ steps }: Run, at: number) =>
    `${at + 1}. ${stepSentence(words, steps[at] as TraceStep)}`
  const [onlyLeft, onlyRight] = [missing(ours, theirs), missing(theirs, ours)]
  return {
    tell: "compare",
    shared,
    sameSteps: onlyLeft.length + onlyRight.length === 0,
    onlyLeft: onlyLeft.map((at) => tellStep(one, at)),
    onlyRight: onlyRight.map((at) => tellStep(other, at)),
    differences: differences(words, one.end, other.end)
  }
}

type Texts = ReadonlyArray<string>

const runTo = (exploration: Exploration, { run, at }: Place): Run => {
  exploration.goTo(run.slice(0, at))
  const { steps, positions } = exploration
  return {
    steps: steps.map(({ step }) => step),
    end: (positions[steps.length] as (typeof positions)[number]).snapshot
  }
}

const eventText = ({ node, action }: TraceStep): string => canonical({ node, action })

/**
 * The positions of the texts of the first list that are not in the second; each text counts as
 * often as it occurs.
 */
const missing = (texts: Texts, others: Texts): ReadonlyArray<number> => {
  const left = [...others]
  return texts.flatMap((text, at) => {
    const place = left.indexOf(text)
    if (place < 0) return [at]
    left.splice(place, 1)
    return []
  })
}

type Differences = Comparison["differences"]

const differences = (words: Words, left: Snapshot, right: Snapshot): Differences => {
  const ofNodes = left.nodes.flatMap(({ id, state }) =>
    leaves(words.objects, id, state, right.nodes.find((node) => node.id === id)?.state)
  )
  const onTheWay = ({ inFlight }: Snapshot) =>
    inFlight.map(
      ({ from, to, message }) => `"${words.describeMessage(message)}" from ${from} to ${to}`
    )
  const [ours, theirs] = [onTheWay(left), onTheWay(right)]
  const only = [
    missing(ours, theirs).map((at) => ours[at]),
    missing(theirs, ours).map((at) => theirs[at])
  ] as const
  return only.every((texts) => texts.length === 0)
    ? ofNodes
    : [...ofNodes, { place: "on the way", left: only[0].join("; "), right: only[1].join("; ") }]
}

const leaves = (objects: Objects, place: string, left: unknown, right: unknown): Differences => {
  if (equals(left, right)) return []
  const name = place.split(".").at(-1) ?? ""
  const isOpen = isRecord(left) && isRecord(right) && left._tag === right._tag
  if (!isOpen || isWritten(objects, left, name) || isWritten(objects, right, name)) {
    const said = (value: unknown) => (value === undefined ? "gone" : wordsFor(objects, value, name))
    return [{ place, left: said(left), right: said(right) }]
  }
  const fields = [...new Set([...Object.keys(left), ...Object.keys(right)])]
  return fields.flatMap((field) => leaves(objects, `${place}.${field}`, left[field], right[field]))
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value)
