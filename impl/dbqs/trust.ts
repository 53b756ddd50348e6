/**
 * The parameters of a process of dBQS at run time.
 */
import { createHash } from "node:crypto"
import type { View } from "../../spec/administrator/view.ts"
import type { Certificate } from "../../spec/dbqs/epoch.ts"
import type { Rules } from "../../spec/dbqs/rules.ts"
import type { NodeId } from "../../spec/kernel/node.ts"
import {
  type AdministratorId,
  type ClientId,
  client,
  type ServerId,
  server
} from "../../spec/nodes/nodes.ts"
import type { Value } from "../../spec/register/operation.ts"
import { bytesOfText } from "../bytes.ts"
import { keyOfClient } from "../byzantine/names.ts"
import type { DbqsCryptography } from "./cryptography.ts"

export interface Trust {
  /** The authority: it admits storage nodes and clients. */
  readonly authority: AdministratorId
  /** The membership service: its name ends with its public key, which never changes. */
  readonly service: AdministratorId
  readonly cryptography: DbqsCryptography
  /** The certificate of epoch 0; for a client, that of the latest epoch at the time. */
  readonly certificate: Certificate
}

/** What a client is told beside: the replicas of the service at some time. */
export interface ClientTrust extends Trust {
  readonly replicas: View
}

export interface Context {
  readonly rules: Rules
  readonly trust: Trust
}

/** The number of digits of a place on the circle, for nodes and objects alike. */
const placeLength = 16
const placeOf = (kind: string, text: string): string =>
  createHash("sha256")
    .update(JSON.stringify([kind, text]))
    .digest("hex")
    .slice(0, placeLength)

/**
 * A node's place on the circle. No node can choose its place, because an identity ends with a hash.
 */
const identifiers = new Map<ServerId, string>()
export const identifierOf = (node: ServerId): string => {
  const known = identifiers.get(node)
  if (known !== undefined) return known
  const identifier = placeOf("node", node)
  if (identifiers.size >= maxRemembered) identifiers.clear()
  identifiers.set(node, identifier)
  return identifier
}

/**
 * An object's place. A public-key object is named by its owner's key, which is the authority's for
 * all clients that it has admitted, and by its key in the store.
 */
export const placeOfObject = (authority: AdministratorId, key: string): string =>
  placeOf(authority, key)

/** The hash of data, which names a content-hash object: SHA-256 of its bytes. */
export const hashOf = (value: Value): string =>
  createHash("sha256")
    .update(bytesOfText(String(value)))
    .digest("hex")

/** The rules of one object at run time. */
export const rulesFor = (
  { rules, trust }: Context,
  key: string,
  place = placeOfObject(trust.authority, key)
): Rules => ({
  ...rules,
  place,
  identifier: identifierOf,
  hashOf,
  hasHash: (stored, hash) => stored !== null && "_tag" in stored && hashOf(stored.value) === hash
})

/** The context of the process of one object, for a message from this node. */
export const singleContext = (context: Context, key: string, from?: NodeId, place?: string) => {
  const { trust } = context
  return {
    rules: rulesFor(context, key, place),
    cryptography: trust.cryptography.about(key),
    administrator: trust.service,
    configuration: { members: trust.certificate.content.members },
    servers: from === undefined ? [] : [server(from)],
    clients: from === undefined ? [] : certified(trust, from)
  }
}

/** The client that runs this process, if the authority has admitted it. */
const certified = ({ authority }: Trust, process: NodeId): ReadonlyArray<ClientId> =>
  known(authority, process) ? [client(process)] : []

const verdicts = new Map<string, boolean>()
const known = (authority: string, process: string): boolean => {
  const name = `${authority} ${process.split("/", 1)[0]}`
  const verdict = verdicts.get(name) ?? keyOfClient(authority, process) !== undefined
  if (verdicts.size >= maxRemembered) verdicts.clear()
  verdicts.set(name, verdict)
  return verdict
}
const maxRemembered = 4096
