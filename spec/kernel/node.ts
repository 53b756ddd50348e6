/**
 * Nodes: whoever takes steps and exchanges messages. What kinds of nodes there are, their *roles*, is a protocol's own
 * choice: a client, a server, an administrator.
 *
 * A node's identity is told apart from every other string by its type, and its Schema says so in an annotation. Whatever
 * holds identities (a state, a message, an observation) can therefore be renamed by a walk along its Schema
 * (`renaming.ts`); no protocol has to write that walk.
 */
import * as Schema from "effect/Schema"

/** The name of a role. */
export type Role = string

/** The key of the Schema annotation that marks an identity. */
export const identityAnnotation = "quorate/identity"
/** The key of the Schema annotation that marks an array as a set, to be sorted again after a renaming. */
export const setAnnotation = "quorate/set"

/** The annotation that marks the Schema of an identity. */
export const isIdentity = { [identityAnnotation]: true } as const

/** The identity of a node, whatever its role; the identities of each role add a brand of their own. */
export const NodeId = Schema.String.pipe(Schema.brand("NodeId")).annotate(isIdentity)
export type NodeId = typeof NodeId.Type

/** A set of the given items: an array that is kept sorted and free of repetition. */
export const SetOf = <S extends Schema.Top>(item: S) => Schema.Array(item).annotate({ [setAnnotation]: true })
