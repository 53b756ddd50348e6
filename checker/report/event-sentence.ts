/**
 * A step in a sentence: what the explorer shows, and what a scenario writes to begin after it.
 */
import { describeOperation } from "../../spec/kernel/object.ts"
import type { Event } from "../network/model.ts"
import { wordsFor } from "./terms.ts"
import type { Words } from "./trace.ts"

/** `s1 receives "get" from c1`: the node's input, before any effect. */
export const eventSentence = (words: Words, { node, action }: Event): string => {
  switch (action._tag) {
    case "Invoke":
      return `${node} is asked to ${describeOperation(words.objects, action.operation)}`
    case "Receive":
      return `${node} receives "${words.describeMessage(action.message)}" from ${action.from}`
    case "Choose":
      return `${node} takes a step of its own: ${wordsFor(words.objects, action.choice)}`
    case "Fault":
      return `${node} ${verbOf(words, action.fault)}`
  }
}

export const verbOf = ({ faults }: Words, fault: string): string =>
  faults.find(({ name }) => name === fault)?.verb ?? fault
