/**
 * `npm run bench -- NAME [OPTION…]`: measurements, each a ratio or a rate within one run.
 */
import { engine } from "./engine.ts"
import { liveness } from "./liveness.ts"
import { reductions } from "./reductions.ts"

const benches: Readonly<Record<string, (options: ReadonlyArray<string>) => void>> = {
  engine,
  liveness,
  reductions
}

const name = process.argv[2] ?? ""
const bench = benches[name]
if (bench === undefined) {
  console.error(`there is no bench "${name}"; known: ${Object.keys(benches).join(", ")}`)
  process.exitCode = 2
} else bench(process.argv.slice(3))
