/**
 * One stand-alone instance of consensus: single-decree Paxos, with the storage nodes of a
 * configuration as acceptors and the clients as proposers. (Tutorial, section 5, second paragraph.)
 */
import { match } from "ts-pattern"
import { ignore, type NoOperation, type Process } from "../kernel/process.ts"
import type { Protocol } from "../kernel/protocol.ts"
import { describeValue, Value } from "../register/operation.ts"
import { StorageParameters, serversAndClients } from "../storage/parameters.ts"
import * as Acceptor from "./acceptor.ts"
import { agreement, ballotsNameValues, promisesBind, validity } from "./agreement.ts"
import { ballots } from "./bounds.ts"
import { type ClientState, client } from "./client.ts"
import * as Messages from "./messages.ts"
import { instance, type ProposeObservation } from "./operation.ts"
import type { Rules } from "./rules.ts"
import { variants } from "./variants.ts"

export const ServerState = Acceptor.Acceptor(Value)
export type ServerState = typeof ServerState.Type
export const Message = Messages.Message(Value)
export type Message = Messages.Message<Value>

/** The states of the processes, by role. */
interface Roles {
  readonly server: ServerState
  readonly client: ClientState
}

export const server: Process<{ readonly rules: Rules }, ServerState, NoOperation, never, Message> =
  {
    State: ServerState,
    durable: true,
    initial: () => Acceptor.initial,
    ready: () => false,
    choices: () => [],
    step: ({ rules }, _self, state, input) =>
      match(input)
        .with({ _tag: "Receive" }, ({ from, message }) =>
          Acceptor.receive(rules, state, from, message)
        )
        .with({ _tag: "Invoke" }, { _tag: "Choose" }, () => ignore(state))
        .exhaustive(),
    promises: {
      onlyAnswers: (_context, _self, state, _from, message) => Acceptor.onlyAnswers(state, message)
    }
  }

export const consensus: Protocol<StorageParameters, Rules, Roles, ProposeObservation, Message> = {
  name: "consensus",
  about: "Single-decree Paxos among the members of one configuration (tutorial 5).",
  variants,
  objects: [instance],
  Message,
  roles: { server, client },
  Parameters: StorageParameters,
  nodes: serversAndClients,
  bounds: [ballots],
  properties: [agreement, validity, promisesBind, ballotsNameValues],
  describe: (message) => Messages.describeMessage(message, describeValue)
}
