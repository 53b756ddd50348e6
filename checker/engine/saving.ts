/**
 * What a search saves between two rounds, so that another run can resume it with any number of
 * workers. It saves streams of words; the caller puts them into files.
 */
import type { Finding } from "./findings.ts"

/** Writes a stream of 32-bit integers. */
export interface WordWriter {
  readonly write: (words: Int32Array) => void
}

/** Reads a stream of 32-bit integers. */
export interface WordReader {
  /** The next `count` words, in a new array. */
  readonly read: (count: number) => Int32Array
}

/** The named streams of one checkpoint. */
export interface Archive {
  /** Writes a stream, and returns its checksum. */
  readonly write: (name: string, fill: (writer: WordWriter) => void) => string
  readonly read: (name: string, take: (reader: WordReader) => void) => void
}

/** The checksum of each stream, by name. */
export type Checksums = Readonly<Record<string, string>>

/** What a search knows beyond the contents of its partitions, as plain data. */
export interface Progress {
  /** The last completed round, and its level. */
  readonly round: number
  readonly level: number
  /** The minimum number of bits of each component of a packed state. */
  readonly needs: ReadonlyArray<number>
  readonly generated: number
  readonly doneStates: number
  readonly unclearStates: number
  readonly depth: number
  readonly findings: ReadonlyArray<Finding>
}

/** The contents of the values of each component, in the order of their codes. */
export type Contents = ReadonlyArray<ReadonlyArray<string>>

const contentsName = "contents"

export const writeContents = (archive: Archive, contents: Contents): Checksums => ({
  [contentsName]: archive.write(contentsName, ({ write }) => {
    write(Int32Array.of(contents.length))
    for (const ofComponent of contents) {
      write(Int32Array.of(ofComponent.length))
      for (const content of ofComponent) {
        write(Int32Array.of(content.length))
        write(Int32Array.from({ length: content.length }, (_, at) => content.charCodeAt(at)))
      }
    }
  })
})

export const readContents = (archive: Archive): Contents => {
  let contents: Contents = []
  archive.read(contentsName, ({ read }) => {
    const number = () => read(1)[0] as number
    const listOf = <A>(item: () => A): ReadonlyArray<A> => Array.from({ length: number() }, item)
    const text = () => Array.from(read(number()), (unit) => String.fromCharCode(unit)).join("")
    contents = listOf(() => listOf(text))
  })
  return contents
}
