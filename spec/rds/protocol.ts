/**
 * RDS: reconfiguration along an agreed sequence, fused with the consensus that decides it.
 */
import type { Directory } from "../directory/directory.ts"
import { directoryService } from "../directory/directory.ts"
import type { Protocol } from "../kernel/protocol.ts"
import type { RamboObservation } from "../rambo/observation.ts"
import { rambo } from "../rambo/protocol.ts"
import type { ServerState } from "../rambo/server.ts"
import type { StorageParameters } from "../storage/parameters.ts"
import { client } from "./client.ts"
import { Message } from "./messages.ts"
import type { Rules } from "./rules.ts"
import { server } from "./server.ts"
import type { ClientState } from "./state.ts"
import { variants } from "./variants.ts"

/** The states of the roles. */
interface Roles {
  readonly server: ServerState
  readonly client: ClientState
  readonly directory: Directory
}

export const rds: Protocol<StorageParameters, Rules, Roles, RamboObservation, Message> = {
  ...rambo,
  name: "rds",
  about: "Reconfiguration along an agreed sequence, fused with the consensus on it (after RDS).",
  variants,
  Message,
  roles: { server, client, directory: directoryService<Message>() }
}
