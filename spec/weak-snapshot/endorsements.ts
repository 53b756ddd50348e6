/**
 * What is known of who endorses what (tutorial 6): a row of the matrix N.
 *
 * "N_i[j] holds the configuration change endorsed by storage node s_j, if it is known to s_i." A
 * node endorses one change and never another, so an entry is written once, rows only grow, and two
 * of them are merged by union.
 *
 * No step ever looks at the column that an entry stands in, except a node at its own. So a row is
 * kept as the set of the changes in it, and the node's own entry beside it (`server.ts`). With the
 * columns, as the tutorial has it, there are more states and not one more behaviour: that is the
 * variant `with-columns`.
 */
import * as Schema from "effect/Schema"
import { equals, setOf } from "../kernel/data.ts"
import { SetOf } from "../kernel/node.ts"
import { ServerId } from "../nodes/nodes.ts"
import { describeChange } from "../storage/reconfiguration.ts"
import { Change, type Changes } from "./change.ts"

/** Somebody endorses the change; who, only where columns are kept. */
export const Endorsement = Schema.Struct({ change: Change, by: Schema.optionalKey(ServerId) })
export type Endorsement = typeof Endorsement.Type

/** A row, as far as it is known. */
export const Endorsements = SetOf(Endorsement)
export type Endorsements = typeof Endorsements.Type

/** True when every entry of the second is in the first. */
export const includes = (known: Endorsements, others: Endorsements): boolean =>
  others.every((other) => known.some((one) => equals(one, other)))

/** The changes that anybody endorses. */
export const changesOf = (known: Endorsements): Changes => setOf(known.map(({ change }) => change))

/** `+s4, +s5`: what is endorsed, and by whom if that is kept. */
export const describeEndorsements = (known: Endorsements): string =>
  known.length === 0
    ? "nothing"
    : known
        .map(({ by, change }) => `${by === undefined ? "" : `${by}: `}${describeChange(change)}`)
        .join(", ")
