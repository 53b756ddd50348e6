/**
 * What is wrong with a model, found out on another thread.
 */
import { ScenarioRefused } from "../scenario/load.ts"

/** The parts of a refusal, which can be sent to another thread. */
export type RefusedAs = Pick<ScenarioRefused, "source" | "place" | "problem" | "mend">

/** A thread has ended without a word, as only the author's own code can have it. */
export const endedItself = (source: string): ScenarioRefused =>
  new ScenarioRefused({
    ...{ source, place: "", problem: "it ended the check (process.exit)" },
    mend: "leave that out"
  })
