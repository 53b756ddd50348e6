/**
 * The checker as a library.
 *
 * `checkRelation` takes any transition system over plain data. `Check` takes a scenario of one of our protocols, as
 * `load` or `fromData` reads it; `Network` and `Search` are what it is made of, for models of your own.
 */
export { Check } from "./check.ts"
export { deadlockFreedom, type Finding } from "./engine/findings.ts"
export { type Counts, type Order, Search } from "./engine/search.ts"
export type { Sink, Space } from "./engine/space.ts"
export { type Model, type ModelledProtocol, nodesOf } from "./network/model.ts"
export { Network } from "./network/network.ts"
export { allReductions, type Reduction, type ReductionName, reductions } from "./network/reductions.ts"
export { checkRelation, type RelationReport } from "./relation/check.ts"
export type { Action, Changes, Predicate, Relation } from "./relation/relation.ts"
export type { CheckResult, PropertyResult, Verdict } from "./result.ts"
export type { RunningCheck } from "./running-check.ts"
export { fromData, type LoadedScenario, load, ScenarioRefused } from "./scenario/load.ts"
export { Scenario, scenarioJsonSchema } from "./scenario/scenario.ts"
