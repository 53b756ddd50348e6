/**
 * Histories of several objects, judged object by object: each object has one automaton, which reads
 * the events of that object.
 */
import type { AnyNote, AnyOperation, Observation } from "./observation.ts"
import type { Event, Observer } from "./observer.ts"

/**
 * The states of the automata, by object, and the state of the automaton of an object without events
 * so far.
 */
export interface PerObject<State> {
  readonly untouched: State
  readonly objects: Readonly<Record<string, State>>
}

/** The object of an operation that names none. */
const unnamed = ""

/**
 * The observer of every object, with one automaton like this per object. Every automaton reads
 * faults; none reads notes.
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
  // An object may have the name of a property that every record inherits.
  const before = Object.hasOwn(objects, object) ? (objects[object] as State) : untouched
  return { untouched, objects: { ...objects, [object]: observer.observe(before, event) } }
}
