/**
 * A node of the system answers pings. This is the step of the specification
 * (`spec/membership/tracking/server.ts`), which changes nothing.
 */

import { symbolic } from "../../spec/kernel/cryptography.ts"
import type { PartSend } from "../../spec/kernel/keyed.ts"
import type { NodeId } from "../../spec/kernel/node.ts"
import type { Ping } from "../../spec/membership/tracking/messages.ts"
import { beginning } from "../../spec/membership/tracking/probing.ts"
import { correct } from "../../spec/membership/tracking/rules.ts"
import { type ServerState, server } from "../../spec/membership/tracking/server.ts"
import { type ServerId, server as serverNode } from "../../spec/nodes/nodes.ts"
import type { Message } from "./messages.ts"

/** A ping from any sender is answered: the answer reveals only that a node is present. */
export const pong = (
  self: ServerId,
  from: NodeId,
  message: typeof Ping.Type
): ReadonlyArray<PartSend<Message>> => {
  const prober = serverNode(from)
  const context = {
    rules: correct,
    cryptography: symbolic,
    configuration: { members: [prober] },
    servers: [self],
    clients: []
  }
  const state: ServerState = {
    view: { number: message.epoch, members: [self] },
    ...beginning(message.round),
    key: { owner: self },
    share: null,
    admission: null
  }
  const { sends } = server.step(context, self, state, { _tag: "Receive", from, message })
  return sends.map(({ to, message: said }) => ({ to, message: said as Message, key: "" }))
}
