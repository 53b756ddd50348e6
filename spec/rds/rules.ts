/**
 * The decisions that carry RDS, by name: those of RAMBO, and what it adds to them.
 */
import type { Configuration } from "../configuration/configuration.ts"
import * as Consensus from "../consensus/rules.ts"
import { setOf } from "../kernel/data.ts"
import type { ContextOf } from "../kernel/protocol.ts"
import { isOverForBoth } from "../phase/phase.ts"
import * as Rambo from "../rambo/rules.ts"
import type { ServerState } from "../rambo/server.ts"
import type { Pair } from "../register/pair.ts"
import type { StorageParameters } from "../storage/parameters.ts"

export interface Rules extends Rambo.Rules {
  /**
   * What a storage node tells clients that it has accepted: all of it, for any of it may be
   * decided.
   */
  readonly tellsAccepted: (accepted: ReadonlyArray<Configuration>) => ReadonlyArray<Configuration>
  /**
   * Whether a client collects what acceptors hold in this instance, when so many configurations are
   * retired.
   */
  readonly collectsIn: (instance: number, retired: number) => boolean
  /**
   * What a client copies that has brought about the decision and not been through Action 1: what
   * acceptors held.
   */
  readonly copies: (held: Pair) => Pair
}

/**
 * A read or a write waits for every configuration that it was told of, decided or accepted: what is
 * accepted may be decided. A client that reconfigures collects only in the instance of the oldest
 * active configuration. As long as an older one is being retired, what it held may not have been
 * copied yet, and an acceptor may say what it holds too early.
 *
 * The votes that bring about a decision are Action 1 as well: they point to the successor, as a Set
 * does, and say what was held, as a Get does. So they come from a read and a write quorum of the
 * configuration.
 */
export const correct: Rules = {
  ...Rambo.withConsensus,
  consensus: { ...Consensus.correct, enough: isOverForBoth },
  awaits: (_map, { configurations }) => configurations,
  tellsAccepted: (accepted) => accepted,
  collectsIn: (instance, retired) => instance === retired,
  copies: (held) => held
}

/** What a storage node has accepted, in instances that it does not know to be decided. */
export const acceptedBy = ({ instances }: ServerState): ReadonlyArray<Configuration> =>
  setOf(instances.flatMap(({ acceptor: { vote } }) => (vote === null ? [] : [vote.value])))

export type Context = ContextOf<StorageParameters, Rules>
