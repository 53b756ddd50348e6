/**
 * The load-bearing decisions of RDS: those of RAMBO, and those that RDS adds.
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
   * The accepted configurations that a storage node sends to clients: all, since any of them may be
   * decided.
   */
  readonly tellsAccepted: (accepted: ReadonlyArray<Configuration>) => ReadonlyArray<Configuration>
  /**
   * Whether a client collects the acceptors' pairs in this instance, when `retired` configurations
   * are retired.
   */
  readonly collectsIn: (instance: number, retired: number) => boolean
  /**
   * The pair that a client copies if its ballot decided, without Action 1: the largest pair of the
   * acceptors.
   */
  readonly copies: (held: Pair) => Pair
}

/**
 * A read or a write waits for every configuration it has learned of, decided or accepted, since an
 * accepted configuration may be decided. A reconfigurer collects pairs only in the instance of the
 * oldest active configuration. While an older configuration is being retired, its data may not have
 * been copied yet, so an acceptor could send its pair too early.
 *
 * The deciding votes also perform Action 1: they point to the successor, like a Set, and carry the
 * acceptors' pairs, like a Get. They therefore come from a read quorum and a write quorum of the
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

/**
 * The configurations that a storage node has accepted, in instances it does not know to be decided.
 */
export const acceptedBy = ({ instances }: ServerState): ReadonlyArray<Configuration> =>
  setOf(instances.flatMap(({ acceptor: { vote } }) => (vote === null ? [] : [vote.value])))

export type Context = ContextOf<StorageParameters, Rules>
