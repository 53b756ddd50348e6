/**
 * Ten minutes of chaos on five nodes and sixteen clients (`QUORATE_CHAOS_SECONDS` for more or less).
 */
import { Installation } from "../checker/command/installation.ts"
import { chaos as run } from "../impl/chaos/chaos.ts"

export const chaos = async (): Promise<void> => {
  const installation = new Installation({ scenarios: false })
  const seconds = Number(process.env.QUORATE_CHAOS_SECONDS ?? 600)
  const { script, folder } = installation
  const report = await run({
    script,
    folder,
    nodes: 5,
    clients: 16,
    registers: 50,
    seconds,
    replacements: 2,
    seed: 1
  })
  installation.remove()
  console.log(JSON.stringify(report, undefined, 2))
  if (report.violations.length > 0 || report.stuck > 0) process.exitCode = 12
}
