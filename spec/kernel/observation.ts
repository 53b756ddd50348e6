/**
 * What an outside observer may note of a step. It never feeds back into a process.
 */

/** A node's operation begins. */
export interface Invocation<Operation> {
  readonly _tag: "Invocation"
  readonly operation: Operation
}

/** A node's operation ends, with its result (null for a plain ok). */
export interface Response<Operation, Result> {
  readonly _tag: "Response"
  readonly operation: Operation
  readonly result: Result
}

/** Any other note of a protocol, under a name of its own. */
export interface Note<Name extends string, Detail> {
  readonly _tag: "Note"
  readonly name: Name
  readonly detail: Detail
}

/** A note of any type. */
export type AnyNote = Note<string, unknown>

/** The operations that begin and end, and other notes. */
export type Observation<Operation, Result, Noted extends AnyNote = never> =
  | Invocation<Operation>
  | Response<Operation, Result>
  | Noted

/** What every operation has: a tag, and its object if a system has several. */
export interface AnyOperation {
  readonly _tag: string
  readonly object?: string
}

/** An observation of any type. */
export type AnyObservation = Observation<AnyOperation, unknown, AnyNote>
