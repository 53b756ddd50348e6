/**
 * The storage node and the floor (`../floor.ts`): which pairs it refuses, and what it forgets.
 *
 * A storage node that holds nothing of a register may have forgotten its removal, and a Set may be
 * older than the removal. So a node that holds to a floor refuses every pair whose sender did not
 * know this floor when it began to ask for what it stores. (It acknowledges one that is not newer
 * than its own, as always.) The sender of any other has found what is as new as the removals, for
 * all members had them before anybody could know the floor.
 *
 * What is refused once is never stored later: floors only rise.
 */
import type { Floor } from "../../configuration/configuration.ts"
import type { ObjectsAfter, PartStep } from "../../kernel/keyed.ts"
import type { NodeId } from "../../kernel/node.ts"
import { initialPair, isLarger, type Pair, type Timestamp } from "../../register/pair.ts"
import type { ConfigurationMap } from "../configuration-map.ts"
import { floorOf, ground, higher, toldFloor } from "../floor.ts"
import type { InPhase, SetRequest } from "../messages.ts"
import * as Rambo from "../server.ts"
import { type Forget, type Join, type Message, type Populate, wholeNode } from "./messages.ts"
import type { Ruled } from "./rules.ts"

/** The state of a storage node that a step of one register is shown. */
export interface ServerState extends Rambo.ServerState {
  /** The floor that the node holds to, if there is one. */
  readonly floor?: Floor
}
type ServerStep = PartStep<ServerState, never, Message>

/** True if the storage node holds something of the register. */
export const isHeld = ({ pair }: Pick<ServerState, "pair">): boolean =>
  isLarger(pair.timestamp, initialPair.timestamp)

/** True if the storage node refuses this pair, which a Set or a Populate carries. */
export const refuses = (
  { rules }: Ruled,
  state: ServerState,
  { pair: { timestamp }, floor }: SetRequest | Populate
): boolean =>
  isLarger(timestamp, state.pair.timestamp) &&
  rules.reclaiming.refuses(state.floor ?? ground, floor ?? ground)

/**
 * True if a Set or a Populate will never change the storage node. One that is not newer than the
 * node's pair may once the node has forgotten that, unless it is refused then.
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

/** A floor that is not higher than any other. */
const lowest: Timestamp = { number: 1, client: null }

/** The storage node refuses a pair, and tells what it knows of the configurations. */
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

/** The pair that the storage node tells of a register. */
export const toldPair = ({ rules }: Ruled, state: ServerState): Pair =>
  isHeld(state) ? state.pair : rules.reclaiming.unheld(state.floor ?? ground)

/**
 * A storage node receives a Forget. It integrates the cmap, whose latest configuration has the
 * floor, so that whoever asks it learns of the floor. It holds to the floor from now on, and
 * forgets the register if it has that very removal.
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
 * A storage node that is to be added receives a Join. It holds to the floor of the cmap from now
 * on, unless it holds registers from before: one that was a member once may hold what all members
 * have forgotten since. (It has to begin again with an empty memory, as a new node.)
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
  const after = holdsFloor && isHigher ? { ...known, ...toldFloor(map) } : known
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
