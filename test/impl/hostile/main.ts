/**
 * Is hostile to one node: `tsx main.ts PORT KEYS FRAMES SEED`, and prints what came of it.
 */
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { pluggedIn } from "../../../impl/protocols.ts"
import { beHostile } from "./hostile.ts"

const [port = "", folder = "", frames = "", seed = ""] = process.argv.slice(2)
const read = (file: string): string => readFileSync(join(folder, file), "utf8")
const keys = { ca: read("authority.pem"), cert: read("mallory.pem"), key: read("mallory.key") }
console.log(
  JSON.stringify(
    await beHostile(pluggedIn().Message, Number(port), keys, Number(frames), Number(seed))
  )
)
