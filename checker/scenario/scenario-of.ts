/**
 * Scenarios that no file describes: of a protocol with the user's own parameters, or of any model.
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

/** Optional settings for a model. */
export interface ModelOptions {
  /** The scenario's name in reports; by default, its protocol's name. */
  readonly name?: string
  readonly description?: string
  /**
   * How far its processes go before they stop by themselves, by the name of the bound; the report
   * shows it next to a verdict.
   */
  readonly bounds?: Readonly<Record<string, number>>
  /** Whether deadlock freedom is checked; by default, it is. */
  readonly checksDeadlock?: boolean
  /** The expected verdict of each property. */
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

/** The operations and the faults of a system of a protocol. */
export interface ScenarioOptions extends Pick<ModelOptions, "name" | "description" | "expect"> {
  /**
   * The variant of the protocol, such as a mutant; by default its first one, which is the protocol
   * itself.
   */
  readonly variant?: string
  /** Per node, the operations that it invokes one after another; by default, none. */
  readonly scripts?: Model["scripts"]
  /** By default, no fault ever happens. */
  readonly faults?: FaultModel
  /** The steps that precede the search; by default, none. */
  readonly after?: Model["after"]
  /**
   * The properties to check; by default, all except liveness properties and refinements without an
   * expectation.
   */
  readonly properties?: ReadonlyArray<string>
  readonly cryptography?: Cryptography
}

/** Parameters may have bounds, by their names: the report shows them next to a verdict. */
interface Bounded {
  readonly bounds?: Readonly<Record<string, number>>
}

/** The scenario of a protocol with these parameters, as `fromData` builds it from a file's data. */
export const scenarioOf = <Parameters>(
  protocol: ProtocolOf<Parameters>,
  parameters: Parameters & Bounded,
  options: ScenarioOptions = {}
): Result.Result<LoadedScenario, ScenarioRefused> =>
  Result.gen(function* () {
    const {
      description,
      expect = {},
      scripts = {},
      faults = noFaults,
      after,
      cryptography
    } = options
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
      ...(after === undefined ? {} : { after }),
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
 * A shipped protocol, additional properties of it, and scenarios of it in the form of files, by
 * name.
 */
export interface Extension {
  readonly protocol: string
  readonly properties: ReadonlyArray<Demanded>
  /** `protocol` may be left out. */
  readonly scenarios: Readonly<Record<string, Readonly<Record<string, unknown>>>>
}

/**
 * A property of any protocol, whatever the types of its states: its author must know what it reads.
 */
type Demanded = { readonly name: string; readonly about: string } & Pick<AnyProperty, "_tag">

/**
 * Scenarios of a shipped protocol with the user's own properties in addition to the protocol's:
 * `properties` and `expect` name them like any other. Throws `ScenarioRefused`.
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
