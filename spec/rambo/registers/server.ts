/**
 * The storage node that serves many registers under one cmap: a vt-pair for each register, a cmap and the acceptors
 * for all of them. What it does to one register is what `../server.ts` says, unchanged.
 */
import { match, P } from "ts-pattern"
import type { NodeId } from "../../kernel/node.ts"
import { type Catalogue, ignore, type Process, type Send, type Step } from "../../kernel/process.ts"
import type { Setup } from "../../kernel/protocol.ts"
import { initialPair, isLarger } from "../../register/pair.ts"
import { isNoNews } from "../configuration-map.ts"
import * as Rambo from "../server.ts"
import type { Held, List, Message, Populate } from "./messages.ts"
import { wholeNode } from "./messages.ts"
import type { Choice, ClientOperation } from "./state.ts"
import { asOneRegister, type VariantName } from "./variants.ts"

export const ServerState = Rambo.ServerState
export type ServerState = Rambo.ServerState
type Context = Setup<VariantName>
type ServerStep = Step<ServerState, never, Message>

/** Beyond so many characters of values no further register is listed in one answer. */
const mostListedLength = 2 ** 18

/**
 * A storage node of an old configuration is told of the next, and asked for the registers that it holds: it integrates
 * the cmap into its own, as for one register (`receivePoint`), and lists what it holds. One that holds nothing but what
 * was there before any write is not listed: there is nothing to transfer.
 */
export const receiveList = (
  context: Context,
  state: ServerState,
  from: NodeId,
  { operation, retired, map, after, most }: List,
  catalogue: Catalogue<ServerState>
): ServerStep => {
  const told = Rambo.receivePoint(asOneRegister(context), state, from, {
    _tag: "Point",
    operation,
    retired,
    map
  }).state
  const { map: known } = told
  const listing = { _tag: "Listing", operation, retired, map: known, after } as const
  return {
    state: context.variant === "list-without-pointer" ? state : told,
    sends: [{ to: from, message: { ...listing, ...listed(catalogue(after), most) } }],
    observations: []
  }
}

/** The first of the registers that were ever written, and whether they are all. */
const listed = (
  catalogue: Iterable<readonly [string, ServerState]>,
  most: number
): { readonly registers: ReadonlyArray<Held>; readonly isLast: boolean } => {
  const registers: Array<Held> = []
  let length = 0
  for (const [name, { pair }] of catalogue) {
    if (!isLarger(pair.timestamp, initialPair.timestamp)) continue
    if (registers.length >= most || length > mostListedLength) return { registers, isLast: false }
    registers.push({ name, pair })
    length += String(pair.value).length
  }
  return { registers, isLast: true }
}

/** A storage node of the next configuration receives a register's pair in the state transfer: as a Set. */
export const receivePopulate = (
  state: ServerState,
  from: NodeId,
  { operation, retired, name, pair }: Populate
): ServerStep => ({
  state: isLarger(pair.timestamp, state.pair.timestamp) ? { ...state, pair } : state,
  sends: [
    {
      to: from,
      register: wholeNode,
      message: { _tag: "Populated", operation, retired, name, map: state.map }
    }
  ],
  observations: []
})

/** Whatever a storage node receives about one of its registers, or as a whole. */
export const receive = (
  context: Context,
  state: ServerState,
  from: NodeId,
  message: Message,
  catalogue: Catalogue<ServerState>
): ServerStep =>
  match(message)
    .returnType<ServerStep>()
    .with({ _tag: "List" }, (list) => receiveList(context, state, from, list, catalogue))
    .with({ _tag: "Populate" }, (populate) => receivePopulate(state, from, populate))
    .with({ _tag: P.union("Listing", "Populated") }, () => ignore(state))
    .otherwise((ofOne) => {
      const step = Rambo.receive(asOneRegister(context), state, from, ofOne)
      return { ...step, sends: step.sends as ReadonlyArray<Send<Message>> }
    })

/** True when the message will never change the storage node. */
const onlyAnswers = (context: Context, state: ServerState, message: Message): boolean => {
  switch (message._tag) {
    case "List":
      return isNoNews(state.map, message.map)
    case "Populate":
      return !isLarger(message.pair.timestamp, state.pair.timestamp)
    case "Listing":
    case "Populated":
      return false
    default:
      return Rambo.onlyAnswers(asOneRegister(context), state, message)
  }
}

/** The registers of a storage node that serves one. */
const alone =
  (state: ServerState): Catalogue<ServerState> =>
  (after) =>
    after === null ? [[wholeNode, state]] : []

export const server: Process<Context, ServerState, ClientOperation, Message, Choice> = {
  role: "server",
  State: ServerState,
  durable: true,
  perRegister: ["pair"],
  initial: (context, self) => Rambo.server.initial(asOneRegister(context), self),
  ready: () => false,
  choices: () => [],
  step: (context, _self, state, input, catalogue = alone(state)) =>
    match(input)
      .with({ _tag: "Receive" }, ({ from, message }) => receive(context, state, from, message, catalogue))
      .with({ _tag: P.union("Invoke", "Choose") }, () => ignore(state))
      .exhaustive(),
  promises: { onlyAnswers: (context, _self, state, _from, message) => onlyAnswers(context, state, message) }
}
