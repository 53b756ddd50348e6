/**
 * Which slots of the log a replica takes part in.
 *
 * Each slot is a run of PBFT (`spec/pbft`), which never forgets a slot. A replica forgets: it has
 * room for a fixed number of slots, and a later slot takes the room of an earlier one. That is safe
 * as long as it never begins a slot anew that it has taken part in, since it would have forgotten
 * its vote. To all others a replica that has forgotten a slot is one that is silent there.
 */

/** The number of slots that a replica has room for. */
export const slotsRemembered = 64

/**
 * A replica serves the slots of half of its room: those that it has executed, for others that are
 * behind. The other half is for slots that begin. Between two checkpoints fewer slots pass than it
 * serves, so a checkpoint covers each slot that it serves no more.
 */
export const slotsServed = slotsRemembered / 2
export const slotsBetweenCheckpoints = slotsServed

/** A slot, in an epoch of the service. */
export interface Place {
  readonly epoch: number
  readonly slot: number
}

/** The room of a slot: slots with the same room are never open together. */
export const roomOf = (slot: number): number => slot % slotsRemembered

/** How far a replica is. */
export interface Standing {
  /** The next slot that it will execute. */
  readonly next: Place
  /** The epoch of the service that it has seen end last, if any. */
  readonly former: number | undefined
  /** The slot that it remembers in the room of the one in question, if any. */
  readonly remembered: Place | null
}

/**
 * What a replica does with messages about a slot:
 *
 *  - `early`: it keeps them until it has come nearer;
 *  - `open`: it takes part;
 *  - `over`: it ignores them.
 */
export type Part = "early" | "open" | "over"

/** Whether the slot is over for good. */
export const isPast = (
  { epoch, slot }: Place,
  { next, former }: Pick<Standing, "next" | "former">
): boolean =>
  epoch === next.epoch ? slot < next.slot - slotsServed : epoch < next.epoch && epoch !== former

/**
 * A replica takes part in the slots around its own in its epoch, but for those whose room a later
 * one has. Of the epoch that has just ended it takes part in the slots that it remembers: others
 * may not have seen yet how the epoch ended, and need its votes for that.
 */
export const partIn = (asked: Place, standing: Standing): Part => {
  const { epoch, slot } = asked
  const { next, remembered } = standing
  if (epoch > next.epoch) return "early"
  if (epoch === next.epoch && slot >= next.slot + slotsRemembered - slotsServed) return "early"
  if (isPast(asked, standing)) return "over"
  const isOfEpoch = remembered?.epoch === epoch
  if (epoch < next.epoch) return isOfEpoch && remembered.slot === slot ? "open" : "over"
  return isOfEpoch && remembered.slot > slot ? "over" : "open"
}

/**
 * Whether a replica keeps the state before this slot as a checkpoint. While the service moves,
 * shares are being dealt to its replicas, which no state contains.
 *
 * When a replica asks others for their checkpoints is free: in `checkpoints/` each replica's
 * checkpoint is on its way from the moment that it is due, and arrives at any time or never. So is
 * how often they are due (`checkpoints/every-slot`).
 */
export const keepsCheckpoint = (slot: number, isMoving: boolean): boolean =>
  slot > 0 && slot % slotsBetweenCheckpoints === 0 && !isMoving
