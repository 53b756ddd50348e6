/**
 * A disk closes its files only when no request is in progress: a late write must not land in
 * another file.
 */
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, expect, it } from "vitest"
import { FileDisk } from "../../../impl/storage/file-disk.ts"

const folder = mkdtempSync(join(tmpdir(), "quorate-disk-"))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

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
