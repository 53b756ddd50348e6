/**
 * The parameters of a process of the forgetting protocol at run time.
 */
import type { View } from "../../spec/administrator/view.ts"
import type { Possession, SharedKey } from "../../spec/forgetting/messages.ts"
import type { Rules } from "../../spec/forgetting/rules.ts"
import type { NodeId } from "../../spec/kernel/node.ts"
import {
  type AdministratorId,
  type ClientId,
  client,
  type ServerSet
} from "../../spec/nodes/nodes.ts"
import type { RealCryptography } from "./cryptography.ts"
import { keyOfClient } from "./names.ts"

export interface Trust {
  readonly administrator: AdministratorId
  readonly cryptography: RealCryptography
  /**
   * The initial configuration of the process: that of the system or, for a process that joins
   * later, the current one.
   */
  readonly view: View
  /** For a storage node: the key that it shares with the administrator, before any hashing. */
  readonly shared?: SharedKey
  /** For a member of the first configuration: its private key and its certificate. */
  readonly possessions?: ReadonlyArray<Possession>
}

export interface Context {
  readonly rules: Rules
  readonly configuration: { readonly members: ServerSet }
  readonly trust: Trust
}

/** The parameters of the process of one register, on behalf of this client if there is one. */
export const singleContext = ({ rules, trust }: Context, register: string, from?: NodeId) => ({
  rules,
  cryptography: trust.cryptography.about(register),
  administrator: trust.administrator,
  configuration: { members: trust.view.members },
  servers: trust.view.members,
  clients: from === undefined ? [] : certified(trust, from)
})

/** The client that runs this process, if the administrator has certified it. */
const certified = ({ administrator }: Trust, process: NodeId): ReadonlyArray<ClientId> =>
  known(administrator, process) ? [client(process)] : []

const verdicts = new Map<string, boolean>()
const known = (administrator: string, process: string): boolean => {
  const name = `${administrator} ${process.split("/", 1)[0]}`
  const verdict = verdicts.get(name) ?? keyOfClient(administrator, process) !== undefined
  if (verdicts.size >= maxRemembered) verdicts.clear()
  verdicts.set(name, verdict)
  return verdict
}
const maxRemembered = 4096
