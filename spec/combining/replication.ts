/**
 * Majority replication (tutorial 2.3) in a system with a gateway: the same storage nodes, and a
 * client that does without the gateway. Neither has anything to do with the users' messages.
 */
import { ignore, type NoChoice, type NoOperation, type Process } from "../kernel/process.ts"
import * as Client from "../majority/client.ts"
import { correct } from "../majority/rules.ts"
import * as Server from "../majority/server.ts"
import type { ClientId } from "../nodes/nodes.ts"
import type { Access, AccessObservation } from "../register/operation.ts"
import { initialPair } from "../register/pair.ts"
import type { StorageParameters } from "../storage/parameters.ts"
import { isOfMajority, type Message } from "./messages.ts"

export type Context = Pick<StorageParameters, "configuration">

/** The parameters of a client of majority replication. */
export const majorityContext = ({ configuration }: Context): Client.Context => ({
  configuration,
  rules: correct
})

export const server: Process<Context, Server.ServerState, NoOperation, never, Message> = {
  State: Server.ServerState,
  durable: true,
  initial: () => ({ pair: initialPair }),
  ready: () => false,
  choices: () => [],
  step: (_context, _self, state, input) =>
    input._tag === "Receive" && isOfMajority(input.message)
      ? Server.receive({ rules: correct }, state, input.from, input.message)
      : ignore(state),
  promises: {
    onlyAnswers: (_context, _self, state, _from, message) =>
      isOfMajority(message) && Server.onlyAnswers(state, message)
  }
}

export const client: Process<
  Context,
  Client.ClientState,
  Access,
  AccessObservation,
  Message,
  NoChoice,
  ClientId
> = {
  State: Client.ClientState,
  durable: false,
  initial: () => Client.initial,
  ready: (_context, _self, { _tag }) => _tag === "Idle",
  choices: () => [],
  step: (context, self, state, input) => {
    switch (input._tag) {
      case "Invoke":
        return state._tag === "Idle"
          ? Client.invoke(majorityContext(context), self, state, input.operation)
          : ignore(state)
      case "Receive":
        return isOfMajority(input.message)
          ? Client.receive(majorityContext(context), self, state, input.from, input.message)
          : ignore(state)
      case "Choose":
        return ignore(state)
    }
  },
  promises: {
    isObsolete: (context, _self, state, _from, message) =>
      !isOfMajority(message) || Client.isSettled(majorityContext(context), state, message),
    isSettled: (context, _self, state, _to, message) =>
      isOfMajority(message) && Client.isSettled(majorityContext(context), state, message)
  }
}
