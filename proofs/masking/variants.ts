/**
 * The variants of masking replication, with the names of `spec/masking/variants.ts`, and where the
 * mutants fail. (`highest-timestamp` and `asked-once` lose no safety, so the model follows them.)
 */
import { at, type ModelledProtocol } from "../induction/variant.ts"
import { truth } from "../logic/formula.ts"
import { allButOne } from "../majority/rules.ts"
import { masking, maskingUnder } from "./model.ts"
import reasons from "./reasons.json" with { type: "json" }
import { correct, nothingReplaces, silentNotCounted } from "./rules.ts"

const grow = "tags grow along real time, strictly at writes"

export const protocol: ModelledProtocol = {
  name: masking.name,
  about: masking.about,
  reasons,
  variants: [
    {
      name: "correct",
      about:
        "A client accepts a pair that a group vouches for, if nothing newer can have been written.",
      model: masking,
      breaks: []
    },
    {
      name: "highest-vouched",
      about: "A read accepts the highest pair with enough vouchers.",
      model: maskingUnder({ ...correct, notReplaced: nothingReplaces }),
      breaks: at("startSet", grow)
    },
    {
      name: "one-voucher-short",
      about: "A client believes a pair vouched for by only as many storage nodes as can be faulty.",
      model: maskingUnder({ ...correct, vouchers: allButOne }),
      breaks: at("startSet", "a chosen pair was written")
    },
    {
      name: "silent-not-counted",
      about: "Only storage nodes that answered so count as holding something newer.",
      model: maskingUnder({ ...correct, notReplaced: silentNotCounted }),
      breaks: at("startSet", grow)
    },
    {
      name: "read-without-write-back",
      about: "A read returns what it accepted and does not store it.",
      model: maskingUnder({ ...correct, writesBack: false }),
      breaks: at("startSet", "a completed operation has a write quorum")
    },
    {
      name: "quorum-one-short",
      about: "A phase ends one answer short of a quorum.",
      model: maskingUnder({ ...correct, enough: allButOne }),
      breaks: at("finish", "a completed operation has a write quorum")
    },
    {
      name: "quarter-masked",
      about: "As many nodes may be faulty as a group has members.",
      model: maskingUnder({ ...correct, isMasked: () => truth }),
      breaks: at("startSet", grow, "a chosen pair was written")
    }
  ]
}
