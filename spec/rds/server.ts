/**
 * The storage node of RDS: that of RAMBO, which says more in some of its answers.
 */
import type { NoChoice, NoOperation, Process, Send } from "../kernel/process.ts"
import type { ServerId } from "../nodes/nodes.ts"
import type { Message as RamboMessage } from "../rambo/messages.ts"
import * as Rambo from "../rambo/server.ts"
import type { Message } from "./messages.ts"
import { acceptedBy, type Context } from "./rules.ts"

/**
 * What the storage node adds to an answer. It tells clients what it has accepted, for that may be
 * decided: this is the forward pointer, which a majority has as soon as the next configuration is
 * decided. And with its vote it says what it holds, as a storage node of RAMBO that stores the
 * forward pointer.
 */
const saying = (
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
    return { ...step, sends: sends.map((send) => saying(context, state, send)) }
  }
}
