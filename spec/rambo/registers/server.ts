/**
 * The storage node that serves many registers under one cmap: a vt-pair for each register, and one
 * cmap and one set of acceptors for all. It runs `../server.ts` unchanged for each register.
 */
import * as Schema from "effect/Schema"
import { Floor } from "../../configuration/configuration.ts"
import { writtenBytes } from "../../kernel/data.ts"
import {
  noChoices,
  type ObjectsAfter,
  type Part,
  type PartStep,
  type StateOf
} from "../../kernel/keyed.ts"
import type { NodeId } from "../../kernel/node.ts"
import {
  ignore,
  type NoChoice,
  type NoOperation,
  type Send,
  type Step
} from "../../kernel/process.ts"
import type { ServerId } from "../../nodes/nodes.ts"
import { isLarger } from "../../register/pair.ts"
import { isNoNews } from "../configuration-map.ts"
import type * as OfOne from "../messages.ts"
import * as Rambo from "../server.ts"
import {
  isHeld,
  knowing,
  neverStores,
  pairToSend,
  receiveForget,
  receiveJoin,
  refuse,
  refuses,
  type ServerState
} from "./holding.ts"
import {
  type Held,
  type List,
  type Message,
  maxListedBytes,
  type Populate,
  type PopulateList,
  wholeNode
} from "./messages.ts"

import type { Context, Ruled } from "./rules.ts"

type ServerStep = PartStep<ServerState, never, Message>

/**
 * A storage node of an old configuration receives a List. It integrates the cmap into its own, as
 * for one register (`receiveStorePointer`), and lists its registers. It leaves out registers with
 * the initial pair, since there is nothing to transfer.
 */
export const receiveList = (
  context: Ruled,
  state: ServerState,
  from: NodeId,
  { operation, phase, map, after, most, only }: List,
  objectsAfter: ObjectsAfter<ServerState>
): ServerStep => {
  const stored = knowing(context, state, from, map)
  const { map: known } = stored
  const listing = { _tag: "Listing", operation, phase, map: known } as const
  return {
    state: context.rules.storesPointer ? stored : state,
    sends: [{ to: from, message: { ...listing, ...listed(objectsAfter(after), most, only) } }],
    observations: []
  }
}

/**
 * The first written, or removed, registers that fit into an answer, and whether these are all.
 */
const listed = (
  held: Iterable<readonly [string, ServerState]>,
  most: number,
  only: List["only"]
): { readonly registers: ReadonlyArray<Held>; readonly isLast: boolean } => {
  const registers: Array<Held> = []
  let bytes = 0
  for (const [name, state] of held) {
    const { pair } = state
    if (!isHeld(state) || (only === "removed" && pair.value !== null)) continue
    if (registers.length >= most) return { registers, isLast: false }
    const one = { name, pair }
    bytes += writtenBytes(one)
    if (bytes > maxListedBytes && registers.length > 0) return { registers, isLast: false }
    registers.push(one)
  }
  return { registers, isLast: true }
}

/**
 * A storage node of the next configuration receives the pairs of registers in the state transfer,
 * and handles each like a Set. It refuses them all if it refuses one.
 */
export const receivePopulateList = (
  context: Ruled,
  state: ServerState,
  from: NodeId,
  { operation, phase, registers, floor }: PopulateList,
  stateOf: StateOf<ServerState>
): ServerStep => {
  const known = floor === undefined ? {} : { floor }
  if (registers.some(({ name, pair }) => refuses(context, stateOf(name), { pair, ...known })))
    return refuse(state, from, { operation, phase })
  const others = new Map<string, ServerState>()
  for (const { name, pair } of context.rules.storesOf(registers)) {
    const before = others.get(name) ?? stateOf(name)
    if (isLarger(pair.timestamp, before.pair.timestamp)) others.set(name, { ...before, pair })
  }
  return {
    state,
    sends: [{ to: from, message: { _tag: "PopulatedList", operation, phase, map: state.map } }],
    observations: [],
    others: [...others]
  }
}

/** A storage node receives a register's pair, and handles it like a Set. */
export const receivePopulate = (
  context: Ruled,
  state: ServerState,
  from: NodeId,
  populate: Populate
): ServerStep => {
  const { operation, phase, name, pair } = populate
  if (refuses(context, state, populate)) return refuse(state, from, populate, wholeNode)
  return {
    state: isLarger(pair.timestamp, state.pair.timestamp) ? { ...state, pair } : state,
    sends: [
      {
        to: from,
        key: wholeNode,
        message: { _tag: "Populated", operation, phase, name, map: state.map }
      }
    ],
    observations: []
  }
}

/** A storage node receives a message about a register or about the node as a whole. */
export const receive = (
  context: Ruled,
  state: ServerState,
  from: NodeId,
  message: Message,
  objectsAfter: ObjectsAfter<ServerState>,
  stateOf: StateOf<ServerState>
): ServerStep => {
  switch (message._tag) {
    case "List":
      return receiveList(context, state, from, message, objectsAfter)
    case "PopulateList":
      return receivePopulateList(context, state, from, message, stateOf)
    case "Populate":
      return receivePopulate(context, state, from, message)
    case "Forget":
      return receiveForget(context, state, from, message)
    case "Join":
      return receiveJoin(context, state, from, message, objectsAfter)
    case "Get":
      return receiveGet(context, state, from, message)
    case "Set":
      return refuses(context, state, message)
        ? refuse(state, from, message)
        : asOne(Rambo.receiveSet(state, from, message))
    case "Listing":
    case "PopulatedList":
    case "Populated":
    case "Refused":
    case "Forgotten":
    case "Joined":
      return ignore(state)
    default:
      return asOne(Rambo.receive(context, state, from, message))
  }
}

/**
 * A storage node receives a Get. The pair it sends of a register that it does not hold is not news.
 */
const receiveGet = (
  context: Ruled,
  state: ServerState,
  from: NodeId,
  message: OfOne.GetRequest
): ServerStep => ({
  ...asOne(Rambo.receiveGet({ ...state, pair: pairToSend(context, state) }, from, message)),
  state
})

/** A step of one register. (No step answers Action 1 for one register: no client sends it here.) */
const asOne = (step: Step<ServerState, never, OfOne.Message>): ServerStep => ({
  ...step,
  sends: step.sends as ReadonlyArray<Send<Message>>
})

/** True if the message will never change the storage node. */
const onlyAnswers = (context: Ruled, state: ServerState, message: Message): boolean => {
  switch (message._tag) {
    case "List":
      return isNoNews(state.map, message.map)
    case "Set":
    case "Populate":
      return neverStores(context, state, message)
    case "PopulateList":
    case "Forget":
    case "Join":
    case "Listing":
    case "PopulatedList":
    case "Populated":
    case "Refused":
    case "Forgotten":
    case "Joined":
      return false
    default:
      return Rambo.onlyAnswers(context, state, message)
  }
}

const { pair, map, instances } = Rambo.ServerState.fields

export const server: Part<Context, ServerState, NoOperation, never, Message, NoChoice, ServerId> = {
  Shared: Schema.Struct({ map, instances, floor: Schema.optionalKey(Floor) }),
  Own: Schema.Struct({ pair }),
  durable: true,
  initial: Rambo.server.initial,
  ready: () => false,
  choices: noChoices,
  step: (context, _self, state, input, objectsAfter, _key, stateOf = () => state) => {
    switch (input._tag) {
      case "Receive":
        return receive(context, state, input.from, input.message, objectsAfter, stateOf)
      case "Invoke":
      case "Choose":
        return ignore(state)
    }
  },
  promises: {
    onlyAnswers: (context, _self, state, _from, message) => onlyAnswers(context, state, message)
  }
}
