/**
 * The variants of masking replication: mutants, each of which removes one load-bearing step of the
 * protocol.
 *
 * `highest-timestamp` keeps atomicity but lets liars exhaust timestamps; `asked-once` keeps it but
 * loses liveness.
 */
import type { Variant } from "../kernel/protocol.ts"
import { isOverButForOne } from "../phase/phase.ts"
import { correct, type Rules } from "./rules.ts"

export const variants: readonly [Variant<Rules>, ...ReadonlyArray<Variant<Rules>>] = [
  {
    name: "correct",
    kind: "correct",
    about:
      "Masking replication: a client accepts a pair that more storage nodes vouch for than can be faulty, if nothing newer can have been written.",
    rules: correct
  },
  {
    name: "highest-vouched",
    kind: "mutant",
    about:
      "A read accepts the highest pair with enough vouchers: a completed write may have fewer.",
    rules: { ...correct, mayHoldNewer: () => [] }
  },
  {
    name: "one-voucher-short",
    kind: "mutant",
    about: "A client believes a pair vouched for by only as many storage nodes as can be faulty.",
    rules: { ...correct, vouchers: (liars) => liars }
  },
  {
    name: "silent-not-counted",
    kind: "mutant",
    about:
      "Only storage nodes that answered so count as holding something newer, not those that have yet to answer.",
    rules: { ...correct, mayHoldNewer: (above) => above }
  },
  {
    name: "read-without-write-back",
    kind: "mutant",
    about: "A read returns what it accepted and does not store it, so reads can oscillate.",
    rules: { ...correct, writesBack: false }
  },
  {
    name: "highest-timestamp",
    kind: "mutant",
    about: "A writer exceeds the largest timestamp that it received: a liar inflates timestamps.",
    rules: { ...correct, passesOver: () => 0 }
  },
  {
    name: "quorum-one-short",
    kind: "mutant",
    about: "A phase ends one answer short of a quorum.",
    rules: { ...correct, enough: isOverButForOne }
  },
  {
    name: "quarter-masked",
    kind: "mutant",
    about: "A quarter of the storage nodes may be faulty, not fewer than a quarter.",
    rules: { ...correct, masked: (members) => Math.floor(members / 4) }
  },
  {
    name: "asked-once",
    kind: "mutant",
    about:
      "A client never asks again, so a read concurrent with writes may wait forever; only liveness is lost.",
    rules: { ...correct, asksAgain: false }
  }
]
