/**
 * The nodes that matter in the state of a process of dBQS or of the membership service.
 */
import { type Configuration, tolerating } from "../../spec/configuration/configuration.ts"
import { byzantineFaults } from "../../spec/configuration/tolerated-faults.ts"
import type { Chain } from "../../spec/dbqs/epoch.ts"
import { union } from "../../spec/kernel/data.ts"
import type { ServerSet } from "../../spec/nodes/nodes.ts"
import type { ReplicaState } from "../membership/state.ts"
import type { ClientState } from "./client.ts"

const of = (members: ServerSet): ReadonlyArray<Configuration> => [
  tolerating(byzantineFaults, members)
]

/**
 * For a busy client, the replica groups that its operation waits for; for any other process, all
 * nodes that it knows to be in the system.
 */
export const configurationsOfDbqs = (state: unknown): ReadonlyArray<Configuration> => {
  const { busy, latest } = state as Partial<ClientState>
  if (busy?._tag === "Busy") return busy.phase.configurations
  if (latest !== undefined) return of(latest.content.members)
  const { certificates = [], log } = state as Partial<ReplicaState> & {
    readonly certificates?: Chain
  }
  const members = certificates.at(-1)?.content.members ?? []
  return of(log === undefined ? members : union(members, log.service.members))
}
