/**
 * What the processes of dBQS say to each other where it is run, for many objects: the messages of
 * the specification (`spec/dbqs/messages.ts`), each about one object, those of the membership
 * service, and what it takes to transfer all objects at once.
 *
 * - A `Transfer` is about all objects that its sender takes over. `Told` says how many there were:
 *   until all of them have come, the rest has not.
 * - `Certificates` stands for the notices of epochs: whoever passes them on, they prove themselves.
 */
import * as Schema from "effect/Schema"
import { Answer, Get, Handover, SetRequest, Stale, Transfer } from "../../spec/dbqs/messages.ts"
import { Count, type NodeId } from "../../spec/kernel/node.ts"
import type { Admission } from "../../spec/membership/tracking/messages.ts"
import { members as membership } from "../membership/messages.ts"

export { type Certificates, maxCertificates } from "../membership/messages.ts"

/** An old replica has told of so many objects that it had in the epoch with this number. */
export const Told = Schema.TaggedStruct("Told", { number: Count, objects: Count })
export type Told = typeof Told.Type

/** The longest signature, or text under which a part of a share is dealt. */
const maxTermLength = 2 ** 16

/**
 * What is wrong with the terms in a message; undefined if nothing is. Off the wire come signatures
 * and ciphertexts; what only symbolic terms have, and what nobody tells, does not.
 */
const termProblem = (data: unknown): string | undefined => {
  if (typeof data !== "object" || data === null) return undefined
  const record = data as Readonly<Record<string, unknown>>
  if ("secret" in record) return "no secret"
  const isSigned = "signer" in record || ("holder" in record && "dealing" in record)
  if (isSigned && !isTerm(record.signature)) return "a signature"
  if ("ciphertext" in record && (record.content !== undefined || !isTerm(record.ciphertext)))
    return "a part under a key"
  for (const value of Object.values(record)) {
    const problem = termProblem(value)
    if (problem !== undefined) return problem
  }
  return undefined
}

const isTerm = (text: unknown): boolean =>
  typeof text === "string" && text.length <= maxTermLength && /^[\w.-]+$/.test(text)

const hasRealTerms = Schema.makeFilter((message: unknown) => termProblem(message) ?? true)

/** What is said over the wire. */
export const Message = Schema.Union([
  Get,
  SetRequest,
  Answer,
  Stale,
  Transfer,
  Handover,
  Told,
  ...membership
]).check(hasRealTerms)
export type Message = typeof Message.Type

/** The edge: it is time to look for later epochs, with these peers. */
export interface Look {
  readonly _tag: "Look"
  readonly peers: ReadonlyArray<NodeId>
  readonly admission: Admission
}
