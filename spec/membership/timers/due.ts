/**
 * When the next round of probing begins, or the next epoch: f+1 replicas say in the log that it is
 * due, so one of them does not lie, and who lies hurries nobody. An epoch does not begin while the
 * service moves, when those who could certify it erase their shares; and none begins with so few
 * members that no object could be kept: who cannot be reached may come back.
 */
import type { Cryptography } from "../../kernel/cryptography.ts"
import { including, setOf } from "../../kernel/data.ts"
import type { ServerSet } from "../../nodes/nodes.ts"
import { maxFaulty } from "../following.ts"
import type { DueBy, SignedDue, What } from "./messages.ts"
import type { Place, Rules } from "./rules.ts"

/** What is told of the log where somebody says that something is due. */
export interface At {
  readonly rules: Rules
  readonly cryptography: Cryptography
  /** The replicas of the service. */
  readonly replicas: ServerSet
  readonly now: Place
  readonly isMoving: boolean
}

/** Who says what is due, once this was said as well; the same if it says nothing. */
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

/** Whether this begins now, and what would be in the system has so many members. */
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
