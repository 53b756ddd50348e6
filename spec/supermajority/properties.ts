/**
 * What super-majority replication promises of its storage nodes, the same as majority replication
 * of its own.
 */
import type { PairInvariant, StepInvariant } from "../kernel/property.ts"
import * as Register from "../register/properties.ts"
import type { ServerState } from "./server.ts"
import { pairOf } from "./signed-pair.ts"

/** A storage node as the properties of registers know it. */
const replica = ({ written }: ServerState) => ({ pair: pairOf(written) })

/** What a correct storage node holds never grows older. */
export const timestampsGrow: StepInvariant<unknown, "server", ServerState> = {
  ...Register.timestampsGrow,
  holds: (context, self, before, after) =>
    Register.timestampsGrow.holds(context, self, replica(before), replica(after))
}

/** A timestamp names one value. */
export const timestampsNameValues: PairInvariant<unknown, "server", ServerState> = {
  ...Register.timestampsNameValues,
  holds: (context, left, right) =>
    Register.timestampsNameValues.holds(context, replica(left), replica(right))
}
