/**
 * `npm run bench -- NAME [OPTION…]`: measurements, each a ratio or a rate within one run.
 */
import { chaos } from "./chaos.ts"
import { engine } from "./engine.ts"
import { explorer } from "./explorer.ts"
import { figure1 } from "./figure-1.ts"
import { fuzz } from "./fuzz.ts"
import { hostile } from "./hostile.ts"
import { liveness } from "./liveness.ts"
import { loadBearing } from "./load-bearing.ts"
import { mutation } from "./mutation/main.ts"
import { newcomer } from "./newcomer.ts"
import { reductions } from "./reductions.ts"
import { relations } from "./relations.ts"
import { simulator } from "./simulator.ts"
import { stateSpace } from "./state-space.ts"
import { store } from "./store.ts"
import { study } from "./study/main.ts"

const benches: Readonly<Record<string, (options: ReadonlyArray<string>) => void | Promise<void>>> =
  {
    chaos,
    engine,
    explorer,
    "figure-1": figure1,
    fuzz,
    hostile,
    liveness,
    "load-bearing": loadBearing,
    mutation,
    newcomer,
    reductions,
    relations,
    simulator,
    "state-space": stateSpace,
    store,
    study
  }

const name = process.argv[2] ?? ""
const bench = benches[name]
if (bench === undefined) {
  console.error(`there is no bench "${name}"; known: ${Object.keys(benches).join(", ")}`)
  process.exitCode = 2
} else await bench(process.argv.slice(3))
