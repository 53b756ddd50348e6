/**
 * The messages of the forgetting protocol at run time, for many registers: the messages of the
 * specification (`spec/forgetting/messages.ts`), each about one register, and those that move all
 * registers at once.
 *
 * - The administrator sends each message as an `Order`, signed and addressed to one storage node.
 *   It does not matter which node delivers it.
 * - `Stopped` tells the administrator how many registers a storage node has reported, signed with
 *   the key that the node erases. `Serve` tells a storage node how many registers it was sent.
 *   Neither takes effect until all of those registers have arrived.
 * - `Over` answers a request in a configuration that has ended. It carries a certificate for a
 *   later configuration, from which the client learns of it, or none.
 */
import * as Schema from "effect/Schema"
import { Begin, Confirm, Get, Nonce, SetRequest } from "../../spec/administrator/messages.ts"
import { Certificate, KeyName, NewView, Proven } from "../../spec/forgetting/messages.ts"
import { Signed } from "../../spec/kernel/cryptography.ts"
import { Count } from "../../spec/kernel/node.ts"
import { AdministratorId, ServerId } from "../../spec/nodes/nodes.ts"
import { isSignatureShaped } from "./cryptography.ts"

/** All registers were sent: this number of them. */
export const Serve = Schema.TaggedStruct("Serve", { number: Count, registers: Count })
export type Serve = typeof Serve.Type

/** The administrator's message to one storage node. */
export const Order = Schema.TaggedStruct("Order", {
  order: Signed(
    AdministratorId,
    Schema.Struct({ to: ServerId, message: Schema.Union([NewView, Begin, Serve]) })
  )
})
export type Order = typeof Order.Type

/** A storage node has stopped, and has reported this number of registers. */
export const Stopped = Schema.TaggedStruct("Stopped", {
  proven: Proven,
  told: Signed(KeyName, Schema.Struct({ nonce: Nonce, registers: Count }))
})
export type Stopped = typeof Stopped.Type

/** The configuration of the request has ended. */
export const Over = Schema.TaggedStruct("Over", {
  number: Count,
  later: Schema.NullOr(Certificate)
})
export type Over = typeof Over.Type

/** The maximum length of the ciphertext that delivers keys. */
const maxCiphertextLength = 2 ** 15

/**
 * What is wrong with the terms in a message; undefined if nothing is. Signatures and ciphertexts
 * must be present on the wire. What only symbolic terms have, and secrets, must be absent.
 */
const termProblem = (data: unknown): string | undefined => {
  if (typeof data !== "object" || data === null) return undefined
  const record = data as Readonly<Record<string, unknown>>
  if ("secret" in record) return "no secret"
  if ("signer" in record && !isSignatureShaped(String(record.signature)))
    return "a signature of Ed25519"
  if ("sealed" in record || "ciphertext" in record) {
    const { ciphertext, content } = (record.sealed ?? record) as Readonly<Record<string, unknown>>
    if (content !== undefined || typeof ciphertext !== "string") return "keys under a key"
    if (ciphertext.length > maxCiphertextLength) return "keys of a few kilobytes"
  }
  for (const value of Object.values(record)) {
    const problem = termProblem(value)
    if (problem !== undefined) return problem
  }
  return undefined
}

const hasRealTerms = Schema.makeFilter((message: unknown) => termProblem(message) ?? true)

/** The messages on the wire. */
export const Message = Schema.Union([Get, Confirm, SetRequest, Proven, Over, Order, Stopped]).check(
  hasRealTerms
)
export type Message = typeof Message.Type
