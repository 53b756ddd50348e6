/**
 * The storage node and the floor (`../floor.ts`): the pairs it refuses, and the registers it
 * forgets.
 *
 * A storage node that holds nothing of a register may have forgotten its removal, and a Set may be
 * older than the removal. So a node that enforces a floor refuses every pair whose sender did not
 * know this floor before its Get phase. (As always, it acknowledges a pair that is not newer than
 * its own.) The sender of any other pair has found a pair at least as new as the removals, since
 * all members had these before any node could know the floor.
 *
 * A refused pair is never stored later: floors only rise.
 */
import type { Floor } from "../../configuration/configuration.ts"
import type { ObjectsAfter, PartStep } from "../../kernel/keyed.ts"
import type { NodeId } from "../../kernel/node.ts"
import { initialPair, isLarger, type Pair, type Timestamp } from "../../register/pair.ts"
import type { ConfigurationMap } from "../configuration-map.ts"
import { floorField, floorOf, ground, higher } from "../floor.ts"
import type { InPhase, SetRequest } from "../messages.ts"
import * as Rambo from "../server.ts"
import { type Forget, type Join, type Message, type Populate, wholeNode } from "./messages.ts"
import type { Ruled } from "./rules.ts"

/** The state of a storage node that a step of one register sees. */
export interface ServerState extends Rambo.ServerState {
  /** The floor that the node enforces, if there is one. */
  readonly floor?: Floor
}
type ServerStep = PartStep<ServerState, never, Message>

/** True if the storage node holds something of the register. */
export const isHeld = ({ pair }: Pick<ServerState, "pair">): boolean =>
  isLarger(pair.timestamp, initialPair.timestamp)

/** A pair that a storage node is to store, with the floor that its sender knew. */
type Told = Pick<Populate, "pair" | "floor">

/** True if the storage node refuses this pair, which a message carries. */
export const refuses = (
  { rules }: Ruled,
  state: ServerState,
  { pair: { timestamp }, floor }: Told
): boolean =>
  isLarger(timestamp, state.pair.timestamp) &&
  rules.reclaiming.refuses(state.floor ?? ground, floor ?? ground)

/**
 * True if a Set or a Populate will never change the storage node. A pair that is not newer than the
 * node's may change the node after the node forgets its own pair, unless the node then refuses it.
 */
export const neverStores = (
  context: Ruled,
  state: ServerState,
  message: SetRequest | Populate
): boolean =>
  refuses(context, state, message) ||
  (!isLarger(message.pair.timestamp, state.pair.timestamp) &&
    message.floor === undefined &&
    context.rules.reclaiming.refuses(lowest, ground))

/** The lowest floor above the ground. */
const lowest: Timestamp = { number: 1, client: null }

/** The storage node refuses a pair, and sends its cmap. */
export const refuse = (
  state: ServerState,
  from: NodeId,
  { operation, phase }: InPhase,
  key?: string
): ServerStep => ({
  state,
  sends: [
    {
      to: from,
      ...(key === undefined ? {} : { key }),
      message: { _tag: "Refused", operation, phase, map: state.map }
    }
  ],
  observations: []
})

/** The pair that the storage node sends of a register. */
export const pairToSend = ({ rules }: Ruled, state: ServerState): Pair =>
  isHeld(state) ? state.pair : rules.reclaiming.unheld(state.floor ?? ground)

/**
 * A storage node receives a Forget. It integrates the cmap, whose latest configuration has the
 * floor, so that every client that asks it learns of the floor. It enforces the floor from now on,
 * and forgets the register if it has exactly that removal.
 */
export const receiveForget = (
  context: Ruled,
  state: ServerState,
  from: NodeId,
  { operation, phase, name, timestamp, floor, map }: Forget
): ServerStep => {
  const known = knowing(context, state, from, map)
  const after = {
    ...known,
    floor: higher(known.floor ?? floor, floor),
    pair: context.rules.reclaiming.forgets(known.pair, timestamp) ? initialPair : known.pair
  }
  return {
    state: after,
    sends: [
      {
        to: from,
        key: wholeNode,
        message: { _tag: "Forgotten", operation, phase, name, map: after.map }
      }
    ],
    observations: []
  }
}

/**
 * A storage node that is to be added receives a Join. It enforces the floor of the cmap from now
 * on, unless it still holds registers: a former member may hold registers that all members have
 * since forgotten. (It has to restart with an empty memory, as a new node.)
 */
export const receiveJoin = (
  context: Ruled,
  state: ServerState,
  from: NodeId,
  { operation, phase, map }: Join,
  objectsAfter: ObjectsAfter<ServerState>
): ServerStep => {
  const isHigher = isLarger(floorOf(map), state.floor ?? ground)
  const holdsFloor =
    !isHigher || context.rules.reclaiming.joinsHolding || !isAnyHeld(objectsAfter(null))
  const known = holdsFloor ? knowing(context, state, from, map) : state
  const after = holdsFloor && isHigher ? { ...known, ...floorField(map) } : known
  return {
    state: after,
    sends: [
      { to: from, message: { _tag: "Joined", operation, phase, map: after.map, holdsFloor } }
    ],
    observations: []
  }
}

const isAnyHeld = (held: Iterable<readonly [string, ServerState]>): boolean => {
  for (const [, state] of held) if (isHeld(state)) return true
  return false
}

/** The state after integrating the cmap. */
export const knowing = (
  context: Ruled,
  state: ServerState,
  from: NodeId,
  map: ConfigurationMap
): ServerState =>
  Rambo.receiveStorePointer(context, state, from, {
    _tag: "StorePointer",
    operation: 0,
    phase: 0,
    map
  }).state
