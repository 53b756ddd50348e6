/**
 * Refinement: whether every step of one relation maps to a step of another one, or to none.
 */
import { Components } from "./components.ts"
import { asked, firstOf, initialStatesOf, RelationIllFormed, successorsBy } from "./ill-formed.ts"
import type { Refinement } from "./relation.ts"

/** A refinement, ready to judge states and steps. */
export interface Refines<State> {
  readonly isInitial: (state: State) => boolean
  readonly isStep: (before: State, after: State) => boolean
}

export const refinesBy = <State>(name: string, { of, by }: Refinement<State>): Refines<State> => {
  const where = `refines "${name}"`
  const initial = initialStatesOf(of.initial, `${where}, initial states`)
  const components = new Components<object>(firstOf(initial, where), `${where}, initial state 1`)
  const vectorOf = (state: object, place: string): Int32Array => {
    const vector = components.vector(state, place)
    if (vector !== undefined) return vector
    throw new RelationIllFormed({
      where: place,
      problem: "a state lacks fields of the relation that is refined",
      mend: "give it every field of that relation's initial states"
    })
  }
  const initialVectors = initial.map((state, at) =>
    vectorOf(state, `${where}, initial state ${at + 1}`)
  )
  const mapped = (state: State): Int32Array =>
    vectorOf(asked(`${where}, by`, by, state), `${where}, by`)
  // The more abstract relation defines which states its actions receive: states with the fields of
  // its initial ones.
  const actions = Object.entries(
    of.actions as Readonly<Record<string, (state: object) => Iterable<object>>>
  )
  const leads = (from: Int32Array, to: Int32Array): boolean => {
    const state = components.decode(from)
    return actions.some(([action, next]) => {
      const place = `${where}, action "${action}"`
      return successorsBy(place, next, state).some((changes) => {
        const after = from.slice()
        components.change(after, changes, place)
        return same(after, to)
      })
    })
  }
  return {
    isInitial: (state) => initialVectors.some((vector) => same(vector, mapped(state))),
    isStep: (before, after) => {
      const [from, to] = [mapped(before), mapped(after)]
      return same(from, to) || leads(from, to)
    }
  }
}

export const same = (left: Int32Array, right: Int32Array): boolean => {
  for (let at = 0; at < left.length; at++) if (left[at] !== right[at]) return false
  return true
}
