/**
 * The four sets by which liveness is specified (tutorial 3.3), as an omniscient observer keeps
 * them.
 *
 * "These sets are not known to the nodes; they are defined from the point of view of an omniscient
 * global observer": it is fed invocations, responses and crashes, and nothing of how a protocol
 * reconfigures. Beside the four sets it keeps whose operations are pending, since it is those that
 * have to complete.
 *
 * A crash is for good, and so is what a client that has crashed leaves behind: its reconfiguration
 * is never known to have completed, so its changes stay pending forever.
 */
import * as Schema from "effect/Schema"
import { changedMembers } from "../configuration/configuration.ts"
import { including, setOf, union, without } from "../kernel/data.ts"
import { NodeId, SetOf } from "../kernel/node.ts"
import type { AnyObservation, AnyOperation } from "../kernel/observation.ts"
import type { Event } from "../kernel/observer.ts"
import { ServerSet } from "../nodes/nodes.ts"
import type { StorageParameters } from "../storage/parameters.ts"
import { isReconfigure, type Reconfigure, refused } from "../storage/reconfiguration.ts"

/** A reconfiguration that was invoked and has not completed. */
const Outstanding = Schema.Struct({ client: NodeId, add: ServerSet, remove: ServerSet })
type Outstanding = typeof Outstanding.Type

export const Sets = Schema.Struct({
  /**
   * Current(t): "the configuration that reflects all reconfigurations that completed by time t".
   */
  current: ServerSet,
  /**
   * What AddPending(t) and RemovePending(t) come from: "reconfigurations that were invoked but did
   * not complete".
   */
  outstanding: SetOf(Outstanding),
  /** Failed(t): the storage nodes "that crash by time t", or that another fault befalls. */
  failed: ServerSet,
  /**
   * The correct clients, each with an operation of whatever kind that was invoked and not
   * completed, by its object.
   */
  pending: SetOf(Schema.Struct({ client: NodeId, object: Schema.optionalKey(Schema.String) }))
})
export type Sets = typeof Sets.Type

type Context = Pick<StorageParameters, "servers" | "configuration">

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
 * RemovePending(t). A removal of a node that is not in the system is "simply ignored" (3.1); a node
 * whose addition is pending may be in it, as far as anybody knows.
 */
export const removePending = (sets: Sets): ServerSet => {
  const inSystem = union(sets.current, addPending(sets))
  return setOf(sets.outstanding.flatMap(({ remove }) => remove)).filter((node) =>
    inSystem.includes(node)
  )
}

/** The sets after an event. */
export const after = (context: Context, sets: Sets, event: Event<AnyObservation>): Sets => {
  if (event._tag === "Fault") return failed(context, sets, event.node)
  const { node, observation } = event
  switch (observation._tag) {
    case "Invocation":
      return invoked(sets, node, observation.operation)
    case "Response":
      return responded(sets, node, observation.operation, observation.result)
    case "Note":
      return sets
  }
}

const invoked = (sets: Sets, client: NodeId, operation: AnyOperation): Sets => ({
  ...sets,
  outstanding: isReconfigure(operation)
    ? including(sets.outstanding, changesOf(client, operation))
    : sets.outstanding,
  pending: including(sets.pending, pendingOf(client, operation))
})

/**
 * With its response a reconfiguration has completed: Current reflects it from now on. One that was
 * refused has changed nothing.
 */
const responded = (sets: Sets, client: NodeId, operation: AnyOperation, result: unknown): Sets => {
  const completed = { ...sets, pending: without(sets.pending, [pendingOf(client, operation)]) }
  if (!isReconfigure(operation)) return completed
  return {
    ...completed,
    current:
      result === refused
        ? sets.current
        : changedMembers(sets.current, operation.add, operation.remove),
    outstanding: without(sets.outstanding, [changesOf(client, operation)])
  }
}

/**
 * A storage node joins Failed. A faulty client is owed nothing more; what it had outstanding stays
 * so.
 */
const failed = ({ servers }: Context, sets: Sets, node: NodeId): Sets => {
  const server = servers.find((one) => one === node)
  return server === undefined
    ? { ...sets, pending: sets.pending.filter(({ client }) => client !== node) }
    : { ...sets, failed: including(sets.failed, server) }
}

const pendingOf = (client: NodeId, { object }: AnyOperation): Sets["pending"][number] => ({
  client,
  ...(object === undefined ? {} : { object })
})

const changesOf = (client: NodeId, { add, remove }: Reconfigure): Outstanding => ({
  client,
  add,
  remove
})
