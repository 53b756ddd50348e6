/**
 * Marks: how far a node's memory went, as others remember it for the node.
 *
 * A folder cannot say of itself that it is the backup of yesterday, or that another process goes on
 * from a copy of it. Somebody who heard from the node later can. So a node signs now and then what
 * its memory has come to; clients carry that to the other members, which keep it; and whoever meets
 * the node shows it the latest that it knows.
 */
import * as Schema from "effect/Schema"
import { Count, mostNameLength } from "../../spec/kernel/node.ts"
import { type Identity, isKeyOf, isMinted, isSignedBy, signer } from "./identity.ts"

const Text = (mostLength: number) =>
  Schema.String.check(Schema.isMinLength(1), Schema.isMaxLength(mostLength))

/**
 * A session is what a node does between two starts; its nonce tells it from that of another
 * process.
 */
export const Session = Schema.Struct({ number: Count, nonce: Text(32), from: Count })
export type Session = typeof Session.Type

/** "In this session my memory came to this position", in blocks of the log; signed by the node. */
export const Mark = Schema.Struct({
  node: Text(mostNameLength),
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

/** Signs marks of this node. */
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

/**
 * Whether the node that it names made the mark. Of identities without a fingerprint nobody else can
 * say.
 */
export const isGenuine = (mark: Mark): boolean =>
  isMinted(mark.node) && isKeyOf(mark.node, mark.key) && isMadeWith(mark.key, mark)

/** Whether a mark is of a later time than another one of the same node. */
export const isLater = (mark: Mark, than: Mark): boolean =>
  mark.session > than.session || (mark.session === than.session && mark.position > than.position)
