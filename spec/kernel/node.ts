/**
 * Nodes, which take steps and exchange messages. Each protocol defines its own kinds of nodes, the
 * *roles*: a client, a server, an administrator.
 *
 * The type of a node's identity distinguishes it from every other string, and its Schema marks it
 * with an annotation. A walk along a Schema (`renaming.ts`) can therefore rename the identities in
 * any state, message or observation; no protocol has to write that walk.
 */
import * as Schema from "effect/Schema"
import { compare, isWellFormed } from "./data.ts"

/** The name of a role. */
export type Role = string

/** The maximum length of a node's name. A message has room for many names. */
export const maxNameLength = 200

/** The key of the Schema annotation that marks an identity. */
export const identityAnnotation = "quorate/identity"
/**
 * The key of the Schema annotation that marks an array as a set, to be sorted again after a
 * renaming.
 */
export const setAnnotation = "quorate/set"

/**
 * The annotation that marks the Schema of an identity, with the kind of node that it identifies.
 */
export const identityOf = (kind: string) => ({ [identityAnnotation]: kind }) as const

/** Text that can be written in UTF-8. Any other text would be read back changed. */
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
 * True of an array that is a set: sorted, each item once. Code that counts its items relies on
 * this.
 */
const isSet = (items: ReadonlyArray<unknown>): boolean =>
  items.every((item, index) => index === 0 || compare(items[index - 1], item) < 0)

/** A set of the given items: a sorted array without duplicates. */
export const SetOf = <S extends Schema.Top>(item: S) =>
  Schema.Array(item)
    .check(Schema.makeFilter(isSet, { expected: "a set: sorted, each item once" }))
    .annotate({ [setAnnotation]: true })

/**
 * The maximum count. Twice this number is still exact, so counting on from it stays exact; at a
 * million steps a second it takes 142 years to reach.
 */
export const maxCounted = 2 ** 52

/** A number of things, or the number of one thing. */
export const Count = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: maxCounted }))
