/**
 * The progress display of a check: it takes one line, disappears at the end, and shows that random
 * runs proceed, however long a single run or a batch takes.
 */
import { pathToFileURL } from "node:url"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { afterAll, describe, expect, it } from "vitest"
import {
  drive,
  Interruption,
  ProgressDisplay,
  progressLine
} from "../../../checker/command/drive.ts"
import type { Job } from "../../../checker/command/job.ts"
import { clearInPlace, showInPlace } from "../../../checker/command/screen.ts"
import { runSwarm } from "../../../checker/command/swarm.ts"
import type { CheckResult } from "../../../checker/result.ts"
import { WalkCheck } from "../../../checker/walk/walk-check.ts"
import { scenarioOf } from "../network/searching.ts"
import { Installation } from "./installation.ts"

const installation = new Installation()
afterAll(() => installation.remove())

const limits = { maxStates: Number.POSITIVE_INFINITY, maxMemoryBytes: Number.POSITIVE_INFINITY }

/** Does something until enough was shown, and returns it. */
const shownBy = async (
  work: Effect.Effect<unknown, unknown, Interruption | ProgressDisplay>,
  isEnough: (shown: ReadonlyArray<string>) => boolean = () => false
) => {
  const shown: Array<string> = []
  const display = {
    intervalMilliseconds: 0,
    show: (line: string) => shown.push(line),
    clear: () => shown.push("(cleared)")
  }
  const services = Layer.mergeAll(
    Layer.succeed(Interruption, Interruption.of({ requested: () => isEnough(shown) })),
    Layer.succeed(ProgressDisplay, ProgressDisplay.of(display))
  )
  await Effect.runPromiseExit(Effect.provide(work, services))
  return shown
}

/** So many operations that a run of them, and all the more a batch of runs, takes a while. */
const long = {
  protocol: "majority",
  servers: 3,
  clients: [Array.from({ length: 300 }, (_, at) => `write ${at}`)]
}
const runs = { seed: 1, from: 0, to: 10_000, maxSteps: 1_000_000 }

describe("a line of progress", () => {
  const screen = (columns: number) => {
    const written: Array<string> = []
    return {
      written,
      stream: { isTTY: true, columns, write: (text: string) => written.push(text) }
    }
  }

  it("takes one line of the terminal with Ctrl-C, however long it is, and leaves none", () => {
    const { written, stream } = screen(40)
    showInPlace("x".repeat(100), stream)
    clearInPlace(stream)
    expect(written).toEqual([`\r\u001b[2K${"x".repeat(37)}`, "\r\u001b[2K"])
  })

  it("is cleared when the check fails: what is wrong does not stand behind it", async () => {
    const check = new WalkCheck(scenarioOf(long), runs, [])
    let slices = 0
    const failing = Object.assign(check, {
      advance: async () => {
        if (++slices < 3) return true
        throw new Error("broken")
      }
    })
    const shown = await shownBy(drive<CheckResult>(failing, { ...limits, maxSeconds: 10 }))
    expect(shown.length).toBeGreaterThan(1)
    expect(shown.at(-1)).toBe("(cleared)")
  })
})

const stepsIn = (line: string): number =>
  Number((/runs, ([\d,]+) steps/.exec(line)?.[1] ?? "0").replaceAll(",", ""))

describe("the progress of random runs", () => {
  it("counts the steps of a run that is not over", () => {
    const check = new WalkCheck(scenarioOf(long), runs, [])
    check.advance(7)
    expect(progressLine(check, 1)).toMatch(/: 0 runs, 7 steps, 7 steps\/s, 1 s$/)
    check.advance(100)
    expect(progressLine(check, 1)).toMatch(/: 0 runs, 107 steps,/)
  })

  it("is that of all threads, before any of them has finished a batch", async () => {
    const job: Job = {
      ...{ name: "long", text: JSON.stringify(long), format: "text", order: "random", runs },
      ...{ screen: { columns: 100, colours: false }, properties: undefined, expect: undefined },
      ...{ reductions: [], insistsOnReductions: false, keeping: "states", maxSteps: 1e9 },
      ...{ coverage: false, violations: "first" },
      ...{ checkpoint: undefined, resumed: undefined, limits: { ...limits, maxSeconds: 20 } }
    }
    const swarm = runSwarm(pathToFileURL(installation.script), job, 2)
    const shown = await shownBy(swarm, (lines) => lines.some((line) => stepsIn(line) > 0))
    const most = Math.max(...shown.map(stepsIn))
    expect(most).toBeGreaterThan(0)
    // A batch has more than a million: none was finished.
    expect(most).toBeLessThan(500_000)
    expect(shown.at(-1)).toBe("(cleared)")
  })
})
