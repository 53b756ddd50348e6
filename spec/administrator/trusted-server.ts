/**
 * The trusted server that never changes (tutorial 7.1, one of the two defences that the text
 * rejects): "one never-changing trusted server (such as a DNS server) that always points to the
 * current configuration".
 *
 * The administrator informs it of a configuration before any other node, and waits for its answer.
 * So its answers are true when it gives them.
 */
import { match } from "ts-pattern"
import type { NodeId } from "../kernel/node.ts"
import { ignore, type NoOperation, type Process, type Step } from "../kernel/process.ts"
import type { AdministratorId, ServerSet } from "../nodes/nodes.ts"
import type { Message, Nonce } from "./messages.ts"
import { firstView, View } from "./view.ts"

/** The parameters of the trusted server. */
export interface Context {
  readonly configuration: { readonly members: ServerSet }
  readonly administrator?: AdministratorId
}

/** The administrator announces a configuration; the trusted server acknowledges it. */
const receiveAnnounce = (state: View, from: NodeId, view: View): Step<View, never, Message> => ({
  state: view.number > state.number ? view : state,
  sends: [{ to: from, message: { _tag: "Announced", number: view.number } }],
  observations: []
})

/** A client asks; the trusted server answers with the configuration that it knows. */
const receiveAsk = (state: View, from: NodeId, nonce: Nonce): Step<View, never, Message> => ({
  state,
  sends: [{ to: from, message: { _tag: "Current", nonce, view: state } }],
  observations: []
})

export const trustedServer: Process<Context, View, NoOperation, never, Message> = {
  State: View,
  durable: true,
  initial: (context) => firstView(context),
  ready: () => false,
  choices: () => [],
  step: (context, _self, state, input) =>
    match(input)
      .with({ _tag: "Receive", message: { _tag: "Announce" } }, ({ from, message }) =>
        from === context.administrator ? receiveAnnounce(state, from, message.view) : ignore(state)
      )
      .with({ _tag: "Receive", message: { _tag: "Ask" } }, ({ from, message }) =>
        receiveAsk(state, from, message.nonce)
      )
      .with({ _tag: "Receive" }, { _tag: "Invoke" }, { _tag: "Choose" }, () => ignore(state))
      .exhaustive(),
  promises: {
    heeds: ({ administrator }, _self, node) =>
      node === administrator ? ["Announce", "Ask"] : ["Ask"],
    isObsolete: (context, _self, _state, from, { _tag }) =>
      (_tag !== "Announce" || from !== context.administrator) && _tag !== "Ask"
  }
}
