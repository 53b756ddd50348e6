/**
 * Properties of runs that describe the violation in words: automata over the beginnings and ends of
 * operations, and over the notes of clients in between.
 */
import type { NodeId } from "./node.ts"
import type { AnyNote, AnyOperation, Observation } from "./observation.ts"
import type { Event } from "./observer.ts"
import type { Observed } from "./property.ts"

/** The state of such an automaton. */
export interface Judged {
  /** The violation, in words; null while there is none. */
  readonly violation: string | null
}

/**
 * The effects of events on an automaton. An omitted event has no effect, and neither has any event
 * after a violation.
 */
export interface Meaning<State extends Judged, Operation, Result, Noted extends AnyNote = never> {
  readonly begins?: (state: State, client: NodeId, operation: Operation) => State
  readonly notes?: (state: State, client: NodeId, note: Noted) => State
  readonly ends?: (state: State, client: NodeId, operation: Operation, result: Result) => State
}

/**
 * The property whose automaton begins in this state and reads events in this way. It must constrain
 * what happens after the end of an operation, so that an earlier end only constrains more. If it
 * names an interchangeable server, it must also name the others.
 */
export const judged = <
  State extends Judged,
  Operation extends AnyOperation,
  Result,
  Noted extends AnyNote = never
>(
  { name, about }: { readonly name: string; readonly about: string },
  initial: State,
  meaning: Meaning<State, Operation, Result, Noted>,
  canFailAt: (observation: Observation<Operation, Result, Noted>) => boolean
): Observed<unknown, Observation<Operation, Result, Noted>> => ({
  _tag: "Observed",
  name,
  about,
  observer: () => ({
    name,
    initial,
    observe: (state: State, event: Event<Observation<Operation, Result, Noted>>) =>
      observe(meaning, state, event),
    allowsEarlierResponses: true,
    mentionsServers: false,
    violation: ({ violation }: State) => violation ?? undefined
  }),
  canFailAt
})

const observe = <State extends Judged, Operation, Result, Noted extends AnyNote>(
  { begins, ends, notes }: Meaning<State, Operation, Result, Noted>,
  state: State,
  event: Event<Observation<Operation, Result, Noted>>
): State => {
  if (state.violation !== null || event._tag === "Fault") return state
  const { node, observation } = event
  switch (observation._tag) {
    case "Invocation":
      return begins?.(state, node, observation.operation) ?? state
    case "Note":
      return notes?.(state, node, observation as Noted) ?? state
    case "Response":
      return ends?.(state, node, observation.operation, observation.result) ?? state
  }
}
