/**
 * RAMBO II (`spec/rambo-ii/`): a reconfigurer retires all configurations before a goal at once. Its
 * transitions and its invariant are those of RAMBO with consensus; the goal does not need to be the
 * next configuration.
 */
import { at, type ModelledProtocol } from "../induction/variant.ts"
import { truth } from "../logic/formula.ts"
import reasons from "../rambo/reasons.json" with { type: "json" }
import { correct as rambo } from "../rambo/rules.ts"
import { withConsensus } from "../rambo/sequence.ts"
import { isNext } from "../rambo/state.ts"

const named = {
  name: "rambo-ii",
  about: "Reconfiguration along an agreed sequence that retires old configurations together."
}
const correct = { ...rambo, nextOldest: () => truth }

export const protocol: ModelledProtocol = {
  ...named,
  // The reasons of RAMBO: all transitions but one are the same.
  reasons,
  variants: [
    {
      name: "correct",
      about: "RAMBO II, with consensus.",
      model: withConsensus(correct, named),
      breaks: []
    },
    {
      name: "parallel-retirement-of-one",
      about: "Action 1 happens only in the last of the retiring configurations.",
      model: withConsensus({ ...correct, pointsIn: isNext }, named),
      breaks: at(
        "startTransfer",
        "the transferred data is enough",
        "a reconfigurer that transfers has stored the forward pointer"
      )
    }
  ]
}
