/**
 * The outcome of a search by a single worker, with which searches by several are compared.
 */
import { Check } from "../../../checker/check.ts"
import type { Keeping } from "../../../checker/engine/visited-states.ts"
import type { ReductionName } from "../../../checker/network/reductions.ts"
import type { CheckResult } from "../../../checker/result.ts"
import type { LoadedScenario } from "../../../checker/scenario/load.ts"

export const alone = (
  scenario: LoadedScenario,
  reductions: ReadonlyArray<ReductionName>,
  keeping: Keeping
) => {
  const check = new Check(scenario, "bfs", reductions, { keeping })
  while (check.advance(1_000));
  return check.result()
}

/** What must not depend on the number of workers or runners. */
export const outcome = ({
  counts,
  properties,
  actions,
  vacuous,
  notes,
  reductions,
  verdict
}: CheckResult) => ({
  counts,
  actions: Object.entries(actions).sort(),
  ...{ vacuous, notes: notes.length, reductions, verdict },
  properties: properties.map(({ name, verdict: one, counterexample }) => ({
    name,
    verdict: one,
    steps: counterexample?.steps.map(({ node, action }) => ({ node, action }))
  }))
})
