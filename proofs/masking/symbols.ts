/**
 * What the model of masking replication adds to that of majority replication.
 */
import { sort } from "../logic/formula.ts"
import { fixedRelation, partial, relation } from "../logic/symbols.ts"
import { operation, server, timestamp, value } from "../register/history.ts"

/** One storage node more than can lie. */
export const group = sort("group")
export const inGroup = fixedRelation("inGroup", server, group)

/** The latest answer of a storage node to the Get phase. */
export const says = partial("says", [operation, server], [timestamp, value])
/** That answer has this timestamp or a smaller one. */
export const saysAtMost = relation("saysAtMost", operation, server, timestamp)
