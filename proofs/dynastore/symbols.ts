/**
 * What the model of DynaStore speaks of.
 *
 * A view, a set of changes, is an element of a sort of its own, ordered by inclusion and by size.
 * Nothing else about sets is needed: that a client desires the *smallest* view with all that it has
 * found matters for liveness only. An edge is named by the view that it leads to. A phase has a
 * name of its own, as its messages carry numbers in `spec/dynastore/messages.ts`.
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
 * The stage of an operation, beside `getting` and `setting`: it comes to a view; updates its weak
 * snapshot; scans it, before it gets; scans it, after it has set; its traversal is over.
 */
export const visiting = relation("visiting", operation)
export const proposing = relation("proposing", operation)
export const scanning = relation("scanning", operation)
export const checking = relation("checking", operation)
export const arrived = relation("arrived", operation)

/** A traversal: where it began, the view that it visits, what it desires, and its front. */
export const start = partial("start", [operation], [view])
export const at = partial("at", [operation], [view])
export const desired = partial("desired", [operation], [view])
export const front = relation("front", operation, view)
/** The newest pair that it has found, or chosen; whether a write has chosen. */
export const pair = partial("pair", [operation], [timestamp, value])
export const hasChosen = relation("hasChosen", operation)
/** What its scan has found so far. */
export const found = relation("found", operation, view)
export const hasFound = relation("hasFound", operation)
/** The Get or Set phase that it is in, or was in last. */
export const inPhase = partial("inPhase", [operation], [phase])

/**
 * Get phases that were begun, and who has answered; what each Set phase stores, and who has
 * acknowledged.
 */
export const gets = relation("gets", phase)
export const answered = relation("answered", phase, server)
export const sets = partial("sets", [phase], [timestamp, value])
export const acknowledged = relation("acknowledged", phase, server)
/** Answers that were ever sent. */
export const getReply = relation("getReply", phase, server, timestamp, value)
export const setReply = relation("setReply", phase, server)
/** All phases that were begun. */
export const used = relation("used", phase)

/**
 * The weak snapshot of each view, as it is proved in `../weak-snapshot/`: what was ever proposed;
 * whether an update is done; whether a scan has returned something, and the edge that is in all
 * that any scan returns.
 */
export const proposed = relation("proposed", view, view)
export const updated = relation("updated", view)
export const scanned = relation("scanned", view)
export const common = partial("common", [view], [view])
/**
 * Of the scan of an operation: an update was done, or a scan had returned something, when it began.
 */
export const mustFind = relation("mustFind", operation)

/**
 * History: the established views, which are on everybody's way: the initial one, and what the
 * common edge of one leads to; the latest of them; and the position of each traversal, which is the
 * first established view that it has not left.
 */
export const established = relation("established", view)
export const latest = partial("latest", [], [view])
export const position = partial("position", [operation], [view])
/** History: the views in which a traversal was over, and so others may begin. */
export const open = relation("open", view)
/** History: what a storage node holds, or held, or has acknowledged as old. */
export const has = relation("has", server, timestamp)
/**
 * History: the tag was stored at a write quorum of the view before any scan had returned an edge
 * from it; and who of the quorum has it therefore.
 */
export const inTime = relation("inTime", view, timestamp)
export const kept = relation("kept", view, timestamp, server)
/** History: the storage node had the tag when the view became open. */
export const transferred = relation("transferred", view, server, timestamp)
/**
 * History: the view in which the operation was over, and the one that it desired when it was
 * invoked.
 */
export const restsOn = partial("restsOn", [operation], [view])
export const wanted = partial("wanted", [operation], [view])
