/**
 * The models follow the searches of larger scenarios: all sentences hold in every visited state,
 * and the models follow no run that breaks safety to its end. (Tests cover smaller scenarios.)
 * Takes about a quarter of an hour.
 *
 * `npm run bench -- ties [SCENARIO…]`: with names only those scenarios, however large their
 * searches are.
 */
import { brokenScenarios, followed } from "../proofs/mutants.ts"
import { by } from "../proofs/scenes.ts"
import { followBroken, followVisited } from "../proofs/visited.ts"

const scenarios: ReadonlyArray<readonly [name: string, protocol: string, variant?: string]> = [
  ["majority/read-stored-value-at-once", "majority", "read-stored-value-at-once"],
  ["consensus/read-all-write-one", "consensus"],
  ["consensus/two-proposers-go-on", "consensus"],
  ["byzantine/signed-write-read-read", "supermajority"],
  ["byzantine/signed-unanimous-reads", "supermajority", "unanimous-reads-return-at-once"],
  ["rambo/two-writers", "rambo"],
  ["rambo/read-stored-value-at-once", "rambo", "read-stored-value-at-once"],
  ["rambo/refinement/two-reconfigurers", "rambo", "with-consensus"],
  ["rambo/refinement/parallel", "rambo-ii"],
  ["rambo/refinement/fused", "rds"],
  ["weak-snapshot/update-scan-scan", "weak-snapshot"],
  ["dynastore/read-in-the-new", "dynastore"],
  ["dynastore/replace-node-invariants", "dynastore"],
  ["dynastore/reconfigure-twice", "dynastore"]
]

/**
 * Searches that visit more states than this before they find something are done only on request.
 */
const maxStates = 300_000

export const ties = (names: ReadonlyArray<string>): void => {
  const isWanted = (name: string) => names.length === 0 || names.includes(name)
  const say = (name: string, isRight: boolean, what: string, started: number) => {
    const seconds = ((performance.now() - started) / 1000).toFixed(1)
    console.log(`${isRight ? " " : "✗"} ${name}: ${what} (${seconds} s)`)
    if (!isRight) process.exitCode = 1
  }
  for (const [name, protocol, variant] of scenarios.filter(([name]) => isWanted(name))) {
    const started = performance.now()
    const { states, steps, departure } = followVisited(name, by(protocol, variant))
    const what = `${states} states, ${steps} steps; ${departure ?? "every sentence holds in each"}`
    say(name, departure === undefined, what, started)
  }
  for (const { scenario, protocol, mutant, by: variant, states } of brokenScenarios()) {
    if (!isWanted(scenario)) continue
    const started = performance.now()
    if (states > maxStates && names.length === 0) {
      console.log(`  ${scenario}: not tried, the search visits ${states} states`)
      continue
    }
    const { property, departure } = followBroken(scenario, by(protocol, variant))
    const isRight = (departure === undefined) === followed.includes(`${protocol}/${mutant}`)
    say(scenario, isRight, `${property} breaks; ${departure ?? "followed to the end"}`, started)
  }
}
