/**
 * Scenarios that no file describes: of a protocol with parameters of one's own, or of any model.
 */
import * as Result from "effect/Result"
import type { Cryptography } from "../../spec/kernel/cryptography.ts"
import { type FaultModel, noFaults } from "../../spec/kernel/fault.ts"
import type { AnyProperty } from "../../spec/kernel/property.ts"
import { type ProtocolOf, systemOf, type Variant, variantOf } from "../../spec/kernel/protocol.ts"
import { protocols } from "../../spec/protocols.ts"
import { deadlockFreedom } from "../engine/findings.ts"
import type { Model } from "../network/model.ts"
import {
  type Expected,
  fromData,
  type LoadedScenario,
  ScenarioRefused,
  selectProperties,
  suggest
} from "./load.ts"

/** What may be said of a model besides. */
export interface ModelOptions {
  /** What the scenario is called in reports; without it, as its protocol. */
  readonly name?: string
  readonly description?: string
  /**
   * How far its processes go before they stop by themselves, by the name of the bound, to be told
   * beside a verdict.
   */
  readonly bounds?: Readonly<Record<string, number>>
  /** Whether deadlock-freedom is checked; without it, it is. */
  readonly checksDeadlock?: boolean
  /** What is expected of each property. */
  readonly expect?: Readonly<Record<string, Expected>>
}

/** The scenario of a model, with its properties. */
export const scenarioOfModel = (model: Model, options: ModelOptions = {}): LoadedScenario => ({
  name: options.name ?? model.protocol.name,
  description: options.description,
  model,
  bounds: options.bounds ?? {},
  checksDeadlock: options.checksDeadlock ?? true,
  expect: new Map(Object.entries(options.expect ?? {}))
})

/** What is asked of a system of a protocol, and what may befall it. */
export interface ScenarioOptions extends Pick<ModelOptions, "name" | "description" | "expect"> {
  /**
   * The variant of the protocol, such as a mutant; without it, its first, which is the protocol
   * itself.
   */
  readonly variant?: string
  /**
   * Per node, the operations that it invokes one after the other; without it, nobody invokes any.
   */
  readonly scripts?: Model["scripts"]
  /** Without it, nothing ever goes wrong. */
  readonly faults?: FaultModel
  /**
   * The properties to check; without it, all but those of liveness and refinements, unless
   * something is expected of them.
   */
  readonly properties?: ReadonlyArray<string>
  readonly cryptography?: Cryptography
}

/** Parameters may have bounds, by their names: they are told beside a verdict. */
interface Bounded {
  readonly bounds?: Readonly<Record<string, number>>
}

/** The scenario of a protocol with these parameters, as `fromData` makes it of what a file says. */
export const scenarioOf = <Parameters>(
  protocol: ProtocolOf<Parameters>,
  parameters: Parameters & Bounded,
  options: ScenarioOptions = {}
): Result.Result<LoadedScenario, ScenarioRefused> =>
  Result.gen(function* () {
    const { description, expect = {}, scripts = {}, faults = noFaults, cryptography } = options
    const name = options.name ?? protocol.name
    const expected = Object.keys(expect)
    const variant = yield* variantNamed(name, protocol, options.variant)
    const checked = yield* selectProperties(
      name,
      "properties",
      protocol,
      options.properties,
      expected
    )
    const stranger = expected.find((one) => !checked.includes(one))
    if (stranger !== undefined) {
      const problem = `"${stranger}" is not among the properties that are checked`
      return yield* refused(name, `expect.${stranger}`, problem, suggest(stranger, checked))
    }
    const model: Model = {
      protocol,
      system: systemOf(protocol, parameters, variant, cryptography),
      scripts,
      faults,
      properties: protocol.properties.filter((property) => checked.includes(property.name)),
      unused: [...(variant.unused ?? []), ...(protocol.unused?.(parameters) ?? [])]
    }
    return scenarioOfModel(model, {
      ...{ name, expect, bounds: parameters.bounds ?? {} },
      checksDeadlock: checked.includes(deadlockFreedom),
      ...(description === undefined ? {} : { description })
    })
  })

const variantNamed = <Parameters>(
  source: string,
  protocol: ProtocolOf<Parameters>,
  name = protocol.variants[0].name
): Result.Result<Variant<unknown>, ScenarioRefused> => {
  const found = variantOf(protocol, name)
  if (found !== undefined) return Result.succeed(found)
  const known = protocol.variants.map((variant) => variant.name)
  return refused(
    source,
    "variant",
    `${protocol.name} has no variant "${name}"`,
    suggest(name, known)
  )
}

const refused = (
  source: string,
  place: string,
  problem: string,
  mend: string
): Result.Result<never, ScenarioRefused> =>
  Result.fail(new ScenarioRefused({ source, place, problem, mend }))

/**
 * A shipped protocol, what else is demanded of it, and scenarios of it as files have them, by name.
 */
export interface Extension {
  readonly protocol: string
  readonly properties: ReadonlyArray<Demanded>
  /** `protocol` may be left out. */
  readonly scenarios: Readonly<Record<string, Readonly<Record<string, unknown>>>>
}

/**
 * A property of any protocol, whatever its states are: what it looks at is for its author to know.
 */
type Demanded = { readonly name: string; readonly about: string } & Pick<AnyProperty, "_tag">

/**
 * Scenarios of a shipped protocol with properties of one's own beside the protocol's: `properties`
 * and `expect` name them like any other. Throws `ScenarioRefused`.
 */
export const scenariosWith = ({
  protocol,
  properties,
  scenarios
}: Extension): Readonly<Record<string, LoadedScenario>> => {
  const extended = protocols.map((one) =>
    one.name === protocol
      ? { ...one, properties: [...one.properties, ...(properties as ReadonlyArray<AnyProperty>)] }
      : one
  )
  return Object.fromEntries(
    Object.entries(scenarios).map(([name, data]) => [
      name,
      Result.getOrThrow(fromData(name, { protocol, ...data }, extended as typeof protocols))
    ])
  )
}
