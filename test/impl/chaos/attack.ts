/**
 * Who attacks in chaos: a client with a certificate, which sends absurd frames to one node after
 * the other from a process of its own.
 */
import { spawn } from "node:child_process"
import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { certify, type HolderRole, makeAuthority } from "../../../impl/keys/certificates.ts"
import type { Keys } from "../../../impl/keys/keys.ts"
import type { Tally } from "../hostile/hostile.ts"
import { pause } from "./pause.ts"

/** A folder with the keys of nodes, of an administrator, and of mallory, a client. */
export class Keyring {
  readonly folder: string

  constructor(folder: string, nodes: ReadonlyArray<string>) {
    this.folder = folder
    mkdirSync(folder, { recursive: true })
    const now = new Date()
    const authority = makeAuthority(1, now)
    writeFileSync(join(folder, "authority.pem"), authority.certificate)
    const roles: ReadonlyArray<readonly [string, HolderRole]> = [
      ...nodes.map((name) => [name, "node"] as const),
      ["administrator", "administrator"],
      ["mallory", "client"]
    ]
    for (const [name, role] of roles) {
      const { certificate, key } = certify(authority.key, name, role, 1, now)
      writeFileSync(join(folder, `${name}.pem`), certificate)
      writeFileSync(join(folder, `${name}.key`), key)
    }
  }

  of(name: string): Keys {
    const read = (file: string): string => readFileSync(join(this.folder, file), "utf8")
    return { ca: read("authority.pem"), cert: read(`${name}.pem`), key: read(`${name}.key`) }
  }
}

const worker = fileURLToPath(new URL("../hostile/main.ts", import.meta.url))
const framesOfAttack = 4000
/** A node that is paused takes nothing. */
const mostAttackMilliseconds = 20_000

export class Attack {
  /** How many frames were sent so far. */
  frames = 0
  private readonly keys: Keyring
  private seed: number

  constructor(keys: Keyring, seed: number) {
    this.keys = keys
    this.seed = 1000 * seed
  }

  /** Attacks nodes that listen at these ports, one after the other, until then. */
  async until(end: number, pick: () => number): Promise<void> {
    while (performance.now() < end) {
      this.frames += (await this.once(pick()))?.frames ?? 0
      await pause(500)
    }
  }

  /** What came of it; undefined if the node was not there, or went away in the middle. */
  private once(port: number): Promise<Tally | undefined> {
    return new Promise((resolve) => {
      this.seed += 1
      const words = [worker, String(port), this.keys.folder, String(framesOfAttack)]
      // Node runs TypeScript as it is; whatever else this process was started with is its own.
      const child = spawn(process.execPath, [...words, String(this.seed)], {
        stdio: ["ignore", "pipe", "ignore"],
        timeout: mostAttackMilliseconds
      })
      let said = ""
      child.stdout.on("data", (text) => (said += text))
      child.once("exit", () => {
        try {
          resolve(JSON.parse(said) as Tally)
        } catch {
          resolve(undefined)
        }
      })
    })
  }
}
