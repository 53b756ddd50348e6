/**
 * The log, restricted to timers: its current place, the replicas that say that the next round or
 * epoch is due, whether the service moves, and the number of members that the next epoch would
 * have. Moves end and members are evicted at any time; the other two parts specify this.
 */
import * as Schema from "effect/Schema"
import { match } from "ts-pattern"
import type { Cryptography } from "../../kernel/cryptography.ts"
import { Count, type NodeId, SetOf } from "../../kernel/node.ts"
import { become, ignore, type Process, type Step } from "../../kernel/process.ts"
import type { AdministratorId, ServerSet } from "../../nodes/nodes.ts"
import { Reconfigure } from "../../storage/reconfiguration.ts"
import { replicasOf } from "../tracking/service.ts"
import { isWithin } from "./bounds.ts"
import { type At, heardDue, mayBegin } from "./due.ts"
import { DueBy, type Message, type What } from "./messages.ts"
import type { TimersObservation } from "./observation.ts"
import type { Rules } from "./rules.ts"

export const LogState = Schema.Struct({
  epoch: Count,
  round: Count,
  due: SetOf(DueBy),
  /** The move of the service that has not ended. */
  moving: Schema.NullOr(Reconfigure),
  /**
   * The number of members of the system, and the number of these that are evicted with the next
   * epoch.
   */
  members: Count,
  evicted: Count
})
export type LogState = typeof LogState.Type

/** The parameters of the log. */
export interface Context {
  readonly rules: Rules
  readonly cryptography: Cryptography
  readonly configuration: { readonly members: ServerSet }
  readonly bounds?: Readonly<Record<string, number>>
}

/** The other entries of the log: the service has moved; a member is evicted. */
export interface Choice {
  readonly _tag: "Moved" | "Evict"
}
type LogStep = Step<LogState, TimersObservation, Message>

const initial = ({ configuration }: Context): LogState => ({
  ...{ epoch: 0, round: 0, due: [], moving: null },
  ...{ members: configuration.members.length, evicted: 0 }
})

const atNow = (context: Context, { epoch, round, moving }: LogState): At => ({
  ...{ rules: context.rules, cryptography: context.cryptography, isMoving: moving !== null },
  ...{ replicas: replicasOf(context), now: { epoch, round } }
})

/** Whether this may come next, within the bounds: an epoch begins if something changes. */
const isOffered = ({ bounds }: Context, state: LogState, what: What): boolean =>
  isWithin(bounds, state, what) && (what === "round" || state.evicted > 0)

/** Whether this has no effect any more: it was due earlier. */
const isOver = ({ rules }: Context, { epoch, round }: LogState, message: Message): boolean => {
  if (message._tag !== "Due") return true
  const { content } = message.due
  const isEarlier = content.epoch < epoch || (content.epoch === epoch && content.round < round)
  return isEarlier && !rules.counts(content, { epoch, round })
}

/** A due round or epoch begins, and the log informs all replicas. */
const begin = (context: Context, before: LogState, what: What): LogStep => {
  const { epoch, round } = before
  const state: LogState =
    what === "round"
      ? { ...before, round: round + 1, due: [] }
      : {
          ...before,
          ...{ epoch: epoch + 1, round: 0, due: [] },
          ...{ members: before.members - before.evicted, evicted: 0 }
        }
  const now: Message = { _tag: "Now", epoch: state.epoch, round: state.round }
  return {
    state,
    sends: replicasOf(context).map((to) => ({ to, message: now })),
    observations: [{ _tag: "Note", name: "begun", detail: { what, epoch, round } }]
  }
}

/** A replica says that something is due; with enough of them it begins. */
const receive = (context: Context, before: LogState, message: Message): LogStep => {
  if (message._tag !== "Due") return ignore(before)
  const at = atNow(context, before)
  const state = { ...before, due: heardDue(at, before.due, message.due) }
  const { what } = message.due.content
  const members = state.members - state.evicted
  return isOffered(context, state, what) && mayBegin(at, state.due, what, members)
    ? begin(context, state, what)
    : become(state)
}

/** The service begins to move. */
const move = (state: LogState, operation: Reconfigure): LogStep => ({
  state: { ...state, moving: operation },
  sends: [],
  observations: [{ _tag: "Invocation", operation }]
})

const choices = (
  context: Context,
  { moving, members, evicted }: LogState
): ReadonlyArray<Choice> => [
  ...(moving !== null ? [{ _tag: "Moved" } as const] : []),
  ...(members - evicted >= replicasOf(context).length ? [{ _tag: "Evict" } as const] : [])
]

/** The service has moved. */
const moved = (state: LogState): LogStep => ({
  state: { ...state, moving: null },
  sends: [],
  observations:
    state.moving === null ? [] : [{ _tag: "Response", operation: state.moving, result: null }]
})

export const log: Process<
  Context,
  LogState,
  Reconfigure,
  TimersObservation,
  Message,
  Choice,
  AdministratorId
> = {
  State: LogState,
  durable: true,
  initial: (context) => initial(context),
  ready: (_context, _self, { moving }) => moving === null,
  choices: (context, _self, state) => choices(context, state),
  step: (context, _self, state, input) =>
    match(input)
      .with({ _tag: "Receive" }, ({ message }) => receive(context, state, message))
      .with({ _tag: "Choose" }, ({ choice }) =>
        choice._tag === "Evict" ? become({ ...state, evicted: state.evicted + 1 }) : moved(state)
      )
      .with({ _tag: "Invoke" }, ({ operation }) => move(state, operation))
      .exhaustive(),
  promises: {
    heeds: (context, _self, node: NodeId) =>
      replicasOf(context).some((replica) => replica === node) ? ["Due"] : [],
    isObsolete: (context, _self, state, _from, message) => isOver(context, state, message)
  }
}
