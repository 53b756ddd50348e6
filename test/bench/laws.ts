/**
 * `npm run bench -- laws [FILE…]`: the random tests with all their draws, and the random runs of
 * all scenarios; the suite runs a part of them (`test/draws.ts`). `QUORATE_SEED=7` draws others.
 */
import { spawnSync } from "node:child_process"

const drawing = [
  ...["engine", "liveness", "network", "parallel", "relation"].map(
    (room) => `test/checker/${room}`
  ),
  "test/checker/scenarios/scenario-walks.test.ts",
  "test/impl/membership/paced.test.ts",
  "test/impl/simulator/simulation.test.ts",
  "test/impl/threshold",
  "test/spec"
]

export const laws = (files: ReadonlyArray<string>): void => {
  const { status } = spawnSync("npx", ["vitest", "run", ...(files.length > 0 ? files : drawing)], {
    stdio: "inherit",
    env: { ...process.env, QUORATE_DRAWS: "all" }
  })
  process.exitCode = status ?? 1
}
