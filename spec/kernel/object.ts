/**
 * Object types: what users can ask for, in which words, and what the answers mean.
 *
 * A variable, a snapshot, an instance of consensus: each owns its operations and results, and how
 * scripts and reports write them. What its histories must satisfy are properties (`property.ts`)
 * that stand beside it.
 */
import type * as Schema from "effect/Schema"
import type { AnyOperation } from "./observation.ts"

/** A kind of operation as scripts write it. */
export interface OperationKind<Operation> {
  /** The operation's tag; its first letter is lower case in scripts. */
  readonly tag: string
  /** How it is written, for help and error messages. */
  readonly syntax: string
  /** The operation that these words after the first denote, or undefined if they denote none. */
  parse(words: ReadonlyArray<string>): Operation | undefined
}

export interface ObjectType<Operation, Result> {
  readonly name: string
  /** The Schema of its operations, by which nodes that they name are found and renamed. */
  readonly Operation: Schema.Codec<Operation, unknown>
  readonly kinds: ReadonlyArray<OperationKind<Operation>>
  /**
   * What is wrong with an operation that is well written, and what to do about it; undefined if
   * nothing is.
   */
  problem?(operation: Operation): { readonly problem: string; readonly mend: string } | undefined
  /** An operation in the words of a script. */
  describe(operation: Operation): string
  /**
   * Whether reports call an operation by what it returned, because its words alone say little:
   * `read: 1`.
   */
  isKnownByResult?(operation: Operation): boolean
  /** A result in words: `ok`, `1`. */
  describeResult(operation: Operation, result: Result): string
}

/** An object type of which nothing more is known. */
export type AnyObjectType = ObjectType<AnyOperation, unknown>

/** The object type whose operation this is. */
export const objectTypeOf = (
  types: ReadonlyArray<AnyObjectType>,
  { _tag }: AnyOperation
): AnyObjectType | undefined => types.find(({ kinds }) => kinds.some(({ tag }) => tag === _tag))

/** An operation in the words of a script, whichever of these object types it belongs to. */
export const describeOperation = (
  types: ReadonlyArray<AnyObjectType>,
  operation: AnyOperation
): string => objectTypeOf(types, operation)?.describe(operation) ?? operation._tag

/** What an operation returned, in words. */
export const describeResult = (
  types: ReadonlyArray<AnyObjectType>,
  operation: AnyOperation,
  result: unknown
): string =>
  objectTypeOf(types, operation)?.describeResult(operation, result) ?? JSON.stringify(result)
