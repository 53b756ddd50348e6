/**
 * Writes a run of a relation in the Informal Trace Format of Apalache and Quint (Apalache's
 * ADR-015), and reads one back.
 *
 * The variables are the fields of the state and `mbt::actionTaken`, as in Quint: the action that
 * led to a state, `init` for the first. `itf.ts` defines how values are written. For an infinite
 * run, `loop` is the index of the state that follows the last one.
 */
import { setOf } from "../../spec/kernel/data.ts"
import type { Run } from "../relation/run.ts"
import { expression } from "../report/itf.ts"

const actionVariable = "mbt::actionTaken"

/** The run as the text of an `.itf.json` file; `about` says what the run shows. */
export const runItf = (
  source: string,
  about: string,
  { initial, steps, loop }: Run<object>
): string => {
  const stateOf = (state: object, action: string, index: number) => ({
    "#meta": { index },
    ...Object.fromEntries(
      Object.entries(state).map(([field, value]) => [field, expression(value)])
    ),
    [actionVariable]: action
  })
  return JSON.stringify(
    {
      "#meta": {
        format: "ITF",
        "format-description": "https://apalache-mc.org/docs/adr/015adr-trace.html",
        source,
        description: `Quorate: a run of ${source}: ${about}`
      },
      vars: [...Object.keys(initial), actionVariable],
      states: [
        stateOf(initial, "init", 0),
        ...steps.map(({ action, state }, index) => stateOf(state, action, index + 1))
      ],
      // The state before the first repeated step follows the last state.
      ...(loop === undefined ? {} : { loop: Math.min(loop + 1, steps.length) })
    },
    null,
    2
  )
}

/**
 * A run that another tool wrote: its states, and the action that led to each if the file names it.
 */
export interface ReadRun {
  readonly states: ReadonlyArray<{
    readonly action: string | undefined
    readonly state: Readonly<Record<string, unknown>>
  }>
  readonly loop: number | undefined
}

/** Why a text is not a run in this format. */
export class NotItf extends Error {
  override readonly name = "NotItf"
}

/** Reads a run in this format. Fields that begin with `#` or `mbt::` are not part of states. */
export const readItf = (text: string): ReadRun => {
  const data: unknown = parsed(text)
  if (!isRecord(data) || !Array.isArray(data.states) || data.states.length === 0)
    throw new NotItf("it has no list of states")
  const vars = Array.isArray(data.vars) ? data.vars.map(String) : undefined
  const states = data.states.map((entry: unknown, index) => {
    if (!isRecord(entry)) throw new NotItf(`state ${index} is not a record`)
    const action = entry[actionVariable] ?? entry.action
    const fields = Object.entries(entry).filter(
      ([field]) =>
        !field.startsWith("#") &&
        !field.includes("::") &&
        (vars === undefined || vars.includes(field))
    )
    return {
      action: typeof action === "string" && action !== "init" ? action : undefined,
      state: Object.fromEntries(fields.map(([field, value]) => [field, dataOf(value)]))
    }
  })
  return { states, loop: typeof data.loop === "number" ? data.loop : undefined }
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new NotItf(`it is not JSON (${(error as Error).message})`)
  }
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** An expression of the format as plain data. */
const dataOf = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(dataOf)
  if (!isRecord(value)) return value
  if (typeof value["#bigint"] === "string") return Number(value["#bigint"])
  if (Array.isArray(value["#tup"])) return value["#tup"].map(dataOf)
  if (Array.isArray(value["#set"])) return setOf(value["#set"].map(dataOf))
  if (Array.isArray(value["#map"])) {
    const entries = value["#map"].map((entry) => (Array.isArray(entry) ? entry.map(dataOf) : []))
    return entries.every(([key]) => typeof key === "string")
      ? Object.fromEntries(entries.map(([key, item]) => [String(key), item]))
      : entries
  }
  if (typeof value.tag === "string" && "value" in value)
    return variantOf(value.tag, dataOf(value.value))
  return Object.fromEntries(
    Object.entries(value).map(([field, item]) => [field.replace(/^_#/, "#"), dataOf(item)])
  )
}

const variantOf = (tag: string, value: unknown): unknown => {
  const isNothing = Array.isArray(value) && value.length === 0
  if (tag === "None" && isNothing) return null
  if (isNothing) return { _tag: tag }
  return isRecord(value) ? { _tag: tag, ...value } : { _tag: tag, value }
}
