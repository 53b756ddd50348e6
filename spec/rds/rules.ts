/**
 * The decisions that carry RDS, by name: those of RAMBO, and what it adds to them.
 */
import type { Configuration } from "../configuration/configuration.ts"
import { setOf } from "../kernel/data.ts"
import type { ContextOf } from "../kernel/protocol.ts"
import * as Rambo from "../rambo/rules.ts"
import type { ServerState } from "../rambo/server.ts"
import type { Pair } from "../register/pair.ts"
import type { StorageParameters } from "../storage/parameters.ts"

export interface Rules extends Rambo.Rules {
  /** What a storage node tells clients that it has accepted: all of it, for any of it may be decided. */
  readonly tellsAccepted: (accepted: ReadonlyArray<Configuration>) => ReadonlyArray<Configuration>
  /** Whether a client collects what acceptors hold in this instance, when so many configurations are retired. */
  readonly collectsIn: (instance: number, retired: number) => boolean
  /** What a client copies that has brought about the decision and not been through Action 1: what acceptors held. */
  readonly copies: (held: Pair) => Pair
}

/**
 * A read or a write waits for every configuration that it was told of, decided or accepted: what is accepted may be decided.
 * A client that reconfigures collects only in the instance of the oldest active configuration. As long as an older one is
 * being retired, what it held may not have been copied yet, and an acceptor may say what it holds too early.
 */
export const correct: Rules = {
  ...Rambo.withConsensus,
  awaits: (_map, { configurations }) => configurations,
  tellsAccepted: (accepted) => accepted,
  collectsIn: (instance, retired) => instance === retired,
  copies: (held) => held
}

/** What a storage node has accepted, in instances that it does not know to be decided. */
export const acceptedBy = ({ instances }: ServerState): ReadonlyArray<Configuration> =>
  setOf(instances.flatMap(({ acceptor: { vote } }) => (vote === null ? [] : [vote.value])))

export type Context = ContextOf<StorageParameters, Rules>
