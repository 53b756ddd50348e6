/**
 * The checkpoints of the log at run time (`spec/membership/checkpoints`): which states are kept,
 * and which a replica adopts that was left behind.
 */
import { correct as rules } from "../../spec/membership/checkpoints/rules.ts"
import { adoptable, type Vouched, vouchedBy } from "../../spec/membership/checkpoints/vouching.ts"
import { keepsCheckpoint } from "../../spec/membership/slots.ts"
import type { ServerId } from "../../spec/nodes/nodes.ts"
import type { LogState } from "./messages.ts"

/** Whether this state is kept as a checkpoint. */
export const isCheckpoint = ({ next, move }: LogState): boolean =>
  keepsCheckpoint(next, move.moving !== null)

/** Another replica vouches for a checkpoint; this one adopts a state that enough vouch for. */
export const heardVouch = (
  log: LogState,
  vouched: ReadonlyArray<Vouched<LogState>>,
  by: ServerId,
  checkpoint: LogState
): { readonly vouched: ReadonlyArray<Vouched<LogState>>; readonly adopted?: LogState } => {
  const { number, members } = log.service
  const isOfEpoch = checkpoint.service.number === number
  if (!isOfEpoch || !rules.adopts(checkpoint.next, log.next)) return { vouched }
  const now = vouchedBy(vouched, by, checkpoint)
  const adopted = adoptable(rules, members, now, ({ next }) => next, log.next)
  return adopted === undefined ? { vouched: now } : { vouched: [], adopted }
}
