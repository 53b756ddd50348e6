/**
 * The traversal of the graph of configurations (tutorial 6; `Traverse` of the original paper [2]):
 * what read, write and reconfigure have in common.
 *
 * "During a read, write, and reconfigure operation, the client traverses the DAG of
 * configurations." The client keeps the views that it has found and not yet visited (the front),
 * and all changes that it has found or wants itself (desired). It visits the smallest view of the
 * front:
 *
 *   1. propose   if changes are desired that the view lacks, update(them) on its weak snapshot;
 *   2. scan      the view's weak snapshot for outgoing edges;
 *   3. get       the data from the view;
 *   4. if there were edges: the views that they lead to take the view's place in the front;
 *      if there were none: set the data in the view, and scan once more; if there still are
 *      none, the operation ends, else the view is visited once more.
 *
 * 2 before 3 and set before scan: "if a Get is performed in the configuration concurrently with a
 * Set, then either the client performing Get sees the data of the client performing Set, or the
 * client performing Set sees at least all those outgoing edges in the DAG seen by the client
 * performing Get". (The order is in `rules.ts`.)
 */
import { setOf, without } from "../kernel/data.ts"
import type { NodeId } from "../kernel/node.ts"
import { become } from "../kernel/process.ts"
import type { ClientId } from "../nodes/nodes.ts"
import { advance, ask, begin, isMissing, unchanged } from "../phase/phase.ts"
import { initialPair, larger, type Pair } from "../register/pair.ts"
import type { StorageOperation } from "../storage/reconfiguration.ts"
import type { Changes } from "../weak-snapshot/change.ts"
import type { Answer } from "../weak-snapshot/messages.ts"
import * as Snapshot from "../weak-snapshot/stages.ts"
import type { GetReply, Message } from "./messages.ts"
import type { Stores } from "./observation.ts"
import type { LeafStep, VisitStep } from "./rules.ts"
import {
  type Context,
  type Stage,
  type Traversal,
  type TraversalStep,
  type Traversing,
  type TraversingStep,
  traversalOf
} from "./state.ts"
import { configurationsOf, membersOf, sizeOf, type View } from "./view.ts"

/**
 * A client begins an operation: "by communicating with the storage nodes in the most recent
 * configuration it knows". A reconfiguration desires its own changes from the beginning.
 */
export const startTraversal = (
  context: Context,
  self: ClientId,
  begun: number,
  view: View,
  operation: StorageOperation
): TraversalStep => {
  const desired = operation._tag === "Reconfigure" ? context.rules.extended(view, operation) : view
  const step = visit(context, self, {
    begun,
    operation,
    phase: 0,
    start: view,
    desired,
    front: [view],
    view,
    pair: initialPair,
    chosen: false
  })
  return { ...step, observations: [{ _tag: "Invocation", operation }, ...step.observations] }
}

/**
 * The client visits the smallest view of its front. The order matters: a larger view may be the end
 * of one branch that others have not merged, and only what follows from every smaller one is sure
 * to be on everybody's way.
 */
export const visit = (context: Context, self: ClientId, traversal: Traversal): TraversalStep =>
  goOn(context, self, { ...traversal, view: context.rules.visited(traversal.front) }, null, [])

/**
 * 1 to 3. A step of the visit is over (null: none yet), by which these edges are found: the next
 * one begins. After the last the client leaves the view, or stays.
 */
const goOn = (
  context: Context,
  self: ClientId,
  traversal: Traversal,
  done: VisitStep | null,
  found: Changes
): TraversalStep => {
  switch (following(context.rules.visit, done)) {
    case "Proposing":
      return propose(context, self, traversal)
    case "Scanning":
      return scan(context, self, traversal, "Scanning")
    case "Getting":
      return startGet(context, traversal, found)
    case undefined:
      return leaveOrStay(context, self, traversal, found)
  }
}

/** The step that follows in this order; undefined after the last. */
const following = <A>(order: ReadonlyArray<A>, done: A | null): A | undefined =>
  done === null ? order[0] : order[order.indexOf(done) + 1]

/**
 * 1. "The client creates a new vertex that merges the branches and creates edges from each branch
 * to the new vertex, by executing the update operation on the weak snapshots of the branches." The
 * edge to what the client wants itself is made in the same way. "The client may fail to add some
 * edges"; then it finds another one by its scan, and tries again where that leads.
 */
const propose = (context: Context, self: ClientId, traversal: Traversal): TraversalStep => {
  const { rules } = context
  const proposed = rules.lacking(rules.destination(traversal), traversal.view)
  return sizeOf(proposed) === 0
    ? goOn(context, self, traversal, "Proposing", [])
    : proceed(context, self, traversal, "Proposing", Snapshot.startUpdate(proposed))
}

/**
 * 2 and 4. "It checks what edges are outgoing from c by executing the scan operation on the weak
 * snapshot of c."
 */
const scan = (
  context: Context,
  self: ClientId,
  traversal: Traversal,
  step: "Scanning" | "Checking"
): TraversalStep =>
  proceed(context, self, traversal, step, Snapshot.startScan(snapshotOf(context, traversal)))

/** The weak snapshot of the view that the client visits. */
const snapshotOf = (context: Context, { view }: Pick<Traversing, "view">): Snapshot.Context => ({
  configurations: configurationsOf(context, view),
  rules: context.rules.snapshot
})

/** The client's step, from how its update or scan stands. */
const proceed = (
  context: Context,
  self: ClientId,
  traversal: Traversal,
  step: "Proposing" | "Scanning" | "Checking",
  progress: Snapshot.Progress
): TraversalStep => {
  switch (progress._tag) {
    case "Asks":
      return startStage(traversal, { _tag: step, snapshot: progress.stage }, progress.question)
    case "Waits":
      return become({
        _tag: "Traversing",
        ...traversal,
        stage: { _tag: step, snapshot: progress.stage }
      })
    case "Updated":
      return goOn(context, self, traversal, "Proposing", [])
    case "Scanned":
      return step === "Checking"
        ? checked(context, self, traversal, progress.changes)
        : goOn(context, self, traversal, "Scanning", progress.changes)
  }
}

/**
 * What the client asks the members of the view that it visits, but for the numbers and the view.
 */
type Question =
  | Snapshot.Question
  | { readonly _tag: "Get" }
  | { readonly _tag: "Set"; readonly pair: Pair }
  | { readonly _tag: "Notify" }

/** The next phase of the operation begins: its question goes to all members of the view. */
export const startStage = (before: Traversal, stage: Stage, question: Question): TraversingStep => {
  const traversal = { ...before, phase: before.phase + 1 }
  return {
    state: { _tag: "Traversing", ...traversal, stage },
    sends: ask(membersOf(traversal.view), numbered(traversal, question)),
    observations: []
  }
}

/**
 * The question as a message of this phase. All but Get and Set, which are about data, say of which
 * view they are.
 */
const numbered = ({ begun, phase, view }: Traversal, question: Question): Message => {
  const numbers = { operation: begun, phase }
  return question._tag === "Get" || question._tag === "Set"
    ? { ...question, ...numbers }
    : { ...question, ...numbers, view }
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
  if (!("snapshot" in stage)) return undefined
  const progress = Snapshot.receive(snapshotOf(context, state), stage.snapshot, from, answer)
  return progress && proceed(context, self, traversalOf(state), stage._tag, progress)
}

/**
 * 3. "DynaStore guarantees atomicity by reading from the configurations in all possible paths in
 * the DAG."
 */
const startGet = (context: Context, traversal: Traversal, found: Changes): TraversalStep => {
  const phase = begin(configurationsOf(context, traversal.view), null)
  return startStage(traversal, { _tag: "Getting", found, phase }, { _tag: "Get" })
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
  if (stage._tag !== "Getting" || !isMissing(stage.phase, from)) return undefined
  const traversal = { ...traversalOf(state), pair: larger(state.pair, reply.pair) }
  const { phase, isComplete } = advance(stage.phase, from, unchanged, "read")
  return isComplete
    ? goOn(context, self, traversal, "Getting", stage.found)
    : become({ _tag: "Traversing", ...traversal, stage: { ...stage, phase } })
}

/**
 * 4. Edges are followed; "when a vertex without outgoing edges is reached, data is stored at this
 * configuration".
 */
const leaveOrStay = (
  context: Context,
  self: ClientId,
  traversal: Traversal,
  found: Changes
): TraversalStep =>
  found.length > 0 ? follow(context, self, traversal, found) : stay(context, self, traversal, null)

/**
 * The views that the edges lead to take the place of the view in the front, and "all configuration
 * changes encountered during the DAG traversal" become desired.
 */
const follow = (
  context: Context,
  self: ClientId,
  traversal: Traversal,
  found: Changes
): TraversalStep => {
  const { extended } = context.rules
  const { desired, front, view } = traversal
  const next = found.map((one) => extended(view, one))
  return visit(context, self, {
    ...traversal,
    front: setOf([...without(front, [view]), ...next]),
    desired: found.reduce(extended, desired)
  })
}

/**
 * 4. A step at a leaf is over (null: none yet), and there are no edges: the next one begins. After
 * the last "the configuration is guaranteed to appear on all paths seen by other operations, and
 * the client can complete its operation".
 *
 * "Then a scan is performed on the weak snapshot of this configuration to check for new edges that
 * may have been created by concurrent reconfigurations."
 */
const stay = (
  context: Context,
  self: ClientId,
  traversal: Traversal,
  done: LeafStep | null
): TraversalStep => {
  switch (following(context.rules.leaf, done)) {
    case "Setting":
      return startSet(context, self, traversal)
    case "Checking":
      return scan(context, self, traversal, "Checking")
    case undefined:
      return become({ _tag: "Over", traversal })
  }
}

/**
 * 4. The Set phase. A write chooses its timestamp when it stores its value for the first time,
 * higher than all that it has read on its way; in later views it stores that pair again, or a newer
 * one that it has found meanwhile.
 */
const startSet = (context: Context, self: ClientId, before: Traversal): TraversalStep => {
  const traversal = choosePair(context, self, before)
  const { pair, view } = traversal
  const phase = begin(configurationsOf(context, view), null)
  const step = startStage(traversal, { _tag: "Setting", phase }, { _tag: "Set", pair })
  const stores: Stores = {
    _tag: "Note",
    name: "stores",
    detail: { view, timestamp: pair.timestamp }
  }
  return { ...step, observations: [stores] }
}

const choosePair = ({ rules }: Context, self: ClientId, traversal: Traversal): Traversal => {
  const { chosen, operation, pair } = traversal
  if (operation._tag !== "Write" || (chosen && rules.keepsTimestamp)) return traversal
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
  const { phase, isComplete } = advance(stage.phase, from, unchanged, "write")
  return isComplete
    ? stay(context, self, traversalOf(state), "Setting")
    : become({ ...state, stage: { ...stage, phase } })
}

/**
 * 4. The scan at a leaf is over. "If there are new edges, the traversal continues." To continue is
 * to visit the view once more: what was stored in it since it was last read must be read before it
 * is left (variant `no-second-get`).
 */
const checked = (
  context: Context,
  self: ClientId,
  traversal: Traversal,
  found: Changes
): TraversalStep => {
  if (found.length === 0) return stay(context, self, traversal, "Checking")
  return context.rules.visitsAgain
    ? visit(context, self, traversal)
    : follow(context, self, traversal, found)
}
