/**
 * The result of a finished check of a relation, in every requested form.
 */
import { graphOf } from "../relation/graph.ts"
import type { Relation } from "../relation/relation.ts"
import type { PropertyReport, RelationReport } from "../relation/report.ts"
import type { Run } from "../relation/run.ts"
import { fitted } from "../report/lines.ts"
import { type Paint, plain } from "../run/run-changes.ts"
import { dot, runMermaid, stateLabel } from "../run/run-diagrams.ts"
import { runItf } from "../run/run-itf.ts"
import { runDocument } from "../run/run-json.ts"
import { reasonFor, runText } from "../run/run-text.ts"
import type { Tally } from "../tally.ts"
import { coverageLines, type Untaken } from "./coverage.ts"
import type { Measured } from "./document.ts"
import { exitCodeOf } from "./exit-codes.ts"
import type { Job } from "./job.ts"
import { nextStep } from "./next-step.ts"
import type { Report } from "./report.ts"
import { paintOf, proseColumns } from "./screen.ts"

/** A graph with more states is not drawn: no person could read it. */
const maxDrawn = 500

export const modelReportOf = (
  job: Job,
  relation: Relation<object>,
  result: RelationReport<object>,
  measured: Measured,
  untaken?: ReadonlyArray<Untaken>
): Report => {
  const { name, format, screen } = job
  const paint = paintOf(screen)
  const columns = proseColumns(screen)
  const broken = result.properties.filter(({ verdict }) => verdict === "violated")
  const shown = result.properties.find(({ counterexample }) => counterexample !== undefined)
  const shortest = job.order === "bfs"
  return {
    asExpected: result.asExpected,
    exitCode: exitCodeOf(result),
    interrupted: result.stopped === "interrupted",
    distinct: result.states.distinct,
    reachesBound: false,
    inVain: result.vacuous.map((sentence) => `${name}: ${sentence}`),
    seconds: measured.seconds,
    row: {
      name,
      expected: expectedIn(result),
      found: broken.length === 0 ? result.verdict : broken.map(brokenText).join(", "),
      asExpected: result.asExpected,
      bounds: relation.constraint === undefined ? "" : "constraint",
      distinct: result.states.distinct,
      depth: result.states.depth,
      seconds: measured.seconds
    },
    summary: fitted(summaryOf(job, relation, { ...result, untaken }, measured, paint), columns),
    stories: result.properties.flatMap((property) => {
      const { counterexample: run } = property
      return run === undefined ? [] : [fitted(story(name, property, run, shortest, paint), columns)]
    }),
    trace: traceOf(job, relation, shown, shortest),
    document: documentOf(name, relation, { ...result, untaken }, measured, { shortest, format })
  }
}

const expectedIn = ({ properties }: RelationReport<object>): string => {
  const violated = properties
    .filter(({ expected }) => expected === "violated")
    .map(({ name }) => name)
  return violated.length === 0 ? "holds" : `${violated.join(", ")} violated`
}

const brokenText = ({ name, counterexample }: PropertyReport<object>): string =>
  counterexample === undefined
    ? `${name} never true`
    : `${name} violated in ${counterexample.steps.length} steps`

const story = (
  name: string,
  property: PropertyReport<object>,
  run: Run<object>,
  shortest: boolean,
  paint: Paint
): string => {
  const isShortest = shortest && property.kind !== "liveness" ? " in a shortest run" : ""
  return `${paint.strong(`${name}: ${property.name} is violated${isShortest}:`)} ${reasonFor(property, run)}\n\n${runText(run, paint)}`
}

const traceOf = (
  { name, format }: Job,
  relation: Relation<object>,
  property: PropertyReport<object> | undefined,
  shortest: boolean
): string | undefined => {
  const graph = format === "dot" ? graphOf(relation, maxDrawn) : undefined
  if (graph !== undefined) {
    const states = graph.states.map(({ state, ...rest }) => ({ ...rest, label: stateLabel(state) }))
    return dot({ title: name, states, steps: graph.steps })
  }
  const run = property?.counterexample
  if (property === undefined || run === undefined) return undefined
  switch (format) {
    case "itf":
      return runItf(name, reasonFor(property, run), run)
    case "json":
      return JSON.stringify(runDocument(property, run, shortest), undefined, 2)
    case "mermaid":
      return runMermaid(`${name}: ${reasonFor(property, run)}`, run)
    case "dot":
      return dotOfRun(name, run)
    default:
      return fitted(story(name, property, run, shortest, plain))
  }
}

/** Of a graph that is too large, only the run. */
const dotOfRun = (name: string, { initial, steps, loop }: Run<object>): string => {
  const isLoop = loop !== undefined && loop < steps.length
  const states = [initial, ...steps.map(({ state }) => state)].slice(0, isLoop ? -1 : undefined)
  return dot({
    title: name,
    states: states.map((state, at) => ({
      label: stateLabel(state),
      isInitial: at === 0,
      isBroken: !isLoop && at === steps.length
    })),
    steps: steps.map(({ action }, at) => ({
      from: at,
      to: isLoop && at === steps.length - 1 ? loop : at + 1,
      action: `${at + 1} ${action}`
    }))
  })
}

type Walked = RelationReport<object> & {
  readonly walk?: Tally & { readonly seed: number }
  readonly untaken?: ReadonlyArray<Untaken> | undefined
}

const number = (count: number): string => count.toLocaleString("en")

const summaryOf = (
  job: Job,
  relation: Relation<object>,
  result: Walked,
  { seconds, generatedBefore }: Measured,
  paint: Paint
): string => {
  const { states, engine, walk } = result
  const rate = Math.round((states.generated - generatedBefore) / Math.max(seconds, 0.001))
  const unexpected = result.asExpected ? "" : ", which was not expected"
  return [
    `${paint.strong(`${job.name}: ${result.verdict}`)}${unexpected}`,
    ...(relation.description === undefined ? [] : [relation.description]),
    "",
    ...result.properties.map(propertyLine),
    "",
    walk === undefined
      ? `${number(states.distinct)} distinct states, ${number(states.generated)} generated, depth ${states.depth}; ${coverage(result)}`
      : `${number(walk.runs)} random runs of seed ${walk.seed}, ${number(walk.steps)} steps, the longest ${number(walk.longest)}; not exhausted (${result.stopped})`,
    `${seconds.toFixed(2)} s, ${number(rate)} generated/s; the model's functions were called ${number(engine.calls)} times (${(engine.memoHitRate * 100).toFixed(2)} % of answers came from the memo)`,
    `steps: ${Object.entries(result.fired)
      .map(([action, count]) => `${action} ${number(count)}`)
      .join(", ")}`,
    ...(result.untaken === undefined ? [] : coverageLines(result.untaken)),
    ...result.vacuous.map((one) => `vacuous: ${vacuousText(relation, one)}`),
    ...result.notes.map((note) => `note: ${note}`),
    ...(result.verdict === "inconclusive" ? [`next: ${nextStep(result.stopped, job)}`] : [])
  ].join("\n")
}

const vacuousText = ({ actions, sometimes = {} }: Relation<object>, one: string): string =>
  Object.hasOwn(actions, one)
    ? `action "${one}" is never enabled`
    : Object.hasOwn(sometimes, one)
      ? `"${one}" is never true`
      : one

const propertyLine = ({
  name,
  form,
  verdict,
  expected,
  counterexample,
  witness
}: PropertyReport<object>): string => {
  const run = counterexample ?? witness
  const steps = run === undefined ? "" : ` in ${run.steps.length} steps`
  const found =
    form !== "sometimes"
      ? verdict
      : verdict === "holds"
        ? "reached"
        : verdict === "violated"
          ? "never reached"
          : verdict
  return `  ${name.padEnd(28)} ${found}${steps}${expected === undefined ? "" : ` (expected: ${expected})`}`
}

const coverage = ({ exhaustive, stopped, frontier }: RelationReport<object>): string =>
  exhaustive
    ? "every reachable state was visited"
    : `not exhausted (${stopped}), ${number(frontier)} states were found and not expanded`

const documentOf = (
  name: string,
  relation: Relation<object>,
  result: Walked,
  { seconds, peakMemoryBytes }: Measured,
  { shortest }: { readonly shortest: boolean; readonly format: Job["format"] }
): Record<string, unknown> => ({
  scenario: name,
  description: relation.description ?? null,
  verdict: result.verdict,
  asExpected: result.asExpected,
  bounds: {
    constraint: relation.constraint !== undefined || relation.stepConstraint !== undefined,
    beyond: result.beyond,
    view: relation.view !== undefined,
    symmetry: relation.symmetry ?? {}
  },
  properties: result.properties.map((property) => ({
    name: property.name,
    kind: property.kind,
    form: property.form,
    verdict: property.verdict,
    expected: property.expected ?? null,
    counterexample:
      property.counterexample === undefined
        ? null
        : runDocument(property, property.counterexample, shortest),
    ...(property.witness === undefined
      ? {}
      : { witness: runDocument(property, property.witness, shortest) })
  })),
  exhaustive: result.exhaustive,
  stopped: result.stopped ?? null,
  states: {
    distinct: result.walk ? null : result.states.distinct,
    generated: result.states.generated,
    depth: result.states.depth,
    frontier: result.walk ? null : result.frontier
  },
  ...(result.walk === undefined ? {} : { walk: walkOf(result.walk) }),
  reductions: relation.symmetry === undefined ? [] : ["symmetry"],
  engine: result.engine,
  actions: result.fired,
  enabled: result.enabled,
  ...(result.untaken === undefined ? {} : { untaken: result.untaken }),
  seconds,
  peakMemoryBytes,
  vacuous: result.vacuous.map((one) => vacuousText(relation, one)),
  notes: result.notes
})

const walkOf = ({
  seed,
  runs,
  steps,
  longest,
  completed,
  stuck,
  cut,
  violated,
  findings
}: NonNullable<Walked["walk"]>) => ({
  ...{ seed, runs, steps, longest, completed, stuck, cut, violated, findings }
})
