/**
 * The folder of a node with keys is complete or refused: it has what the node was given, and every
 * secret that its state mentions.
 */
import { readdirSync, rmSync, truncateSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterEach, expect, it } from "vitest"
import { TrustedCluster } from "./trusted-cluster.ts"

let cluster: TrustedCluster
afterEach(() => cluster.remove())

it.each<readonly [string, (folder: string) => void, RegExp]>([
  [
    "what it was given is missing",
    (folder) => rmSync(join(folder, "given.json")),
    /given\.json is missing/
  ],
  [
    "what it was given is cut off",
    (folder) => truncateSync(join(folder, "given.json"), 20),
    /its keys cannot be read/
  ],
  [
    "what it was given is something else",
    (folder) => writeFileSync(join(folder, "given.json"), "{}"),
    /its keys cannot be read/
  ],
  [
    "all keys are missing",
    (folder) => rmSync(join(folder, "keys"), { recursive: true }),
    /2 of the keys that it names are missing or damaged/
  ],
  [
    "a key is cut off",
    (folder) =>
      truncateSync(join(folder, "keys", readdirSync(join(folder, "keys"))[0] as string), 7),
    /1 of the keys that it names are missing or damaged/
  ],
  [
    "its log is missing",
    (folder) => rmSync(join(folder, "log"), { recursive: true }),
    /its log, or the beginning of it, is missing/
  ],
  [
    "it is empty but for its keys",
    (folder) => {
      rmSync(join(folder, "log"), { recursive: true })
      rmSync(join(folder, "node.json"))
    },
    /it has the keys of another memory/
  ]
])(
  "a folder is refused where %s, and the message names the command",
  async (_what, damage, reason) => {
    cluster = new TrustedCluster()
    await cluster.begin("s1", "s2", "s3", "s4")
    await cluster.stop("s2")
    damage(cluster.folderOf("s2"))
    const said = await cluster.start("s2").then(
      () => "it started",
      (error: Error) => error.message
    )
    expect(said).toMatch(reason)
    expect(said).toMatch(/quorate administrator replace s2 s2|name an empty folder/)
  }
)
