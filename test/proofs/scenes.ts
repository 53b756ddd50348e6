/**
 * The ties of all models, for scenarios of the checker.
 */
import { consensus } from "../../proofs/consensus/model.ts"
import { tieOf as tieOfConsensus } from "../../proofs/consensus/tie.ts"
import { tieOf as tieOfDbqs } from "../../proofs/dbqs/tie.ts"
import { dynastore } from "../../proofs/dynastore/model.ts"
import { tieOf as tieOfDynastore } from "../../proofs/dynastore/tie.ts"
import type { Model } from "../../proofs/logic/model.ts"
import { tieOf as tieOfMajority } from "../../proofs/majority/tie.ts"
import { tieOf as tieOfMasking } from "../../proofs/masking/tie.ts"
import { protocols } from "../../proofs/protocols.ts"
import { tieOf as tieOfRambo } from "../../proofs/rambo/follow.ts"
import { rds } from "../../proofs/rds/model.ts"
import { tieOf as tieOfRds } from "../../proofs/rds/tie.ts"
import { tieOf as tieOfSupermajority } from "../../proofs/supermajority/tie.ts"
import { weakSnapshot } from "../../proofs/weak-snapshot/model.ts"
import { tieOf as tieOfWeakSnapshot } from "../../proofs/weak-snapshot/tie.ts"
import type { StorageParameters } from "../../spec/storage/parameters.ts"
import type { Scene, TieOf } from "./visited.ts"

export const modelOf = (protocol: string, variant: string): Model => {
  const model = protocols
    .find(({ name }) => name === protocol)
    ?.variants.find(({ name }) => name === variant)?.model
  if (model === undefined) throw new Error(`no model ${protocol}/${variant}`)
  return model
}

const parametersOf = ({ model }: Scene) => model.system.context as StorageParameters

/** More than any of the scenarios needs. */
const [maxConfigurations, rounds] = [5, 10]

/** Followed by this variant of the model of a protocol. */
export const by =
  (protocol: string, variant = "correct"): TieOf =>
  (scene) => {
    const parameters = parametersOf(scene)
    const { servers, clients, configuration } = parameters
    const { liars } = scene
    const model = modelOf(protocol, variant)
    const sequence = {
      ...{ model, servers, clients, configuration, maxConfigurations, maxRounds: rounds },
      isDecided: "learnDecision" in model.transitions,
      nextOldest: (retired: number, goal: number) => (protocol === "rambo-ii" ? goal : retired + 1)
    }
    switch (protocol) {
      case "majority":
        return tieOfMajority(model, { servers, clients, configuration })
      case "supermajority":
        return tieOfSupermajority(model, { servers, clients, configuration, liars })
      case "masking":
        return tieOfMasking(model, { servers, clients, configuration, liars })
      case "consensus":
        return tieOfConsensus(consensus, { servers, clients, configuration }, rounds)
      case "rambo":
      case "rambo-ii":
        return tieOfRambo(sequence)
      case "rds":
        return tieOfRds({ ...sequence, model: rds })
      case "weak-snapshot":
        return tieOfWeakSnapshot(weakSnapshot, configuration)
      case "dynastore":
        return tieOfDynastore(dynastore, parameters)
      case "dbqs":
        return tieOfDbqs(model, { servers, clients, liars, members: configuration.members })
      default:
        throw new Error(`no tie of ${protocol}`)
    }
  }
