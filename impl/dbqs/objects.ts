/**
 * What a storage node of dBQS keeps of each object, and of all together: the state that the storage
 * node of that object alone would have (`spec/dbqs/server.ts`) follows from both.
 */
import * as Schema from "effect/Schema"
import { Chain } from "../../spec/dbqs/epoch.ts"
import type { Complete, Handover } from "../../spec/dbqs/messages.ts"
import { ServerState as Single, server as single } from "../../spec/dbqs/server.ts"
import { lastOf } from "../../spec/dbqs/transfer.ts"
import { equals } from "../../spec/kernel/data.ts"
import { Count, SetOf } from "../../spec/kernel/node.ts"
import { ServerId } from "../../spec/nodes/nodes.ts"
import { type Context, singleContext } from "./trust.ts"

export type SingleState = typeof Single.Type

/** That an old replica has told of all that it had in the epoch with this number. */
const Teller = Schema.Struct({ number: Count, from: ServerId })
/** How many objects an old replica has handed over so far. */
const Arrived = Schema.Struct({ number: Count, from: ServerId, objects: Count })

export const Shared = Schema.Struct({
  certificates: Chain,
  told: SetOf(Teller),
  arrived: Schema.Array(Arrived),
  /** Which new replicas have all the data that they take over in the epoch with this number. */
  completed: SetOf(Teller),
  /** Whether there may be objects that need not be kept. */
  isToErase: Schema.Boolean
})
const { certificates: _shared, ...ownFields } = Single.fields
export const Own = Schema.Struct({
  /** The number of the last epoch that this object has entered. */
  entered: Count,
  ...ownFields
})
export type ServerState = typeof Shared.Type & typeof Own.Type
/**
 * The state that the storage node of this object alone would have: it enters the epochs that have
 * begun since, and hears what those had who have told of everything.
 */
export const singleState = (
  context: Context,
  self: ServerId,
  state: ServerState,
  key: string,
  place?: string
): SingleState => {
  const { certificates, told, completed, entered } = state
  const { written, contents, copying, owing } = state
  const about = singleContext(context, key, undefined, place)
  let at: SingleState = {
    certificates: certificates.slice(0, entered + 1),
    ...{ written, contents, copying, owing }
  }
  for (const certificate of certificates.slice(entered + 1)) {
    const message = { _tag: "Notice", certificate } as const
    at = single.step(about, self, at, {
      _tag: "Receive",
      from: context.trust.service,
      message
    }).state
  }
  const hear = (from: ServerId, message: Handover | Complete): void => {
    at = single.step({ ...about, servers: [from] }, self, at, {
      _tag: "Receive",
      from,
      message
    }).state
  }
  if (at.copying.length > 0)
    for (const { number, from } of told)
      hear(from, { _tag: "Handover", number, written: null, contents: [] })
  if (at.owing.length > 0)
    for (const { number, from } of completed) hear(from, { _tag: "Complete", number })
  return at
}

/** What was computed lately of objects that have to catch up. */
const caughtUp = new WeakMap<Chain, Map<string, readonly [ServerState, SingleState]>>()
const maxRemembered = 4096

export const stateOf = (
  context: Context,
  self: ServerId,
  state: ServerState,
  key: string
): SingleState => {
  const known = caughtUp.get(state.certificates) ?? new Map()
  caughtUp.set(state.certificates, known)
  const name = `${self} ${key}`
  const [before, after] = known.get(name) ?? []
  if (before !== undefined && isSame(before, state)) return after
  const made = singleState(context, self, state, key)
  if (known.size >= maxRemembered) known.clear()
  known.set(name, [state, made])
  return made
}

const isSame = (one: ServerState, other: ServerState): boolean =>
  one.entered === other.entered &&
  one.told === other.told &&
  one.completed === other.completed &&
  one.written === other.written &&
  one.contents === other.contents &&
  one.copying === other.copying &&
  one.owing === other.owing

export const withSingle = (
  state: ServerState,
  { certificates, ...own }: SingleState
): ServerState => ({
  ...state,
  ...own,
  entered: lastOf(certificates)
})

/** An object of which nothing is known. */
export const nothing = { entered: 0, written: null, contents: [], copying: [], owing: [] }

/**
 * Whether the storage node need not keep the object: it has erased what it had (the rule of the
 * specification), and it is as if nobody had ever named it.
 */
export const isErased = (
  context: Context,
  self: ServerId,
  state: ServerState,
  key: string
): boolean => {
  const { written, contents } = stateOf(context, self, state, key)
  if (written !== null || contents.length > 0) return false
  const unnamed = singleState(context, self, { ...state, ...nothing }, key)
  return equals(unnamed, stateOf(context, self, state, key))
}
