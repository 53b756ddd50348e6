/**
 * Onlookers: the observers that judge nothing. Properties of whole runs are stated by what they
 * see, and the premise bounds faults by it.
 *
 * Several properties may be stated by one observer, which each of them makes anew. Those of one
 * name are taken for one, so that a state has one component for them; and since a name proves
 * nothing, they are held against each other in all that they are fed. The observer of a property
 * that judges by itself is never one of them.
 */
import { canonical, equals } from "../../spec/kernel/data.ts"
import type { AnyObserver } from "../../spec/kernel/observer.ts"
import { ModelIllFormed } from "./ill-formed.ts"
import { type Model, watchers } from "./model.ts"

/** The onlookers of a model, each once. */
export const onlookers = (model: Model): ReadonlyArray<AnyObserver> => {
  const byName = new Map<string, Array<AnyObserver>>()
  for (const watcher of watchers(model)) {
    const made = watcher.observer(model.system.context)
    byName.set(made.name, [...(byName.get(made.name) ?? []), made])
  }
  return [...byName.values()].flatMap(asOne)
}

/** Observers of one name as the one that they must be. */
const asOne = ([first, ...others]: ReadonlyArray<AnyObserver>): ReadonlyArray<AnyObserver> => {
  if (first === undefined) return []
  if (others.length === 0) return [first]
  const { name, initial } = first
  if (others.some((other) => !equals(other.initial, initial)))
    throw namesakes(name, "at the beginning")
  const observe: AnyObserver["observe"] = (state, event) => {
    const after = first.observe(state, event)
    if (others.every((other) => equals(other.observe(state, event), after))) return after
    throw namesakes(name, `of ${canonical(event)}`)
  }
  return [{ ...first, observe }]
}

const namesakes = (name: string, where: string): ModelIllFormed =>
  new ModelIllFormed({
    where: "properties",
    problem: `two observers are named "${name}", and they do not see the same ${where}`,
    mend: "give one of them another name"
  })
