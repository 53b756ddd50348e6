/**
 * `npm run bench -- laws [FILE…]`: the random tests of the checker and of the kernel with all their
 * draws, of which the suite takes a part (`test/draws.ts`). `QUORATE_SEED=7` draws others.
 */
import { spawnSync } from "node:child_process"

const drawing = [
  "test/checker/network",
  "test/checker/parallel",
  "test/checker/relation",
  "test/spec/register"
]

export const laws = (files: ReadonlyArray<string>): void => {
  const { status } = spawnSync("npx", ["vitest", "run", ...(files.length > 0 ? files : drawing)], {
    stdio: "inherit",
    env: { ...process.env, QUORATE_DRAWS: "all" }
  })
  process.exitCode = status ?? 1
}
