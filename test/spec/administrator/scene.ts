/**
 * A small system under an administrator: four storage nodes, some of which will be removed, two
 * clients, and the messages of each.
 */
import { administrator as administrates } from "../../../spec/administrator/administrator.ts"
import { client as asks } from "../../../spec/administrator/client.ts"
import type { Message, Nonce, Stored } from "../../../spec/administrator/messages.ts"
import { plain, type Rules } from "../../../spec/administrator/rules.ts"
import { type ServerState, server as stores } from "../../../spec/administrator/server.ts"
import type { View } from "../../../spec/administrator/view.ts"
import { tolerating } from "../../../spec/configuration/configuration.ts"
import { byzantineFaults } from "../../../spec/configuration/tolerated-faults.ts"
import { directory } from "../../../spec/directory/directory.ts"
import { symbolic } from "../../../spec/kernel/cryptography.ts"
import type { NodeId } from "../../../spec/kernel/node.ts"
import { administrator, client, type ServerId, server, servers } from "../../../spec/nodes/nodes.ts"
import type { Access } from "../../../spec/register/operation.ts"

export const [a, b, c, d, e] = [server("a"), server("b"), server("c"), server("d"), server("e")]
export const [c1, c2, admin] = [client("c1"), client("c2"), administrator("admin")]
export const trusted = directory("dns")

export const old: View = { number: 0, members: servers("a", "b", "c", "d") }
/** Three of the four old ones stay. */
export const next: View = { number: 1, members: servers("b", "c", "d", "e") }

export const contextOf = (rules: Rules = plain, withTrusted = false) => ({
  servers: servers("a", "b", "c", "d", "e"),
  clients: [c1, c2],
  administrator: admin,
  ...(withTrusted && { directory: trusted }),
  configuration: tolerating(byzantineFaults, old.members),
  successors: [next.members],
  cryptography: symbolic,
  rules
})

export const read: Access = { _tag: "Read" }
export const write: Access = { _tag: "Write", value: 7 }
/** A pair as c2 has signed it. */
export const signed = (value: number, number: number): Stored =>
  symbolic.sign({ owner: c2 }, { value, timestamp: { number, client: c2 } })

export const nonceOf = (stage: Nonce["stage"], number = 0, asker: Nonce["asker"] = c1): Nonce => ({
  ...{ asker, operation: 1, number, stage }
})
export const answer = (nonce: Nonce, written: Stored = null): Message => ({
  ...{ _tag: "Answer", nonce, written }
})
export const newView: Message = {
  ...{ _tag: "NewView", view: next, old, nonce: nonceOf("stop", 0, admin) }
}

type ClientInput = Parameters<typeof asks.step>[3]
export const told = (from: NodeId, message: Message) =>
  ({ _tag: "Receive", from, message }) as const
export const invoke = (operation: Access): ClientInput => ({ _tag: "Invoke", operation })

/** What c1 does with these inputs: the last of its steps. */
export const client1 = (inputs: ReadonlyArray<ClientInput>, context = contextOf()) =>
  inputs.reduce((step, input) => asks.step(context, c1, step.state, input), {
    ...{ state: asks.initial(context, c1), sends: [], observations: [] }
  } as ReturnType<typeof asks.step>)

export const initialServer = (self: ServerId): ServerState => stores.initial(contextOf(), self)
/** What a storage node does with a message. */
export const at = (
  self: ServerId,
  from: NodeId,
  message: Message,
  state = initialServer(self),
  rules: Rules = plain
) => stores.step(contextOf(rules), self, state, told(from, message))

const replace = { _tag: "Reconfigure", add: servers("e"), remove: servers("a") } as const
/** What the administrator does that replaces a by e, and then receives these. */
export const administered = (
  inputs: ReadonlyArray<ReturnType<typeof told>>,
  context = contextOf(),
  operation: Extract<
    Parameters<typeof administrates.step>[3],
    { _tag: "Invoke" }
  >["operation"] = replace
) =>
  inputs.reduce((step, input) => administrates.step(context, admin, step.state, input), {
    ...administrates.step(context, admin, administrates.initial(context, admin), {
      ...{ _tag: "Invoke", operation }
    })
  } as ReturnType<typeof administrates.step>)

/** The nodes to which a message of this tag is sent. */
export const receivers = (
  { sends }: { readonly sends: ReadonlyArray<{ readonly to: string; readonly message: Message }> },
  tag: Message["_tag"]
) => sends.filter(({ message }) => message._tag === tag).map(({ to }) => to)
