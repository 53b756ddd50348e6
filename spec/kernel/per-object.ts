/**
 * Histories of several objects, judged object by object: one automaton for each, which is fed what
 * happens to its object.
 */
import type { AnyNote, AnyOperation, Observation } from "./observation.ts"
import type { Event, Observer } from "./observer.ts"

/**
 * The states of the automata, by object, and that of one for an object of which nothing was seen
 * yet.
 */
export interface PerObject<State> {
  readonly untouched: State
  readonly objects: Readonly<Record<string, State>>
}

/** Where an operation names no object, it is about this one. */
const unnamed = ""

/**
 * The observer of every object, each by an automaton like this. It is fed faults for each, and
 * notes for none.
 */
export const perObject = <State, Result>(
  observer: Observer<State, Observation<AnyOperation, Result, AnyNote>>
): Observer<PerObject<State>, Observation<AnyOperation, Result, AnyNote>> => ({
  name: observer.name,
  allowsEarlierResponses: observer.allowsEarlierResponses,
  mentionsServers: observer.mentionsServers,
  initial: { untouched: observer.initial, objects: {} },
  observe: (state, event) => observe(observer, state, event),
  violation: ({ objects }) => {
    for (const [object, state] of Object.entries(objects)) {
      const violation = observer.violation(state)
      if (violation !== undefined)
        return object === unnamed ? violation : `of ${object}: ${violation}`
    }
    return undefined
  }
})

const observe = <State, Result>(
  observer: Observer<State, Observation<AnyOperation, Result, AnyNote>>,
  { untouched, objects }: PerObject<State>,
  event: Event<Observation<AnyOperation, Result, AnyNote>>
): PerObject<State> => {
  if (event._tag === "Fault") {
    const after = Object.entries(objects).map(([name, state]) => [
      name,
      observer.observe(state, event)
    ])
    return { untouched: observer.observe(untouched, event), objects: Object.fromEntries(after) }
  }
  if (event.observation._tag === "Note") return { untouched, objects }
  const { object = unnamed } = event.observation.operation
  // An object may have the name of something that every record inherits.
  const before = Object.hasOwn(objects, object) ? (objects[object] as State) : untouched
  return { untouched, objects: { ...objects, [object]: observer.observe(before, event) } }
}
