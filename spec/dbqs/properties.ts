/**
 * What dBQS promises of its storage nodes, beside what it promises of runs.
 */
import type { PairInvariant, StepInvariant } from "../kernel/property.ts"
import * as Supermajority from "../supermajority/properties.ts"
import type { ServerState } from "./server.ts"

/** What a correct storage node has never grows older. (One that may erase it promises less.) */
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
