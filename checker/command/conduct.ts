/**
 * Checks the jobs of a command: in turn, several at a time, or with all threads on one.
 */
import * as Effect from "effect/Effect"
import { entryOfThreads } from "./entry.ts"
import type { Job } from "./job.ts"
import { runJobs } from "./pool.ts"
import type { Report } from "./report.ts"
import { runJob } from "./run-job.ts"
import type { GivenRunners } from "./runners/place.ts"
import { runSwarm } from "./swarm.ts"
import { runParallel } from "./threads.ts"

/** The number of threads that do the work. */
export interface Hands {
  /** On several jobs, or on random runs. */
  readonly workers: number
  /** On one search: one by default. */
  readonly searchers: number
  /** The runners of the one search, if any. */
  readonly runners?: GivenRunners | undefined
}

/** Checks the jobs; `show` receives each report in their order. Ends early on an interruption. */
export const conduct = Effect.fnUntraced(function* (
  jobs: ReadonlyArray<Job>,
  { workers, searchers, runners }: Hands,
  show: (report: Report) => void
) {
  const entry = entryOfThreads()
  const [only] = jobs.length === 1 ? jobs : []
  if (only === undefined)
    return workers > 1
      ? yield* runJobs(entry, jobs, Math.min(workers, jobs.length), show)
      : yield* inTurn(jobs, show)
  if (runners !== undefined) {
    const { runOnRunners } = yield* Effect.promise(() => import("./runners/search.ts"))
    return [yield* runOnRunners(entry, only, runners)]
  }
  // Coverage is counted on one thread.
  if (only.coverage) return yield* inTurn(jobs, show)
  if (only.order === "random" && workers > 1) return [yield* runSwarm(entry, only, workers)]
  if (only.order === "bfs" && searchers > 1) return [yield* runParallel(entry, only, searchers)]
  return yield* inTurn(jobs, show)
})

const inTurn = Effect.fnUntraced(function* (
  jobs: ReadonlyArray<Job>,
  show: (report: Report) => void
) {
  const reports: Array<Report> = []
  for (const job of jobs) {
    const report = yield* runJob(job)
    reports.push(report)
    show(report)
    if (report.interrupted) break
  }
  return reports
})
