/**
 * A disk lets go of its files only when nothing is under way: what is written late must not land in
 * a file of others.
 */
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, expect, it } from "vitest"
import { FileDisk } from "../../../impl/storage/file-disk.ts"

const folder = mkdtempSync(join(tmpdir(), "quorate-disk-"))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

it("closes files after the writes and syncs that it was asked for, and not under them", async () => {
  const disk = new FileDisk(join(folder, "log"))
  const done: Array<string> = []
  await new Promise<void>((resolve) => disk.write("a", 0, Buffer.from("first"), () => resolve()))
  disk.write("a", 5, Buffer.alloc(8 * 2 ** 20, "x"), () => {
    done.push("written")
    disk.sync("a", () => done.push("synced"))
  })
  const closed = new Promise<void>((resolve) => disk.close(() => resolve(void done.push("closed"))))
  // Were the descriptor free, this file would get it, and what is written.
  const other = openSync(join(folder, "other"), "w+")
  await closed
  closeSync(other)
  expect(done).toEqual(["written", "synced", "closed"])
  expect(readFileSync(join(folder, "other")).length).toBe(0)
  expect(readFileSync(join(folder, "log", "a")).length).toBe(5 + 8 * 2 ** 20)
})
