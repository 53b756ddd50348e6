/**
 * The directory service (tutorial 3.2): "upon request returns a hint of what are the storage nodes in the current
 * configuration".
 *
 * A hint may be arbitrarily old, and no safety may rest on it. What it promises is only that "there is time after which
 * the directory service returns the storage nodes in the final configuration". Clients "periodically" ask for it
 * (section 5). Polling has no end; the same can be said with an end: whatever is announced goes to each client once,
 * as a hint, and is on its way for as long as the network likes. A hint that is late is a hint that is old; that each
 * arrives eventually is the promise.
 *
 * The service itself does not fail: "the directory service can be implemented via state machine replication or, in
 * practice, it can be provided by the DNS service".
 */
import * as Schema from "effect/Schema"
import { listed } from "../configuration/configuration.ts"
import { equals, including } from "../kernel/data.ts"
import { type ClientId, type NodeId, ServerSet, SetOf } from "../kernel/node.ts"
import { ignore, type Step } from "../kernel/process.ts"

/** What the service has been told, from the beginning: the storage nodes of every configuration that was announced. */
export const Directory = Schema.Struct({ announced: SetOf(ServerSet) })
export type Directory = typeof Directory.Type

/** Reconfigurer to directory: these are the storage nodes of a configuration that was chosen. */
export const Announce = Schema.TaggedStruct("Announce", { members: ServerSet })
export type Announce = typeof Announce.Type
/** Directory to client: these are, or once were, the storage nodes. */
export const Hint = Schema.TaggedStruct("Hint", { members: ServerSet })
export type Hint = typeof Hint.Type

export const Message = Schema.Union([Announce, Hint])
export type Message = typeof Message.Type

/** A directory that knows the configuration with which the system begins. */
export const initial = (members: ServerSet): Directory => ({ announced: [members] })

/** The directory is told of a configuration, perhaps not for the first time: a hint of it goes to every client. */
export const receiveAnnounce = (
  clients: ReadonlyArray<ClientId>,
  state: Directory,
  { members }: Announce
): Step<Directory, never, Hint> =>
  isAnnounced(state, members)
    ? ignore(state)
    : {
        state: { announced: including(state.announced, members) },
        sends: clients.map((to: NodeId) => ({ to, message: { _tag: "Hint", members } })),
        observations: []
      }

/** True when nothing will come of announcing these storage nodes: the directory knows them. */
export const isAnnounced = ({ announced }: Directory, members: ServerSet): boolean =>
  announced.some((known) => equals(known, members))

/** A message in a few words. */
export const describeMessage = (message: Message): string => {
  switch (message._tag) {
    case "Announce":
      return `the storage nodes will be ${listed(message.members)}`
    case "Hint":
      return `the storage nodes may be ${listed(message.members)}`
  }
}
