/**
 * Attacks one node after the other: `main.ts PORT,… KEYS FRAMES SEED`, and prints the result; with
 * 0 frames, until it is stopped (SIGTERM).
 */
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { runnableNamed } from "../../../impl/protocols.ts"
import { beHostile, emptyTally, poolOf } from "./hostile.ts"

const [listed = "", folder = "", given = "", seed = ""] = process.argv.slice(2)
const ports = listed.split(",").map(Number)
const read = (file: string): string => readFileSync(join(folder, file), "utf8")
const keys = { ca: read("authority.pem"), cert: read("mallory.pem"), key: read("mallory.key") }
const frames = Number(given)
/** This many go to one node before the next has its turn, where there is no end. */
const framesOfTurn = 1000
const betweenTurnsMilliseconds = 300

const tally = emptyTally()
// Whoever has started it may end without a word.
process.once("disconnect", () => process.exit(1))
process.once("SIGTERM", () => {
  console.log(JSON.stringify(tally))
  process.exit(0)
})
const pool = poolOf(runnableNamed().Message, frames === 0 ? 5 * framesOfTurn : frames, Number(seed))
if (frames > 0) {
  for (const port of ports) await beHostile(pool, port, keys, frames, Number(seed), tally)
  console.log(JSON.stringify(tally))
} else {
  for (let turn = 0; ; turn++) {
    const port = ports[turn % ports.length] as number
    await beHostile(pool, port, keys, framesOfTurn, Number(seed) + turn, tally)
    await new Promise((resolve) => setTimeout(resolve, betweenTurnsMilliseconds))
  }
}
