/**
 * The outcome of a unit of work.
 */
import * as Schema from "effect/Schema"
import type { Unit } from "./campaign.ts"

const Text = Schema.String.check(Schema.isMaxLength(8_000_000))
const Count = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))

/** A result that was not expected. */
export const Violation = Schema.Struct({
  /** The property or the verdict. */
  what: Text,
  reason: Text,
  seed: Schema.optionalKey(Schema.Int),
  /** The command that reproduces it. */
  replay: Text
})
export type Violation = typeof Violation.Type

export const Outcome = Schema.Struct({
  /**
   * `refused` is bad input, which would be refused again; `failed` is a unit whose process ended
   * abnormally each time.
   */
  verdict: Schema.Literals(["asExpected", "violated", "inconclusive", "refused", "failed"]),
  /** Why the unit is not as expected. */
  reason: Text,
  /** The seeds whose runs ended. */
  seeds: Schema.Array(Schema.Int),
  violations: Schema.Array(Violation),
  /** The unit's counts: states, transitions, runs, operations, messages. */
  counts: Schema.Record(Schema.String, Count)
})
export type Outcome = typeof Outcome.Type

/** The fields of `quorate check --json` that matter here. */
const CheckDocument = Schema.Struct({
  verdict: Text,
  asExpected: Schema.Boolean,
  stopped: Schema.optionalKey(Schema.NullOr(Text)),
  /** Random runs do not tell states apart. */
  states: Schema.Struct({ distinct: Schema.NullOr(Count), generated: Count }),
  walk: Schema.optionalKey(Schema.Struct({ runs: Count })),
  properties: Schema.Array(
    Schema.Struct({
      name: Text,
      verdict: Text,
      expected: Schema.optionalKey(Schema.NullOr(Text)),
      counterexample: Schema.optionalKey(
        Schema.NullOr(Schema.Struct({ reason: Schema.optionalKey(Text) }))
      )
    })
  )
})

/** The document of `quorate simulate --json`. */
export const SimulationDocument = Schema.Struct({
  runs: Schema.Array(
    Schema.Struct({
      seed: Schema.Int,
      verdict: Text,
      reason: Text,
      operations: Count,
      messages: Count,
      /** The command that repeats the run, minimised if that was requested. */
      replay: Text
    })
  )
})

const exitCodes = { badInput: 2, inconclusive: 14 } as const

/**
 * The outcome of a unit, from how its process ended; undefined if the process ended abnormally, so
 * that the unit is tried again.
 */
export const outcomeOf = (
  { kind, replay, seeds }: Unit,
  {
    code,
    output,
    errors
  }: { readonly code: number; readonly output: string; readonly errors: string }
): Outcome | undefined => {
  if (code === exitCodes.badInput) return { ...nothing, verdict: "refused", reason: errors.trim() }
  if (kind !== "check") return ofSimulation(output)
  const outcome = ofCheck(replay, code, output)
  return outcome && (seeds === undefined ? outcome : { ...outcome, seeds: [seeds.from] })
}

/** A unit that was given up after repeated failures. */
export const failed = (reason: string): Outcome => ({ ...nothing, verdict: "failed", reason })

const nothing = { seeds: [], violations: [], counts: {} } as const

const ofCheck = (replay: string, code: number, output: string): Outcome | undefined => {
  const read = Schema.decodeUnknownOption(Schema.fromJsonString(CheckDocument))(output)
  if (read._tag === "None") return undefined
  const { asExpected, stopped, states, walk, properties } = read.value
  const violations = properties
    .filter(({ verdict, expected }) => verdict === "violated" && expected !== "violated")
    .map(({ name, counterexample }) => ({
      what: name,
      reason: counterexample?.reason ?? "",
      replay
    }))
  const counts = {
    ...(states.distinct === null ? {} : { states: states.distinct }),
    ...(walk === undefined ? {} : { runs: walk.runs }),
    transitions: states.generated
  }
  if (asExpected) return { ...nothing, verdict: "asExpected", reason: "", counts }
  if (violations.length > 0)
    return { ...nothing, verdict: "violated", reason: "", violations, counts }
  if (code === exitCodes.inconclusive)
    return { ...nothing, verdict: "inconclusive", reason: stopped ?? "", counts }
  const absent = properties
    .filter(({ verdict, expected }) => expected === "violated" && verdict !== "violated")
    .map(({ name }) => ({ what: name, reason: "expected to be violated, but it holds", replay }))
  return { ...nothing, verdict: "violated", reason: "", violations: absent, counts }
}

const ofSimulation = (output: string): Outcome | undefined => {
  const read = Schema.decodeUnknownOption(Schema.fromJsonString(SimulationDocument))(output)
  if (read._tag === "None") return undefined
  const { runs } = read.value
  const violations = runs
    .filter(({ verdict }) => verdict !== "atomic")
    .map(({ seed, verdict, reason, replay }) => ({ what: verdict, reason, seed, replay }))
  const sum = (of: "operations" | "messages") => runs.reduce((total, run) => total + run[of], 0)
  return {
    verdict: violations.length > 0 ? "violated" : "asExpected",
    reason: "",
    seeds: runs.map(({ seed }) => seed),
    violations,
    counts: { runs: runs.length, operations: sum("operations"), messages: sum("messages") }
  }
}
