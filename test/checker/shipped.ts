/**
 * The shipped scenarios, by name.
 */
import * as Result from "effect/Result"
import { readScenario } from "../../checker/command/shipped.ts"
import { type LoadedScenario, load } from "../../checker/scenario/load.ts"
import type { ProtocolOf } from "../../spec/kernel/protocol.ts"

export const shipped = (name: string): LoadedScenario => Result.getOrThrow(load(name, textOf(name)))

const texts = new Map<string, string>()
/** The text of a scenario, which is read once. */
const textOf = (name: string): string => {
  const text = texts.get(name) ?? Result.getOrThrow(readScenario(name))
  texts.set(name, text)
  return text
}

/** Whether the scenario is about this variant of this protocol. */
export const isOfVariant = <Parameters>(
  name: string,
  protocol: ProtocolOf<Parameters>,
  variant: string
): boolean => {
  const given = JSON.parse(textOf(name))
  return (
    given.protocol === protocol.name && (given.variant ?? protocol.variants[0].name) === variant
  )
}
