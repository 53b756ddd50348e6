/**
 * A disk closes its files only when no request is in progress: a late write must not land in
 * another file. Durably appended data is there as it was written, with nothing but zeros after it.
 */
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, expect, it } from "vitest"
import { FileDisk } from "../../../impl/storage/file-disk.ts"

const folder = mkdtempSync(join(tmpdir(), "quorate-disk-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

it("closes files after the requested writes and syncs, and not during them", async () => {
  const disk = new FileDisk(join(folder, "log"))
  const done: Array<string> = []
  await new Promise<void>((resolve) => disk.write("a", 0, Buffer.from("first"), () => resolve()))
  disk.write("a", 5, Buffer.alloc(8 * 2 ** 20, "x"), () => {
    done.push("written")
    disk.sync("a", () => done.push("synced"))
  })
  const closed = new Promise<void>((resolve) => disk.close(() => resolve(void done.push("closed"))))
  // If the descriptor were free, this file would get it, and the late write.
  const other = openSync(join(folder, "other"), "w+")
  await closed
  closeSync(other)
  expect(done).toEqual(["written", "synced", "closed"])
  expect(readFileSync(join(folder, "other")).length).toBe(0)
  expect(readFileSync(join(folder, "log", "a")).length).toBe(5 + 8 * 2 ** 20)
})

it("appends durably, across what it has filled with zeros and beyond it", async () => {
  const disk = new FileDisk(join(folder, "appended"))
  const pieces = [10, 100_000, 1, 3_000_000, 70_000, 9_000_000, 5].map((length, at) =>
    Buffer.alloc(length, 65 + at)
  )
  let end = 0
  for (const piece of pieces) {
    const fault = await new Promise((resolve) => disk.writeSynced("a", end, piece, resolve))
    expect(fault).toBeUndefined()
    end += piece.length
  }
  // Zeros may still be on their way.
  await new Promise<void>((resolve) => disk.close(resolve))
  const bytes = readFileSync(join(folder, "appended", "a"))
  const whole = Buffer.concat(pieces)
  expect(bytes.subarray(0, whole.length).equals(whole)).toBe(true)
  expect(bytes.subarray(whole.length).every((byte) => byte === 0)).toBe(true)
})

it("removes a file that it is filling, and says what is wrong with one it cannot write", async () => {
  const disk = new FileDisk(join(folder, "removed"))
  await new Promise((resolve) => disk.writeSynced("a", 0, Buffer.from("first"), resolve))
  expect(await new Promise((resolve) => disk.remove("a", resolve))).toBeUndefined()
  expect(disk.list()).toEqual([])
  await new Promise<void>((resolve) => disk.close(resolve))
  rmSync(join(folder, "removed"), { recursive: true })
  const fault = await new Promise((resolve) => disk.writeSynced("b", 0, Buffer.from("x"), resolve))
  expect(fault).toMatchObject({ kind: "broken" })
})
