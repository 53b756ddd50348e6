/**
 * What dBQS promises about its storage nodes, besides what it promises about runs.
 */
import type { PairInvariant, StepInvariant } from "../kernel/property.ts"
import * as Supermajority from "../supermajority/properties.ts"
import type { ServerState } from "./server.ts"

/**
 * The version that a correct storage node holds never becomes older. (A storage node that may erase
 * promises less.)
 */
export const timestampsGrow: StepInvariant<unknown, "server", ServerState> = {
  ...Supermajority.timestampsGrow,
  holds: (context, self, before, after) =>
    Supermajority.timestampsGrow.holds(context, self, before, after)
}

/** A version names one value. */
export const timestampsNameValues: PairInvariant<unknown, "server", ServerState> = {
  ...Supermajority.timestampsNameValues,
  holds: (context, left, right) => Supermajority.timestampsNameValues.holds(context, left, right)
}
