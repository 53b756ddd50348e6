/**
 * Views: the vertices of DynaStore's graph (tutorial 6, and the original paper [2]).
 *
 * A view is the set of all changes that led to it: "add s" and "remove s", of any s. Its members
 * are the nodes that were added and not removed. Views only grow along edges, so a removal is
 * final: adding the node again has no effect. (This is no restriction: a machine that comes back is
 * a new node, 2.1.) A removal may name a node unknown to the client, since another client may be
 * adding it. If no such node exists, the removal has no effect (3.1), but no later change can add a
 * node of that name.
 */
import { type Configuration, withMembers } from "../configuration/configuration.ts"
import { equals, union, without } from "../kernel/data.ts"
import type { ServerSet } from "../nodes/nodes.ts"
import type { StorageParameters } from "../storage/parameters.ts"
import { Change } from "../weak-snapshot/change.ts"

/** A view has the form of a change: a set of additions and a set of removals. */
export const View = Change
export type View = typeof View.Type

type Context = Pick<StorageParameters, "configuration">

/** The initial view: its members were added, and no node was removed. */
export const initialView = ({ configuration }: Context): View => ({
  add: configuration.members,
  remove: []
})

/** "Removal is final": the members of a view are the nodes that were added and never removed. */
export const membersOf = ({ add, remove }: View): ServerSet => without(add, remove)

/**
 * The configuration of the view. The initial configuration has the given quorums; the others derive
 * theirs from these for their own members. A view without members has no configuration.
 */
export const configurationsOf = (context: Context, view: View): ReadonlyArray<Configuration> => {
  if (equals(view, initialView(context))) return [context.configuration]
  const members = membersOf(view)
  return members.length === 0 ? [] : [withMembers(context.configuration, members)]
}

/** The view after one more change. */
export const extended = (view: View, change: Change): View => ({
  add: union(view.add, change.add),
  remove: union(view.remove, change.remove)
})

/** The desired changes that the view lacks. */
export const lacking = (desired: View, view: View): Change => ({
  add: without(desired.add, view.add),
  remove: without(desired.remove, view.remove)
})

/** The number of changes that led to the view. It grows along every edge of the graph. */
export const sizeOf = ({ add, remove }: View): number => add.length + remove.length

/** A smallest view of this non-empty list. */
export const smallest = (views: ReadonlyArray<View>): View =>
  views.reduce((least, view) => (sizeOf(view) < sizeOf(least) ? view : least))

/** True if every change of the first view is in the second. */
export const isWithin = (inner: View, outer: View): boolean => sizeOf(lacking(inner, outer)) === 0

/** `{s1,s2,s3}`, or `{s1,s2} -s3` if a node was removed. */
export const describeView = (view: View): string =>
  [`{${membersOf(view).join(",")}}`, ...view.remove.map((id) => `-${id}`)].join(" ")
