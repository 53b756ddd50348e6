/**
 * The symbols of all models of a register: nodes, operations, tags and values; the invoked
 * operations, and the order of events. The tag of an operation is the timestamp of the pair that
 * its Set phase stores.
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
  sort,
  type Term
} from "../logic/formula.ts"
import type { Sentences } from "../logic/model.ts"
import {
  constant,
  fixedRelation,
  isLeast,
  partial,
  relation,
  totalFunction,
  totalOrder,
  type Update
} from "../logic/symbols.ts"

export const server = sort("server")
export const client = sort("client")
export const operation = sort("operation")
export const timestamp = sort("timestamp")
export const value = sort("value")

/** The client of an operation; whether the operation is a write, and its value. */
export const clientOf = totalFunction("clientOf", [operation], client)
export const isWrite = fixedRelation("isWrite", operation)
export const argument = totalFunction("argument", [operation], value)

/**
 * Timestamps are ordered; each contains its client's name; the least is that of the initial pair.
 */
export const order = totalOrder("atMost", timestamp)
export const { atMost, below } = order
export const owner = totalFunction("owner", [timestamp], client)
export const zero = constant("zero", timestamp)
export const bottom = constant("bottom", value)

/** An operation is in one phase at a time, and in none before it is invoked. */
export const invoked = relation("invoked", operation)
export const getting = relation("getting", operation)
export const setting = relation("setting", operation)
export const done = relation("done", operation)

/**
 * History: the first had ended when the second was invoked; the first was invoked before the
 * second.
 */
export const before = relation("before", operation, operation)
export const invokedBefore = relation("invokedBefore", operation, operation)

/** The pair that the Set phase of the operation stores. */
export const chose = partial("chose", [operation], [timestamp, value])
/** History: the existing pairs: the initial one, and those that writes chose. */
export const written = relation("written", timestamp, value)

export const axioms: Sentences = {
  ...order.axioms,
  "zero is the least timestamp": isLeast(order, timestamp, zero)
}

export const initialPairWritten = written.beginsAs((t, v) => and(eq(t, zero), eq(v, bottom)))

/** No other operation of the client is pending. */
export const isIdle = (client: Term<"client">): Formula =>
  forall({ a: operation }, ({ a }) => implies(and(invoked(a), eq(clientOf(a), client)), done(a)))

/** The history that an invocation records. */
export const noteInvocation = (o: Term<"operation">): ReadonlyArray<Update> => [
  invoked.add(o),
  before.addWhere((a, b) => and(eq(b, o), done(a))),
  invokedBefore.addWhere((a, b) => and(eq(b, o), invoked(a)))
]

/** The invariants of all these models about history. */
export const historyInvariant: Sentences = {
  "an operation is in one phase, once it is invoked": forall({ o: operation }, ({ o }) =>
    and(
      implies(or(getting(o), setting(o), done(o)), invoked(o)),
      implies(invoked(o), or(getting(o), setting(o), done(o))),
      not(and(getting(o), setting(o))),
      not(and(getting(o), done(o))),
      not(and(setting(o), done(o)))
    )
  ),
  "an operation before another is done, and the other invoked": forall(
    { a: operation, b: operation },
    ({ a, b }) => implies(before(a, b), and(done(a), invoked(b)))
  ),
  "invocations are in order": forall({ a: operation, b: operation, c: operation }, ({ a, b, c }) =>
    and(
      not(invokedBefore(a, a)),
      implies(invokedBefore(a, b), and(invoked(a), invoked(b))),
      implies(and(invokedBefore(a, b), invokedBefore(b, c)), invokedBefore(a, c)),
      implies(
        and(invoked(a), invoked(b), not(eq(a, b))),
        or(invokedBefore(a, b), invokedBefore(b, a))
      ),
      implies(before(a, b), invokedBefore(a, b))
    )
  ),
  "clients are sequential": forall({ a: operation, b: operation }, ({ a, b }) =>
    implies(
      and(eq(clientOf(a), clientOf(b)), invoked(a), invoked(b)),
      or(eq(a, b), before(a, b), before(b, a))
    )
  )
}

/** Their sentences about tags. */
export const tagInvariant: Sentences = {
  "tags grow along real time, strictly at writes": forall(
    { a: operation, b: operation, t: timestamp, u: timestamp, v: value, w: value },
    ({ a, b, t, u, v, w }) =>
      implies(
        and(before(a, b), chose(a, t, v), chose(b, u, w)),
        and(atMost(t, u), implies(isWrite(b), below(t, u)))
      )
  ),
  "no two writes have one tag": forall(
    { a: operation, b: operation, t: timestamp, v: value, w: value },
    ({ a, b, t, v, w }) =>
      implies(and(isWrite(a), isWrite(b), chose(a, t, v), chose(b, t, w)), eq(a, b))
  ),
  "a tag names one value": forall({ t: timestamp, v: value, w: value }, ({ t, v, w }) =>
    implies(and(written(t, v), written(t, w)), eq(v, w))
  ),
  "an operation that chose is past the Get phase": forall(
    { o: operation, t: timestamp, v: value },
    ({ o, t, v }) => implies(chose(o, t, v), or(setting(o), done(o)))
  ),
  "an operation chooses once": chose.isFunctional,
  "a write tags with its own client and value, above zero": forall(
    { o: operation, t: timestamp, v: value },
    ({ o, t, v }) =>
      implies(
        and(isWrite(o), chose(o, t, v)),
        and(eq(owner(t), clientOf(o)), below(zero, t), eq(v, argument(o)))
      )
  ),
  // Split so that no sentence claims an operation for a value: see `alternation.ts`.
  "a written pair was chosen by a write": forall({ t: timestamp }, ({ t }) =>
    implies(
      exists({ v: value }, ({ v }) => written(t, v)),
      or(
        eq(t, zero),
        exists({ o: operation }, ({ o }) =>
          and(
            isWrite(o),
            exists({ v: value }, ({ v }) => chose(o, t, v))
          )
        )
      )
    )
  ),
  "the initial pair counts as written": written(zero, bottom)
}
