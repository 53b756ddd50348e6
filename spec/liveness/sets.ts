/**
 * The four sets by which liveness is specified (tutorial 3.3), as an omniscient observer keeps them.
 *
 * "These sets are not known to the nodes; they are defined from the point of view of an omniscient global observer": it
 * is fed invocations, responses and crashes, and nothing of how a protocol reconfigures. Beside the four sets it keeps
 * whose operations are pending, since it is those that have to complete.
 *
 * A crash is for good, and so is what a client that has crashed leaves behind: its reconfiguration is never known to
 * have completed, so its changes stay pending for ever.
 */
import * as Schema from "effect/Schema"
import { changedMembers } from "../configuration/configuration.ts"
import { including, setOf, union, without } from "../kernel/data.ts"
import { ClientId, type NodeId, ServerSet, SetOf } from "../kernel/node.ts"
import type { Event } from "../kernel/observer.ts"
import type { Setup } from "../kernel/protocol.ts"
import type { Operation, Reconfigure } from "../register/operation.ts"

/** A reconfiguration that was invoked and has not completed. */
const Outstanding = Schema.Struct({ client: ClientId, add: ServerSet, remove: ServerSet })
type Outstanding = typeof Outstanding.Type

export const Sets = Schema.Struct({
  /** Current(t): "the configuration that reflects all reconfigurations that completed by time t". */
  current: ServerSet,
  /** What AddPending(t) and RemovePending(t) come from: "reconfigurations that were invoked but did not complete". */
  outstanding: SetOf(Outstanding),
  /** Failed(t): the storage nodes "that crash by time t". */
  failed: ServerSet,
  /** The clients that have not crashed and have an operation, of whatever kind, that was invoked and not completed. */
  pending: SetOf(ClientId)
})
export type Sets = typeof Sets.Type

type Context = Pick<Setup<string>, "servers" | "configuration">

/** At the beginning nothing is outstanding, and nobody has failed. */
export const initial = ({ configuration }: Pick<Context, "configuration">): Sets => ({
  current: configuration.members,
  outstanding: [],
  failed: [],
  pending: []
})

/** AddPending(t). An addition of a node that is in the system is "simply ignored" (3.1). */
export const addPending = ({ current, outstanding }: Sets): ServerSet =>
  without(setOf(outstanding.flatMap(({ add }) => add)), current)

/**
 * RemovePending(t). A removal of a node that is not in the system is "simply ignored" (3.1); a node whose addition is
 * pending may be in it, as far as anybody knows.
 */
export const removePending = (sets: Sets): ServerSet => {
  const inSystem = union(sets.current, addPending(sets))
  return setOf(sets.outstanding.flatMap(({ remove }) => remove)).filter((node) => inSystem.includes(node))
}

/** The sets after an event. */
export const after = (context: Context, sets: Sets, event: Event<Operation>): Sets => {
  if (event._tag === "Crashed") return crashed(context, sets, event.node)
  const { observation } = event
  const client = event.node as ClientId
  switch (observation._tag) {
    case "Invocation":
      return invoked(sets, client, observation.operation)
    case "Response":
      return responded(sets, client, observation.operation)
    case "Note":
      return sets
  }
}

const invoked = (sets: Sets, client: ClientId, operation: Operation): Sets => ({
  ...sets,
  outstanding:
    operation._tag === "Reconfigure"
      ? including(sets.outstanding, changesOf(client, operation))
      : sets.outstanding,
  pending: including(sets.pending, client)
})

/** With its response a reconfiguration has completed: Current reflects it from now on. */
const responded = (sets: Sets, client: ClientId, operation: Operation): Sets => {
  const completed = { ...sets, pending: without(sets.pending, [client]) }
  return operation._tag === "Reconfigure"
    ? {
        ...completed,
        current: changedMembers(sets.current, operation.add, operation.remove),
        outstanding: without(sets.outstanding, [changesOf(client, operation)])
      }
    : completed
}

/** A storage node joins Failed. A client that crashes is owed nothing more; what it had outstanding stays so. */
const crashed = ({ servers }: Context, sets: Sets, node: NodeId): Sets => {
  const server = servers.find((one) => one === node)
  return server === undefined
    ? { ...sets, pending: without(sets.pending, [node as ClientId]) }
    : { ...sets, failed: including(sets.failed, server) }
}

const changesOf = (client: ClientId, { add, remove }: Reconfigure): Outstanding => ({ client, add, remove })
