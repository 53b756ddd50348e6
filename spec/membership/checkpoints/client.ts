/**
 * A client of the log: it submits an entry, and continues when the log has it.
 */
import * as Schema from "effect/Schema"
import { match } from "ts-pattern"
import { Propose, type ProposeObservation } from "../../consensus/operation.ts"
import { ignore, type Process, type Step } from "../../kernel/process.ts"
import type { AdministratorId, ClientId } from "../../nodes/nodes.ts"
import { logOf } from "../log.ts"
import type { Message } from "./messages.ts"

export const ClientState = Schema.Struct({
  /** The pending operation, if any. */
  operation: Schema.NullOr(Propose)
})
export type ClientState = typeof ClientState.Type
type ClientStep = Step<ClientState, ProposeObservation, Message>

/** The parameters of a client. */
export interface Context {
  readonly administrator?: AdministratorId
}

/** The client submits an entry. */
const invoke = (context: Context, operation: Propose): ClientStep => ({
  state: { operation },
  sends: [{ to: logOf(context), message: { _tag: "Submit", content: operation.value } }],
  observations: [{ _tag: "Invocation", operation }]
})

/** The log has the entry. */
const receive = (state: ClientState, { _tag }: Message): ClientStep => {
  const { operation } = state
  return _tag !== "Appended" || operation === null
    ? ignore(state)
    : {
        state: { operation: null },
        sends: [],
        observations: [{ _tag: "Response", operation, result: operation.value }]
      }
}

export const client: Process<
  Context,
  ClientState,
  Propose,
  ProposeObservation,
  Message,
  never,
  ClientId
> = {
  State: ClientState,
  durable: false,
  initial: () => ({ operation: null }),
  ready: (_context, _self, { operation }) => operation === null,
  choices: () => [],
  step: (context, _self, state, input) =>
    match(input)
      .with({ _tag: "Invoke" }, ({ operation }) =>
        state.operation === null ? invoke(context, operation) : ignore(state)
      )
      .with({ _tag: "Receive" }, ({ from, message }) =>
        from === logOf(context) ? receive(state, message) : ignore(state)
      )
      .with({ _tag: "Choose" }, () => ignore(state))
      .exhaustive(),
  promises: {
    heeds: (context, _self, node) => (node === logOf(context) ? ["Appended"] : []),
    isObsolete: (context, _self, { operation }, from, { _tag }) =>
      operation === null || _tag !== "Appended" || from !== logOf(context)
  }
}
