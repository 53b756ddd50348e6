/**
 * Real processes, killed and paused and cut off: no acknowledged write is lost, and nobody is stuck after healing.
 * `QUORATE_CHAOS_SECONDS` makes it longer; `npm run bench -- chaos` is the long one.
 */
import { afterAll, expect, it } from "vitest"
import { Installation } from "../../checker/command/installation.ts"
import { chaos } from "./chaos.ts"

const seconds = Number(process.env.QUORATE_CHAOS_SECONDS ?? 10)
const installation = new Installation({ scenarios: false })
afterAll(() => installation.remove())

it(
  "five nodes and sixteen clients survive chaos",
  async () => {
    const report = await chaos({
      script: installation.script,
      folder: installation.folder,
      nodes: 5,
      clients: 16,
      registers: 8,
      seconds,
      seed: 1
    })
    expect(report).toMatchObject({ violations: [], stuck: 0 })
    expect(report.operations).toBeGreaterThan(20 * seconds)
    expect(report.faults.kill).toBeGreaterThan(0)
    expect(report.nodeBytes).toBeLessThan(400 * 2 ** 20)
  },
  1000 * seconds + 120_000
)
