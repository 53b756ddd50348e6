/**
 * Epochs (protocols.md 8.1): the membership service's account of which nodes are in the system.
 *
 * The service divides time into epochs. Each epoch has a number and members, and the service signs
 * both together. Any node with such a certificate can show it to any other. How the service is
 * built, and how it decides, does not concern dBQS: here it is one key.
 */
import * as Schema from "effect/Schema"
import { type Configuration, listed, tolerating } from "../configuration/configuration.ts"
import { byzantineFaults } from "../configuration/tolerated-faults.ts"
import { type Cryptography, Signed, type SigningKey } from "../kernel/cryptography.ts"
import { Count } from "../kernel/node.ts"
import {
  AdministratorId,
  administrator,
  Members,
  type ServerId,
  type ServerSet
} from "../nodes/nodes.ts"
import { type Identifier, type Place, replicaGroup } from "./ring.ts"

/** An epoch: its number, from 0, and the nodes in the system. */
export const Epoch = Schema.Struct({ number: Count, members: Members.check(Schema.isMinLength(1)) })
export type Epoch = typeof Epoch.Type

/** "Epoch certificate": the service's signature on an epoch. */
export const Certificate = Signed(AdministratorId, Epoch)
export type Certificate = typeof Certificate.Type

/** The certificates of all epochs up to some number, without gaps. */
export const Chain = Schema.Array(Certificate)
  .check(Schema.isMinLength(1))
  .check(
    Schema.makeFilter(
      (certificates) => certificates.every(({ content }, index) => content.number === index),
      { expected: "the certificates of all epochs from 0, in their order" }
    )
  )
export type Chain = typeof Chain.Type

/** The parameters of every node that concern epochs. */
export interface WithEpochs {
  readonly configuration: { readonly members: ServerSet }
  readonly administrator?: AdministratorId
  readonly cryptography: Cryptography
}

/** The name of the service. It also sets up a system that is never reconfigured. */
export const serviceOf = (context: Pick<WithEpochs, "administrator">): AdministratorId =>
  context.administrator ?? administrator("admin")

export const certify = (
  cryptography: Cryptography,
  key: SigningKey<AdministratorId>,
  epoch: Epoch
): Certificate => cryptography.sign(key, epoch)

/** The certificate of epoch 0, which every node has. */
export const firstCertificate = (context: WithEpochs): Certificate =>
  certify(context.cryptography, context.cryptography.ownKey(serviceOf(context)), {
    number: 0,
    members: context.configuration.members
  })

/** True when the service has signed it. */
export const isCertified = (context: WithEpochs, certificate: Certificate): boolean =>
  certificate.signer === serviceOf(context) && context.cryptography.verifies(certificate)

/** The epochs of a system, in order: 0, then those that the service will announce. */
export const epochsOf = (context: {
  readonly configuration: { readonly members: ServerSet }
  readonly successors?: ReadonlyArray<ServerSet>
}): ReadonlyArray<Epoch> =>
  [context.configuration.members, ...(context.successors ?? [])].map((members, number) => ({
    number,
    members
  }))

/**
 * The places of an object and of the nodes, and the number of the object's replicas that may lie.
 */
export interface Placed {
  readonly place: Place
  readonly identifier: Identifier
  readonly liars: number
}

/** The replica group of an object in an epoch. */
export const groupIn = (
  { place, identifier, liars }: Placed,
  { members }: Pick<Epoch, "members">
): ServerSet => replicaGroup(members, place, liars, identifier)

/** The group with the quorums that phases wait for: 2f+1 of 3f+1. */
export const configurationOf = (group: Iterable<ServerId>): Configuration =>
  tolerating(byzantineFaults, group)

/** True of a node that is among these. */
export const isAmong = (nodes: ReadonlyArray<ServerId>, node: string): boolean =>
  nodes.some((one) => one === node)

export const describeEpoch = ({ number, members }: Epoch): string =>
  `epoch ${number}, ${listed(members)}`
