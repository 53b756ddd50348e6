/**
 * The lemmas of section 5 about cmaps, as invariants.
 */
import { type Configuration, changedMembers } from "../configuration/configuration.ts"
import { equals } from "../kernel/data.ts"
import type { PairInvariant, ProcessInvariant, StepInvariant } from "../kernel/property.ts"
import type { Change } from "../storage/reconfiguration.ts"
import { activeAt, agree, type ConfigurationMap, integrate, latest } from "./configuration-map.ts"
import type { ClientState } from "./state.ts"

/** The part of a node's state that these properties need. */
interface Knowing {
  readonly map: ConfigurationMap
}

/**
 * "The map always consists of a prefix of retired configurations, followed by one or more active
 * configurations."
 */
export const mapsAreUsable: ProcessInvariant<unknown, "server", Knowing> = {
  _tag: "Process",
  name: "maps-are-usable",
  about: "every storage node knows at least one active configuration",
  role: "server",
  isSymmetric: true,
  holds: (_context, _self, { map }) => map.retired >= 0 && map.active.length > 0
}

/** A node's cmap only grows: unknown, then a configuration, then retired. */
export const mapsGrow: StepInvariant<unknown, "server", Knowing> = {
  _tag: "Step",
  name: "maps-grow",
  about: "no storage node ever forgets a configuration or a retirement",
  role: "server",
  isSymmetric: true,
  holds: (_context, _self, before, after) => equals(integrate(before.map, after.map), after.map)
}

/** "Consensus ensures that each configuration is followed by a single configuration." */
export const oneSuccessor: PairInvariant<unknown, "server", Knowing> = {
  _tag: "Pair",
  name: "one-successor",
  about: "no two storage nodes know different configurations at the same index",
  role: "server",
  isSymmetric: true,
  holds: (_context, left, right) => agree(left.map, right.map)
}

/**
 * Every reconfiguration changes something: the decision for one configuration does not also become
 * the decision for the next.
 */
export const configurationsChange: ProcessInvariant<unknown, "client", Knowing> = {
  _tag: "Process",
  name: "configurations-change",
  about: "no client knows a configuration that is its own successor",
  role: "client",
  isSymmetric: true,
  holds: (_context, _self, { map }) =>
    map.active.every((configuration, place) => !equals(configuration, map.active[place + 1]))
}

/**
 * Every configuration has members to agree on its successor. (Clients are the first to know a
 * configuration; storage nodes learn it from them.)
 */
export const configurationsHaveMembers: ProcessInvariant<unknown, "client", Knowing> = {
  _tag: "Process",
  name: "configurations-have-members",
  about: "no client knows a configuration without members",
  role: "client",
  isSymmetric: true,
  holds: (_context, _self, { map }) => map.active.every(({ members }) => members.length > 0)
}

/**
 * When a reconfiguration returns, the configuration at its goal has its change, and no earlier
 * configuration is active. A reconfiguration that ends in the Deciding activity has made no change
 * itself: the latest configuration already has its change, or the client refused it because it
 * would leave no members.
 */
export const reconfigurationIsDone: StepInvariant<
  unknown,
  "client",
  Pick<ClientState, "map" | "activity">
> = {
  _tag: "Step",
  name: "reconfiguration-is-done",
  about:
    "when a reconfiguration returns, the configuration at its goal has its change, and all earlier ones are retired",
  role: "client",
  isSymmetric: true,
  holds: (_context, _self, { activity }, { map, activity: after }) => {
    if (after._tag !== "Idle") return true
    switch (activity._tag) {
      case "Idle":
      case "Getting":
      case "Setting":
        return true
      case "Deciding": {
        const { operation } = activity
        const left = changedMembers(latest(map).members, operation.add, operation.remove)
        return left.length === 0 || (isMade(operation, latest(map)) && map.active.length === 1)
      }
      default: {
        const { operation, goal } = activity
        const reached = activeAt(map, goal)
        return map.retired >= goal && (reached === undefined || isMade(operation, reached))
      }
    }
  }
}

/** True if the configuration has the change: nothing is left to add or remove. */
const isMade = ({ add, remove }: Change, { members }: Configuration): boolean =>
  equals(changedMembers(members, add, remove), members)
