/**
 * The safety properties of every protocol that implements a register.
 */
import { equals } from "../kernel/data.ts"
import type { AnyNote, AnyOperation, Observation } from "../kernel/observation.ts"
import { perObject } from "../kernel/per-object.ts"
import type { Observed, PairInvariant, StepInvariant } from "../kernel/property.ts"
import { atomicity } from "./atomicity.ts"
import { explainAtomicity } from "./explanation.ts"
import type { Value } from "./operation.ts"
import { isLarger, type Pair } from "./pair.ts"

/** The part of a storage node's state that these properties need. */
interface Replica {
  readonly pair: Pair
}

/** A storage node's timestamp never decreases. */
export const timestampsGrow: StepInvariant<unknown, "server", Replica> = {
  _tag: "Step",
  name: "timestamps-grow",
  about: "no storage node ever replaces its vt-pair by one with a smaller timestamp",
  role: "server",
  isSymmetric: true,
  holds: (_context, _self, before, after) => !isLarger(before.pair.timestamp, after.pair.timestamp)
}

/** "Then chooses a higher unique timestamp": a timestamp names one value. */
export const timestampsNameValues: PairInvariant<unknown, "server", Replica> = {
  _tag: "Pair",
  name: "timestamps-name-values",
  about: "two storage nodes with the same timestamp hold the same value",
  role: "server",
  isSymmetric: true,
  holds: (_context, left, right) =>
    !equals(left.pair.timestamp, right.pair.timestamp) || equals(left.pair.value, right.pair.value)
}

/** Operations on a register, and others. */
type Seen = Observation<AnyOperation, Value, AnyNote>

/** The single register of a system is atomic. */
export const atomic: Observed<unknown, Seen> = {
  _tag: "Observed",
  name: "atomicity",
  about:
    "each operation appears to take place instantaneously between its invocation and its response",
  observer: () => atomicity,
  canFailAt: (observation) =>
    observation._tag === "Response" && observation.operation._tag === "Read",
  explain: explainAtomicity
}

/**
 * Each of several registers is atomic. The history of each is judged separately, since atomicity is
 * local (Herlihy and Wing).
 */
export const atomicEach: Observed<unknown, Seen> = {
  ...atomic,
  observer: () => perObject(atomicity)
}
