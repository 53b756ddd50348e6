/**
 * Known endorsements (tutorial 6): a row of the matrix N.
 *
 * "N_i[j] holds the configuration change endorsed by storage node s_j, if it is known to s_i." A
 * node endorses at most one change. An entry is therefore written once, rows only grow, and two
 * rows merge by union.
 *
 * No step depends on the column of an entry, except that a node reads its own entry. A row is
 * therefore the set of the changes in it, and a node keeps its own entry separately (`server.ts`).
 * The columns of the tutorial add states but no behaviour: the variant `with-columns`.
 */
import * as Schema from "effect/Schema"
import { equals, setOf } from "../kernel/data.ts"
import { SetOf } from "../kernel/node.ts"
import { ServerId } from "../nodes/nodes.ts"
import { describeChange } from "../storage/reconfiguration.ts"
import { Change, type Changes } from "./change.ts"

/** A storage node endorses the change. `by` names the node where columns are kept. */
export const Endorsement = Schema.Struct({ change: Change, by: Schema.optionalKey(ServerId) })
export type Endorsement = typeof Endorsement.Type

/** The known entries of a row. */
export const Endorsements = SetOf(Endorsement)
export type Endorsements = typeof Endorsements.Type

/** True if the first contains every entry of the second. */
export const includes = (known: Endorsements, others: Endorsements): boolean =>
  others.every((other) => known.some((one) => equals(one, other)))

/** The endorsed changes. */
export const changesOf = (known: Endorsements): Changes => setOf(known.map(({ change }) => change))

/** `+s4, +s5`: the endorsed changes, with the endorsers where columns are kept. */
export const describeEndorsements = (known: Endorsements): string =>
  known.length === 0
    ? "nothing"
    : known
        .map(({ by, change }) => `${by === undefined ? "" : `${by}: `}${describeChange(change)}`)
        .join(", ")
