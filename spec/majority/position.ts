/**
 * The positions of clients and messages in majority replication: the operation, then its phase.
 * Signed and masking replication have the same operations and phases.
 */
import { isBefore, type Position, past } from "../phase/position.ts"
import type { Message, PhaseName } from "./messages.ts"

/** The phases of an operation, in order. */
const rank = { Get: 0, Set: 1 } as const satisfies Record<PhaseName, number>

/** The part of a client's state that gives its position. */
export interface PhaseOfClient {
  readonly _tag: "Idle" | "Getting" | "Setting"
  readonly begun: number
}

const positionOf = ({ _tag, begun }: PhaseOfClient): Position => {
  switch (_tag) {
    case "Idle":
      return [begun, past]
    case "Getting":
      return [begun, rank.Get]
    case "Setting":
      return [begun, rank.Set]
  }
}

/** True if the client is past this phase of the message's operation. */
export const isOver = (
  state: PhaseOfClient,
  { operation }: Pick<Message, "operation">,
  phase: PhaseName
): boolean => isBefore([operation, rank[phase]], positionOf(state))
