/**
 * The decisions that the forgetting protocol rests on besides those of reconfiguration by an
 * administrator (tutorial 7.2). The protocol is `correct`; a variant is the same text under other
 * decisions.
 */
import * as Administrator from "../administrator/rules.ts"
import { isMember } from "../administrator/view.ts"
import type { Cryptography } from "../kernel/cryptography.ts"
import type { NodeId } from "../kernel/node.ts"
import type { AdministratorId } from "../nodes/nodes.ts"
import type { Delivered, Possession, Proven, SharedKey } from "./messages.ts"

/** Who shows what, and where: what it takes to believe an answer. */
export interface Shown {
  readonly from: NodeId
  readonly administrator: AdministratorId
  /** The number of the configuration that is asked. */
  readonly number: number
  readonly proven: Proven
}

export interface KeyRules {
  /**
   * How NEW_VIEW brings a storage node its private key and its certificate, under its symmetric key
   * of that time.
   */
  readonly seal: (cryptography: Cryptography, key: SharedKey, possession: Possession) => Delivered
  /** How it gets them out, with the symmetric key that it has by then. */
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
  /** What is left of the private keys that it had. */
  readonly kept: (before: ReadonlyArray<Possession>, isMember: boolean) => ReadonlyArray<Possession>
  /** Which answers clients believe. */
  readonly believes: (cryptography: Cryptography, shown: Shown) => boolean
  /** Which answers to NEW_VIEW the administrator believes. */
  readonly believesStopped: (cryptography: Cryptography, shown: Shown) => boolean
}

export type Rules = Administrator.Rules & KeyRules

/**
 * The certificate is the administrator's, for this storage node in this configuration; the proof is
 * made with its key.
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

/** The forgetting protocol, as it must be meant. */
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
