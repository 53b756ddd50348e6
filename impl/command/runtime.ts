/**
 * The sub-commands of the runtime, except `replay`, which also compares runs with models.
 */
import type { Command } from "effect/cli"
import { administratorCommand } from "./administrator.ts"
import { backupCommand, keysCommand, restoreCommand } from "./backup.ts"
import { beginCommand } from "./begin.ts"
import { certificatesCommand } from "./certificates.ts"
import { clusterCommand } from "./cluster.ts"
import { gatewayCommand } from "./gateway.ts"
import { membershipCommand } from "./membership.ts"
import { nodeCommand } from "./node.ts"
import { reclaimCommand } from "./reclaim.ts"
import { recoverCommand } from "./recover.ts"
import { simulateCommand } from "./simulate.ts"
import {
  fetchCommand,
  getCommand,
  keepCommand,
  putCommand,
  reconfigureCommand,
  statusCommand
} from "./store.ts"

export const runtimeCommands: ReadonlyArray<Command.Command.Any> = [
  clusterCommand,
  nodeCommand,
  beginCommand,
  administratorCommand,
  membershipCommand,
  gatewayCommand,
  putCommand,
  getCommand,
  keepCommand,
  fetchCommand,
  keysCommand,
  statusCommand,
  reconfigureCommand,
  backupCommand,
  restoreCommand,
  reclaimCommand,
  recoverCommand,
  simulateCommand,
  certificatesCommand
]
