/**
 * How `spec/supermajority/` is tied to its model: like majority replication, with signed pairs, and
 * with a liar's answers recorded when a client receives them.
 */
import type { ServerState } from "../../spec/supermajority/server.ts"
import { pairOf, type Written } from "../../spec/supermajority/signed-pair.ts"
import type { Model } from "../logic/model.ts"
import { type Followed, type Pairs, tieOf as tieOfMajority } from "../majority/tie.ts"
import type { Tie } from "../tie/tie.ts"

const signed: Pairs = {
  ofServer: (state) => pairOf((state as ServerState).written),
  ofMessage: (message) => pairOf((message as { readonly written: Written }).written),
  ofAnswer: (answer) => pairOf(answer as Written)
}

export const tieOf = (model: Model, followed: Followed): Tie =>
  tieOfMajority(model, followed, signed)
