/**
 * A replica is a client of its slot as well: it may learn the slot's content from the replies of
 * others, without deciding it.
 *
 * A replica that has learned the content decides no more, so it sends no reply as one that has
 * decided. It passes the content on instead. Otherwise a third replica may wait in vain for f+1
 * replies: one of those who have decided may be a liar that replies to some only.
 */
import type { NodeId } from "../kernel/node.ts"
import type { Send } from "../kernel/process.ts"
import type { ClientId, ServerId } from "../nodes/nodes.ts"
import type { Value } from "../register/operation.ts"
import { type ClientState, client } from "./client.ts"
import type { Context } from "./collected.ts"
import type { Message } from "./messages.ts"
import type { ReplicaState } from "./replica.ts"

/** What a replica of a slot holds as a replica, and as a client. */
export interface Participant {
  readonly replica: Pick<ReplicaState, "decided">
  readonly client: ClientState
}

/**
 * The content of the slot: what the replica has decided, or what f+1 replicas have replied, at
 * least one of them correct. Undefined while it knows neither.
 */
export const contentOf = (
  context: Context,
  self: ClientId,
  { replica, client: state }: Participant
): { readonly value: Value } | undefined => {
  if (replica.decided !== null) return { value: replica.decided.request.content }
  const waiting = { ...state, operation: state.operation ?? anything }
  const [choice] = client.choices(context, self, waiting)
  return choice === undefined ? undefined : { value: choice.value }
}
/** A replica wants to know the content whether it has requested anything or not. */
const anything = { _tag: "Propose", value: null } as const

/** A replica that has just learned the content passes it on to the others. */
export const passesOn = (
  context: Context,
  self: ServerId,
  asClient: ClientId,
  before: Participant,
  after: Participant
): ReadonlyArray<Send<Message>> => {
  if (contentOf(context, asClient, before) !== undefined) return []
  const learned = contentOf(context, asClient, after)
  if (learned === undefined) return []
  const others: ReadonlyArray<NodeId> = context.servers.filter((server) => server !== self)
  return others.map((to) => ({ to, message: { _tag: "Reply", value: learned.value } }))
}
