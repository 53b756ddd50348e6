/**
 * The replicas of the membership service, as long as it stays where it is: the first members of the
 * system, 3f+1 of them. (How it moves is told in `../move`.)
 */
import { byzantineFaults } from "../../configuration/tolerated-faults.ts"
import type { ServerSet } from "../../nodes/nodes.ts"

interface Context {
  readonly configuration: { readonly members: ServerSet }
}

/** How many replicas there are: one of them may lie. */
const size = 4

export const replicasOf = ({ configuration }: Context): ServerSet =>
  configuration.members.slice(0, size)

/** How many of them may lie: f. */
export const maxFaulty = (context: Context): number =>
  byzantineFaults.maxFaulty(replicasOf(context).length)

/** The other members, which the replicas probe. */
export const probedOf = (context: Context, members: ServerSet): ServerSet => {
  const replicas = replicasOf(context)
  return members.filter((member) => !replicas.includes(member))
}
