/**
 * The tasks of a dBQS node in addition to answering. It keeps connections with the other nodes of
 * the directory, looks for later epochs, and tells a replica of the service when its timers expire.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import type { NodeId } from "../../spec/kernel/node.ts"
import { server } from "../../spec/nodes/nodes.ts"
import type { GivenToStorage } from "../dbqs/given.ts"
import type { Look } from "../dbqs/messages.ts"
import type { Trust as StorageTrust } from "../dbqs/trust.ts"
import type { Directory } from "../directory/directory.ts"
import type { Endpoint } from "../host/endpoint.ts"
import type { Hosted } from "../host/hosted.ts"
import { Clockwork, clockNode } from "../membership/clockwork.ts"
import type { Trust as ServiceTrust } from "../membership/trust.ts"
import { isMinted, nameOf } from "../memory/identity.ts"
import type { Speaker } from "../net/connection.ts"
import { dial } from "../net/network.ts"

export interface Attending {
  readonly endpoint: Endpoint
  readonly process: Hosted
  readonly speaker: Speaker
  readonly directory: Directory
  readonly trust: unknown
  readonly intervalMilliseconds?: number
}

/** How often the directory is read for new nodes. */
const directoryTime = "500 millis"
/** How often a node looks for epochs that it has missed. */
const lookTime = "1 second"

/**
 * Keeps connections with all other nodes. Of two nodes the one whose name comes first dials, and
 * both send over that connection.
 */
const keepConnections = ({ endpoint, speaker, directory }: Attending) =>
  Effect.gen(function* () {
    const own = nameOf(endpoint.name)
    const dialled = new Set<string>()
    while (true) {
      const now = yield* Effect.option(directory.lookUp)
      for (const name of Option.isSome(now) ? now.value.keys() : []) {
        if (name <= own || dialled.has(name)) continue
        dialled.add(name)
        yield* Effect.forkScoped(dial({ ...speaker, role: "node" }, directory, name))
      }
      yield* Effect.sleep(directoryTime)
    }
  })

const peersOf = ({ connectedPeers }: Endpoint, own: string): ReadonlyArray<NodeId> =>
  connectedPeers.filter((peer) => isMinted(peer) && peer !== own).map((peer) => server(peer))

/** The tasks of a storage node. */
export const attendStorage = (attending: Attending) =>
  Effect.gen(function* () {
    yield* Effect.forkScoped(keepConnections(attending))
    const { endpoint, process } = attending
    const { given } = attending.trust as StorageTrust & { readonly given: GivenToStorage }
    const look = Effect.sync(() => {
      const peers = peersOf(endpoint, endpoint.name)
      const message: Look = { _tag: "Look", peers, admission: given.admission }
      endpoint.tell(process.node.id, "", clockNode, message)
    })
    yield* Effect.forkScoped(Effect.forever(Effect.andThen(look, Effect.sleep(lookTime))))
  })

/** The tasks of a replica of the membership service, or of a node that is to become one. */
export const attendReplica = (attending: Attending) =>
  Effect.gen(function* () {
    yield* Effect.forkScoped(keepConnections(attending))
    const { endpoint, process, trust, intervalMilliseconds } = attending
    const clockwork = new Clockwork(
      endpoint,
      process,
      trust as ServiceTrust,
      performance.now(),
      intervalMilliseconds
    )
    const look = Effect.sync(() => clockwork.look(performance.now()))
    const tick = Effect.sleep(clockwork.tickMilliseconds)
    yield* Effect.forkScoped(Effect.forever(Effect.andThen(tick, look)))
  })

/** The additional tasks of this protocol's nodes; most protocols have none. */
export const attendants: Readonly<
  Record<string, (attending: Attending) => Effect.Effect<void, never, Scope.Scope>>
> = { dbqs: attendStorage, membership: attendReplica }
