/**
 * Atomicity, as a theorem over the order of tags.
 *
 * A history is atomic if its operations (all that have ended, and some that have not) can be put in
 * one order such that an operation that ended before another began precedes it, and every read
 * returns the value of the last write before it, or the initial value if there is none. Here is
 * such an order: by tag; for one tag, the write first; for reads of one tag, the one invoked first.
 * It contains all operations that have chosen a tag; a read returns what it chose. The sentences
 * state that this is an order, that it is total, that it respects real time, and what reads return.
 * So a proof of a model of a register is not a statement about tags, but about atomicity itself.
 */
import {
  and,
  eq,
  exists,
  type Formula,
  forall,
  implies,
  not,
  or,
  type Term
} from "../logic/formula.ts"
import type { Sentences } from "../logic/model.ts"
import {
  argument,
  before,
  below,
  bottom,
  chose,
  done,
  invokedBefore,
  isWrite,
  operation,
  timestamp,
  value
} from "./history.ts"

type Operation = Term<"operation">
type Timestamp = Term<"timestamp">

/** The first operation, which chose tag `t`, comes before the second, which chose tag `u`. */
const precedes = (a: Operation, t: Timestamp, b: Operation, u: Timestamp): Formula =>
  or(below(t, u), and(eq(t, u), not(isWrite(b)), or(isWrite(a), invokedBefore(a, b))))

const one = { a: operation, t: timestamp, v: value } as const
const two = { ...one, b: operation, u: timestamp, w: value } as const
const three = { ...two, c: operation, r: timestamp, x: value } as const

export const atomicity: Sentences = {
  "atomic: an operation has one place in the order": chose.isFunctional,
  "atomic: nothing precedes itself": forall(one, ({ a, t, v }) =>
    implies(chose(a, t, v), not(precedes(a, t, a, t)))
  ),
  "atomic: the order is transitive": forall(three, ({ a, t, v, b, u, w, c, r, x }) =>
    implies(
      and(
        chose(a, t, v),
        chose(b, u, w),
        chose(c, r, x),
        precedes(a, t, b, u),
        precedes(b, u, c, r)
      ),
      precedes(a, t, c, r)
    )
  ),
  "atomic: of two operations one precedes": forall(two, ({ a, t, v, b, u, w }) =>
    implies(
      and(chose(a, t, v), chose(b, u, w), not(eq(a, b))),
      or(precedes(a, t, b, u), precedes(b, u, a, t))
    )
  ),
  "atomic: an operation that ended before another began precedes it": forall(
    two,
    ({ a, t, v, b, u, w }) =>
      implies(and(before(a, b), chose(a, t, v), chose(b, u, w)), precedes(a, t, b, u))
  ),
  "atomic: a write writes what it was asked to": forall(one, ({ a, t, v }) =>
    implies(and(isWrite(a), chose(a, t, v)), eq(v, argument(a)))
  ),
  "atomic: a read returns what the last write before it wrote": forall(
    two,
    ({ a, t, v, b, u, w }) =>
      implies(
        and(
          isWrite(a),
          chose(a, t, v),
          not(isWrite(b)),
          chose(b, u, w),
          precedes(a, t, b, u),
          forall({ c: operation, r: timestamp, x: value }, ({ c, r, x }) =>
            implies(
              and(isWrite(c), chose(c, r, x), not(eq(c, a))),
              or(precedes(c, r, a, t), precedes(b, u, c, r))
            )
          )
        ),
        eq(w, v)
      )
  ),
  "atomic: a read before all writes returns the initial value": forall(
    { b: operation, u: timestamp, w: value },
    ({ b, u, w }) =>
      implies(
        and(
          not(isWrite(b)),
          chose(b, u, w),
          forall({ c: operation, r: timestamp, x: value }, ({ c, r, x }) =>
            implies(and(isWrite(c), chose(c, r, x)), precedes(b, u, c, r))
          )
        ),
        eq(w, bottom)
      )
  )
}

/**
 * Every operation that has ended is in the order. (Proved separately, since it claims a timestamp
 * for an operation, and the invariant an operation for a timestamp: together that would be a
 * cycle.)
 */
export const everyoneHasPlace: Sentences = {
  "a completed operation has chosen": forall({ o: operation }, ({ o }) =>
    implies(
      done(o),
      exists({ t: timestamp, v: value }, ({ t, v }) => chose(o, t, v))
    )
  )
}
