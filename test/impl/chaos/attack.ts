/**
 * The attacker in chaos: a client with a certificate, which sends absurd frames to one node after
 * the other from a process of its own.
 */
import { type ChildProcess, spawn } from "node:child_process"
import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { certify, type HolderRole, makeAuthority } from "../../../impl/keys/certificates.ts"
import type { Keys } from "../../../impl/keys/keys.ts"
import type { Tally } from "../hostile/hostile.ts"

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

/** An attack on nodes, from its beginning. */
export class Attack {
  private readonly child: ChildProcess
  private said = ""

  /** Attacks the nodes that listen at these ports, one after the other; some may not be there. */
  constructor(keys: Keyring, ports: ReadonlyArray<number>, seed: number) {
    // Node runs TypeScript as it is; other flags of this process are its own.
    this.child = spawn(process.execPath, [worker, ports.join(","), keys.folder, "0", `${seed}`], {
      stdio: ["ignore", "pipe", "ignore", "ipc"]
    })
    this.child.stdout?.on("data", (text) => (this.said += text))
  }

  /** Ends it, and says how many frames it has sent. */
  async end(): Promise<number> {
    const ended = new Promise((resolve) => this.child.once("close", resolve))
    if (this.child.exitCode !== null) throw new Error("the attack has ended by itself")
    this.child.kill("SIGTERM")
    await ended
    return (JSON.parse(this.said) as Tally).frames
  }
}
