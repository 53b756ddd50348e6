/**
 * A replica of the membership service, restricted to its timers. The model has no durations, so a
 * timer may run out at any time, once at each place of the log.
 */
import * as Schema from "effect/Schema"
import { match } from "ts-pattern"
import { type Cryptography, SigningKey } from "../../kernel/cryptography.ts"
import { including } from "../../kernel/data.ts"
import { Count, SetOf } from "../../kernel/node.ts"
import { become, ignore, type NoOperation, type Process, type Step } from "../../kernel/process.ts"
import { type AdministratorId, ServerId, type ServerSet } from "../../nodes/nodes.ts"
import { logOf } from "../log.ts"
import { replicasOf } from "../tracking/service.ts"
import { isWithin } from "./bounds.ts"
import { type DueContent, type Message, What } from "./messages.ts"
import type { Noted } from "./observation.ts"
import type { Rules } from "./rules.ts"

export const ReplicaState = Schema.Struct({
  key: SigningKey(ServerId),
  /** The place of the log that it knows, and the timers that have run out there. */
  epoch: Count,
  round: Count,
  over: SetOf(What)
})
export type ReplicaState = typeof ReplicaState.Type

/** The parameters of a replica. */
export interface Context {
  readonly rules: Rules
  readonly cryptography: Cryptography
  readonly configuration: { readonly members: ServerSet }
  readonly administrator?: AdministratorId
  readonly bounds?: Readonly<Record<string, number>>
}

/** A timer runs out. */
export interface Choice {
  readonly _tag: "RunOut"
  readonly what: What
}
type ReplicaStep = Step<ReplicaState, Noted, Message>

/** The timer has run out: the replica signs that something is due. */
const runOut = (context: Context, state: ReplicaState, what: What): ReplicaStep => {
  const { epoch, round, key } = state
  const content: DueContent = { what, epoch, round }
  const due = context.cryptography.sign(key, content)
  return {
    state: { ...state, over: including(state.over, what) },
    sends: [{ to: logOf(context), message: { _tag: "Due", due } }],
    observations: [{ _tag: "Note", name: "ran-out", detail: content }]
  }
}

/** The timers that have not run out at this place. */
const running = ({ bounds }: Context, state: ReplicaState): ReadonlyArray<Choice> =>
  What.literals.flatMap((what) =>
    state.over.includes(what) || !isWithin(bounds, state, what) ? [] : [{ _tag: "RunOut", what }]
  )

const isLater = (
  state: ReplicaState,
  { epoch, round }: { epoch: number; round: number }
): boolean => epoch > state.epoch || (epoch === state.epoch && round > state.round)

const receive = (state: ReplicaState, message: Message): ReplicaState =>
  message._tag === "Now" && isLater(state, message)
    ? { ...state, epoch: message.epoch, round: message.round, over: [] }
    : state

export const replica: Process<
  Context,
  ReplicaState,
  NoOperation,
  Noted,
  Message,
  Choice,
  ServerId
> = {
  State: ReplicaState,
  durable: true,
  initial: ({ cryptography }, self) => ({
    ...{ key: cryptography.ownKey(self), epoch: 0, round: 0 },
    over: []
  }),
  ready: () => false,
  choices: (context, self, state) =>
    replicasOf(context).includes(self) ? running(context, state) : [],
  step: (context, _self, state, input) =>
    match(input)
      .with({ _tag: "Receive" }, ({ message }) => become(receive(state, message)))
      .with({ _tag: "Choose" }, ({ choice }) => runOut(context, state, choice.what))
      .with({ _tag: "Invoke" }, () => ignore(state))
      .exhaustive(),
  promises: {
    heeds: (context, _self, node) => (node === logOf(context) ? ["Now"] : []),
    isObsolete: (_context, _self, state, _from, message) => receive(state, message) === state
  }
}
