/**
 * Where a client of majority replication stands, and where a message belongs: the operation, then
 * its phase. Signed and masking replication have the same operations and phases.
 */
import { isBefore, type Position, past } from "../phase/position.ts"
import type { Message, PhaseName } from "./messages.ts"

/** The phases of an operation, in their order. */
const rank = { Get: 0, Set: 1 } as const satisfies Record<PhaseName, number>

/** What of a client's state says where it stands. */
export interface Standing {
  readonly _tag: "Idle" | "Getting" | "Setting"
  readonly begun: number
}

const standingOf = ({ _tag, begun }: Standing): Position => {
  switch (_tag) {
    case "Idle":
      return [begun, past]
    case "Getting":
      return [begun, rank.Get]
    case "Setting":
      return [begun, rank.Set]
  }
}

/** True when what belongs to this phase of the message's operation is over for the client. */
export const isOver = (
  state: Standing,
  { operation }: Pick<Message, "operation">,
  phase: PhaseName
): boolean => isBefore([operation, rank[phase]], standingOf(state))
