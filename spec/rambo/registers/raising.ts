/**
 * The outcome of the decision on a higher floor (`reclaiming.ts` has the whole order): the client
 * either waits to forget, or ends because another configuration was decided first.
 */
import type { Configuration } from "../../configuration/configuration.ts"
import { equals } from "../../kernel/data.ts"
import type { Value } from "../../register/operation.ts"
import type { Reclaimed } from "../../storage/reconfiguration.ts"
import type * as Rambo from "../state.ts"
import type { ClientState, ClientStep } from "./state.ts"

/** The result of reclaiming that forgets nothing: another configuration was decided first. */
export const overtaken = "overtaken"
/** The result of reclaiming that forgets nothing: not all members answer. */
export const incomplete = "incomplete"

/**
 * Reclaiming ends with this result: the number of forgotten registers, or the reason why there are
 * none.
 */
export const endReclaim = (
  { begun, map }: Pick<ClientState, "begun" | "map">,
  result: Value
): ClientStep => ({
  state: { begun, phase: 0, map, activity: { _tag: "Idle" } },
  sends: [],
  observations: [{ _tag: "Response", operation: { _tag: "Reclaim" }, result }]
})

/**
 * True if the client is about to propose its floor as the successor of a configuration other than
 * the one whose members have the removals.
 */
export const isOvertaken = ({ activity }: Rambo.ClientState): boolean =>
  activity._tag === "Deciding" &&
  activity.operation.reclaims !== undefined &&
  activity.operation.reclaims.instance !== activity.instance

/** The registers to forget, if the step ends the reconfiguration that raises the floor for them. */
export const raisedBy = ({ observations }: Rambo.ClientStep): Reclaimed | undefined => {
  for (const observation of observations)
    if (observation._tag === "Response" && observation.operation._tag === "Reconfigure")
      return observation.operation.reclaims
  return undefined
}

/**
 * The configuration with the floor is the oldest active one. The following phases have numbers of
 * their own, as an operation would.
 */
export const startRaised = (
  { begun, map }: Rambo.ClientState,
  reclaimed: Reclaimed
): ClientStep => ({
  state: { begun: begun + 1, phase: 0, map, activity: { _tag: "Raised", reclaimed } },
  sends: [],
  observations: []
})

/**
 * True if the successor has the same members and quorums as the configuration before it. Then it
 * needs no state transfer: every node still has its pairs.
 */
export const isSameButForFloor = (from: Configuration, to: Configuration): boolean =>
  equals({ ...from, floor: to.floor }, to)
