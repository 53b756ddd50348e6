/**
 * Secrets are in files that are overwritten and removed; a half-written file holds no secret.
 */
import { randomBytes } from "node:crypto"
import {
  closeSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
  writeFileSync
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, describe, expect, it } from "vitest"
import { Keyring } from "../../../impl/byzantine/keyring.ts"

const folder = mkdtempSync(join(tmpdir(), "quorate-keyring-"))
afterAll(() => rmSync(folder, { recursive: true }))

describe("a keyring", () => {
  it("keeps the keys that it is given, readable only to its owner, and finds them again", () => {
    const own = join(folder, "kept")
    const keyring = new Keyring(own)
    const [kept, other] = [randomBytes(32), randomBytes(32)]
    const handle = keyring.add(kept)
    keyring.add(other)
    keyring.keep([handle])
    expect(readdirSync(own)).toEqual([handle])
    expect(statSync(join(own, handle)).mode & 0o777).toBe(0o600)
    expect(new Keyring(own).get(handle)).toEqual(kept)
    expect(handle).not.toContain(kept.toString("base64url"))
  })

  it("overwrites a secret before it removes its file: a process that holds the file open can no longer read it", () => {
    const own = join(folder, "erased")
    const keyring = new Keyring(own)
    const secret = randomBytes(32)
    const handle = keyring.add(secret)
    keyring.keep([handle])
    const held = openSync(join(own, handle), "r")
    keyring.erase([handle])
    const left = Buffer.alloc(32)
    expect(readSync(held, left, 0, 32, 0)).toBe(32)
    closeSync(held)
    expect(left.equals(secret)).toBe(false)
    expect(readdirSync(own)).toEqual([])
    expect([keyring.get(handle), new Keyring(own).get(handle)]).toEqual([undefined, undefined])
  })

  it("erases all that nothing speaks of any more, what was written by half included", () => {
    const own = join(folder, "torn")
    const keyring = new Keyring(own)
    const [first, second] = [randomBytes(32), randomBytes(32)].map((one) => keyring.add(one))
    keyring.keep([first as string, second as string])
    const torn = readFileSync(join(own, second as string)).subarray(0, 20)
    writeFileSync(join(own, second as string), torn)
    const again = new Keyring(own)
    expect(again.get(second)).toBeUndefined()
    again.eraseAllBut(new Set([first as string]))
    expect(readdirSync(own)).toEqual([first])
  })
})
