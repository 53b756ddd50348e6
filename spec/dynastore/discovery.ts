/**
 * How a client finds the latest configuration when the one that it knows has died (tutorial 6): "it
 * is possible that a configuration discovered during the traversal is old and no longer has a
 * majority of responsive nodes. To handle such situations, the client periodically queries the
 * directory service, obtaining a set of storage nodes; it asks these storage nodes for their latest
 * configuration; if this configuration is new to the client, it retries its operation using the new
 * configuration".
 *
 * Where there is a directory, a hint comes to each client from time to time. For hints to be of
 * use, somebody has to tell the directory of new configurations, and the storage nodes which one is
 * their latest. The prose does not say who, or when. The original paper [2] does: whoever has
 * traversed the graph notifies the members of the last view, and waits for a majority (NotifyQ).
 * Here only those do who reconfigure, and then they tell the directory: old configurations need not
 * live on once a reconfiguration has returned, and it is reconfigurations that return that make
 * them old (3.3).
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
 * The traversal is over. A reconfiguration has something left to do where there is a directory; all
 * others end. Should it be retried while it does that, then only in a view that is later than the
 * one to which it has come.
 */
export const afterTraversal = (context: Context, traversal: Traversal): ClientStep => {
  if (context.directory === undefined || traversal.operation._tag !== "Reconfigure")
    return finish(context, traversal)
  const arrived = { ...traversal, start: traversal.view }
  return context.rules.notifiesMembers ? startNotify(context, arrived) : announce(context, arrived)
}

/**
 * A reconfiguration tells the members of its last view that operations may begin there. (NotifyQ of
 * [2].)
 */
const startNotify = (context: Context, traversal: Traversal): ClientStep => {
  const phase = begin(configurationsOf(context, traversal.view), null)
  return startStage(traversal, { _tag: "Notifying", phase }, { _tag: "Notify" })
}

/**
 * A member knows. With a majority of them, whoever asks enough members in times to come hears of
 * the view.
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
 * Then it tells the directory of these members, and returns when the directory says that it knows.
 * (As the views in which reconfigurations end are on everybody's way, of any two the later one is
 * the larger.)
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

/** The directory knows of the members: the reconfiguration returns ok. */
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
 * A storage node says which view is its latest, at any time. "If this configuration is new to the
 * client, it retries its operation using the new configuration"; between operations, it begins the
 * next one there.
 *
 * It is new if it is later than the one that the client began in. What the client has found so far
 * it keeps: the changes that it desires, the newest pair, and, of a write that has chosen its
 * timestamp, that one. (The prose does not say so; a write that chose once more could take effect
 * twice. That is the variant `restart-chooses-again`.)
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
