/**
 * The four sets in the definition of liveness (tutorial 3.3), as the omniscient observer keeps
 * them.
 *
 * "These sets are not known to the nodes; they are defined from the point of view of an omniscient
 * global observer": it sees invocations, responses and crashes, but not how a protocol
 * reconfigures. It also keeps the pending operations, since these have to complete.
 *
 * A crash is permanent. If a client crashes during a reconfiguration, the reconfiguration never
 * completes, so its changes stay pending forever.
 */
import * as Schema from "effect/Schema"
import { changedMembers } from "../configuration/configuration.ts"
import { including, setOf, union, without } from "../kernel/data.ts"
import { NodeId, SetOf } from "../kernel/node.ts"
import type { AnyObservation, AnyOperation } from "../kernel/observation.ts"
import type { Event } from "../kernel/observer.ts"
import { ServerSet } from "../nodes/nodes.ts"
import type { StorageParameters } from "../storage/parameters.ts"
import { isReconfigure, isRefusal, type Reconfigure } from "../storage/reconfiguration.ts"

/** A reconfiguration that has been invoked and has not completed. */
const Outstanding = Schema.Struct({ client: NodeId, add: ServerSet, remove: ServerSet })
type Outstanding = typeof Outstanding.Type

export const Sets = Schema.Struct({
  /**
   * Current(t): "the configuration that reflects all reconfigurations that completed by time t".
   */
  current: ServerSet,
  /**
   * The source of AddPending(t) and RemovePending(t): "reconfigurations that were invoked but did
   * not complete".
   */
  outstanding: SetOf(Outstanding),
  /** Failed(t): the storage nodes "that crash by time t", or have another fault. */
  failed: ServerSet,
  /** The correct clients with a pending operation of any kind, with its object. */
  pending: SetOf(Schema.Struct({ client: NodeId, object: Schema.optionalKey(Schema.String) }))
})
export type Sets = typeof Sets.Type

type Context = Pick<StorageParameters, "servers" | "configuration">

/** Initially nothing is outstanding and no node has failed. */
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
 * whose addition is pending may already be in it.
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
 * A reconfiguration completes with its response: Current reflects it from now on. A refused
 * reconfiguration changes nothing.
 */
const responded = (sets: Sets, client: NodeId, operation: AnyOperation, result: unknown): Sets => {
  const completed = { ...sets, pending: without(sets.pending, [pendingOf(client, operation)]) }
  if (!isReconfigure(operation)) return completed
  return {
    ...completed,
    current: isRefusal(result)
      ? sets.current
      : changedMembers(sets.current, operation.add, operation.remove),
    outstanding: without(sets.outstanding, [changesOf(client, operation)])
  }
}

/**
 * A storage node joins Failed. The operations of a faulty client no longer have to complete; its
 * outstanding reconfiguration stays outstanding.
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
