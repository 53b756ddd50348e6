/**
 * The messages of dBQS processes at run time, for many objects: the messages of the specification
 * (`spec/dbqs/messages.ts`), each about one object, those of the membership service, and those that
 * transfer all objects at once.
 *
 * - A `Transfer` is about all objects that its sender takes over. `Told` says how many there were:
 *   until all of them have come, the rest has not.
 * - A `Complete` is about all objects, too: a storage node has all that it takes over in an epoch.
 * - `Certificates` stands for the notices of epochs: whoever passes them on, they prove themselves.
 */
import * as Schema from "effect/Schema"
import {
  Answer,
  Complete,
  Get,
  Handover,
  SetRequest,
  Stale,
  Transfer
} from "../../spec/dbqs/messages.ts"
import { Count, type NodeId } from "../../spec/kernel/node.ts"
import type { Admission } from "../../spec/membership/tracking/messages.ts"
import { members as membership } from "../membership/messages.ts"

export { type Certificates, maxCertificates } from "../membership/messages.ts"

/**
 * An old replica has handed over this number of objects, which it had in the epoch with this
 * number.
 */
export const Told = Schema.TaggedStruct("Told", { number: Count, objects: Count })
export type Told = typeof Told.Type

/** The maximum length of a signature, or of the text in which a part of a share is dealt. */
const maxTermLength = 2 ** 16

/**
 * What is wrong with the terms in a message; undefined if nothing is. Signatures and ciphertexts
 * must be present on the wire. What only symbolic terms have, and secrets, must be absent.
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

/** The messages on the wire. */
export const Message = Schema.Union([
  Get,
  SetRequest,
  Answer,
  Stale,
  Transfer,
  Handover,
  Told,
  Complete,
  ...membership
]).check(hasRealTerms)
export type Message = typeof Message.Type

/** The edge: it is time to look for later epochs, with these peers. */
export interface Look {
  readonly _tag: "Look"
  readonly peers: ReadonlyArray<NodeId>
  readonly admission: Admission
}
