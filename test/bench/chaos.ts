/**
 * Ten minutes of chaos on five nodes and sixteen clients, while a client with a certificate sends
 * absurd frames. In one half of the time all nodes are replaced, twice; in the other half they lose
 * their memories, one at a time.
 *
 * `npm run bench -- chaos [SECONDS] [SEED]`.
 */
import { join } from "node:path"
import { Installation } from "../checker/command/installation.ts"
import { chaos as run } from "../impl/chaos/chaos.ts"

export const chaos = async ([
  seconds = "600",
  seed = "1"
]: ReadonlyArray<string>): Promise<void> => {
  const installation = new Installation({ scenarios: false })
  const { script, folder } = installation
  const common = {
    ...{ script, nodes: 5, clients: 16, registers: 50, hostile: true },
    ...{ seconds: Number(seconds) / 2, seed: Number(seed) }
  }
  for (const more of [{ replacements: 2 }, { forgets: true }]) {
    const report = await run({ ...common, ...more, folder: join(folder, Object.keys(more).join()) })
    console.log(JSON.stringify(report, undefined, 2))
    const { violations, stuck, memories, ended } = report
    const failures = violations.length + stuck + memories.unnoticed.length + ended.length
    if (failures > 0) process.exitCode = 12
  }
  installation.remove()
}
