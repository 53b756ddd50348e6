/**
 * Nodes: whoever takes steps and exchanges messages. What kinds of nodes there are, their *roles*,
 * is a protocol's own choice: a client, a server, an administrator.
 *
 * A node's identity is told apart from every other string by its type, and its Schema says so in an
 * annotation. Whatever holds identities (a state, a message, an observation) can therefore be
 * renamed by a walk along its Schema (`renaming.ts`); no protocol has to write that walk.
 */
import * as Schema from "effect/Schema"
import { compare, isWellFormed } from "./data.ts"

/** The name of a role. */
export type Role = string

/** The longest name of a node. A message has room for many of them. */
export const maxNameLength = 200

/** The key of the Schema annotation that marks an identity. */
export const identityAnnotation = "quorate/identity"
/**
 * The key of the Schema annotation that marks an array as a set, to be sorted again after a
 * renaming.
 */
export const setAnnotation = "quorate/set"

/**
 * The annotation that marks the Schema of an identity, with the kind of nodes that it may be of.
 */
export const identityOf = (kind: string) => ({ [identityAnnotation]: kind }) as const

/** Text that can be written in UTF-8. What is not would be read back as something else. */
export const Text = Schema.String.check(
  Schema.makeFilter(isWellFormed, { expected: "text without half of a surrogate pair" })
)

/**
 * The identity of a node, whatever its role; the identities of each role add a brand of their own.
 */
export const NodeId = Text.check(Schema.isMinLength(1), Schema.isMaxLength(maxNameLength))
  .pipe(Schema.brand("NodeId"))
  .annotate(identityOf("node"))
export type NodeId = typeof NodeId.Type

/**
 * True of an array that is a set: sorted, each item once. Whoever counts its items relies on it.
 */
const isSet = (items: ReadonlyArray<unknown>): boolean =>
  items.every((item, index) => index === 0 || compare(items[index - 1], item) < 0)

/** A set of the given items: an array that is sorted and free of repetition. */
export const SetOf = <S extends Schema.Top>(item: S) =>
  Schema.Array(item)
    .check(Schema.makeFilter(isSet, { expected: "a set: sorted, each item once" }))
    .annotate({ [setAnnotation]: true })

/**
 * The largest number that is counted to. Twice it is still exact, so whoever counts on from it
 * stays exact; at a million steps a second it takes 142 years to come there.
 */
export const maxCounted = 2 ** 52

/** How many of something there are, or the number of one of them. */
export const Count = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: maxCounted }))
