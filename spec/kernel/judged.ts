/**
 * Properties of runs that say what is wrong in words: automata over the beginnings and ends of operations, and over what
 * clients note in between.
 */
import type { NodeId } from "./node.ts"
import type { Event } from "./observer.ts"
import type { Note, Observation } from "./process.ts"
import type { Observed } from "./property.ts"

/** The state of such an automaton. */
export interface Judged {
  /** What is wrong, in words; null as long as nothing is. */
  readonly violation: string | null
}

/** What events mean to an automaton; what is left out means nothing to it, and what comes after a violation neither. */
export interface Meaning<State extends Judged, Operation> {
  readonly begins?: (state: State, client: NodeId, operation: Operation) => State
  readonly notes?: (state: State, client: NodeId, note: Note) => State
  readonly ends?: (state: State, client: NodeId, operation: Operation, result: unknown) => State
}

/**
 * The property whose automaton begins in this state and reads events like this. It must demand something of what comes after
 * an end, so that an earlier end only demands it of more, and name no server that is interchangeable with others without
 * naming those as well.
 */
export const judged = <State extends Judged, Operation>(
  { name, about }: { readonly name: string; readonly about: string },
  initial: State,
  meaning: Meaning<State, Operation>,
  canFailAt: (observation: Observation<Operation>) => boolean
): Observed<unknown, Operation> => ({
  _tag: "Observed",
  name,
  about,
  observer: () => ({
    name,
    initial,
    observe: (state: State, event: Event<Operation>) => observe(meaning, state, event),
    allowsEarlierResponses: true,
    mentionsServers: false,
    violation: ({ violation }: State) => violation ?? undefined
  }),
  canFailAt
})

const observe = <State extends Judged, Operation>(
  { begins, ends, notes }: Meaning<State, Operation>,
  state: State,
  event: Event<Operation>
): State => {
  if (state.violation !== null || event._tag === "Crashed") return state
  const { node, observation } = event
  switch (observation._tag) {
    case "Invocation":
      return begins?.(state, node, observation.operation) ?? state
    case "Note":
      return notes?.(state, node, observation) ?? state
    case "Response":
      return ends?.(state, node, observation.operation, observation.result) ?? state
  }
}
