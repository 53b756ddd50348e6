/**
 * The storage node that serves many registers under one cmap: a vt-pair for each register, and one
 * cmap and one set of acceptors for all. It runs `../server.ts` unchanged for each register.
 */
import * as Schema from "effect/Schema"
import { writtenBytes } from "../../kernel/data.ts"
import type { ObjectsAfter, Part, PartStep } from "../../kernel/keyed.ts"
import type { NodeId } from "../../kernel/node.ts"
import { ignore, type NoChoice, type NoOperation, type Send } from "../../kernel/process.ts"
import type { ServerId } from "../../nodes/nodes.ts"
import { initialPair, isLarger } from "../../register/pair.ts"
import { isNoNews } from "../configuration-map.ts"
import * as Rambo from "../server.ts"
import {
  type Held,
  isOfOneRegister,
  type List,
  type Message,
  maxListedBytes,
  type Populate,
  wholeNode
} from "./messages.ts"

import type { Context, Ruled } from "./rules.ts"

export type ServerState = Rambo.ServerState
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
  { operation, phase, map, after, most }: List,
  objectsAfter: ObjectsAfter<ServerState>
): ServerStep => {
  const stored = Rambo.receiveStorePointer(context, state, from, {
    _tag: "StorePointer",
    operation,
    phase,
    map
  }).state
  const { map: known } = stored
  const listing = { _tag: "Listing", operation, phase, map: known } as const
  return {
    state: context.rules.storesPointer ? stored : state,
    sends: [{ to: from, message: { ...listing, ...listed(objectsAfter(after), most) } }],
    observations: []
  }
}

/** The first written registers, as many as fit into an answer, and whether these are all. */
const listed = (
  held: Iterable<readonly [string, ServerState]>,
  most: number
): { readonly registers: ReadonlyArray<Held>; readonly isLast: boolean } => {
  const registers: Array<Held> = []
  let bytes = 0
  for (const [name, { pair }] of held) {
    if (!isLarger(pair.timestamp, initialPair.timestamp)) continue
    if (registers.length >= most) return { registers, isLast: false }
    const one = { name, pair }
    bytes += writtenBytes(one)
    if (bytes > maxListedBytes && registers.length > 0) return { registers, isLast: false }
    registers.push(one)
  }
  return { registers, isLast: true }
}

/**
 * A storage node of the next configuration receives a register's pair in the state transfer, and
 * handles it like a Set.
 */
export const receivePopulate = (
  state: ServerState,
  from: NodeId,
  { operation, phase, name, pair }: Populate
): ServerStep => ({
  state: isLarger(pair.timestamp, state.pair.timestamp) ? { ...state, pair } : state,
  sends: [
    {
      to: from,
      key: wholeNode,
      message: { _tag: "Populated", operation, phase, name, map: state.map }
    }
  ],
  observations: []
})

/** A storage node receives a message about a register or about the node as a whole. */
export const receive = (
  context: Ruled,
  state: ServerState,
  from: NodeId,
  message: Message,
  objectsAfter: ObjectsAfter<ServerState>
): ServerStep => {
  switch (message._tag) {
    case "List":
      return receiveList(context, state, from, message, objectsAfter)
    case "Populate":
      return receivePopulate(state, from, message)
    case "Listing":
    case "Populated":
      return ignore(state)
    default: {
      // It never answers Action 1 for one register, since no client sends that here.
      const step = Rambo.receive(context, state, from, message)
      return { ...step, sends: step.sends as ReadonlyArray<Send<Message>> }
    }
  }
}

/** True if the message will never change the storage node. */
const onlyAnswers = (context: Ruled, state: ServerState, message: Message): boolean => {
  if (isOfOneRegister(message)) return Rambo.onlyAnswers(context, state, message)
  switch (message._tag) {
    case "List":
      return isNoNews(state.map, message.map)
    case "Populate":
      return !isLarger(message.pair.timestamp, state.pair.timestamp)
    case "Listing":
    case "Populated":
      return false
  }
}

const { pair, map, instances } = Rambo.ServerState.fields

export const server: Part<Context, ServerState, NoOperation, never, Message, NoChoice, ServerId> = {
  Shared: Schema.Struct({ map, instances }),
  Own: Schema.Struct({ pair }),
  durable: true,
  initial: Rambo.server.initial,
  ready: () => false,
  choices: () => [],
  step: (context, _self, state, input, objectsAfter) => {
    switch (input._tag) {
      case "Receive":
        return receive(context, state, input.from, input.message, objectsAfter)
      case "Invoke":
      case "Choose":
        return ignore(state)
    }
  },
  promises: {
    onlyAnswers: (context, _self, state, _from, message) => onlyAnswers(context, state, message)
  }
}
