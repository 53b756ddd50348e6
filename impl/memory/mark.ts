/**
 * Marks record how far a node's memory has reached, as other nodes remember it.
 *
 * A folder cannot tell that it is yesterday's backup, or that another process continues from a copy
 * of it. A node that received a later message from its owner can. So a node signs its progress now
 * and then; clients carry these marks to the other members, which keep them; and every endpoint
 * that meets the node shows it the latest mark that it has.
 */
import * as Schema from "effect/Schema"
import { Count, maxNameLength } from "../../spec/kernel/node.ts"
import { type Identity, isKeyOf, isMinted, isSignedBy, signer } from "./identity.ts"

const Text = (maxLength: number) =>
  Schema.String.check(Schema.isMinLength(1), Schema.isMaxLength(maxLength))

/**
 * A session is the time between two starts of a node; its nonce distinguishes it from a session of
 * another process.
 */
export const Session = Schema.Struct({ number: Count, nonce: Text(32), from: Count })
export type Session = typeof Session.Type

/** "In this session my memory came to this position", in blocks of the log; signed by the node. */
export const Mark = Schema.Struct({
  node: Text(maxNameLength),
  session: Count,
  nonce: Text(32),
  position: Count,
  key: Text(64),
  signature: Text(128)
})
export type Mark = typeof Mark.Type

type Unsigned = Omit<Mark, "key" | "signature">

const textOf = ({ node, session, nonce, position }: Unsigned): string =>
  JSON.stringify(["quorate mark", node, session, nonce, position])

/** A function that signs marks of this node. */
export const marker = (identity: Identity): ((mark: Omit<Unsigned, "node">) => Mark) => {
  const signed = signer(identity)
  return (given) => {
    const mark = { node: identity.id, ...given }
    return { ...mark, key: identity.publicKey, signature: signed(textOf(mark)) }
  }
}

/** Whether the holder of this key made the mark. */
export const isMadeWith = (publicKey: string, mark: Mark): boolean =>
  mark.key === publicKey && isSignedBy(publicKey, textOf(mark), mark.signature)

/** Whether the named node made the mark. An identity without a fingerprint cannot be checked. */
export const isGenuine = (mark: Mark): boolean =>
  isMinted(mark.node) && isKeyOf(mark.node, mark.key) && isMadeWith(mark.key, mark)

/** Whether a mark is later than another one of the same node. */
export const isLater = (mark: Mark, than: Mark): boolean =>
  mark.session > than.session || (mark.session === than.session && mark.position > than.position)
