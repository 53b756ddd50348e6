/**
 * The traversal of the graph of configurations (tutorial 6; `Traverse` of the original paper [2]):
 * the common part of read, write and reconfigure.
 *
 * "During a read, write, and reconfigure operation, the client traverses the DAG of
 * configurations." The client keeps the views it has found and not yet left (the front), and all
 * changes it has found or wants to make (desired). It visits the smallest view of the front:
 *
 *   1. propose   if the view lacks desired changes, update(them) on its weak snapshot;
 *   2. scan      the view's weak snapshot for outgoing edges;
 *   3. get       the data from the view;
 *   4. if there are edges, their targets replace the view in the front;
 *      if there are none, set the data in the view and scan again; without new edges the
 *      operation ends, otherwise the client visits the view again.
 *
 * Scan precedes get, and set precedes the last scan: "if a Get is performed in the configuration
 * concurrently with a Set, then either the client performing Get sees the data of the client
 * performing Set, or the client performing Set sees at least all those outgoing edges in the DAG
 * seen by the client performing Get". (The order is in `rules.ts`.)
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
 * A client begins an operation "by communicating with the storage nodes in the most recent
 * configuration it knows". A reconfiguration desires its own changes from the start.
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
 * of an unmerged branch. Only after the smaller views is a view sure to be on the path of every
 * traversal.
 */
export const visit = (context: Context, self: ClientId, traversal: Traversal): TraversalStep =>
  nextStep(context, self, { ...traversal, view: context.rules.visited(traversal.front) }, null, [])

/**
 * 1 to 3. The step `done` of the visit is complete (null: none yet), and the scan has found these
 * edges. The next step begins; after the last one the client leaves the view or stays.
 */
const nextStep = (
  context: Context,
  self: ClientId,
  traversal: Traversal,
  done: VisitStep | null,
  found: Changes
): TraversalStep => {
  switch (stepAfter(context.rules.visit, done)) {
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

/** The next step in this order; undefined after the last. */
const stepAfter = <A>(order: ReadonlyArray<A>, done: A | null): A | undefined =>
  done === null ? order[0] : order[order.indexOf(done) + 1]

/**
 * 1. "The client creates a new vertex that merges the branches and creates edges from each branch
 *    to the new vertex, by executing the update operation on the weak snapshots of the branches."
 *    The client creates the edge for its own change in the same way. "The client may fail to add
 *    some edges"; its scan then finds another edge, and the client tries again at the end of that
 *    edge.
 */
const propose = (context: Context, self: ClientId, traversal: Traversal): TraversalStep => {
  const { rules } = context
  const proposed = rules.lacking(rules.destination(traversal), traversal.view)
  return sizeOf(proposed) === 0
    ? nextStep(context, self, traversal, "Proposing", [])
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

/** The client's step for this progress of its update or scan. */
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
      return nextStep(context, self, traversal, "Proposing", [])
    case "Scanned":
      return step === "Checking"
        ? checked(context, self, traversal, progress.changes)
        : nextStep(context, self, traversal, "Scanning", progress.changes)
  }
}

/** The client's question to the members of the visited view, without the numbers and the view. */
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

/** The question as a message of this phase. All but Get and Set carry the view. */
const numbered = ({ begun, phase, view }: Traversal, question: Question): Message => {
  const numbers = { operation: begun, phase }
  return question._tag === "Get" || question._tag === "Set"
    ? { ...question, ...numbers }
    : { ...question, ...numbers, view }
}

/** An answer about a weak snapshot arrives. */
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

/**
 * A vt-pair arrives, and the client keeps the newest. After a majority of answers the Get phase is
 * complete.
 */
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
    ? nextStep(context, self, traversal, "Getting", stage.found)
    : become({ _tag: "Traversing", ...traversal, stage: { ...stage, phase } })
}

/**
 * 4. The client follows edges; "when a vertex without outgoing edges is reached, data is stored at
 *    this configuration".
 */
const leaveOrStay = (
  context: Context,
  self: ClientId,
  traversal: Traversal,
  found: Changes
): TraversalStep =>
  found.length > 0 ? follow(context, self, traversal, found) : stay(context, self, traversal, null)

/**
 * In the front, the targets of the edges replace the view, and "all configuration changes
 * encountered during the DAG traversal" become desired.
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
 * 4. The step `done` at a leaf is complete (null: none yet), and there are no edges. The next step
 *    begins. After the last one "the configuration is guaranteed to appear on all paths seen by
 *    other operations, and the client can complete its operation".
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
  switch (stepAfter(context.rules.leaf, done)) {
    case "Setting":
      return startSet(context, self, traversal)
    case "Checking":
      return scan(context, self, traversal, "Checking")
    case undefined:
      return become({ _tag: "Over", traversal })
  }
}

/**
 * 4. The Set phase. A write chooses its timestamp when it first stores its value, larger than every
 *    timestamp it has read. In later views it stores the same pair again, or a newer one found
 *    meanwhile.
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

/**
 * A storage node has the pair or a newer one. After a majority of acknowledgements the Set phase is
 * complete.
 */
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
 * 4. The scan at a leaf is complete. "If there are new edges, the traversal continues." The client
 *    visits the view again: it must read the data stored there since its last Get before it leaves
 *    (variant `no-second-get`).
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
