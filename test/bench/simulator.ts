/**
 * The number of simulated messages per minute, on one core.
 */
import { runnableNamed } from "../../impl/protocols.ts"
import { defaultPlan } from "../../impl/simulator/plan.ts"
import { Simulation } from "../../impl/simulator/simulation.ts"

const runs = 60

export const simulator = (): void => {
  let messages = 0
  const started = performance.now()
  for (let seed = 1; seed <= runs; seed++) {
    const outcome = new Simulation({ ...defaultPlan, seed }, runnableNamed("majority")).run()
    if (outcome.verdict !== "atomic")
      throw new Error(`seed ${seed}: ${outcome.verdict}: ${outcome.reason}`)
    messages += outcome.messages
  }
  const minutes = (performance.now() - started) / 60_000
  console.log(
    `${runs} runs, ${messages} messages, ${(messages / minutes / 1e6).toFixed(2)} million a minute`
  )
}
