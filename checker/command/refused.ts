/**
 * A model's defect that another thread found.
 */
import { ScenarioRefused } from "../scenario/load.ts"
import { placeIn } from "./module-errors.ts"
import { shortened } from "./shortened.ts"

/** The parts of a refusal, which can be sent to another thread. */
export type RefusedAs = Pick<ScenarioRefused, "source" | "place" | "problem" | "mend">

/** A thread ended without a message, which only the author's own code can cause. */
export const endedItself = (source: string): ScenarioRefused =>
  new ScenarioRefused({
    ...{ source, place: "", problem: "it ended the check (process.exit)" },
    mend: "leave that out"
  })

/** A promise or a timer of the author's has failed; undefined if the error is not the author's. */
export const begunByItself = (error: Error, source: string): ScenarioRefused | undefined => {
  const place = placeIn(error)
  if (place === undefined) return undefined
  const told = shortened(`${error.name}: ${error.message}`, 500)
  return new ScenarioRefused({
    ...{ source, place: "", problem: `work that it started outside its functions failed: ${told}` },
    mend: `leave out promises and timers (see ${place})`
  })
}
