/**
 * The messages for scenarios that cannot be used.
 */
import * as Result from "effect/Result"
import { fromData, type LoadedScenario, load } from "../../../checker/scenario/load.ts"

type Loaded = ReturnType<typeof load>

const told = (loaded: Loaded): string => {
  if (Result.isSuccess(loaded)) throw new Error("the scenario was accepted")
  return loaded.failure.message
}

/** A scenario that is fine as it is. */
export const fine = { protocol: "majority", servers: 3, clients: [["write 1"], ["read"]] }

/** What is said of a fine scenario with these changes. */
export const refusal = (changes: Readonly<Record<string, unknown>>): string =>
  told(fromData("file.json", { ...fine, ...changes }))

/** What is said of data that is nothing like a scenario. */
export const refusalOf = (data: unknown): string => told(fromData("file.json", data))

/** What is said of a file with this text. */
export const refusalOfText = (text: string): string => told(load("file.json", text))

/** A fine scenario with these changes. */
export const accepted = (changes: Readonly<Record<string, unknown>>): LoadedScenario =>
  Result.getOrThrow(fromData("file.json", { ...fine, ...changes }))
