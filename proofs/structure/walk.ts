/**
 * Runs of a model on its own, on a finite structure: they show that states are reachable by
 * reaching them.
 */
import { and } from "../logic/formula.ts"
import type { Model, Transition } from "../logic/model.ts"
import { compileSolutions } from "./evaluate.ts"
import { begin, type Parameters, take } from "./step.ts"
import type { Structure } from "./structure.ts"

/**
 * A transition, and the structure in which it is about to be taken. The next step changes the
 * structure.
 */
export interface Stop {
  readonly transition: string
  readonly parameters: Parameters
  readonly structure: Structure
}

type Allowed = (structure: Structure) => ReadonlyArray<Parameters>

const allowed = new WeakMap<Transition, Allowed>()
/** All parameters with which the transition may be taken. */
const allowedOf = (transition: Transition): Allowed => {
  const known = allowed.get(transition)
  if (known !== undefined) return known
  const parameters = Object.values(transition.parameters)
  const solutions = compileSolutions(and(...transition.when), parameters)
  const names = Object.keys(transition.parameters)
  const found: Allowed = (structure) =>
    solutions(structure).map((row) =>
      Object.fromEntries(names.map((name, place) => [name, row[place] as number]))
    )
  allowed.set(transition, found)
  return found
}

/**
 * A run of at most the given number of steps. Among the enabled transitions it takes one that it
 * has taken least often, so that it reaches those that need many steps before them.
 */
export function* walk(
  model: Model,
  fixed: Structure,
  steps: number,
  random: (below: number) => number
): Generator<Stop> {
  const structure = begin(model, fixed)
  const counts = new Map(Object.keys(model.transitions).map((name) => [name, 0]))
  for (let step = 0; step < steps; step++) {
    const rarest = [...counts]
      .map(([name, count]) => ({ name, rank: count + random(1000) / 1000 }))
      .toSorted((left, right) => left.rank - right.rank)
    const stop = firstOf(model, structure, rarest, random)
    if (stop === undefined) return
    yield stop
    take(model.transitions[stop.transition] as Transition, structure, stop.parameters)
    counts.set(stop.transition, (counts.get(stop.transition) ?? 0) + 1)
  }
}

const firstOf = (
  { transitions }: Model,
  structure: Structure,
  names: ReadonlyArray<{ readonly name: string }>,
  random: (below: number) => number
): Stop | undefined => {
  for (const { name } of names) {
    const possible = allowedOf(transitions[name] as Transition)(structure)
    const parameters = possible[random(possible.length)]
    if (parameters !== undefined) return { transition: name, parameters, structure }
  }
  return undefined
}
