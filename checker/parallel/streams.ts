/**
 * Streams in memory that several threads read: what a search that began alone hands over to the
 * workers that join it.
 */
import type { Archive } from "../engine/saving.ts"

/** The words of each stream, in memory that threads share. */
export type SharedWords = ReadonlyMap<string, Int32Array>

/** Nobody else can have changed these streams. */
const noChecksum = ""

export class Streams implements Archive {
  readonly words: Map<string, Int32Array>

  constructor(words: SharedWords = new Map()) {
    this.words = new Map(words)
  }

  write(name: string, fill: Parameters<Archive["write"]>[1]): string {
    const parts: Array<Int32Array> = []
    fill({ write: (words) => parts.push(words.slice()) })
    const length = parts.reduce((sum, part) => sum + part.length, 0)
    const words = new Int32Array(new SharedArrayBuffer(length * Int32Array.BYTES_PER_ELEMENT))
    let end = 0
    for (const part of parts) {
      words.set(part, end)
      end += part.length
    }
    this.words.set(name, words)
    return noChecksum
  }

  read(name: string, take: Parameters<Archive["read"]>[1]): void {
    const words = this.words.get(name)
    if (words === undefined) throw new Error(`no stream ${name} was handed over`)
    let at = 0
    take({
      read: (count) => {
        at += count
        return words.slice(at - count, at)
      }
    })
  }
}
