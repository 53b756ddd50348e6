/**
 * The load-bearing decisions of the forgetting protocol, in addition to those of reconfiguration by
 * an administrator (tutorial 7.2). The protocol is `correct`; a variant is the same code with other
 * decisions.
 */
import * as Administrator from "../administrator/rules.ts"
import { isMember } from "../administrator/view.ts"
import type { Cryptography } from "../kernel/cryptography.ts"
import type { NodeId } from "../kernel/node.ts"
import type { AdministratorId } from "../nodes/nodes.ts"
import type { Delivered, Possession, Proven, SharedKey } from "./messages.ts"

/** The prover, its proof and the configuration: what it takes to believe an answer. */
export interface Shown {
  readonly from: NodeId
  readonly administrator: AdministratorId
  /** The number of the configuration that the question is asked in. */
  readonly number: number
  readonly proven: Proven
}

export interface KeyRules {
  /**
   * How NEW_VIEW brings a storage node its private key and its certificate, under its symmetric key
   * of that time.
   */
  readonly seal: (cryptography: Cryptography, key: SharedKey, possession: Possession) => Delivered
  /** How the storage node extracts them, with the symmetric key that it then has. */
  readonly open: (
    cryptography: Cryptography,
    key: SharedKey | undefined,
    delivered: Delivered
  ) => Possession | undefined
  /**
   * The symmetric key of a storage node after NEW_VIEW: "s_i^t = h(s_i^{t-1})", or null if it is
   * erased.
   */
  readonly nextKey: (
    cryptography: Cryptography,
    key: SharedKey,
    number: number,
    isMember: boolean
  ) => SharedKey | null
  /** The private keys that a storage node retains. */
  readonly kept: (before: ReadonlyArray<Possession>, isMember: boolean) => ReadonlyArray<Possession>
  /** Which answers clients believe. */
  readonly believes: (cryptography: Cryptography, shown: Shown) => boolean
  /** Which answers to NEW_VIEW the administrator believes. */
  readonly believesStopped: (cryptography: Cryptography, shown: Shown) => boolean
}

export type Rules = Administrator.Rules & KeyRules

/**
 * The administrator issued the certificate for this storage node in this configuration, and the key
 * it certifies made the proof.
 */
export const isProved: KeyRules["believes"] = (
  cryptography,
  { from, administrator, number, proven: { certificate, proof } }
) => {
  const { server, meta, key } = certificate.content
  return (
    certificate.signer === administrator &&
    cryptography.verifies(certificate) &&
    server === from &&
    isMember(meta, server) &&
    meta.number === number &&
    cryptography.verifiesWith(key, proof)
  )
}

/** The forgetting protocol, in its necessary reading. */
export const correct: Rules = {
  ...Administrator.correct,
  seal: (cryptography, key, possession) => ({ sealed: cryptography.encrypt(key, possession) }),
  open: (cryptography, key, { sealed }) =>
    key === undefined || sealed === undefined ? undefined : cryptography.decrypt(key, sealed),
  nextKey: (cryptography, key, number, isOne) =>
    isOne ? (cryptography.hashed(key, number) ?? null) : null,
  kept: () => [],
  believes: isProved,
  believesStopped: isProved
}
