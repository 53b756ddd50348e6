/**
 * What certifies the epochs of the service, kept for whoever has been away while it moved: of each
 * epoch the parts of its certificate that the replicas of the epoch before have signed. They are
 * the messages of the specification (`Certify`), passed on by whoever has them.
 */
import * as Schema from "effect/Schema"
import type { Cryptography } from "../../spec/kernel/cryptography.ts"
import { equals } from "../../spec/kernel/data.ts"
import type { NodeId } from "../../spec/kernel/node.ts"
import { Count } from "../../spec/kernel/node.ts"
import { EpochPart, following } from "../../spec/membership/following.ts"

/** No epoch of the service has more replicas than this. */
const maxReplicas = 128
const Parts = Schema.Array(EpochPart).check(Schema.isMaxLength(maxReplicas))

/** What certifies the epoch of the service with this number. */
export const Moved = Schema.TaggedStruct("Moved", { number: Count, parts: Parts })
export type Moved = typeof Moved.Type
/** Which epochs of the service there are from this one on. */
export const SinceMove = Schema.TaggedStruct("SinceMove", { number: Count })

export const Moves = Schema.Struct({
  /** Of each epoch but the first, in their order. */
  certified: Schema.Array(Parts),
  /** What has come of the next. */
  parts: Parts
})
export type Moves = typeof Moves.Type

export const noMoves: Moves = { certified: [], parts: [] }

/** Whether these parts are the certificate of the epoch with this number. */
const certify = (cryptography: Cryptography, { number, parts }: Omit<Moved, "_tag">): boolean =>
  parts.every(({ content }) => content.number === number) &&
  following.certifies(cryptography, parts)

/** A replica tells its part of the certificate of an epoch: one for each. */
export const withPart = (
  cryptography: Cryptography,
  moves: Moves,
  from: NodeId,
  part: EpochPart
): Moves => {
  const { certified, parts } = moves
  const { number } = part.content
  const isKnown = parts.some(
    ({ holder, content }) => holder === part.holder && content.number === number
  )
  if (part.holder !== from || number <= certified.length || isKnown) return moves
  if (parts.length >= maxReplicas) return moves
  return closed(cryptography, { certified, parts: [...parts, part] })
}

/** Somebody passes on what certifies the next epoch. */
export const withMoved = (cryptography: Cryptography, moves: Moves, moved: Moved): Moves =>
  moved.number === moves.certified.length + 1 && certify(cryptography, moved)
    ? closed(cryptography, { ...moves, certified: [...moves.certified, moved.parts] })
    : moves

/** Parts that are enough are put away, epoch by epoch. */
const closed = (cryptography: Cryptography, { certified, parts }: Moves): Moves => {
  const number = certified.length + 1
  const later = parts.filter(({ content }) => content.number >= number)
  const enough = later
    .map(({ content }) => later.filter((one) => equals(one.content, content)))
    .find((same) => certify(cryptography, { number, parts: same }))
  return enough === undefined
    ? { certified, parts: later }
    : closed(cryptography, { certified: [...certified, enough], parts: later })
}

/** What certifies the epochs from this one on, as many as are told at once. */
export const movesSince = ({ certified }: Moves, number: number): ReadonlyArray<Moved> =>
  certified.slice(Math.max(0, number - 1), Math.max(0, number - 1) + maxMoves).map((parts, at) => ({
    _tag: "Moved",
    number: Math.max(1, number) + at,
    parts
  }))
/** Who goes along them asks for the next. */
const maxMoves = 8
