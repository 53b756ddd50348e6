/**
 * Turns a run that violated a property into a counterexample: takes the run again, by its seed and
 * number, minimises its schedule, and takes the remaining events again through the specification
 * itself.
 */
import { explanationOf } from "../report/history.ts"
import { confirm, replay } from "../report/replay.ts"
import { type Counterexample, givenIn, type PropertyKind, wordsOf } from "../report/trace.ts"
import type { LoadedScenario } from "../scenario/load.ts"
import type { WalkFinding } from "../tally.ts"
import { minimise } from "./minimise.ts"
import { Schedules } from "./schedule.ts"
import { Walk, type WalkOptions } from "./walk.ts"

/** The report on a violated property. */
export interface Broken {
  readonly kind: PropertyKind
  readonly about: string
}

export const counterexampleOf = (
  { name, model }: LoadedScenario,
  options: WalkOptions,
  { property, run }: WalkFinding,
  { kind, about }: Broken
): Counterexample => {
  const walked = new Walk(model, options).eventsTo(property, run)
  if (walked === undefined)
    throw new Error(`run ${run} of seed ${options.seed} does not break ${property} again`)
  const events = minimise(model, options.reductions, property, walked)
  const { initial, steps } = replay(model, events)
  const after = steps.at(-1)?.after ?? initial
  const before = steps.at(-2)?.after ?? initial
  const { network, end } = new Schedules(model, options.reductions, property).endOf(events)
  const reason = confirm(
    network,
    { property, inTransition: false },
    { way: { events, end }, before, after }
  )
  const words = wordsOf(model)
  const explanation = explanationOf(model, property, reason, { ...words, steps })
  return {
    scenario: name,
    property,
    kind,
    about,
    reason,
    shortest: false,
    initial,
    steps,
    ...givenIn(model),
    ...words,
    ...(explanation === undefined ? {} : { explanation })
  }
}
