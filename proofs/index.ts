/**
 * Proofs as a library: models in first-order logic, typed, and what shows that their invariants are
 * inductive and that safety follows.
 *
 * A `Model` is made of `relation`s and `transition`s; `obligationsOf` says what has to be shown of
 * it, and `prove` has a solver show it: `wasmSolver` (the package `z3-solver`), or `nativeSolver`
 * (a z3 or cvc5 on the PATH). What is not shown comes with a `counterexample` to induction, which
 * `told` puts into words. `protocols` are the models of the shipped protocols. Before a model is
 * proved, `cycleIn(alternationOfModel(model))` says whether questions about it can be decided.
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
