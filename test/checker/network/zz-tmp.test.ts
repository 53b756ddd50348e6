import * as fc from "fast-check"
import { it } from "vitest"
import { randomSafetyScenarios } from "./random-scenarios.ts"
import { scenarioOf, untilExhausted, runCheck } from "./searching.ts"
it("x", () => {
  let n = 0
  for (const data of fc.sample(randomSafetyScenarios, 2000)) {
    const s = untilExhausted(scenarioOf(data))
    const r = runCheck(s, { reductions: ["server-symmetry"], mostStates: 400, slice: 50 })
    if (r !== undefined && r.notes.length > 0 && n++ < 4) console.log(JSON.stringify(data), r.notes)
  }
  console.log(n)
})
