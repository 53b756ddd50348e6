/**
 * When a replica that was left behind believes a checkpoint: when f+1 replicas vouch for the same
 * state, so at least one correct replica has computed it.
 */
import { including } from "../../kernel/data.ts"
import type { ServerId, ServerSet } from "../../nodes/nodes.ts"
import { maxFaulty } from "../following.ts"
import type { Rules } from "./rules.ts"

/** A state of the log, and the replica that vouches for it. */
export interface Vouched<State> {
  readonly by: ServerId
  readonly checkpoint: State
}

/** A replica vouches for a checkpoint: of each replica the last one counts. */
export const vouchedBy = <State>(
  vouched: ReadonlyArray<Vouched<State>>,
  by: ServerId,
  checkpoint: State
): ReadonlyArray<Vouched<State>> =>
  including(
    vouched.filter((one) => one.by !== by),
    { by, checkpoint }
  )

/**
 * The checkpoint that a replica adopts that has executed so many slots: enough of these replicas
 * vouch for it, and it is later.
 */
export const adoptable = <State>(
  rules: Rules,
  replicas: ServerSet,
  vouched: ReadonlyArray<Vouched<State>>,
  numberOf: (checkpoint: State) => number,
  executed: number
): State | undefined =>
  vouched
    .map(({ checkpoint }) => checkpoint)
    .find((checkpoint) => {
      const by = vouched.filter(
        (one) => replicas.includes(one.by) && rules.isSame(one.checkpoint, checkpoint)
      )
      return (
        rules.adopts(numberOf(checkpoint), executed) &&
        rules.vouches(by.length, maxFaulty({ members: replicas }))
      )
    })
