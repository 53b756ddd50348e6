/**
 * The directory service (tutorial 3.2): "upon request returns a hint of what are the storage nodes
 * in the current configuration".
 *
 * A hint may be arbitrarily old, and safety must not depend on it. The service promises only that
 * "there is time after which the directory service returns the storage nodes in the final
 * configuration". Clients ask for hints "periodically" (section 5). Polling never ends, so the
 * model pushes instead: when the service learns of a later configuration, it sends a hint to every
 * other client. The network may delay a hint arbitrarily, which makes it old; each hint arrives
 * eventually, which is the promise.
 *
 * The service itself does not fail: "the directory service can be implemented via state machine
 * replication or, in practice, it can be provided by the DNS service". Systems that have it have
 * one directory node, distinct from the storage nodes.
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
 * The state of the service: the storage nodes of the latest configuration announced to it. The
 * configuration with the larger number is the later one. (If the service kept the most recent
 * announcement instead, a slow client could announce an old configuration last, and the service
 * would never return the final one.)
 */
export const Directory = Schema.Struct({ number: Count, members: Members })
export type Directory = typeof Directory.Type

/** Reconfigurer to directory: the storage nodes of the configuration with this number. */
export const Announce = Schema.TaggedStruct("Announce", { number: Count, members: Members })
export type Announce = typeof Announce.Type
/**
 * Directory to reconfigurer: from now on no hint is older than the configuration with this number.
 */
export const Announced = Schema.TaggedStruct("Announced", { number: Count })
export type Announced = typeof Announced.Type
/** Directory to client: these are the storage nodes, or once were. */
export const Hint = Schema.TaggedStruct("Hint", { members: Members })
export type Hint = typeof Hint.Type

export const Message = Schema.Union([Announce, Announced, Hint])
export type Message = typeof Message.Type

/** The service's parameters: the clients it sends hints to, and the first configuration. */
export interface Context {
  readonly clients: ReadonlyArray<ClientId>
  readonly configuration: { readonly members: ServerSet }
}

/** A system with or without the service. */
export interface WithDirectory {
  readonly directory?: DirectoryId
}

/** The directory node of a system, if it has one. */
export const directoryIn = ({ directory }: WithDirectory): ReadonlyArray<Member> =>
  directory === undefined ? [] : [{ id: directory, role: "directory" }]

/** Initially the service knows the initial configuration of the system. */
export const initial = ({ configuration }: Context): Directory => ({
  number: 0,
  members: configuration.members
})

/**
 * A client announces a configuration. The directory acknowledges; if the configuration is later
 * than its own, it also sends a hint to every other client.
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

/** The directory service of a protocol whose messages include these. It ignores all others. */
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

/** A short description of a message. */
export const describeMessage = (message: Message): string =>
  match(message)
    .with({ _tag: "Announce" }, ({ members }) => `the storage nodes are ${listed(members)}`)
    .with({ _tag: "Announced" }, () => "noted")
    .with({ _tag: "Hint" }, ({ members }) => `the storage nodes may be ${listed(members)}`)
    .exhaustive()
