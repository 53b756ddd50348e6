/**
 * The replicas of a membership service that does not move: the first members of the system, 3f+1 of
 * them. (`../move` specifies how it moves.)
 */
import { byzantineFaults } from "../../configuration/tolerated-faults.ts"
import type { ServerSet } from "../../nodes/nodes.ts"

interface Context {
  readonly configuration: { readonly members: ServerSet }
}

/** The number of replicas, one of which may lie. */
const size = 4

export const replicasOf = ({ configuration }: Context): ServerSet =>
  configuration.members.slice(0, size)

/** The maximum number of liars among them: f. */
export const maxFaulty = (context: Context): number =>
  byzantineFaults.maxFaulty(replicasOf(context).length)

/** The other members, which the replicas probe. */
export const probedOf = (context: Context, members: ServerSet): ServerSet => {
  const replicas = replicasOf(context)
  return members.filter((member) => !replicas.includes(member))
}
