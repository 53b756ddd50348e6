/**
 * `npm run bench -- NAME`: measurements, each a ratio or a rate within one run.
 */
import { engine } from "./engine.ts"
import { liveness } from "./liveness.ts"

const benches: Readonly<Record<string, () => void>> = { engine, liveness }

const name = process.argv[2] ?? ""
const bench = benches[name]
if (bench === undefined) {
  console.error(`there is no bench "${name}"; known: ${Object.keys(benches).join(", ")}`)
  process.exitCode = 2
} else bench()
