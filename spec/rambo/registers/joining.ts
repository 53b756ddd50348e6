/**
 * The floor and a reconfiguration that adds nodes (`../floor.ts`): before a client proposes a
 * configuration with a floor, each node that it adds adopts the floor.
 *
 * An added node holds nothing. Without the floor it would accept an old Set of a removed register
 * that all members have forgotten. It adopts the floor before any node can know that it is a
 * member, and so before it receives the first Set. (`holding.ts` has its answer.)
 */
import type { Floor } from "../../configuration/configuration.ts"
import { without } from "../../kernel/data.ts"
import type { NodeId } from "../../kernel/node.ts"
import { become } from "../../kernel/process.ts"
import type { ServerSet } from "../../nodes/nodes.ts"
import { advance, ask, begin, unchanged } from "../../phase/phase.ts"
import { isLarger } from "../../register/pair.ts"
import { notJoined, type Reconfigure } from "../../storage/reconfiguration.ts"
import { latest } from "../configuration-map.ts"
import { ground } from "../floor.ts"
import type * as Rambo from "../state.ts"
import type { Joined } from "./messages.ts"
import { haveAllAnswered, type Ruled } from "./rules.ts"
import type { ClientState, ClientStep, Joining } from "./state.ts"

/**
 * The floor that added nodes have yet to adopt before this proposal; undefined if there is none.
 */
export const floorToJoin = (
  { rules }: Ruled,
  { map, activity }: Rambo.ClientState
): Floor | undefined => {
  if (activity._tag !== "Deciding" || !rules.reclaiming.joins) return undefined
  const { floor } = latest(map)
  const { operation } = activity
  if (floor === undefined || added({ map }, operation).length === 0) return undefined
  return isLarger(floor, operation.joined ?? ground) ? floor : undefined
}

/** The nodes that the reconfiguration adds to the latest configuration. */
const added = (
  { map }: Pick<ClientState, "map">,
  { add, remove }: Pick<Reconfigure, "add" | "remove">
): ServerSet => without(without(add, remove), latest(map).members)

/** The client asks the nodes that it is about to add to adopt the floor. */
export const startJoin = (
  { begun, phase: before, map }: Pick<ClientState, "begun" | "phase" | "map">,
  operation: Reconfigure,
  floor: Floor
): ClientStep => {
  const phase = before + 1
  const members = added({ map }, operation)
  const configuration = { ...latest(map), members }
  return {
    state: {
      begun,
      phase,
      map,
      activity: { _tag: "Joining", operation, floor, phase: begin([configuration], null) }
    },
    sends: ask(members, { _tag: "Join", operation: begun, phase, map }),
    observations: []
  }
}

/**
 * A node that is to be added answers. If it cannot adopt the floor, the client refuses the
 * reconfiguration. Once all have adopted it, the client proposes its configuration (`propose`).
 */
export const receiveJoined = (
  state: ClientState,
  { operation, floor, phase: asking }: Joining,
  from: NodeId,
  { holdsFloor }: Joined,
  propose: (operation: Reconfigure) => ClientStep
): ClientStep => {
  if (!holdsFloor) return endJoin(state, operation)
  const { phase, isComplete } = advance(asking, from, unchanged, "read", haveAllAnswered)
  return isComplete
    ? propose({ ...operation, joined: floor })
    : become({ ...state, activity: { _tag: "Joining", operation, floor, phase } })
}

/** The reconfiguration ends without a change. */
export const endJoin = (
  { begun, map }: Pick<ClientState, "begun" | "map">,
  operation: Reconfigure
): ClientStep => ({
  state: { begun, phase: 0, map, activity: { _tag: "Idle" } },
  sends: [],
  observations: [{ _tag: "Response", operation, result: notJoined }]
})
