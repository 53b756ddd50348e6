/**
 * The directory service (tutorial 3.2): "upon request returns a hint of what are the storage nodes
 * in the current configuration".
 *
 * A hint may be arbitrarily old, and no safety may rest on it. What it promises is only that "there
 * is time after which the directory service returns the storage nodes in the final configuration".
 * Clients "periodically" ask for it (section 5). Polling has no end; the same can be said with an
 * end: whenever the service hears of a later configuration than it knows, a hint goes to each other
 * client, and is on its way for as long as the network likes. A hint that is late is a hint that is
 * old; that each arrives eventually is the promise.
 *
 * The service itself does not fail: "the directory service can be implemented via state machine
 * replication or, in practice, it can be provided by the DNS service". It is one node, in systems
 * that have it, and no storage node.
 */
import * as Schema from "effect/Schema"
import { match } from "ts-pattern"
import { listed } from "../configuration/configuration.ts"
import { Count, identityOf, NodeId } from "../kernel/node.ts"
import { ignore, type NoOperation, type Process, type Step } from "../kernel/process.ts"
import type { Member } from "../kernel/system.ts"
import { type ClientId, Members, type ServerSet } from "../nodes/nodes.ts"

/** The identity of the directory service. */
export const DirectoryId = NodeId.pipe(Schema.brand("DirectoryId")).annotate(
  identityOf("directory")
)
export type DirectoryId = typeof DirectoryId.Type

/** The directory service with this name. */
export const directory: (name: string) => DirectoryId = Schema.decodeSync(DirectoryId)

/**
 * What the service holds: the storage nodes of the latest configuration that it was told of. Of two
 * configurations the one with the larger number is the later. (A service that took whatever it
 * hears last for the current configuration could be told of an old one last, by a client that was
 * slow, and would never return the final one.)
 */
export const Directory = Schema.Struct({ number: Count, members: Members })
export type Directory = typeof Directory.Type

/** Reconfigurer to directory: these are the storage nodes of the configuration with this number. */
export const Announce = Schema.TaggedStruct("Announce", { number: Count, members: Members })
export type Announce = typeof Announce.Type
/**
 * Directory to reconfigurer: the hint will not be older than the configuration with this number
 * from now on.
 */
export const Announced = Schema.TaggedStruct("Announced", { number: Count })
export type Announced = typeof Announced.Type
/** Directory to client: these are, or once were, the storage nodes. */
export const Hint = Schema.TaggedStruct("Hint", { members: Members })
export type Hint = typeof Hint.Type

export const Message = Schema.Union([Announce, Announced, Hint])
export type Message = typeof Message.Type

/**
 * What the service is told at the beginning: whom it gives hints to, and the first configuration.
 */
export interface Context {
  readonly clients: ReadonlyArray<ClientId>
  readonly configuration: { readonly members: ServerSet }
}

/** A system may have the service or not. */
export interface WithDirectory {
  readonly directory?: DirectoryId
}

/** The directory service among the nodes of a system, if it has one. */
export const directoryIn = ({ directory }: WithDirectory): ReadonlyArray<Member> =>
  directory === undefined ? [] : [{ id: directory, role: "directory" }]

/** At the beginning the service knows the configuration with which the system begins. */
export const initial = ({ configuration }: Context): Directory => ({
  number: 0,
  members: configuration.members
})

/**
 * The directory is told of a configuration: it says so, and if it is a later one, a hint of it goes
 * to every client but the one that told of it.
 */
export const receiveAnnounce = (
  { clients }: Context,
  state: Directory,
  from: NodeId,
  { number, members }: Announce
): Step<Directory, never, Announced | Hint> => {
  const announced = { to: from, message: { _tag: "Announced", number } } as const
  if (!isNews(state, number)) return { state, sends: [announced], observations: [] }
  const others = clients.filter((client) => client !== from)
  const hints = others.map((to) => ({ to, message: { _tag: "Hint", members } }) as const)
  return { state: { number, members }, sends: [announced, ...hints], observations: [] }
}

const isNews = (state: Directory, number: number): boolean => number > state.number

/**
 * The directory service of a protocol whose messages include these. All others have no effect on
 * it.
 */
export const directoryService = <Other extends { readonly _tag: string }>(): Process<
  Context,
  Directory,
  NoOperation,
  never,
  Message | Other
> => ({
  State: Directory,
  durable: true,
  initial: (context) => initial(context),
  ready: () => false,
  choices: () => [],
  step: (context, _self, state, input) => {
    if (input._tag !== "Receive") return ignore(state)
    const { from, message } = input
    return isAnnounce(message) ? receiveAnnounce(context, state, from, message) : ignore(state)
  },
  promises: {
    onlyAnswers: (_context, _self, state, _from, message) =>
      isAnnounce(message) && !isNews(state, message.number)
  }
})

const isAnnounce = (message: { readonly _tag: string }): message is Announce =>
  message._tag === "Announce"

/** A message in a few words. */
export const describeMessage = (message: Message): string =>
  match(message)
    .with({ _tag: "Announce" }, ({ members }) => `the storage nodes are ${listed(members)}`)
    .with({ _tag: "Announced" }, () => "noted")
    .with({ _tag: "Hint" }, ({ members }) => `the storage nodes may be ${listed(members)}`)
    .exhaustive()
