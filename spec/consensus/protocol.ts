/**
 * One instance of consensus, on its own: single-decree Paxos, with the storage nodes of a configuration as acceptors and
 * clients as proposers. (Tutorial, section 5, second paragraph.)
 */
import { match } from "ts-pattern"
import { ignore, type Process } from "../kernel/process.ts"
import type { Protocol, Setup } from "../kernel/protocol.ts"
import { describeValue, type Operation, proposeKind, Value } from "../register/operation.ts"
import * as Acceptor from "./acceptor.ts"
import { agreement, ballotsNameValues, promisesBind, validity } from "./agreement.ts"
import { type ClientState, client, type Retry } from "./client.ts"
import * as Messages from "./messages.ts"
import { type VariantName, variants } from "./variants.ts"

export const ServerState = Acceptor.Acceptor(Value)
export type ServerState = typeof ServerState.Type
export const Message = Messages.Message(Value)
export type Message = Messages.Message<Value>

export const server: Process<Setup<VariantName>, ServerState, Operation, Message, Retry> = {
  role: "server",
  State: ServerState,
  durable: true,
  perRegister: [],
  initial: () => Acceptor.initial,
  ready: () => false,
  choices: () => [],
  step: ({ variant }, _self, state, input) =>
    match(input)
      .with({ _tag: "Receive" }, ({ from, message }) =>
        Acceptor.receive<Value>(variant, state, from, message)
      )
      .with({ _tag: "Invoke" }, { _tag: "Choose" }, () => ignore(state))
      .exhaustive(),
  promises: { onlyAnswers: (_context, _self, state, _from, message) => Acceptor.onlyAnswers(state, message) }
}

export const consensus: Protocol<VariantName, ServerState, ClientState, Operation, Message, Retry> = {
  name: "consensus",
  about: "Single-decree Paxos among the members of one configuration (tutorial 5).",
  variants,
  operations: [proposeKind],
  Message,
  server,
  client,
  properties: [agreement, validity, promisesBind, ballotsNameValues],
  describe: (message) => Messages.describeMessage(message, describeValue)
}
