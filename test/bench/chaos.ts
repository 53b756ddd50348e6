/**
 * Ten minutes of chaos on five nodes and sixteen clients (set `QUORATE_CHAOS_SECONDS` to change
 * that): for half of the time all nodes are replaced, twice; for the other half they lose their
 * memories, one after the other.
 */
import { join } from "node:path"
import { Installation } from "../checker/command/installation.ts"
import { chaos as run } from "../impl/chaos/chaos.ts"

export const chaos = async (): Promise<void> => {
  const installation = new Installation({ scenarios: false })
  const seconds = Number(process.env.QUORATE_CHAOS_SECONDS ?? 600)
  const { script, folder } = installation
  const common = { script, nodes: 5, clients: 16, registers: 50, seconds: seconds / 2, seed: 1 }
  for (const more of [{ replacements: 2 }, { forgets: true }]) {
    const report = await run({ ...common, ...more, folder: join(folder, Object.keys(more).join()) })
    console.log(JSON.stringify(report, undefined, 2))
    const failures = report.violations.length + report.stuck + report.memories.unnoticed.length
    if (failures > 0) process.exitCode = 12
  }
  installation.remove()
}
