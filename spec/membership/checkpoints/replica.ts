/**
 * A replica of the membership service, restricted to executing the log. It executes the slots in
 * order. Replicas that have executed a slot discard it in time, so a replica that was cut off does
 * not receive it any more; it adopts a checkpoint instead.
 */
import * as Schema from "effect/Schema"
import { match } from "ts-pattern"
import { type NodeId, SetOf } from "../../kernel/node.ts"
import { become, ignore, type NoOperation, type Process, type Step } from "../../kernel/process.ts"
import { type AdministratorId, ServerId, type ServerSet } from "../../nodes/nodes.ts"
import type { Value } from "../../register/operation.ts"
import { logOf } from "../log.ts"
import { Checkpoint, type Message } from "./messages.ts"
import type { Rules } from "./rules.ts"
import { adoptable, vouchedBy } from "./vouching.ts"

export const ReplicaState = Schema.Struct({
  /** The state that it has computed, and after how many slots. */
  executed: Checkpoint,
  /** What each other replica last vouched for. */
  vouched: SetOf(Schema.Struct({ by: ServerId, checkpoint: Checkpoint }))
})
export type ReplicaState = typeof ReplicaState.Type

/** The parameters of a replica. */
export interface Context {
  readonly rules: Rules
  readonly servers: ServerSet
  readonly administrator?: AdministratorId
}
type ReplicaStep = Step<ReplicaState, never, Message>

/** The state after one more entry. */
export const withEntry = ({ number, entries }: Checkpoint, content: Value): Checkpoint => ({
  number: number + 1,
  entries: [...entries, content]
})

/** The replica executes the next slot, and vouches for the state if a checkpoint is due. */
const execute = (
  { rules, servers }: Context,
  self: ServerId,
  before: ReplicaState,
  content: Value
): ReplicaStep => {
  const checkpoint = withEntry(before.executed, content)
  const message: Message = { _tag: "Vouch", checkpoint }
  return {
    state: { ...before, executed: checkpoint },
    sends: rules.isDue(checkpoint.number)
      ? servers.filter((server) => server !== self).map((to) => ({ to, message }))
      : [],
    observations: []
  }
}

/** Another replica vouches for a state. The replica adopts it once enough do. */
const receiveVouch = (
  { rules, servers }: Context,
  before: ReplicaState,
  by: ServerId,
  checkpoint: Checkpoint
): ReplicaState => {
  const vouched = vouchedBy(before.vouched, by, checkpoint)
  const { number } = before.executed
  const adopted = adoptable(rules, servers, vouched, (one) => one.number, number)
  return adopted === undefined ? { ...before, vouched } : { executed: adopted, vouched: [] }
}

const receive = (
  context: Context,
  self: ServerId,
  state: ReplicaState,
  from: NodeId,
  message: Message
): ReplicaStep => {
  if (isOver(context, state, from, message)) return ignore(state)
  switch (message._tag) {
    case "Entry":
      return execute(context, self, state, message.content)
    case "Vouch":
      return become(receiveVouch(context, state, ServerId.make(from), message.checkpoint))
    default:
      return ignore(state)
  }
}

/** Whether the message has no effect on the replica any more. */
const isOver = (
  { rules, servers, ...context }: Context,
  { executed }: ReplicaState,
  from: NodeId,
  message: Message
): boolean => {
  switch (message._tag) {
    case "Entry":
      return from !== logOf(context) || message.slot < executed.number
    case "Vouch":
      return (
        !servers.some((server) => server === from) ||
        !rules.adopts(message.checkpoint.number, executed.number)
      )
    default:
      return true
  }
}

export const replica: Process<Context, ReplicaState, NoOperation, never, Message, never, ServerId> =
  {
    State: ReplicaState,
    durable: true,
    initial: () => ({ executed: { number: 0, entries: [] }, vouched: [] }),
    ready: () => false,
    choices: () => [],
    postpones: (_context, _self, { executed }, _from, message) =>
      message._tag === "Entry" && message.slot > executed.number,
    step: (context, self, state, input) =>
      match(input)
        .with({ _tag: "Receive" }, ({ from, message }) =>
          receive(context, self, state, from, message)
        )
        .with({ _tag: "Choose" }, { _tag: "Invoke" }, () => ignore(state))
        .exhaustive(),
    promises: {
      heeds: ({ servers, ...context }, self, node) =>
        node === logOf(context)
          ? ["Entry"]
          : servers.some((server) => server === node && server !== self)
            ? ["Vouch"]
            : [],
      isObsolete: (context, _self, state, from, message) => isOver(context, state, from, message)
    }
  }
