/**
 * Where secrets are, so that they can be erased: each in a file of its own, outside of the log.
 *
 * What processes hold, and what logs, snapshots and recordings therefore hold, are *handles*: the
 * name of a secret, from which nobody gets the secret back. A secret is written before the record
 * that first speaks of it; its file is overwritten, synced and removed once the record is durable
 * that no longer does, and before any message of that step leaves.
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

/** How many bytes most secrets have: a seed of Ed25519, or a key of AES-256. */
export const secretBytes = 32

/** Tells secrets apart, and says nothing of them. */
export const handleOf = (secret: Uint8Array): string =>
  `k${createHash("sha256").update("quorate handle").update(secret).digest("base64url").slice(0, 32)}`

/** What stands before a seed of 32 bytes in PKCS #8 (RFC 8410, section 7). */
const pkcs8 = Buffer.from("302e020100300506032b657004220420", "hex")
/** The key of Ed25519 that this seed makes. */
export const signingKeyFrom = (seed: Uint8Array): KeyObject =>
  createPrivateKey({ key: Buffer.concat([pkcs8, seed]), format: "der", type: "pkcs8" })

const isHandle = (name: string): boolean => /^k[\w-]{32}$/.test(name)

export class Keyring {
  private readonly folder: string | undefined
  private readonly secrets = new Map<string, Buffer>()
  /** Keys that have signed, as what signs takes them: to make one costs more than to sign. */
  private readonly signing = new Map<string, KeyObject>()
  private readonly onDisk = new Set<string>()

  /** The secrets of this folder; without one, they are in memory only. */
  constructor(folder?: string) {
    this.folder = folder
    if (folder === undefined) return
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    for (const name of readdirSync(folder).filter(isHandle)) {
      const secret = readFileSync(join(folder, name))
      this.onDisk.add(name)
      // One that was being written, or erased, when power ran out is none.
      if (handleOf(secret) === name) this.secrets.set(name, secret)
    }
  }

  /** Takes a secret; in memory, until it is kept. */
  add(secret: Uint8Array): string {
    const handle = handleOf(secret)
    if (!this.secrets.has(handle)) this.secrets.set(handle, Buffer.from(secret))
    return handle
  }

  /** The secret; undefined if it is erased, or was never here. */
  get(handle: string | undefined): Buffer | undefined {
    return handle === undefined ? undefined : this.secrets.get(handle)
  }

  /** The secret as a key to sign with; undefined if it is erased, or was never here. */
  signingKey(handle: string | undefined): KeyObject | undefined {
    const secret = this.get(handle)
    if (handle === undefined || secret === undefined) return undefined
    const key = this.signing.get(handle) ?? signingKeyFrom(secret)
    this.signing.set(handle, key)
    return key
  }

  /** The handles of all secrets that are here. */
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
   * Erases these secrets: in memory; and each file is overwritten, synced and removed. Returns when
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

  /** Erases all secrets that are in memory only, but these. */
  eraseUnkept(handles: ReadonlySet<string>): void {
    this.erase(this.handles.filter((one) => !this.onDisk.has(one) && !handles.has(one)))
  }

  /** Erases all secrets but these. */
  eraseAllBut(handles: ReadonlySet<string>): void {
    this.erase(this.handles.filter((handle) => !handles.has(handle)))
  }
}

/** Overwrites a file with what nobody knows, then removes it. */
const overwrite = (file: string): void => {
  if (!existsSync(file)) return
  const descriptor = openSync(file, "r+")
  writeFileSync(descriptor, randomBytes(Math.max(secretBytes, fstatSync(descriptor).size)))
  fsyncSync(descriptor)
  closeSync(descriptor)
  rmSync(file)
}

/** The handles in plain data: the texts of all fields that are called `secret`. */
export const handlesIn = (data: unknown, found: Set<string> = new Set()): Set<string> => {
  if (typeof data !== "object" || data === null) return found
  for (const [field, value] of Object.entries(data)) {
    if (field === "secret" && typeof value === "string") found.add(value)
    else handlesIn(value, found)
  }
  return found
}
