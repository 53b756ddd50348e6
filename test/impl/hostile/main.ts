/**
 * Is hostile to one node: `tsx main.ts NODE PORT KEYS FRAMES SEED`, and prints what came of it.
 */
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { endpointFor } from "../../../impl/keys/keys.ts"
import { pluggedIn } from "../../../impl/protocols.ts"
import { RawPeer } from "../net/raw-peer.ts"
import { beHostile } from "./hostile.ts"

const [node = "", port = "", folder = "", frames = "", seed = ""] = process.argv.slice(2)
const read = (file: string): string => readFileSync(join(folder, file), "utf8")
const keys = { ca: read("authority.pem"), cert: read("mallory.pem"), key: read("mallory.key") }
/** Who the node says that it is. */
const identityOf = async (): Promise<string> => {
  const introduction = { protocol: pluggedIn().name, first: null }
  const peer = await RawPeer.connect(Number(port), endpointFor("mallory", "first"), introduction, keys)
  const [hello] = peer.heard
  peer.close()
  if (hello?._tag !== "Hello") throw new Error(`${node} does not say hello`)
  return hello.endpoint
}
const target = { node: await identityOf(), port: Number(port) }
const { Message } = pluggedIn()
console.log(JSON.stringify(await beHostile(Message, target, keys, Number(frames), Number(seed))))
