/**
 * Onlookers: observers that judge nothing. Liveness properties read what they have seen, and the
 * premise uses them to bound faults.
 *
 * Several properties may share an observer, although each of them creates its own instance.
 * Observers with one name count as one, so that a state has one component for them. A shared name
 * proves nothing, so the checker feeds every instance the same events and compares their states.
 * The observer of a property that judges by itself is never an onlooker.
 */
import { canonical, equals } from "../../spec/kernel/data.ts"
import type { AnyObserver } from "../../spec/kernel/observer.ts"
import { ModelIllFormed } from "./ill-formed.ts"
import { type Model, watchers } from "./model.ts"

/** The onlookers of a model, one per name. */
export const onlookers = (model: Model): ReadonlyArray<AnyObserver> => {
  const byName = new Map<string, Array<AnyObserver>>()
  for (const watcher of watchers(model)) {
    const made = watcher.observer(model.system.context)
    byName.set(made.name, [...(byName.get(made.name) ?? []), made])
  }
  return [...byName.values()].flatMap(asOne)
}

/** Merges observers of one name into one that checks that they agree. */
const asOne = ([first, ...others]: ReadonlyArray<AnyObserver>): ReadonlyArray<AnyObserver> => {
  if (first === undefined) return []
  if (others.length === 0) return [first]
  const { name, initial } = first
  if (others.some((other) => !equals(other.initial, initial)))
    throw namesakes(name, "they begin in different states")
  const observe: AnyObserver["observe"] = (state, event) => {
    const after = first.observe(state, event)
    if (others.every((other) => equals(other.observe(state, event), after))) return after
    throw namesakes(name, `they differ after ${canonical(event)}`)
  }
  return [{ ...first, observe }]
}

const namesakes = (name: string, difference: string): ModelIllFormed =>
  new ModelIllFormed({
    where: "properties",
    problem: `two observers are named "${name}", but ${difference}`,
    mend: "rename one of them"
  })
