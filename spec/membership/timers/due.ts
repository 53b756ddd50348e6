/**
 * When the next round of probing begins, or the next epoch: f+1 replicas say in the log that it is
 * due, so at least one of them does not lie, and liars alone cannot hurry the service. An epoch
 * does not begin while the service moves, because the replicas that could certify it are erasing
 * their shares. Nor does an epoch begin with too few members to keep an object: an unreachable node
 * may come back.
 */
import type { Cryptography } from "../../kernel/cryptography.ts"
import { including, setOf } from "../../kernel/data.ts"
import type { ServerSet } from "../../nodes/nodes.ts"
import { maxFaulty } from "../following.ts"
import type { DueBy, SignedDue, What } from "./messages.ts"
import type { Place, Rules } from "./rules.ts"

/** The state of the log when a replica says that something is due. */
export interface At {
  readonly rules: Rules
  readonly cryptography: Cryptography
  /** The replicas of the service. */
  readonly replicas: ServerSet
  readonly now: Place
  readonly isMoving: boolean
}

/**
 * The replicas that say what is due, including this statement; unchanged if the statement has no
 * effect.
 */
export const heardDue = (
  { rules, cryptography, replicas, now }: At,
  due: ReadonlyArray<DueBy>,
  said: SignedDue
): ReadonlyArray<DueBy> => {
  const by = replicas.find((replica) => replica === said.signer)
  const isHeard =
    by !== undefined && rules.counts(said.content, now) && rules.believes(cryptography, said)
  return isHeard ? including(due, { what: said.content.what, by }) : due
}

/** Whether this begins now, given the number of members that the system would then have. */
export const mayBegin = (
  { rules, replicas, isMoving }: At,
  due: ReadonlyArray<DueBy>,
  what: What,
  members: number
): boolean => {
  const by = setOf(due.flatMap((one) => (one.what === what ? [one.by] : [])))
  if (!rules.isDue(by.length, maxFaulty({ members: replicas }))) return false
  if (what === "round") return true
  return (!isMoving || rules.beginsWhileMoving) && rules.isLargeEnough(members)
}
