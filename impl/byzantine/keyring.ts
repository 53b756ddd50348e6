/**
 * Keeps secrets where they can be erased: each in a file of its own, outside of the log.
 *
 * Processes, and therefore logs, snapshots and recordings, hold only *handles*: names of secrets,
 * from which a secret cannot be recovered. A secret is written before the first record that
 * mentions its handle. Its file is overwritten, synced and removed once a record without the handle
 * is durable, and before any message of that step leaves.
 */
import { createHash, createPrivateKey, type KeyObject, randomBytes } from "node:crypto"
import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync
} from "node:fs"
import { join } from "node:path"
import { syncFolder, writeDurably } from "../storage/whole-file.ts"

/** The length of most secrets: a seed of Ed25519, or a key of AES-256. */
export const secretBytes = 32

/** Names a secret without revealing anything about it. */
export const handleOf = (secret: Uint8Array): string =>
  `k${createHash("sha256").update("quorate handle").update(secret).digest("base64url").slice(0, 32)}`

/** The prefix of a seed of 32 bytes in PKCS #8 (RFC 8410, section 7). */
const pkcs8 = Buffer.from("302e020100300506032b657004220420", "hex")
/** The Ed25519 key with this seed. */
export const signingKeyFrom = (seed: Uint8Array): KeyObject =>
  createPrivateKey({ key: Buffer.concat([pkcs8, seed]), format: "der", type: "pkcs8" })

const isHandle = (name: string): boolean => /^k[\w-]{32}$/.test(name)

export class Keyring {
  private readonly folder: string | undefined
  private readonly secrets = new Map<string, Buffer>()
  /** Keys that have signed, as key objects: making one costs more than signing. */
  private readonly signing = new Map<string, KeyObject>()
  private readonly onDisk = new Set<string>()

  /** The secrets in this folder; without a folder, secrets are in memory only. */
  constructor(folder?: string) {
    this.folder = folder
    if (folder === undefined) return
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    for (const name of readdirSync(folder).filter(isHandle)) {
      const secret = readFileSync(join(folder, name))
      this.onDisk.add(name)
      // A file that was being written or erased at a power failure holds no secret.
      if (handleOf(secret) === name) this.secrets.set(name, secret)
    }
  }

  /** Adds a secret, in memory until `keep` writes it. */
  add(secret: Uint8Array): string {
    const handle = handleOf(secret)
    if (!this.secrets.has(handle)) this.secrets.set(handle, Buffer.from(secret))
    return handle
  }

  /** The secret; undefined if it was erased or never added. */
  get(handle: string | undefined): Buffer | undefined {
    return handle === undefined ? undefined : this.secrets.get(handle)
  }

  /** The secret as a signing key; undefined if it was erased or never added. */
  signingKey(handle: string | undefined): KeyObject | undefined {
    const secret = this.get(handle)
    if (handle === undefined || secret === undefined) return undefined
    const key = this.signing.get(handle) ?? signingKeyFrom(secret)
    this.signing.set(handle, key)
    return key
  }

  /** The handles of all present secrets. */
  get handles(): ReadonlyArray<string> {
    return [...new Set([...this.secrets.keys(), ...this.onDisk])]
  }

  /** Writes these secrets, and returns when they are durable. */
  keep(handles: Iterable<string>): void {
    const { folder } = this
    if (folder === undefined) return
    let isChanged = false
    for (const handle of handles) {
      const secret = this.secrets.get(handle)
      if (secret === undefined || this.onDisk.has(handle)) continue
      writeDurably(join(folder, handle), secret)
      this.onDisk.add(handle)
      isChanged = true
    }
    if (isChanged) syncFolder(folder)
  }

  /**
   * Erases these secrets from memory, and overwrites, syncs and removes their files. Returns when
   * that is durable.
   */
  erase(handles: Iterable<string>): void {
    let isChanged = false
    for (const handle of handles) {
      this.secrets.get(handle)?.fill(0)
      this.secrets.delete(handle)
      this.signing.delete(handle)
      if (this.folder === undefined || !this.onDisk.delete(handle)) continue
      overwrite(join(this.folder, handle))
      isChanged = true
    }
    if (isChanged && this.folder !== undefined) syncFolder(this.folder)
  }

  /** Erases all secrets that are in memory only, except these. */
  eraseUnkept(handles: ReadonlySet<string>): void {
    this.erase(this.handles.filter((one) => !this.onDisk.has(one) && !handles.has(one)))
  }

  /** Erases all secrets except these. */
  eraseAllBut(handles: ReadonlySet<string>): void {
    this.erase(this.handles.filter((handle) => !handles.has(handle)))
  }
}

/** Overwrites a file with random bytes, then removes it. */
const overwrite = (file: string): void => {
  if (!existsSync(file)) return
  const descriptor = openSync(file, "r+")
  writeFileSync(descriptor, randomBytes(Math.max(secretBytes, fstatSync(descriptor).size)))
  fsyncSync(descriptor)
  closeSync(descriptor)
  rmSync(file)
}

/** The handles in plain data: the values of all fields named `secret`. */
export const handlesIn = (data: unknown, found: Set<string> = new Set()): Set<string> => {
  if (typeof data !== "object" || data === null) return found
  for (const [field, value] of Object.entries(data)) {
    if (field === "secret" && typeof value === "string") found.add(value)
    else handlesIn(value, found)
  }
  return found
}
