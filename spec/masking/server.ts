/**
 * The storage node of masking replication: the storage node of majority replication (tutorial 2.3),
 * except that it accepts requests only from clients. Nothing is signed: otherwise a lying storage
 * node could make others store a made-up pair.
 */
import type { NodeId } from "../kernel/node.ts"
import { ignore, type NoOperation, type Process } from "../kernel/process.ts"
import type { Message } from "../majority/messages.ts"
import { correct } from "../majority/rules.ts"
import { server as majorityServer, onlyAnswers, type ServerState } from "../majority/server.ts"
import type { ClientId } from "../nodes/nodes.ts"

/** The parameters of a storage node: the clients. */
export interface Context {
  readonly clients: ReadonlyArray<ClientId>
}

const isClient = ({ clients }: Context, node: NodeId): boolean =>
  clients.some((client) => client === node)

export const server: Process<Context, ServerState, NoOperation, never, Message> = {
  State: majorityServer.State,
  durable: majorityServer.durable,
  initial: (_context, self) => majorityServer.initial({ rules: correct }, self),
  ready: () => false,
  choices: () => [],
  step: (context, self, state, input) =>
    input._tag === "Receive" && !isClient(context, input.from)
      ? ignore(state)
      : majorityServer.step({ rules: correct }, self, state, input),
  promises: {
    isObsolete: (context, _self, _state, from) => !isClient(context, from),
    onlyAnswers: (_context, _self, state, _from, message) => onlyAnswers(state, message)
  }
}
