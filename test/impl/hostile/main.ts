/**
 * Is hostile to one node: `tsx main.ts NODE PORT KEYS FRAMES SEED`, and prints what came of it.
 */
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { wireVersion } from "../../../impl/link/frame.ts"
import { pluggedIn, systemOf } from "../../../impl/protocols.ts"
import { majority } from "../../../spec/configuration/configuration.ts"
import { servers } from "../../../spec/nodes/nodes.ts"
import { beHostile } from "./hostile.ts"

const [node = "", port = "", folder = "", frames = "", seed = ""] = process.argv.slice(2)
const read = (file: string): string => readFileSync(join(folder, file), "utf8")
const keys = { ca: read("authority.pem"), cert: read("mallory.pem"), key: read("mallory.key") }
const { Message, name: protocol } = pluggedIn()
const system = systemOf(protocol, majority(servers("s1", "s2", "s3")))
const target = {
  node,
  port: Number(port),
  hello: { _tag: "Hello", version: wireVersion, protocol, system, endpoint: "hostile" }
} as const
console.log(JSON.stringify(await beHostile(Message, target, keys, Number(frames), Number(seed))))
