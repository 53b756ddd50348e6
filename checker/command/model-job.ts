/**
 * The check of a relation as a job: on this thread, on several, or by random runs.
 */
import { resolve } from "node:path"
import { getHeapStatistics } from "node:v8"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { deadlockFreedom } from "../engine/findings.ts"
import { askOf } from "../relation/asking.ts"
import type { RelationIllFormed } from "../relation/ill-formed.ts"
import { ParallelRelationCheck, relationSubject } from "../relation/parallel-relation-check.ts"
import type { Expectation, Relation } from "../relation/relation.ts"
import { RelationCheck, type SavedRelationCheck } from "../relation/relation-check.ts"
import type { RelationReport } from "../relation/report.ts"
import { RelationWalkCheck } from "../relation/walk.ts"
import type { RunningCheck } from "../running-check.ts"
import { ScenarioRefused, suggest } from "../scenario/load.ts"
import type { Checkpoint } from "./checkpoint.ts"
import { savingInto } from "./checkpoint.ts"
import { untakenIn } from "./coverage.ts"
import { drive } from "./drive.ts"
import type { Job } from "./job.ts"
import { exportedAt, filesFrom } from "./model-file.ts"
import { modelReportOf } from "./model-report.ts"
import { PageFile } from "./page-file.ts"
import { shortened } from "./shortened.ts"
import { FolderArchive } from "./word-files.ts"

/**
 * The relation of a job, with the properties and expectations of the command line instead of its
 * own.
 */
export const relationOf = (job: Job): Result.Result<Relation<object>, ScenarioRefused> => {
  const exported = job.model === undefined ? undefined : exportedAt(job.model)
  if (exported?._tag !== "Relation") throw new Error(`${job.name} is not a relation`)
  return Result.gen(function* () {
    const chosen =
      job.properties === undefined
        ? exported.relation
        : yield* withProperties(job.name, exported.relation, job.properties)
    return job.expect === undefined ? chosen : yield* withExpectations(job.name, chosen, job.expect)
  })
}

/** The names of all properties of a relation. */
const namesIn = (relation: Relation<object>): ReadonlyArray<string> => [
  ...kinds.flatMap((kind) => Object.keys(relation[kind] ?? {})),
  deadlockFreedom
]

const kinds = [
  "invariants",
  "steps",
  "refines",
  "eventually",
  "alwaysEventually",
  "eventuallyAlways",
  "leadsTo",
  "sometimes"
] as const

const withProperties = (
  source: string,
  relation: Relation<object>,
  names: ReadonlyArray<string>
): Result.Result<Relation<object>, ScenarioRefused> => {
  const known = namesIn(relation)
  const at = names.findIndex((name) => !known.includes(name))
  if (at >= 0) {
    const stranger = names[at] as string
    const problem = `the model has no property "${stranger}"`
    return Result.fail(
      new ScenarioRefused({
        source,
        place: `--properties[${at}]`,
        problem,
        mend: suggest(stranger, known)
      })
    )
  }
  const kept = (named: Readonly<Record<string, unknown>> | undefined) =>
    Object.fromEntries(Object.entries(named ?? {}).filter(([name]) => names.includes(name)))
  return Result.succeed({
    ...relation,
    ...Object.fromEntries(kinds.map((kind) => [kind, kept(relation[kind])])),
    deadlock: names.includes(deadlockFreedom),
    expect: kept(relation.expect) as Readonly<Record<string, Expectation>>
  })
}

const withExpectations = (
  source: string,
  relation: Relation<object>,
  text: string
): Result.Result<Relation<object>, ScenarioRefused> => {
  const known = namesIn(relation).filter(
    (name) => name !== deadlockFreedom || relation.deadlock === true
  )
  const expect: Record<string, Expectation> = {}
  const refuse = (problem: string, mend: string) =>
    Result.fail(new ScenarioRefused({ source, place: "--expect", problem, mend }))
  if (known.length === 0)
    return refuse("no property is checked, so nothing can be expected", "leave out --expect")
  for (const part of text.split(",").map((word) => word.trim())) {
    const at = part.lastIndexOf("=")
    const [name, verdict] = at < 0 ? [undefined, part] : [part.slice(0, at), part.slice(at + 1)]
    if (verdict !== "holds" && verdict !== "violated")
      return refuse(
        `"${part}" is not a valid expectation`,
        "write holds, violated, or NAME=holds,NAME=violated"
      )
    if (name !== undefined && !known.includes(name))
      return refuse(`"${name}" is not among the properties that are checked`, suggest(name, known))
    for (const one of name === undefined ? known : [name]) expect[one] = verdict
  }
  return Result.succeed({ ...relation, expect })
}

/** The interface that the driver of a check expects. */
const named = <Check extends object>(
  name: string,
  check: Check
): Check & { readonly scenario: { readonly name: string } } =>
  Object.assign(check, { scenario: { name } })

/** Turns a model's own mistakes into bad input, with the state and the run that show them. */
export const asBadInput =
  (source: string) =>
  (error: unknown): unknown => {
    const { _tag, where, problem, mend, state, run } = error as RelationIllFormed
    if (_tag !== "RelationIllFormed") return error
    const steps = run === undefined ? "" : ` (after ${told(run.steps)})`
    const at =
      state === undefined
        ? ""
        : `; in the state ${shortened(JSON.stringify(state), maxState)}${steps}`
    return new ScenarioRefused({
      source,
      place: where,
      problem: `${shortened(problem, maxProblem)}${at}`,
      mend
    })
  }

const [maxProblem, maxState, maxSteps] = [600, 600, 20]

/** The actions of a run; for a long one, the last actions. */
const told = (steps: ReadonlyArray<{ readonly action: string }>): string => {
  if (steps.length === 0) return "no step"
  const last = steps.slice(-maxSteps).map(({ action }) => action)
  const before = steps.length - last.length
  return [...(before > 0 ? [`${before.toLocaleString("en")} steps`] : []), ...last].join(", ")
}

/** Does work with a model whose mistakes are its author's. */
const guarded = <A, E, R>(source: string, work: Effect.Effect<A, E, R>) => {
  askOf(source)
  const told = asBadInput(source)
  return Effect.catchDefect(work, (defect) => {
    const error = told(defect)
    return error instanceof ScenarioRefused ? Effect.fail(error) : Effect.die(error)
  })
}

const settingsOf = ({ order, keeping, maxSteps, violations }: Job) => ({
  violations,
  ...(order === "random" ? {} : { order }),
  keeping,
  ...(maxSteps === Number.POSITIVE_INFINITY ? {} : { maxSteps })
})

const untakenOf = ({ coverage, model }: Job) =>
  coverage && model !== undefined ? untakenIn(filesFrom(resolve(model.file))) : undefined

/** Checks the relation of a job on this thread. */
export const runModelJob = Effect.fnUntraced(function* (job: Job) {
  const relation = yield* Effect.fromResult(relationOf(job))
  const pages = new PageFile()
  const work = Effect.suspend(() => {
    if (job.order === "random") {
      return drive<RelationReport<object>>(walkCheckOf(job, relation), job.limits)
    }
    const check = new RelationCheck(relation, { ...settingsOf(job), pageStore: pages })
    if (job.resumed !== undefined)
      check.resume(
        job.resumed.check as unknown as SavedRelationCheck,
        new FolderArchive(job.resumed.place)
      )
    const saving =
      job.checkpoint && savingOf(job.checkpoint, job.name, (archive) => check.save(archive))
    return drive<RelationReport<object>>(named(job.name, check), job.limits, saving)
  })
  return yield* guarded(job.name, work).pipe(
    Effect.map(({ result, measured }) =>
      modelReportOf(job, relation, result, measured, untakenOf(job))
    ),
    Effect.ensuring(Effect.sync(() => pages.close()))
  )
})

/**
 * Saves a check of a relation: apart from its streams, everything that it knows is plain data, as
 * in any other check.
 */
export const savingOf = (
  checkpoint: Checkpoint,
  name: string,
  save: (archive: FolderArchive, place: string) => unknown
) => savingInto(checkpoint, name, save as Parameters<typeof savingInto>[2])

/** The check of a relation on several threads. */
export const parallelCheckOf = (
  job: Job,
  relation: Relation<object>,
  start: ConstructorParameters<typeof ParallelRelationCheck<object>>[2]
): ParallelRelationCheck<object> & Pick<RunningCheck<RelationReport<object>>, "scenario"> =>
  named(job.name, new ParallelRelationCheck(relation, settingsOf(job), start))

/** The check of a relation by random runs. */
export const walkCheckOf = (job: Job, relation: Relation<object>) =>
  named(job.name, new RelationWalkCheck(relation, job.runs))

/** What a thread searches for a job's relation. */
export const subjectOfJob = (job: Job) => {
  askOf(job.name)
  return relationSubject(Result.getOrThrow(relationOf(job)))
}

export const heapBytes = (): number => getHeapStatistics().used_heap_size

export { guarded }
