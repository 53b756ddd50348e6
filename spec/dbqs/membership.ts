/**
 * The membership service, as dBQS sees it (protocols.md 8.1): it "tracks system membership and
 * periodically notifies other system nodes of membership changes". Here it is one node that does
 * not fail and follows a script. It signs each epoch, announces it to all nodes, and waits for
 * none.
 */
import * as Schema from "effect/Schema"
import { match } from "ts-pattern"
import { changedMembers } from "../configuration/configuration.ts"
import { SigningKey } from "../kernel/cryptography.ts"
import type { NodeId } from "../kernel/node.ts"
import type { Observation } from "../kernel/observation.ts"
import { ignore, type NoChoice, type Process, type Step } from "../kernel/process.ts"
import { AdministratorId, type ClientId, type ServerSet } from "../nodes/nodes.ts"
import { ask } from "../phase/phase.ts"
import type { Value } from "../register/operation.ts"
import { type Reconfigure, refused } from "../storage/reconfiguration.ts"
import { certify, Epoch, type WithEpochs } from "./epoch.ts"
import type { Message } from "./messages.ts"

export const ServiceState = Schema.Struct({
  key: SigningKey(AdministratorId),
  /** The latest epoch that it announced. */
  epoch: Epoch
})
export type ServiceState = typeof ServiceState.Type

/** The parameters of the service. */
export interface Context extends WithEpochs {
  readonly clients: ReadonlyArray<ClientId>
  readonly servers: ServerSet
}
type ServiceStep = Step<ServiceState, Observation<Reconfigure, Value>, Message>

const initial = (
  { cryptography, configuration }: Context,
  self: AdministratorId
): ServiceState => ({
  key: cryptography.ownKey(self),
  epoch: { number: 0, members: configuration.members }
})

/**
 * The service ends an epoch: it signs the next one and announces it to all nodes. It refuses one
 * without members, which would end the system.
 */
export const invoke = (
  { cryptography, servers, clients }: Context,
  state: ServiceState,
  operation: Reconfigure
): ServiceStep => {
  const { key, epoch } = state
  const members = changedMembers(epoch.members, operation.add, operation.remove)
  const response = (result: Value): ServiceStep["observations"] => [
    { _tag: "Invocation", operation },
    { _tag: "Response", operation, result }
  ]
  if (members.length === 0) return { state, sends: [], observations: response(refused) }
  const next: Epoch = { number: epoch.number + 1, members }
  const everybody: ReadonlyArray<NodeId> = [...servers, ...clients]
  return {
    state: { key, epoch: next },
    sends: ask(everybody, { _tag: "Notice", certificate: certify(cryptography, key, next) }),
    observations: response(null)
  }
}

export const service: Process<
  Context,
  ServiceState,
  Reconfigure,
  Observation<Reconfigure, Value>,
  Message,
  NoChoice,
  AdministratorId
> = {
  State: ServiceState,
  durable: true,
  initial,
  ready: () => true,
  choices: () => [],
  step: (context, _self, state, input) =>
    match(input)
      .with({ _tag: "Invoke" }, ({ operation }) => invoke(context, state, operation))
      .with({ _tag: "Receive" }, { _tag: "Choose" }, () => ignore(state))
      .exhaustive(),
  promises: { heeds: () => [], isObsolete: () => true }
}
