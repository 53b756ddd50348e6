/**
 * The log, restricted to its slots. Each entry reaches all replicas, or all but one that is cut
 * off: by the time that its links work again, the others have discarded the slot.
 */
import * as Schema from "effect/Schema"
import { match } from "ts-pattern"
import { including, without } from "../../kernel/data.ts"
import { SetOf } from "../../kernel/node.ts"
import { become, ignore, type NoOperation, type Process, type Step } from "../../kernel/process.ts"
import { type AdministratorId, ClientId, ServerId, type ServerSet } from "../../nodes/nodes.ts"
import { Value } from "../../register/operation.ts"
import type { Message } from "./messages.ts"

const Submitted = Schema.Struct({ by: ClientId, content: Value })

export const LogState = Schema.Struct({
  /** The entries that clients have submitted, and that no slot has yet. */
  submitted: SetOf(Submitted),
  /** The entries so far. */
  entries: Schema.Array(Value).check(Schema.isMaxLength(64)),
  /** The replica that is cut off now and then, if any was. */
  cutOff: Schema.NullOr(ServerId)
})
export type LogState = typeof LogState.Type

/** The parameters of the log. */
export interface Context {
  readonly servers: ServerSet
  readonly clients: ReadonlyArray<ClientId>
}

/** The next slot has this entry, and this replica does not receive it. */
export interface Choice {
  readonly _tag: "Append"
  readonly entry: typeof Submitted.Type
  readonly missedBy: ServerId | null
}
type LogStep = Step<LogState, never, Message>

const choices = ({ servers }: Context, { submitted, cutOff }: LogState): ReadonlyArray<Choice> => {
  const missing = [null, ...(cutOff === null ? servers : [cutOff])]
  return submitted.flatMap((entry) =>
    missing.map((missedBy) => ({ _tag: "Append", entry, missedBy }) as const)
  )
}

const append = ({ servers }: Context, before: LogState, { entry, missedBy }: Choice): LogStep => {
  const { by, content } = entry
  const message: Message = { _tag: "Entry", slot: before.entries.length, content }
  return {
    state: {
      submitted: without(before.submitted, [entry]),
      entries: [...before.entries, content],
      cutOff: missedBy ?? before.cutOff
    },
    sends: [
      ...servers.filter((to) => to !== missedBy).map((to) => ({ to, message })),
      { to: by, message: { _tag: "Appended" } }
    ],
    observations: []
  }
}

export const log: Process<Context, LogState, NoOperation, never, Message, Choice, AdministratorId> =
  {
    State: LogState,
    durable: true,
    initial: () => ({ submitted: [], entries: [], cutOff: null }),
    ready: () => false,
    choices: (context, _self, state) => choices(context, state),
    step: (context, _self, state, input) =>
      match(input)
        .with({ _tag: "Receive" }, ({ from, message }) => {
          const by = context.clients.find((client) => client === from)
          return message._tag === "Submit" && by !== undefined
            ? become({
                ...state,
                submitted: including(state.submitted, { by, content: message.content })
              })
            : ignore(state)
        })
        .with({ _tag: "Choose" }, ({ choice }) => append(context, state, choice))
        .with({ _tag: "Invoke" }, () => ignore(state))
        .exhaustive(),
    promises: {
      heeds: ({ clients }, _self, node) =>
        clients.some((client) => client === node) ? ["Submit"] : [],
      isObsolete: ({ clients }, _self, _state, from, { _tag }) =>
        _tag !== "Submit" || !clients.some((client) => client === from)
    }
  }
