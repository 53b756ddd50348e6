/**
 * Views: the vertices of DynaStore's graph (tutorial 6, and the original paper [2]).
 *
 * A view is the set of all changes that led to it: "add s" and "remove s", of any s. Its members are those that were
 * added and not removed. Views only grow from one to the next, so a removal is final: to add the node again changes
 * nothing. (Nor need it: a machine that comes back is a new node, 2.1.) A removal may name a node that the client has
 * never heard of, for another client may be adding it; where there is no such node it removes nobody (3.1), but its
 * name is spent.
 */
import { type Configuration, majority } from "../configuration/configuration.ts"
import { equals, union, without } from "../kernel/data.ts"
import type { ServerSet } from "../kernel/node.ts"
import type { Setup } from "../kernel/protocol.ts"
import { Change } from "../weak-snapshot/change.ts"
import type { VariantName } from "./variants.ts"

/** A view and a change are of one kind: sets of additions and removals. */
export const View = Change
export type View = typeof View.Type

type Context = Setup<VariantName>

/** The view that the system begins with: its members were added, and nobody was removed. */
export const initialView = ({ configuration }: Pick<Context, "configuration">): View => ({
  add: configuration.members,
  remove: []
})

/** "Removal is final": the members of a view are those that were added and never removed. */
export const membersOf = ({ add, remove }: View): ServerSet => without(add, remove)

/** The view's configuration. The initial one has the quorums that it was given; all others have majorities. */
export const configurationOf = (context: Context, view: View): Configuration =>
  equals(view, initialView(context)) ? context.configuration : majority(membersOf(view))

/** The view with one more change. */
export const extended = ({ variant }: Pick<Context, "variant">, view: View, change: Change): View => {
  const removed = variant === "removed-node-returns" ? without(view.remove, change.add) : view.remove
  return { add: union(view.add, change.add), remove: union(removed, change.remove) }
}

/** The changes that the view lacks of those that are desired. */
export const lacking = ({ variant }: Pick<Context, "variant">, desired: View, view: View): Change => ({
  add: without(desired.add, variant === "removed-node-returns" ? membersOf(view) : view.add),
  remove: without(desired.remove, view.remove)
})

/** How many changes led to the view: along an edge of the graph there are ever more. */
export const sizeOf = ({ add, remove }: View): number => add.length + remove.length

/** True when every change of the first view is in the second. */
export const isWithin = (inner: View, outer: View): boolean =>
  without(inner.add, outer.add).length + without(inner.remove, outer.remove).length === 0

/** `{s1,s2,s3}`, or `{s1,s2} -s3` where nodes were removed. */
export const describeView = (view: View): string =>
  [`{${membersOf(view).join(",")}}`, ...view.remove.map((id) => `-${id}`)].join(" ")
