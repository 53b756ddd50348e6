/**
 * The symbols of the model of a weak snapshot. A row of the matrix, a set of changes, is an element
 * of a separate sort: so a message carries one, as it does in `spec/weak-snapshot/messages.ts`.
 */
import { sort } from "../logic/formula.ts"
import { constant, fixedRelation, partial, relation, totalFunction } from "../logic/symbols.ts"
import { operation, server } from "../register/history.ts"

export const change = sort("change")
export const row = sort("row")
export const inRow = fixedRelation("inRow", change, row)

/** Whether an operation is an update (otherwise it is a scan), and its change. */
export const isUpdate = fixedRelation("isUpdate", operation)
export const proposal = totalFunction("proposal", [operation], change)

/** A scan collects twice: its rounds. */
export const round = sort("round")
export const first = constant("first", round)
export const second = constant("second", round)

/** A storage node: the change that it endorses, if any, and all endorsements that it knows. */
export const endorsed = partial("endorsed", [server], [change])
export const hasEndorsed = relation("hasEndorsed", server)
export const knows = relation("knows", server, change)

/**
 * An update: it waits for an endorsement; it stores that change, and these storage nodes know it.
 */
export const endorsing = relation("endorsing", operation)
export const spreading = relation("spreading", operation)
export const spreads = partial("spreads", [operation], [change])
export const spread = relation("spread", operation, server)

/**
 * A scan, by round: it collects, the nodes that have answered, and what it has found; it writes
 * that back, and the nodes that know it.
 */
export const collecting = relation("collecting", operation, round)
export const answered = relation("answered", operation, round, server)
export const found = relation("found", operation, round, change)
export const writingBack = relation("writingBack", operation, round)
export const acknowledged = relation("acknowledged", operation, round, server)
/** What the scan has returned. */
export const returned = relation("returned", operation, change)

/**
 * All messages ever sent. (Endorse: by every update; Store: by every operation that `spreads`,
 * containing what is `found`.)
 */
export const endorsedReply = relation("endorsedReply", operation, server, change)
export const storedReply = relation("storedReply", operation, server)
export const collect = relation("collect", operation, round)
export const collected = relation("collected", operation, round, server, row)
export const writeBack = relation("writeBack", operation, round)
export const writtenBack = relation("writtenBack", operation, round, server)

/** History: the changes of all updates that were ever invoked. */
export const proposed = relation("proposed", change)
/**
 * History: one change found by the first collect of the scan that was the first to write back what
 * its first collect had found, and the storage nodes that knew the change then.
 */
export const settled = relation("settled")
export const common = partial("common", [], [change])
export const keeps = relation("keeps", server)
