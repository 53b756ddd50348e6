/**
 * What happens in a step, in a sentence and in a few words.
 */
import { describeOperation, describeResult } from "../../spec/kernel/object.ts"
import type { AnyObservation } from "../../spec/kernel/observation.ts"
import type { Event } from "../network/model.ts"
import { eventSentence, verbOf } from "../report/event-sentence.ts"
import { listing } from "../report/history.ts"
import { wordsFor } from "../report/terms.ts"
import type { TraceStep, Words } from "../report/trace.ts"
import type { StepKind, StepView } from "./messages.ts"

export const kindOf = ({ action }: Pick<Event, "action">): StepKind =>
  (({ Invoke: "invoke", Receive: "receive", Choose: "choose", Fault: "fault" }) as const)[
    action._tag
  ]

/** A step, short enough for a button on the node's lane. */
export const eventWords = (words: Words, { action }: Event): string => {
  switch (action._tag) {
    case "Invoke":
      return describeOperation(words.objects, action.operation)
    case "Receive":
      return words.describeMessage(action.message)
    case "Choose":
      return spaced(wordsFor(words.objects, action.choice))
    case "Fault":
      return verbOf(words, action.fault)
  }
}

/** A step with its effect. */
export const stepSentence = (words: Words, step: TraceStep): string => {
  const { action, sends, observations } = step
  const texts = new Map<string, Array<string>>()
  for (const { to, message } of sends) {
    const text = words.describeMessage(message)
    texts.set(text, [...(texts.get(text) ?? []), to])
  }
  const isAnswer = action._tag === "Receive" && sends.every(({ to }) => to === action.from)
  const sent = [...texts].map(([text, to]) =>
    isAnswer ? `answers "${text}"` : `sends "${text}" to ${listing(to)}`
  )
  const seen = observations.flatMap((observation) => noteOf(words, observation)?.text ?? [])
  return [eventSentence(words, step), ...sent, ...seen].join("; ")
}

/** What an observer sees; undefined if the protocol declares that the step's messages show it. */
export const noteOf = (
  words: Words,
  observation: AnyObservation
): StepView["notes"][number] | undefined => {
  if (observation._tag === "Note") {
    const text =
      words.describeNote?.(observation) ??
      `${observation.name} ${wordsFor(words.objects, observation.detail)}`
    return text === "" ? undefined : { kind: "note", text }
  }
  const operation = describeOperation(words.objects, observation.operation)
  if (observation._tag === "Invocation") return { kind: "begins", text: `${operation} begins` }
  const result = describeResult(words.objects, observation.operation, observation.result)
  return { kind: "returns", text: `${operation} returns ${result}` }
}

/** `store pointer` from `StorePointer`. */
const spaced = (text: string): string =>
  text
    .replace(
      /([a-z])([A-Z])/g,
      (_, left: string, right: string) => `${left} ${right.toLowerCase()}`
    )
    .toLowerCase()
