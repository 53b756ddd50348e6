/**
 * How a client finds the latest configuration when its own has died (tutorial 6): "it is possible
 * that a configuration discovered during the traversal is old and no longer has a majority of
 * responsive nodes. To handle such situations, the client periodically queries the directory
 * service, obtaining a set of storage nodes; it asks these storage nodes for their latest
 * configuration; if this configuration is new to the client, it retries its operation using the new
 * configuration".
 *
 * A directory sends hints to the clients from time to time. Hints help only if the directory learns
 * of new configurations, and the storage nodes learn which one is their latest. The tutorial does
 * not say how. In the original paper [2] every client that has traversed the graph notifies the
 * members of the last view and waits for a majority (NotifyQ). Here only reconfigurers do so, and
 * then announce the members to the directory. This suffices: old configurations may die only after
 * a reconfiguration has returned (3.3).
 */
import { type Announce, type Announced, directoryIn, type Hint } from "../directory/directory.ts"
import type { NodeId } from "../kernel/node.ts"
import { become, ignore } from "../kernel/process.ts"
import type { ClientId } from "../nodes/nodes.ts"
import { advance, ask, begin, isOverForBoth, unchanged } from "../phase/phase.ts"
import type { ViewReply } from "./messages.ts"
import {
  type ClientState,
  type ClientStep,
  type Context,
  finish,
  latestKnown,
  type Traversal,
  type TraversalStep,
  type Traversing,
  traversalOf
} from "./state.ts"
import { startStage, visit } from "./traversal.ts"
import { configurationsOf, isWithin, membersOf, sizeOf } from "./view.ts"

/**
 * The traversal is complete. In a system with a directory, a reconfiguration continues by
 * notifying; any other operation ends. From here on only a view later than the one reached restarts
 * the reconfiguration.
 */
export const afterTraversal = (context: Context, traversal: Traversal): ClientStep => {
  if (context.directory === undefined || traversal.operation._tag !== "Reconfigure")
    return finish(context, traversal)
  const arrived = { ...traversal, start: traversal.view }
  return context.rules.notifiesMembers ? startNotify(context, arrived) : announce(context, arrived)
}

/**
 * A reconfiguration notifies the members of its last view that operations may begin there. (NotifyQ
 * of [2].)
 */
const startNotify = (context: Context, traversal: Traversal): ClientStep => {
  const phase = begin(configurationsOf(context, traversal.view), null)
  return startStage(traversal, { _tag: "Notifying", phase }, { _tag: "Notify" })
}

/**
 * A member has acknowledged the view. After a majority of acknowledgements, every later client that
 * asks a majority learns of the view.
 */
export const receiveNotified = (
  context: Context,
  state: Traversing,
  from: NodeId
): ClientStep | undefined => {
  const { stage } = state
  if (stage._tag !== "Notifying") return undefined
  const { phase, isComplete } = advance(stage.phase, from, unchanged, "write", isOverForBoth)
  return isComplete
    ? announce(context, traversalOf(state))
    : become({ ...state, stage: { ...stage, phase } })
}

/**
 * The client then announces these members to the directory, and returns after the acknowledgement.
 * (The views in which reconfigurations end are on the path of every traversal, so the later of two
 * is the larger.)
 */
const announce = (context: Context, traversal: Traversal): ClientStep => {
  const { view } = traversal
  const message: Announce = { _tag: "Announce", number: sizeOf(view), members: membersOf(view) }
  const sends = ask(
    directoryIn(context).map(({ id }) => id),
    message
  )
  return context.rules.awaitsDirectory
    ? {
        state: { _tag: "Traversing", ...traversal, stage: { _tag: "Announcing" } },
        sends,
        observations: []
      }
    : { ...finish(context, traversal), sends }
}

/** The directory has acknowledged the members: the reconfiguration returns ok. */
export const receiveAnnounced = (
  context: Context,
  state: ClientState,
  { number }: Announced
): ClientStep =>
  state._tag === "Traversing" && state.stage._tag === "Announcing" && number === sizeOf(state.view)
    ? finish(context, traversalOf(state))
    : ignore(state)

/**
 * A hint arrives, at any time: the client "asks these storage nodes for their latest
 * configuration".
 */
export const receiveHint = (state: ClientState, { members }: Hint): ClientStep => ({
  state,
  sends: ask(members, { _tag: "AskView" }),
  observations: []
})

/**
 * A storage node's latest view arrives, at any time. "If this configuration is new to the client,
 * it retries its operation using the new configuration"; an idle client begins its next operation
 * there.
 *
 * The view is new if it is later than the one in which the operation began. The client keeps what
 * it has found: the desired changes, the newest pair, and the timestamp that a write has chosen.
 * (The tutorial does not say so. A write that chose a second timestamp could take effect twice: the
 * variant `restart-chooses-again`.)
 */
export const receiveViewReply = (
  context: Context,
  self: ClientId,
  state: ClientState,
  { view }: ViewReply
): TraversalStep | ClientStep => {
  if (isWithin(view, latestKnown(state))) return ignore(state)
  if (state._tag === "Idle") return become({ ...state, view })
  const { desired, chosen } = state
  return visit(context, self, {
    ...traversalOf(state),
    start: view,
    desired: context.rules.extended(desired, view),
    front: [view],
    view,
    chosen: chosen && context.rules.retriesWithTimestamp
  })
}
