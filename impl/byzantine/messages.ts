/**
 * What the processes of the forgetting protocol say to each other where it is run, for many
 * registers: the messages of the specification (`spec/forgetting/messages.ts`), each about one
 * register, and what it takes to move all registers at once.
 *
 * - What the administrator says is an `Order`: signed, and for one storage node. So it matters to
 *   nobody who carries it.
 * - `Stopped` tells the administrator how many registers a storage node has told it of, which it
 *   signs with the key that it erases; `Serve` tells a storage node how many it was told of. Until
 *   all of them have come, neither has happened.
 * - `Over` answers a question in a configuration that is over: with a certificate for a later one,
 *   from which the client learns of it, or with none.
 */
import * as Schema from "effect/Schema"
import { Begin, Confirm, Get, Nonce, SetRequest } from "../../spec/administrator/messages.ts"
import { Certificate, KeyName, NewView, Proven } from "../../spec/forgetting/messages.ts"
import { Signed } from "../../spec/kernel/cryptography.ts"
import { Count } from "../../spec/kernel/node.ts"
import { AdministratorId, ServerId } from "../../spec/nodes/nodes.ts"
import { isSignatureShaped } from "./cryptography.ts"

/** All registers have been told of: so many. */
export const Serve = Schema.TaggedStruct("Serve", { number: Count, registers: Count })
export type Serve = typeof Serve.Type

/** The administrator to one storage node. */
export const Order = Schema.TaggedStruct("Order", {
  order: Signed(
    AdministratorId,
    Schema.Struct({ to: ServerId, message: Schema.Union([NewView, Begin, Serve]) })
  )
})
export type Order = typeof Order.Type

/** A storage node has stopped, and has told of so many registers. */
export const Stopped = Schema.TaggedStruct("Stopped", {
  proven: Proven,
  told: Signed(KeyName, Schema.Struct({ nonce: Nonce, registers: Count }))
})
export type Stopped = typeof Stopped.Type

/** The configuration that was asked in is over. */
export const Over = Schema.TaggedStruct("Over", {
  number: Count,
  later: Schema.NullOr(Certificate)
})
export type Over = typeof Over.Type

/** The longest text under which keys are delivered. */
const maxCiphertextLength = 2 ** 15

/**
 * What is wrong with the terms in a message; undefined if nothing is. Off the wire come signatures
 * and ciphertexts; what only symbolic terms have, and what nobody tells, does not.
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

/** What is said over the wire. */
export const Message = Schema.Union([Get, Confirm, SetRequest, Proven, Over, Order, Stopped]).check(
  hasRealTerms
)
export type Message = typeof Message.Type
