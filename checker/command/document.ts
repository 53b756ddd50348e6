/**
 * The JSON document of a check.
 */
import { usualLies } from "../../spec/kernel/adversary.ts"
import { describeOperation } from "../../spec/kernel/object.ts"
import { eventSentence } from "../report/event-sentence.ts"
import { counterexampleDocument } from "../report/json.ts"
import { wordsOf } from "../report/trace.ts"
import type { CheckResult } from "../result.ts"

/** What the process that ran the check adds. */
export interface Measured {
  readonly seconds: number
  readonly peakMemoryBytes: number
  /** The number of states that the resumed run had generated; its seconds are not counted. */
  readonly generatedBefore: number
}

export const checkDocument = (
  result: CheckResult,
  { seconds, peakMemoryBytes }: Measured
): Record<string, unknown> => ({
  scenario: result.scenario.name,
  verdict: result.verdict,
  asExpected: result.asExpected,
  bounds: boundsOf(result),
  properties: result.properties.map(({ name, kind, verdict, expected, counterexample }) => ({
    name,
    kind,
    verdict,
    expected: expected ?? null,
    counterexample: counterexample === undefined ? null : counterexampleDocument(counterexample)
  })),
  exhaustive: result.exhaustive,
  stopped: result.stopped ?? null,
  states: {
    distinct: result.walk ? null : result.counts.distinct,
    generated: result.counts.generated,
    depth: result.counts.depth,
    frontier: result.walk ? null : result.counts.frontier
  },
  ...(result.walk ? { walk: walkDocument(result.walk) } : {}),
  reductions: result.reductions,
  engine: result.engine,
  actions: result.actions,
  seconds,
  peakMemoryBytes,
  vacuous: result.vacuous,
  notes: result.notes
})

/**
 * Everything that bounds the verdict: the steps that precede the search, the operations of each
 * client, the possible faults, how far processes go before they stop by themselves, under the
 * protocol's names, and which of these limits some process reached.
 */
const boundsOf = ({ scenario, boundsReached }: CheckResult): Record<string, unknown> => {
  const { faults, scripts, protocol, after } = scenario.model
  const words = wordsOf(scenario.model)
  return {
    ...(after === undefined ? {} : { after: after.map((event) => eventSentence(words, event)) }),
    limits: scenario.bounds,
    reached: boundsReached,
    scripts: Object.fromEntries(
      Object.entries(scripts).map(([node, script]) => [
        node,
        script.map((operation) => describeOperation(protocol.objects, operation))
      ])
    ),
    faults: faults.budgets
      .filter(({ most }) => most > 0)
      .map(({ fault, nodes, most }) => ({ fault: fault.name, nodes, most })),
    ...(faults.atStart === undefined
      ? {}
      : { atStart: faults.atStart.map(({ fault, node }) => ({ fault: fault.name, node })) }),
    ...(faults.adversary === undefined
      ? {}
      : { adversary: { domain: {}, ...faults.adversary, usualLies } }),
    ...(faults.premise === undefined ? {} : { while: faults.premise.name })
  }
}

/** `findings` lists which run of the seed broke which property, and after how many steps. */
const walkDocument = ({
  actions: _,
  reached: __,
  transitionCalls: ___,
  ...walk
}: NonNullable<CheckResult["walk"]>) => walk
