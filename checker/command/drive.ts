/**
 * Driving a check: a slice of work at a time, with an eye on the clock, the memory, the user and the terminal.
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type { Check } from "../check.ts"
import type { ParallelCheck } from "../parallel/parallel-check.ts"
import type { WalkCheck } from "../walk/walk-check.ts"
import type { Measured } from "./document.ts"

export interface Limits {
  readonly maxStates: number
  readonly maxSeconds: number
  readonly maxMemoryBytes: number
}

/** Asks whether the user wants to stop (Ctrl-C). */
export class Interruption extends Context.Service<Interruption, { readonly requested: () => boolean }>()(
  "quorate/checker/command/Interruption"
) {}

/** Where progress is shown: in place on a terminal, as plain lines now and then elsewhere. */
export class ProgressDisplay extends Context.Service<
  ProgressDisplay,
  {
    readonly intervalMilliseconds: number
    readonly show: (line: string) => void
    readonly clear: () => void
  }
>()("quorate/checker/command/ProgressDisplay") {}

/** How long a slice of work should take, so that a user who presses Ctrl-C need not wait. */
const sliceMilliseconds = 40
const firstSliceStates = 1
const mostSliceStates = 1 << 18

/** Lets timers and signals have their turn. */
const breathe = Effect.promise(() => new Promise<void>((resolve) => setImmediate(resolve)))

/** A check that goes on a piece at a time, here or on other threads. */
export type Drivable = Check | WalkCheck | ParallelCheck

/** Runs a check to its end, or to a limit. */
export const drive = Effect.fnUntraced(function* (check: Drivable, limits: Limits) {
  const interruption = yield* Interruption
  const display = yield* ProgressDisplay
  const started = yield* Clock.currentTimeMillis
  let shown = started
  let slice = firstSliceStates
  let more = true
  while (more) {
    const before = yield* Clock.currentTimeMillis
    const most = Math.max(1, Math.min(slice, limits.maxStates - check.counts.distinct + 1))
    more = yield* Effect.promise(async () => check.advance(most))
    const now = yield* Clock.currentTimeMillis
    slice = nextSlice(slice, now - before)
    const limit = more ? limitReached(check, limits, (now - started) / 1000) : undefined
    if (limit !== undefined || (more && interruption.requested())) {
      check.stop(limit ?? "interrupted")
      more = false
    }
    if (more && now - shown >= display.intervalMilliseconds) {
      display.show(progressLine(check, (now - started) / 1000))
      shown = now
    }
    yield* breathe
  }
  display.clear()
  const seconds = ((yield* Clock.currentTimeMillis) - started) / 1000
  const measured: Measured = { seconds, peakMemoryBytes: process.resourceUsage().maxRSS * 1024 }
  return { result: yield* Effect.promise(async () => check.result()), measured }
})

const nextSlice = (slice: number, milliseconds: number): number =>
  milliseconds > sliceMilliseconds
    ? Math.max(1, slice >> 1)
    : milliseconds < sliceMilliseconds / 2
      ? Math.min(mostSliceStates, slice * 2)
      : slice

const limitReached = (check: Drivable, limits: Limits, seconds: number): string | undefined => {
  if (check.counts.distinct >= limits.maxStates) return `the limit of ${limits.maxStates} states was reached`
  if (seconds >= limits.maxSeconds) return `the limit of ${limits.maxSeconds} s was reached`
  // What this check holds: the process as a whole may hold more, of checks that are over or on other threads.
  const isLimited = limits.maxMemoryBytes < Number.POSITIVE_INFINITY
  if (isLimited && check.bytes + process.memoryUsage().heapUsed >= limits.maxMemoryBytes) {
    return `the limit of ${(limits.maxMemoryBytes / 2 ** 20).toFixed(0)} MiB of memory was reached`
  }
  return undefined
}

export const progressLine = (check: Drivable, seconds: number): string => {
  const { distinct, generated, depth, frontier } = check.counts
  const number = (count: number) => Math.round(count).toLocaleString("en")
  if ("tally" in check) {
    return `${check.scenario.name}: ${number(check.tally.runs)} runs, ${number(generated / seconds)} steps/s, ${seconds.toFixed(0)} s`
  }
  const memory = (process.memoryUsage.rss() / 2 ** 20).toFixed(0)
  return `${check.scenario.name}: ${number(distinct)} states, ${number(generated / seconds)} generated/s, depth ${depth}, frontier ${number(frontier)}, ${memory} MiB, ${seconds.toFixed(0)} s`
}
