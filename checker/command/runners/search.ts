/**
 * One scenario's search by several runners, which share no memory.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { inMemory } from "../../engine/begin.ts"
import { livePropertiesOf } from "../../network/model.ts"
import { ParallelCheck } from "../../parallel/parallel-check.ts"
import { refuse } from "../check-jobs.ts"
import { drive } from "../drive.ts"
import type { Job } from "../job.ts"
import { reportOf } from "../report.ts"
import { scenarioOf } from "../run-job.ts"
import { version } from "../version.ts"
import { Fleet, RunnerLost } from "./fleet.ts"
import type { Searched } from "./messages.ts"
import { OwnRunners } from "./own.ts"
import { type GivenRunners, secretOf } from "./place.ts"

/** Checks the scenario of a job on runners. The result equals that of a single worker. */
export const runOnRunners = Effect.fnUntraced(function* (
  entry: URL,
  job: Job,
  { runners, secretFile }: GivenRunners
) {
  const scenario = yield* Effect.fromResult(scenarioOf(job))
  const [live] = livePropertiesOf(scenario.model)
  if (live !== undefined)
    return yield* refuse(
      `--runners: one process must decide ${live.name}, on all states together: leave out this property (--properties) or --runners`
    )
  const { name, text, properties, reductions, limits } = job
  const keeping = inMemory(job.keeping) ?? "states"
  const searched: Searched = {
    ...{ name, text, keeping },
    ...(properties === undefined ? {} : { properties })
  }
  const gathered =
    runners._tag === "Own"
      ? ownFleet(entry, runners.count, searched)
      : Effect.gen(function* () {
          const secret = secretOf(secretFile)
          if (Result.isFailure(secret)) return yield* refuse(secret.failure)
          const { places } = runners
          return yield* gathering({ runners: places, secret: secret.success, version, searched })
        })
  return yield* Effect.scoped(
    Effect.gen(function* () {
      const fleet = yield* gathered
      const check = new ParallelCheck(scenario, reductions, { keeping }, (setup) =>
        fleet.start(setup.reductions)
      )
      const { result, measured } = yield* lossesTyped(
        drive(check, limits, undefined, () => fleet.heapBytes)
      )
      const peakMemoryBytes = measured.peakMemoryBytes + fleet.peakBytes
      return reportOf(result, { ...measured, peakMemoryBytes }, job)
    })
  )
})

const gathering = (options: Parameters<typeof Fleet.gather>[0]) =>
  Effect.acquireRelease(
    Effect.tryPromise({ try: () => Fleet.gather(options), catch: lossOf }),
    (fleet) => Effect.sync(() => fleet.close())
  )

/** Runners of this process's own. */
export const ownFleet = Effect.fnUntraced(function* (
  entry: URL,
  count: number,
  searched: Searched
) {
  const own = yield* Effect.acquireRelease(
    Effect.sync(() => new OwnRunners()),
    (started) => Effect.sync(() => started.stop())
  )
  const runners = yield* Effect.tryPromise({ try: () => own.start(entry, count), catch: lossOf })
  return yield* gathering({ runners, secret: own.secret, version, searched })
})

const lossOf = (error: unknown): RunnerLost =>
  error instanceof RunnerLost ? error : new RunnerLost({ runner: "?", reason: String(error) })

/** A search's pieces are promises, whose failures count as defects: a lost runner is none. */
const lossesTyped = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.catchDefect(effect, (defect) =>
    defect instanceof RunnerLost ? Effect.fail(defect) : Effect.die(defect)
  )
