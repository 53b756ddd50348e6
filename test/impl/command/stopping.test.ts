/**
 * A process ends on request; at the latest at the second Ctrl-C.
 */
import { spawn } from "node:child_process"
import { fileURLToPath } from "node:url"
import { describe, expect, it } from "vitest"

/** A command that is asked to stop and never ends. */
const hanging = `
import * as Effect from "effect/Effect"
import { listenForStop } from "${fileURLToPath(new URL("../../../impl/command/flags.ts", import.meta.url))}"

void Effect.runPromise(Effect.scoped(Effect.gen(function* () {
  const stop = yield* listenForStop
  console.log("ready")
  console.log(yield* stop)
  yield* Effect.never
})))
`

/** Sends the next signal each time that the process has said something; how it ends. */
const started = (...signals: ReadonlyArray<NodeJS.Signals>) => {
  const given = ["--input-type=module", "--eval", hanging]
  const child = spawn(process.execPath, given, { stdio: ["ignore", "pipe", "inherit"] })
  const waiting = [...signals]
  child.stdout.on("data", () => {
    const signal = waiting.shift()
    if (signal !== undefined) child.kill(signal)
  })
  return {
    ended: new Promise((resolve) => {
      child.on("exit", (code, signal) => resolve(code ?? signal))
    }),
    kill: () => child.kill("SIGKILL")
  }
}

describe("a process that does not come to its end", () => {
  it("ends at the second Ctrl-C", async () => {
    expect(await started("SIGINT", "SIGINT").ended).toBe(130)
  })

  it("takes SIGTERM after Ctrl-C for the same one", async () => {
    const { ended, kill } = started("SIGINT", "SIGTERM")
    const still = new Promise((resolve) => setTimeout(resolve, 3_000, "goes on"))
    expect(await Promise.race([ended, still])).toBe("goes on")
    kill()
    expect(await ended).toBe("SIGKILL")
  })
})
