/**
 * The traversal of the graph of configurations (tutorial 6; `Traverse` of the original paper [2]): what read, write and
 * reconfigure have in common.
 *
 * "During a read, write, and reconfigure operation, the client traverses the DAG of configurations." The client keeps
 * the views that it has found and not yet visited (the front), and all changes that it has found or wants itself
 * (desired). It visits the smallest view of the front:
 *
 *   1. propose   if changes are desired that the view lacks, update(them) on its weak snapshot;
 *   2. scan      the view's weak snapshot for outgoing edges;
 *   3. get       the data from the view;
 *   4. if there were edges: the views that they lead to take the view's place in the front;
 *      if there were none: set the data in the view, and scan once more; if there still are none, the operation ends,
 *      else the view is visited once more.
 *
 * 2 before 3 and set before scan: "if a Get is performed in the configuration concurrently with a Set, then either the
 * client performing Get sees the data of the client performing Set, or the client performing Set sees at least all
 * those outgoing edges in the DAG seen by the client performing Get".
 */
import { setOf, without } from "../kernel/data.ts"
import type { ClientId, NodeId } from "../kernel/node.ts"
import { become, type Step } from "../kernel/process.ts"
import { ask, begin, count, isOver } from "../phase/phase.ts"
import type { StorageOperation } from "../register/operation.ts"
import { initialPair, larger, type Pair } from "../register/pair.ts"
import { type Change, type Changes, change } from "../weak-snapshot/change.ts"
import type { Answer } from "../weak-snapshot/messages.ts"
import * as Snapshot from "../weak-snapshot/stages.ts"
import type { GetReply, Message } from "./messages.ts"
import {
  type Context,
  type Stage,
  type Traversal,
  type TraversalStep,
  type Traversing,
  traversalOf
} from "./state.ts"
import { snapshotVariant } from "./variants.ts"
import { configurationOf, extended, lacking, sizeOf, type View } from "./view.ts"

type SnapshotStage = "Proposing" | "Scanning" | "Checking"

/**
 * A client begins an operation: "by communicating with the storage nodes in the most recent configuration it knows".
 * A reconfiguration desires its own changes from the beginning.
 */
export const startTraversal = (
  context: Context,
  self: ClientId,
  begun: number,
  view: View,
  operation: StorageOperation
): TraversalStep => {
  const desired = operation._tag === "Reconfigure" ? extended(context, view, change(operation)) : view
  const pair = initialPair
  const step = visit(context, self, {
    begun,
    operation,
    phase: 0,
    start: view,
    desired,
    front: [view],
    view,
    pair,
    chosen: false
  })
  return { ...step, observations: [{ _tag: "Invocation", operation }, ...step.observations] }
}

/**
 * The client visits the smallest view of its front. The order matters: a larger view may be the end of one branch that
 * others have not merged, and only what follows from every smaller one is sure to be on everybody's way.
 */
export const visit = (context: Context, self: ClientId, traversal: Traversal): TraversalStep => {
  const bySize = [...traversal.front].sort((left, right) => sizeOf(left) - sizeOf(right))
  const view = (context.variant === "largest-first" ? bySize.at(-1) : bySize[0]) as View
  const visiting = { ...traversal, view }
  return context.variant === "get-before-scan"
    ? startGet(context, visiting, [])
    : propose(context, self, visiting)
}

/**
 * 1. "The client creates a new vertex that merges the branches and creates edges from each branch to the new vertex,
 * by executing the update operation on the weak snapshots of the branches." The edge to what the client wants itself
 * is made in the same way. "The client may fail to add some edges"; then it finds another one by its scan, and tries
 * again where that leads.
 */
const propose = (context: Context, self: ClientId, traversal: Traversal): TraversalStep => {
  const proposed = proposal(context, traversal)
  return isEmpty(proposed)
    ? scan(context, self, traversal)
    : proceed(context, self, traversal, "Proposing", Snapshot.startUpdate(proposed))
}

const proposal = (context: Context, { desired, operation, view }: Traversal): Change => {
  if (context.variant !== "unmerged-branches") return lacking(context, desired, view)
  return operation._tag === "Reconfigure"
    ? lacking(context, extended(context, view, change(operation)), view)
    : { add: [], remove: [] }
}

const isEmpty = ({ add, remove }: Change): boolean => add.length + remove.length === 0

/** 2. "It checks what edges are outgoing from c by executing the scan operation on the weak snapshot of c." */
const scan = (context: Context, self: ClientId, traversal: Traversal): TraversalStep =>
  proceed(context, self, traversal, "Scanning", Snapshot.startScan(snapshotContext(context, traversal)))

const snapshotContext = (context: Context, { view }: Pick<Traversing, "view">): Snapshot.Context => ({
  configuration: configurationOf(context, view),
  variant: snapshotVariant(context.variant)
})

/** The client's step, from how its update or scan stands. */
const proceed = (
  context: Context,
  self: ClientId,
  traversal: Traversal,
  stage: SnapshotStage,
  progress: Snapshot.Progress
): TraversalStep => {
  switch (progress._tag) {
    case "Asks":
      return startPhase(context, traversal, { _tag: stage, snapshot: progress.stage }, progress.question)
    case "Waits":
      return become({ _tag: "Traversing", ...traversal, stage: { _tag: stage, snapshot: progress.stage } })
    case "Updated":
      return scan(context, self, traversal)
    case "Scanned":
      return stage === "Checking"
        ? checked(context, self, traversal, progress.changes)
        : scanned(context, self, traversal, progress.changes)
  }
}

/** What the client asks the members of the view that it visits, but for the numbers and the view. */
type Question =
  | Snapshot.Question
  | { readonly _tag: "Get" }
  | { readonly _tag: "Set"; readonly pair: Pair }
  | { readonly _tag: "Notify" }

/** The next phase of the operation begins: its question goes to all members of the view. */
export const startPhase = (
  context: Context,
  traversal: Traversal,
  stage: Stage,
  question: Question
): Step<Traversing, StorageOperation, Message> => {
  const phase = traversal.phase + 1
  const numbers = { operation: traversal.begun, phase }
  const isOfData = question._tag === "Get" || question._tag === "Set"
  const message = { ...question, ...numbers, ...(isOfData ? {} : { view: traversal.view }) } as Message
  return {
    state: { _tag: "Traversing", ...traversal, phase, stage },
    sends: ask(configurationOf(context, traversal.view).members, message),
    observations: []
  }
}

/** The answer to the client's question about a weak snapshot arrives. */
export const receiveAnswer = (
  context: Context,
  self: ClientId,
  state: Traversing,
  from: NodeId,
  answer: Answer
): TraversalStep | undefined => {
  const { stage } = state
  const traversal = traversalOf(state)
  if (!("snapshot" in stage)) return undefined
  const progress = Snapshot.receive(snapshotContext(context, traversal), stage.snapshot, from, answer)
  return progress && proceed(context, self, traversal, stage._tag, progress)
}

/** The scan before the Get phase is over. */
const scanned = (context: Context, self: ClientId, traversal: Traversal, found: Changes): TraversalStep =>
  context.variant === "get-before-scan"
    ? leaveOrStay(context, self, traversal, found)
    : startGet(context, traversal, found)

/** 3. "DynaStore guarantees atomicity by reading from the configurations in all possible paths in the DAG." */
const startGet = (context: Context, traversal: Traversal, found: Changes): TraversalStep => {
  const phase = begin([configurationOf(context, traversal.view)], null)
  return startPhase(context, traversal, { _tag: "Getting", found, phase }, { _tag: "Get" })
}

/** A vt-pair arrives: the newest is kept. With a majority of them the Get phase is over. */
export const receiveGetReply = (
  context: Context,
  self: ClientId,
  state: Traversing,
  from: NodeId,
  reply: GetReply
): TraversalStep | undefined => {
  const { stage } = state
  if (stage._tag !== "Getting") return undefined
  const phase = count(stage.phase, from, null)
  const traversal = { ...traversalOf(state), pair: larger(state.pair, reply.pair) }
  if (!isOver(phase, "read")) return become({ _tag: "Traversing", ...traversal, stage: { ...stage, phase } })
  return context.variant === "get-before-scan"
    ? propose(context, self, traversal)
    : leaveOrStay(context, self, traversal, stage.found)
}

/** 4. Edges are followed; "when a vertex without outgoing edges is reached, data is stored at this configuration". */
const leaveOrStay = (
  context: Context,
  self: ClientId,
  traversal: Traversal,
  found: Changes
): TraversalStep => {
  if (found.length > 0) return follow(context, self, traversal, found)
  return context.variant === "scan-before-set"
    ? check(context, self, traversal)
    : startSet(context, self, traversal)
}

/**
 * The views that the edges lead to take the place of the view in the front, and "all configuration changes encountered
 * during the DAG traversal" become desired.
 */
const follow = (context: Context, self: ClientId, traversal: Traversal, found: Changes): TraversalStep => {
  const { desired, front, view } = traversal
  const next = found.map((one) => extended(context, view, one))
  return visit(context, self, {
    ...traversal,
    front: setOf([...without(front, [view]), ...next]),
    desired: found.reduce((all, one) => extended(context, all, one), desired)
  })
}

/**
 * 4. The Set phase. A write chooses its timestamp when it stores its value for the first time, higher than all that it
 * has read on its way; in later views it stores that pair again, or a newer one that it has found meanwhile.
 */
const startSet = (context: Context, self: ClientId, before: Traversal): TraversalStep => {
  const traversal = choosePair(context, self, before)
  const { pair, view } = traversal
  const phase = begin([configurationOf(context, view)], null)
  const step = startPhase(context, traversal, { _tag: "Setting", phase }, { _tag: "Set", pair })
  const note = { _tag: "Note", name: "stores", detail: { view, timestamp: pair.timestamp } } as const
  return { ...step, observations: [note] }
}

const choosePair = ({ variant }: Context, self: ClientId, traversal: Traversal): Traversal => {
  const { chosen, operation, pair } = traversal
  if (operation._tag !== "Write" || (chosen && variant !== "fresh-timestamps")) return traversal
  const timestamp = { number: pair.timestamp.number + 1, client: self }
  return { ...traversal, pair: { value: operation.value, timestamp }, chosen: true }
}

/** A storage node holds the pair or a newer one. With a majority of them the Set phase is over. */
export const receiveSetReply = (
  context: Context,
  self: ClientId,
  state: Traversing,
  from: NodeId
): TraversalStep | undefined => {
  const { stage } = state
  if (stage._tag !== "Setting") return undefined
  const traversal = traversalOf(state)
  const phase = count(stage.phase, from, null)
  if (!isOver(phase, "write")) return become({ _tag: "Traversing", ...traversal, stage: { ...stage, phase } })
  const ends = context.variant === "no-final-scan" || context.variant === "scan-before-set"
  return ends ? end(traversal) : check(context, self, traversal)
}

/**
 * 4. "Then a scan is performed on the weak snapshot of this configuration to check for new edges that may have been
 * created by concurrent reconfigurations."
 */
const check = (context: Context, self: ClientId, traversal: Traversal): TraversalStep =>
  proceed(context, self, traversal, "Checking", Snapshot.startScan(snapshotContext(context, traversal)))

/**
 * "If there are new edges, the traversal continues. Otherwise the configuration is guaranteed to appear on all paths
 * seen by other operations, and the client can complete its operation."
 *
 * To continue is to visit the view once more: what was stored in it since it was last read must be read before it is
 * left (variant `no-second-get`).
 */
const checked = (context: Context, self: ClientId, traversal: Traversal, found: Changes): TraversalStep => {
  if (found.length > 0) {
    return context.variant === "no-second-get"
      ? follow(context, self, traversal, found)
      : visit(context, self, traversal)
  }
  return context.variant === "scan-before-set" ? startSet(context, self, traversal) : end(traversal)
}

const end = (traversal: Traversal): TraversalStep => become({ _tag: "Over", traversal })
