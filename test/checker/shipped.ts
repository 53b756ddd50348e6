/**
 * The shipped scenarios, by name.
 */
import * as Result from "effect/Result"
import { readScenario } from "../../checker/command/shipped.ts"
import { type LoadedScenario, load } from "../../checker/scenario/load.ts"
import type { ProtocolOf } from "../../spec/kernel/protocol.ts"

export const shipped = (name: string): LoadedScenario =>
  Result.getOrThrow(Result.flatMap(readScenario(name), (text) => load(name, text)))

/** Whether the scenario is about this variant of this protocol. */
export const isOfVariant = <Parameters>(
  name: string,
  protocol: ProtocolOf<Parameters>,
  variant: string
): boolean => {
  const given = JSON.parse(Result.getOrThrow(readScenario(name)))
  return given.protocol === protocol.name && (given.variant ?? protocol.variants[0].name) === variant
}
