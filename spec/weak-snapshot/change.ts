/**
 * A configuration change (tutorial 6): "d consists of sets of nodes to be added and removed".
 */
import * as Schema from "effect/Schema"
import { setOf } from "../kernel/data.ts"
import { SetOf } from "../kernel/node.ts"
import { ServerSet } from "../nodes/nodes.ts"

export const Change = Schema.Struct({ add: ServerSet, remove: ServerSet })
export type Change = typeof Change.Type

/** A set of changes, the result of a scan. */
export const Changes = SetOf(Change)
export type Changes = typeof Changes.Type

/** The change that adds and removes these nodes. */
export const change = ({ add, remove }: Change): Change => ({
  add: setOf(add),
  remove: setOf(remove)
})
