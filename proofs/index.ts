/**
 * Proofs as a library: typed models in first-order logic, and the functions that show that their
 * invariants are inductive and that safety follows.
 *
 * A `Model` consists of `relation`s and `transition`s. `obligationsOf` lists its obligations, and
 * `prove` lets a solver prove them: `wasmSolver` (the package `z3-solver`), or `nativeSolver` (a z3
 * or cvc5 on the PATH). An unproved obligation comes with a `counterexample` to induction, which
 * `told` puts into words. `protocols` are the models of the shipped protocols. Before a proof,
 * `cycleIn(alternationOfModel(model))` reports whether questions about the model are decidable.
 */
export { type Counterexample, counterexample } from "./induction/counterexample.ts"
export { type Obligation, obligationsOf } from "./induction/obligations.ts"
export { isProved, type Proof, prove, type Shown, show } from "./induction/prove.ts"
export { told } from "./induction/told.ts"
export type { ModelledProtocol, ModelVariant } from "./induction/variant.ts"
export { alternationOfModel, cycleIn } from "./logic/alternation.ts"
export {
  and,
  eq,
  exists,
  type Formula,
  falsehood,
  forall,
  iff,
  implies,
  not,
  or,
  type Sort,
  sort,
  type Term,
  truth
} from "./logic/formula.ts"
export { type Model, type Sentences, type Transition, transition } from "./logic/model.ts"
export {
  constant,
  fixedRelation,
  type Partial,
  partial,
  provided,
  type Relation,
  relation,
  totalFunction,
  totalOrder
} from "./logic/symbols.ts"
export { protocols } from "./protocols.ts"
export { nativeSolver } from "./solver/native.ts"
export type { Solver } from "./solver/solver.ts"
export { SolverMissing } from "./solver/solver.ts"
export { wasmSolver } from "./solver/wasm.ts"
