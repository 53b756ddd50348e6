/**
 * Pages that do not need to be in memory, in a private file: the file has no name, and disappears
 * with the process.
 */
import { closeSync, mkdtempSync, openSync, readSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { noRoom, type PageStore } from "../engine/queue.ts"
import { writeAll } from "./word-files.ts"

export class PageFile implements PageStore {
  private file: number | undefined
  /** The end of the file, and the free places in it by size. */
  private end = 0
  private readonly places = new Map<number, Array<number>>()
  /** Why pages cannot be put away any more. */
  private failure: unknown

  put(page: Int32Array): number {
    if (this.failure !== undefined) return noRoom
    const place = this.places.get(page.length)?.pop() ?? this.end
    try {
      this.file ??= openNameless()
      writeAll(this.file, new Uint8Array(page.buffer, page.byteOffset, page.byteLength), place)
    } catch (error) {
      this.failure = error
      return noRoom
    }
    this.end = Math.max(this.end, place + page.byteLength)
    return place
  }

  get(place: number, into: Int32Array): void {
    const bytes = new Uint8Array(into.buffer, into.byteOffset, into.byteLength)
    for (let done = 0; done < bytes.length; ) {
      const read = readSync(this.file as number, bytes, done, bytes.length - done, place + done)
      if (read === 0) throw new Error("the file of pages ends too soon")
      done += read
    }
  }

  free(place: number, words: number): void {
    const places = this.places.get(words)
    if (places === undefined) this.places.set(words, [place])
    else places.push(place)
  }

  close(): void {
    if (this.file !== undefined) closeSync(this.file)
    this.file = undefined
  }
}

/** Opens a file in the system's temporary folder, and removes its name. */
const openNameless = (): number => {
  const folder = mkdtempSync(join(tmpdir(), "quorate-"))
  try {
    return openSync(join(folder, "pages"), "w+")
  } finally {
    rmSync(folder, { recursive: true })
  }
}
