/**
 * What the page contains when it opens: the shipped scenarios, what to open first, and the source
 * of the specification.
 */
import type { ModelText, ScenarioText } from "../messages.ts"

/** A function of the specification. Its position in the list is its number. */
export interface Source {
  readonly name: string
  readonly file: string
  readonly line: number
  readonly comment: string
  readonly code: string
}

const dataIn = <A>(id: string, otherwise: A): A => {
  const text = document.getElementById(id)?.textContent
  return text === null || text === undefined ? otherwise : JSON.parse(text)
}

export const shipped: ReadonlyArray<ScenarioText> = dataIn("scenarios", [])
export const sources: ReadonlyArray<Source> = dataIn("sources", [])
/** What opens if the address names nothing. */
export const start: ScenarioText | ModelText =
  dataIn<ScenarioText | ModelText | undefined>("start", undefined) ??
  shipped.find(({ name }) => name === "naive/new-write-old-read") ??
  ({ name: "a scenario", text: "" } satisfies ScenarioText)

/** The modules of what opens, if it is the model that the page was made for. */
export const modelOf = ({ name, text }: ScenarioText): ModelText | undefined =>
  isModel(start) && start.name === name && start.text === text ? start : undefined

const isModel = (one: ScenarioText | ModelText): one is ModelText => "modules" in one
