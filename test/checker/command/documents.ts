/**
 * The JSON document of a check, as in the contract: the fields that a program may rely on.
 */
import * as Schema from "effect/Schema"

const verdict = Schema.Literals(["holds", "violated", "inconclusive"])
const count = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))
const measure = Schema.Finite.check(Schema.isGreaterThanOrEqualTo(0))

const Step = Schema.Struct({
  step: count,
  node: Schema.String,
  role: Schema.Literals(["server", "client"]),
  action: Schema.Record(Schema.String, Schema.Unknown),
  sends: Schema.Array(Schema.Struct({ to: Schema.String, message: Schema.Unknown })),
  observations: Schema.Array(Schema.Unknown),
  after: Schema.Record(Schema.String, Schema.Unknown)
})

const Counterexample = Schema.Struct({
  property: Schema.String,
  kind: Schema.String,
  reason: Schema.String,
  shortest: Schema.Boolean,
  steps: count,
  // Of liveness alone: where the loop begins.
  loop: Schema.optionalKey(count),
  initial: Schema.Record(Schema.String, Schema.Unknown),
  trace: Schema.Array(Step)
})

export const CheckDocument = Schema.Struct({
  scenario: Schema.String,
  verdict,
  asExpected: Schema.Boolean,
  // What the verdict is bounded by: the bounds of the protocol by their names, and what every
  // scenario is bounded by.
  bounds: Schema.Struct({
    limits: Schema.Record(Schema.String, count),
    reached: Schema.Array(Schema.String),
    scripts: Schema.Record(Schema.String, Schema.Array(Schema.String)),
    faults: Schema.Array(
      Schema.Struct({ fault: Schema.String, nodes: Schema.Array(Schema.String), most: count })
    ),
    atStart: Schema.optionalKey(
      Schema.Array(Schema.Struct({ fault: Schema.String, node: Schema.String }))
    ),
    adversary: Schema.optionalKey(
      Schema.Struct({
        strength: Schema.String,
        domain: Schema.Record(Schema.String, Schema.Array(Schema.Unknown)),
        usualLies: Schema.Array(Schema.Unknown)
      })
    ),
    while: Schema.optionalKey(Schema.String)
  }),
  properties: Schema.Array(
    Schema.Struct({
      name: Schema.String,
      kind: Schema.Literals(["safety", "deadlock", "liveness", "reachability"]),
      verdict,
      // Beyond the contract.
      expected: Schema.NullOr(Schema.Literals(["holds", "violated"])),
      counterexample: Schema.NullOr(Counterexample)
    })
  ),
  exhaustive: Schema.Boolean,
  // Beyond the contract.
  stopped: Schema.NullOr(Schema.String),
  // The frontier is beyond the contract.
  states: Schema.Struct({ distinct: count, generated: count, depth: count, frontier: count }),
  reductions: Schema.Array(Schema.String),
  engine: Schema.Struct({
    transitionCalls: count,
    memoHitRate: measure.check(Schema.isLessThanOrEqualTo(1)),
    bytesPerState: measure,
    // Beyond the contract; present if fingerprints are kept.
    omissionProbability: Schema.optionalKey(measure.check(Schema.isLessThanOrEqualTo(1)))
  }),
  // Beyond the contract.
  actions: Schema.Record(Schema.String, count),
  seconds: measure,
  peakMemoryBytes: count,
  vacuous: Schema.Array(Schema.String),
  notes: Schema.Array(Schema.String)
})
export type CheckDocument = typeof CheckDocument.Type

const exactly = { onExcessProperty: "error" } as const

/** The document of one scenario. */
export const documentOf = (text: string): CheckDocument =>
  Schema.decodeUnknownSync(CheckDocument, exactly)(JSON.parse(text))

/** The documents of several. */
export const documentsOf = (text: string): ReadonlyArray<CheckDocument> =>
  Schema.decodeUnknownSync(Schema.Array(CheckDocument), exactly)(JSON.parse(text))

/** Without what differs from run to run. */
export const masked = (document: CheckDocument): CheckDocument => ({
  ...document,
  seconds: 0,
  peakMemoryBytes: 0
})
