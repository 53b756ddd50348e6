/**
 * Views: the vertices of DynaStore's graph (tutorial 6, and the original paper [2]).
 *
 * A view is the set of all changes that led to it: "add s" and "remove s", of any s. Its members
 * are those that were added and not removed. Views only grow from one to the next, so a removal is
 * final: to add the node again changes nothing. (Nor need it: a machine that comes back is a new
 * node, 2.1.) A removal may name a node that the client has never heard of, for another client may
 * be adding it; where there is no such node it removes nobody (3.1), but its name is spent.
 */
import { type Configuration, withMembers } from "../configuration/configuration.ts"
import { equals, union, without } from "../kernel/data.ts"
import type { ServerSet } from "../nodes/nodes.ts"
import type { StorageParameters } from "../storage/parameters.ts"
import { Change } from "../weak-snapshot/change.ts"

/** A view and a change are of one kind: sets of additions and removals. */
export const View = Change
export type View = typeof View.Type

type Context = Pick<StorageParameters, "configuration">

/** The view that the system begins with: its members were added, and nobody was removed. */
export const initialView = ({ configuration }: Context): View => ({
  add: configuration.members,
  remove: []
})

/** "Removal is final": the members of a view are those that were added and never removed. */
export const membersOf = ({ add, remove }: View): ServerSet => without(add, remove)

/**
 * The configurations that matter in the view: its own. The initial one has the quorums that it was
 * given, all others have what becomes of these when members change. Where nobody is left there is
 * none.
 */
export const configurationsOf = (context: Context, view: View): ReadonlyArray<Configuration> => {
  if (equals(view, initialView(context))) return [context.configuration]
  const members = membersOf(view)
  return members.length === 0 ? [] : [withMembers(context.configuration, members)]
}

/** The view with one more change. */
export const extended = (view: View, change: Change): View => ({
  add: union(view.add, change.add),
  remove: union(view.remove, change.remove)
})

/** The changes that the view lacks of those that are desired. */
export const lacking = (desired: View, view: View): Change => ({
  add: without(desired.add, view.add),
  remove: without(desired.remove, view.remove)
})

/** How many changes led to the view: along an edge of the graph there are ever more. */
export const sizeOf = ({ add, remove }: View): number => add.length + remove.length

/** A smallest of these views, of which there must be one. */
export const smallest = (views: ReadonlyArray<View>): View =>
  views.reduce((least, view) => (sizeOf(view) < sizeOf(least) ? view : least))

/** True when every change of the first view is in the second. */
export const isWithin = (inner: View, outer: View): boolean => sizeOf(lacking(inner, outer)) === 0

/** `{s1,s2,s3}`, or `{s1,s2} -s3` where nodes were removed. */
export const describeView = (view: View): string =>
  [`{${membersOf(view).join(",")}}`, ...view.remove.map((id) => `-${id}`)].join(" ")
