/**
 * The checker as a library.
 *
 * `checkRelation` takes any transition system over plain data. `Check` takes a scenario: `load` and
 * `fromData` read one of a shipped protocol, `scenarioOf` makes one of any protocol, and
 * `scenarioOfModel` makes one of any model. `ParallelCheck` does the same with several workers,
 * each of which runs a `SearchWorker`. `story` and `counterexampleDocument` report a
 * counterexample. A check consists of a `Network` and a `Search`.
 */

export { setOf } from "../spec/kernel/data.ts"
export { Check, type CheckOptions } from "./check.ts"
export { deadlockFreedom, type Finding } from "./engine/findings.ts"
export { type Counts, type Order, Search } from "./engine/search.ts"
export type { Sink, Space } from "./engine/space.ts"
export { ModelIllFormed } from "./network/ill-formed.ts"
export { type Model, type ModelledProtocol, nodesOf } from "./network/model.ts"
export { Network } from "./network/network.ts"
export {
  allReductions,
  type Reduction,
  type ReductionName,
  reductions,
  soundReductions
} from "./network/reductions.ts"
export type { WorkerPort } from "./parallel/conductor.ts"
export type { Answer, Order as WorkerOrder } from "./parallel/messages.ts"
export { ParallelCheck, type StartWorkers, type WorkersSetup } from "./parallel/parallel-check.ts"
export { SearchWorker, type WorkerSetup } from "./parallel/worker.ts"
export {
  type CheckProgress,
  checkRelation,
  checkRelationAsync,
  type RelationOptions
} from "./relation/check.ts"
export { RelationIllFormed } from "./relation/ill-formed.ts"
export type {
  Action,
  Changes,
  Expectation,
  FairSteps,
  NotPlainData,
  Plain,
  PlainState,
  Predicate,
  Refinement,
  Relation,
  RelationOf,
  StepPredicate,
  Widened,
  WidenedState
} from "./relation/relation.ts"
export type { PropertyReport, RelationReport } from "./relation/report.ts"
export { type Run, RunDiverged } from "./relation/run.ts"
export { type RecordedRun, type Validation, validateRun } from "./relation/validate.ts"
export { itf } from "./report/itf.ts"
export { type CounterexampleDocument, counterexampleDocument } from "./report/json.ts"
export { mermaid } from "./report/mermaid.ts"
export { story } from "./report/story.ts"
export type { Counterexample } from "./report/trace.ts"
export type { CheckResult, PropertyResult, Verdict } from "./result.ts"
export { runMermaid } from "./run/run-diagrams.ts"
export { readItf, runItf } from "./run/run-itf.ts"
export { type RunDocument, runDocument } from "./run/run-json.ts"
export { reasonFor, runText } from "./run/run-text.ts"
export type { RunningCheck } from "./running-check.ts"
export {
  type Expected,
  fromData,
  type LoadedScenario,
  load,
  ScenarioRefused
} from "./scenario/load.ts"
export { Scenario, scenarioJsonSchema } from "./scenario/scenario.ts"
export {
  type Extension,
  type ModelOptions,
  type ScenarioOptions,
  scenarioOf,
  scenarioOfModel,
  scenariosWith
} from "./scenario/scenario-of.ts"
