/**
 * `npm run bench -- NAME [OPTION…]`: measurements, each a ratio or a rate within one run.
 */
import { byzantine } from "./byzantine.ts"
import { chaos } from "./chaos.ts"
import { counterexamples } from "./counterexamples.ts"
import { dbqs } from "./dbqs.ts"
import { dealing } from "./dealing.ts"
import { dht } from "./dht.ts"
import { engine } from "./engine.ts"
import { explorer } from "./explorer.ts"
import { figure1 } from "./figure-1.ts"
import { fuzz } from "./fuzz.ts"
import { hostile } from "./hostile.ts"
import { laws } from "./laws.ts"
import { lemmas } from "./lemmas.ts"
import { liveness } from "./liveness.ts"
import { loadBearing } from "./load-bearing.ts"
import { mutation } from "./mutation/main.ts"
import { newcomer } from "./newcomer.ts"
import { proofs } from "./proofs.ts"
import { reasons } from "./reasons.ts"
import { reductions } from "./reductions.ts"
import { relations } from "./relations.ts"
import { replacement } from "./replacement.ts"
import { runners } from "./runners.ts"
import { simulator } from "./simulator.ts"
import { size } from "./size.ts"
import { stateSpace } from "./state-space.ts"
import { store } from "./store.ts"
import { study } from "./study/main.ts"
import { ties } from "./ties.ts"
import { upgrade } from "./upgrade.ts"

const benches: Readonly<Record<string, (options: ReadonlyArray<string>) => void | Promise<void>>> =
  {
    byzantine,
    chaos,
    counterexamples,
    dbqs,
    dealing,
    dht,
    engine,
    explorer,
    "figure-1": figure1,
    fuzz,
    hostile,
    laws,
    lemmas,
    liveness,
    "load-bearing": loadBearing,
    mutation,
    newcomer,
    proofs,
    reasons,
    reductions,
    relations,
    replacement,
    runners,
    simulator,
    size,
    "state-space": stateSpace,
    store,
    study,
    ties,
    upgrade
  }

const name = process.argv[2] ?? ""
const bench = benches[name]
if (bench === undefined) {
  console.error(`there is no bench "${name}"; known: ${Object.keys(benches).join(", ")}`)
  process.exitCode = 2
} else await bench(process.argv.slice(3))
