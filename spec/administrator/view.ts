/**
 * Views: the configurations that the administrator chooses, one after the other (tutorial 7.2).
 *
 * "A trusted administrative entity selects a sequence of configurations." Each view has a number,
 * which orders the views, and its quorums are super-majorities.
 */
import * as Schema from "effect/Schema"
import { type Configuration, listed, tolerating } from "../configuration/configuration.ts"
import { byzantineFaults } from "../configuration/tolerated-faults.ts"
import { Count } from "../kernel/node.ts"
import { Members, type ServerId, type ServerSet } from "../nodes/nodes.ts"

/** A configuration with its number, from 0. */
export const View = Schema.Struct({ number: Count, members: Members.check(Schema.isMinLength(1)) })
export type View = typeof View.Type

/** Its members, with super-majorities for quorums. */
export const configurationOf = ({ members }: View): Configuration =>
  tolerating(byzantineFaults, members)

export const isMember = ({ members }: Pick<View, "members">, node: string): boolean =>
  members.some((member) => member === node)

/** The view that a system begins with. */
export const firstView = (context: {
  readonly configuration: { readonly members: ServerSet }
}): View => ({
  number: 0,
  members: context.configuration.members
})

/**
 * The views of a system, in order: its first view, then those that the administrator will choose.
 */
export const viewsOf = (context: {
  readonly configuration: { readonly members: ServerSet }
  readonly successors?: ReadonlyArray<ReadonlyArray<ServerId>>
}): ReadonlyArray<View> =>
  [context.configuration.members, ...(context.successors ?? [])].map((members, number) => ({
    number,
    members
  }))

export const describeView = ({ number, members }: View): string =>
  `configuration ${number}, ${listed(members)}`
