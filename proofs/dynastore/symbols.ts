/**
 * The symbols of the model of DynaStore.
 *
 * A view, a set of changes, is an element of a separate sort, ordered by inclusion and by size. The
 * model needs no other property of sets: that a client desires the *smallest* view with everything
 * that it has found matters for liveness only. The name of an edge is the view that it leads to. A
 * phase has its own name, like the numbers in the messages of `spec/dynastore/messages.ts`.
 */
import { and, eq, forall, implies, not, or, sort, type Term } from "../logic/formula.ts"
import type { Sentences } from "../logic/model.ts"
import { constant, fixedRelation, partial, relation } from "../logic/symbols.ts"
import { readQuorum, writeQuorum } from "../majority/model.ts"
import { operation, server, timestamp, value } from "../register/history.ts"

type View = Term<"view">

export const view = sort("view")
export const phase = sort("phase")
export const initialView = constant("initialView", view)

/**
 * Every change of the first view is in the second; the first has no more changes than the second.
 */
export const within = fixedRelation("within", view, view)
export const noLarger = fixedRelation("noLarger", view, view)
export const isBefore = (v: View, w: View) => and(within(v, w), not(eq(v, w)))

export const viewAxioms: Sentences = {
  "inclusion is an order": forall({ u: view, v: view, w: view }, ({ u, v, w }) =>
    and(
      within(u, u),
      implies(and(within(u, v), within(v, u)), eq(u, v)),
      implies(and(within(u, v), within(v, w)), within(u, w))
    )
  ),
  "sizes are numbers": forall({ u: view, v: view, w: view }, ({ u, v, w }) =>
    and(
      or(noLarger(u, v), noLarger(v, u)),
      implies(and(noLarger(u, v), noLarger(v, w)), noLarger(u, w))
    )
  ),
  "a larger set of changes is larger": forall({ u: view, v: view }, ({ u, v }) =>
    implies(within(u, v), and(noLarger(u, v), implies(noLarger(v, u), eq(u, v))))
  )
}

/** The quorums of a view's members. */
export const readOf = fixedRelation("readOf", readQuorum, view)
export const writeOf = fixedRelation("writeOf", writeQuorum, view)

/**
 * The stages of an operation besides `getting` and `setting`: it enters a view; updates its weak
 * snapshot; scans it before the Get phase; scans it after the Set phase; its traversal has ended.
 */
export const visiting = relation("visiting", operation)
export const proposing = relation("proposing", operation)
export const scanning = relation("scanning", operation)
export const checking = relation("checking", operation)
export const arrived = relation("arrived", operation)

/**
 * A traversal: the view where it began, the view that it visits, the view that it desires, and its
 * front.
 */
export const start = partial("start", [operation], [view])
export const at = partial("at", [operation], [view])
export const desired = partial("desired", [operation], [view])
export const front = relation("front", operation, view)
/** The newest pair that it has found, or chosen; whether a write has chosen. */
export const pair = partial("pair", [operation], [timestamp, value])
export const hasChosen = relation("hasChosen", operation)
/** The edges that its scan has found so far. */
export const found = relation("found", operation, view)
export const hasFound = relation("hasFound", operation)
/** Its current or latest Get or Set phase. */
export const inPhase = partial("inPhase", [operation], [phase])

/**
 * Get phases that were begun, and the nodes that have answered; the pair that each Set phase
 * stores, and the nodes that have acknowledged.
 */
export const gets = relation("gets", phase)
export const answered = relation("answered", phase, server)
export const sets = partial("sets", [phase], [timestamp, value])
export const acknowledged = relation("acknowledged", phase, server)
/** All answers ever sent. */
export const getReply = relation("getReply", phase, server, timestamp, value)
export const setReply = relation("setReply", phase, server)
/** All phases that were begun. */
export const used = relation("used", phase)

/**
 * The weak snapshot of each view, as proved in `../weak-snapshot/`: all proposals ever made;
 * whether an update has ended; whether a scan has returned something; and the edge that every
 * non-empty result of a scan contains.
 */
export const proposed = relation("proposed", view, view)
export const updated = relation("updated", view)
export const scanned = relation("scanned", view)
export const common = partial("common", [view], [view])
/**
 * For the scan of an operation: when it began, an update had ended, or a scan had returned
 * something.
 */
export const mustFind = relation("mustFind", operation)

/**
 * History: the established views, which every traversal passes: the initial one, and the target of
 * each established view's common edge; the latest of them; and the position of each traversal,
 * which is the first established view that it has not left.
 */
export const established = relation("established", view)
export const latest = partial("latest", [], [view])
export const position = partial("position", [operation], [view])
/** History: the views in which a traversal has ended, so that others may begin there. */
export const open = relation("open", view)
/** History: the pairs that a storage node holds, held, or has acknowledged as old. */
export const has = relation("has", server, timestamp)
/**
 * History: the tag was stored at a write quorum of the view before any scan had returned an edge
 * from it; and the members of the quorum that therefore have it.
 */
export const inTime = relation("inTime", view, timestamp)
export const kept = relation("kept", view, timestamp, server)
/** History: the storage node had the tag when the view became open. */
export const transferred = relation("transferred", view, server, timestamp)
/**
 * History: the view in which the operation ended, and the view that it desired when it was invoked.
 */
export const restsOn = partial("restsOn", [operation], [view])
export const wanted = partial("wanted", [operation], [view])
