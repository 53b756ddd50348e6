/**
 * Object types: the operations that users can invoke, their syntax, and the meaning of the results.
 *
 * A variable, a snapshot, an instance of consensus: each owns its operations and results, and their
 * form in scripts and reports. The properties that its histories must satisfy (`property.ts`) are
 * defined separately.
 */
import type * as Schema from "effect/Schema"
import type { AnyOperation } from "./observation.ts"

/** A kind of operation as scripts write it. */
export interface OperationKind<Operation> {
  /** The operation's tag; scripts write its first letter in lower case. */
  readonly tag: string
  /** Its syntax, for help and error messages. */
  readonly syntax: string
  /** The operation denoted by the words after the first; undefined if they denote none. */
  parse(words: ReadonlyArray<string>): Operation | undefined
}

export interface ObjectType<Operation, Result> {
  readonly name: string
  /** The Schema of its operations, used to find and rename the nodes that they name. */
  readonly Operation: Schema.Codec<Operation, unknown>
  readonly kinds: ReadonlyArray<OperationKind<Operation>>
  /**
   * The problem with a well-formed operation, and how to fix it; undefined if there is none.
   */
  problem?(operation: Operation): { readonly problem: string; readonly mend: string } | undefined
  /** An operation in the words of a script. */
  describe(operation: Operation): string
  /**
   * Whether reports add an operation's result to its name, because its words alone say little:
   * `read: 1`.
   */
  isKnownByResult?(operation: Operation): boolean
  /** A result in words: `ok`, `1`. */
  describeResult(operation: Operation, result: Result): string
}

/** An object type of any kind. */
export type AnyObjectType = ObjectType<AnyOperation, unknown>

/** The object type of this operation. */
export const objectTypeOf = (
  types: ReadonlyArray<AnyObjectType>,
  { _tag }: AnyOperation
): AnyObjectType | undefined => types.find(({ kinds }) => kinds.some(({ tag }) => tag === _tag))

/** An operation in the words of a script, whichever of these object types it belongs to. */
export const describeOperation = (
  types: ReadonlyArray<AnyObjectType>,
  operation: AnyOperation
): string => objectTypeOf(types, operation)?.describe(operation) ?? operation._tag

/** The result of an operation, in words. */
export const describeResult = (
  types: ReadonlyArray<AnyObjectType>,
  operation: AnyOperation,
  result: unknown
): string =>
  objectTypeOf(types, operation)?.describeResult(operation, result) ?? JSON.stringify(result)
