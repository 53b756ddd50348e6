/**
 * The storage node of RDS: that of RAMBO, with more data in some of its replies.
 */
import type { NoChoice, NoOperation, Process, Send } from "../kernel/process.ts"
import type { ServerId } from "../nodes/nodes.ts"
import type { Message as RamboMessage } from "../rambo/messages.ts"
import * as Rambo from "../rambo/server.ts"
import type { Message } from "./messages.ts"
import { acceptedBy, type Context } from "./rules.ts"

/**
 * Adds data to a reply of the storage node. A reply to a client carries the accepted
 * configurations, since they may be decided: this is the forward pointer, which a majority has as
 * soon as the next configuration is decided. A vote carries the node's pair, like the reply in
 * RAMBO of a node that stores the forward pointer.
 */
const extended = (
  { rules }: Pick<Context, "rules">,
  state: Rambo.ServerState,
  { to, message }: Send<RamboMessage>
): Send<Message> => {
  switch (message._tag) {
    case "GetReply":
    case "SetReply":
      return { to, message: { ...message, accepted: rules.tellsAccepted(acceptedBy(state)) } }
    case "BallotReply":
      return {
        to,
        message: message.message._tag === "Accepted" ? { ...message, pair: state.pair } : message
      }
    default:
      return { to, message }
  }
}

export const server: Process<
  Context,
  Rambo.ServerState,
  NoOperation,
  never,
  Message,
  NoChoice,
  ServerId
> = {
  ...Rambo.server,
  step: (context, self, state, input) => {
    const { sends, ...step } = Rambo.server.step(context, self, state, input)
    return { ...step, sends: sends.map((send) => extended(context, state, send)) }
  }
}
