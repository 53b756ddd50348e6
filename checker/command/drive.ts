/**
 * Drives a check: does a slice of work at a time, and watches the clock, the memory, the user and
 * the terminal.
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type { RunningCheck } from "../running-check.ts"
import type { Tally } from "../tally.ts"
import type { Measured } from "./document.ts"

export interface Limits {
  readonly maxStates: number
  readonly maxSeconds: number
  readonly maxMemoryBytes: number
}

/** Saves a check at intervals. A driver without it does not save the check. */
export interface Saving {
  readonly intervalMilliseconds: number
  readonly save: () => Promise<void>
  /** The check has ended: nothing is left to resume. */
  readonly forget: () => void
}

/** Whether the user wants to stop (Ctrl-C). The first call starts to listen for the signal. */
export class Interruption extends Context.Service<
  Interruption,
  { readonly requested: () => boolean }
>()("quorate/checker/command/Interruption") {}

/** Where progress is shown: in place on a terminal, elsewhere as plain lines at intervals. */
export class ProgressDisplay extends Context.Service<
  ProgressDisplay,
  {
    readonly intervalMilliseconds: number
    readonly show: (line: string) => void
    readonly clear: () => void
  }
>()("quorate/checker/command/ProgressDisplay") {}

/** How long a slice of work should take, so that a user who presses Ctrl-C does not wait. */
const sliceMilliseconds = 40
const firstSliceStates = 1
const maxSliceStates = 1 << 18

/** Lets timers and signals run. */
const breathe = Effect.promise(() => new Promise<void>((resolve) => setImmediate(resolve)))

/** The memory that other threads hold on behalf of a check, in bytes. */
export type HeldElsewhere = () => number
const nothingElsewhere: HeldElsewhere = () => 0

/** A result with notes, to which the driver can add. */
interface Noted {
  readonly notes: ReadonlyArray<string>
}

type AnyCheck = RunningCheck<unknown>

/** However a check ends, its last line of progress is cleared. */
const clearingAtItsEnd = <A, E, R>(driving: Effect.Effect<A, E, R>) =>
  ProgressDisplay.use((display) =>
    Effect.ensuring(
      driving,
      Effect.sync(() => display.clear())
    )
  )

/** Runs a check to its end or to a limit. */
export const drive = Effect.fnUntraced(function* <Result extends Noted>(
  check: RunningCheck<Result>,
  limits: Limits,
  saving?: Saving,
  heldElsewhere = nothingElsewhere
) {
  const interruption = yield* Interruption
  const display = yield* ProgressDisplay
  const started = yield* Clock.currentTimeMillis
  const generatedBefore = check.counts.generated
  const problems: Array<string> = []
  const save = Effect.fnUntraced(function* ({ save }: Saving) {
    const problem = yield* Effect.promise(() => save().then(() => undefined, reasonOf))
    if (problem !== undefined) problems.push(`a checkpoint could not be written: ${problem}`)
  })
  let saved = started
  let shown = started
  let slice = firstSliceStates
  let more = true
  while (more) {
    const before = yield* Clock.currentTimeMillis
    const most = Math.max(1, Math.min(slice, limits.maxStates - check.counts.distinct + 1))
    more = yield* Effect.promise(async () => check.advance(most))
    const now = yield* Clock.currentTimeMillis
    slice = nextSlice(slice, now - before, check.pieceMilliseconds)
    const wasShort = isShortOfMemory(check, limits, heldElsewhere)
    if (wasShort) yield* Effect.promise(async () => check.putAway())
    const isShort = wasShort && isShortOfMemory(check, limits, heldElsewhere)
    const limit = more ? limitReached(check, limits, (now - started) / 1000, isShort) : undefined
    if (limit !== undefined || (more && interruption.requested())) {
      if (saving !== undefined) yield* save(saving)
      check.stop(limit ?? "interrupted")
      break
    }
    if (!more) saving?.forget()
    else if (saving !== undefined && now - saved >= saving.intervalMilliseconds) {
      yield* save(saving)
      saved = yield* Clock.currentTimeMillis
    }
    if (more && now - shown >= display.intervalMilliseconds) {
      display.show(progressLine(check, (now - started) / 1000, generatedBefore))
      shown = now
    }
    yield* breathe
  }
  const seconds = ((yield* Clock.currentTimeMillis) - started) / 1000
  const measured: Measured = {
    seconds,
    peakMemoryBytes: process.resourceUsage().maxRSS * 1024,
    generatedBefore
  }
  const result: Result = yield* Effect.promise(async () => check.result())
  return { result: { ...result, notes: [...result.notes, ...new Set(problems)] }, measured }
}, clearingAtItsEnd)

const reasonOf = (error: unknown): string =>
  (error as NodeJS.ErrnoException).code ?? (error instanceof Error ? error.message : String(error))

const nextSlice = (slice: number, milliseconds: number, most = sliceMilliseconds): number =>
  milliseconds > most
    ? Math.max(1, slice >> 1)
    : milliseconds < most / 2
      ? Math.min(maxSliceStates, slice * 2)
      : slice

/**
 * Whether a check holds as much memory as it may. The process as a whole may hold more, for checks
 * that have ended or that run on other threads.
 */
const isShortOfMemory = (
  check: AnyCheck,
  { maxMemoryBytes }: Limits,
  heldElsewhere: HeldElsewhere
) =>
  maxMemoryBytes < Number.POSITIVE_INFINITY &&
  check.heldBytes + process.memoryUsage().heapUsed + heldElsewhere() >= maxMemoryBytes

const limitReached = (
  check: AnyCheck,
  limits: Limits,
  seconds: number,
  isShort: boolean
): string | undefined => {
  if (check.counts.distinct >= limits.maxStates)
    return `the limit of ${limits.maxStates} states was reached`
  if (seconds >= limits.maxSeconds) return `the limit of ${limits.maxSeconds} s was reached`
  if (!isShort) return undefined
  // Everything that can wait on the disk is there.
  return `the limit of ${(limits.maxMemoryBytes / 2 ** 20).toFixed(0)} MiB of memory was reached: the visited states no longer fit`
}

/** What a line of progress reports. */
type Proceeding = Pick<AnyCheck, "scenario" | "counts" | "moves"> & {
  readonly tally?: Pick<Tally, "runs">
}

export const progressLine = (check: Proceeding, seconds: number, generatedBefore = 0): string => {
  const { distinct, generated: inAll, depth, frontier } = check.counts
  const generated = inAll - generatedBefore
  const number = (count: number) => Math.round(count).toLocaleString("en")
  if (check.tally !== undefined) {
    const steps = check.moves ?? generated
    return `${check.scenario.name}: ${number(check.tally.runs)} runs, ${number(steps)} steps, ${number(steps / seconds)} steps/s, ${seconds.toFixed(0)} s`
  }
  const memory = (process.memoryUsage.rss() / 2 ** 20).toFixed(0)
  return `${check.scenario.name}: ${number(distinct)} states, ${number(generated / seconds)} generated/s, depth ${depth}, frontier ${number(frontier)}, ${memory} MiB, ${seconds.toFixed(0)} s`
}
