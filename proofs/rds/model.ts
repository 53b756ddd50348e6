/**
 * RDS (`spec/rds/`): RAMBO with consensus, fused with it, for any number of nodes, operations,
 * configurations and reconfigurers. A vote is a forward pointer, and reports the acceptor's pair.
 */
import type { Model } from "../logic/model.ts"
import { instances, sequenceAxioms, sequenceInitially } from "../rambo/sequence.ts"
import { atomicity, everyoneHasPlace } from "../register/atomicity.ts"
import { invariant } from "./invariant.ts"
import { correct, type Rules } from "./rules.ts"
import { transitionsUnder } from "./transitions.ts"

export const rdsUnder = (rules: Rules): Model => ({
  name: "rds",
  about: "Reconfiguration along a sequence, fused with the consensus on it (after RDS).",
  axioms: sequenceAxioms,
  initially: sequenceInitially,
  transitions: transitionsUnder(rules),
  invariant,
  keptAlone: everyoneHasPlace,
  safety: { ...instances.safety, ...atomicity }
})

export const rds = rdsUnder(correct)
