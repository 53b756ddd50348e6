/**
 * The shipped scenarios, by name.
 */
import * as Result from "effect/Result"
import { readScenario } from "../../checker/command/shipped.ts"
import { type LoadedScenario, load } from "../../checker/scenario/load.ts"
import type { ProtocolOf } from "../../spec/kernel/protocol.ts"

/** The value of this name, computed once in a process. */
const once = <A>(compute: (name: string) => A): ((name: string) => A) => {
  const known = new Map<string, A>()
  return (name) => {
    const value = known.get(name) ?? compute(name)
    known.set(name, value)
    return value
  }
}

const textOf = once((name) => Result.getOrThrow(readScenario(name)))

export const shipped = once((name): LoadedScenario => Result.getOrThrow(load(name, textOf(name))))

const givenIn = once((name): { readonly protocol: string; readonly variant?: string } =>
  JSON.parse(textOf(name))
)

/** Whether the scenario is about this variant of this protocol. */
export const isOfVariant = <Parameters>(
  name: string,
  protocol: ProtocolOf<Parameters>,
  variant: string
): boolean => {
  const given = givenIn(name)
  return (
    given.protocol === protocol.name && (given.variant ?? protocol.variants[0].name) === variant
  )
}
