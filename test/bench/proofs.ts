/**
 * How long it takes to show that the running code is the proved code: all proofs (`quorate prove`),
 * and all of `test/proofs/`, which ties them to the executable specification and finds where the
 * mutants fail. The bench fails if any result is unexpected, or if both together take longer than
 * 90 seconds.
 *
 * `npm run bench -- proofs`
 */
import { spawnSync } from "node:child_process"

const maxSeconds = 90

/** Runs a command to its end; the seconds that it took. */
const timed = (name: string, command: string, ...options: ReadonlyArray<string>): number => {
  const started = performance.now()
  const { status } = spawnSync(command, options, { stdio: "inherit" })
  if (status !== 0) throw new Error(`${name} ended with exit code ${status}`)
  return (performance.now() - started) / 1000
}

export const proofs = (): void => {
  const parts = [
    ["proofs", timed("quorate prove", process.execPath, ".build/quorate.js", "prove")],
    ["ties and mutants", timed("vitest", "npx", "vitest", "run", "test/proofs")]
  ] as const
  const total = parts.reduce((sum, [, seconds]) => sum + seconds, 0)
  for (const [name, seconds] of parts) console.log(`${name}: ${seconds.toFixed(1)} s`)
  console.log(`together: ${total.toFixed(1)} s, ${(total / maxSeconds).toFixed(2)} of 90 s`)
  if (total > maxSeconds) process.exitCode = 1
}
