/**
 * What is written of a search between two rounds, so that another run can go on from there, with
 * any number of workers: streams of words, which someone else puts into files.
 */
import type { Finding } from "./findings.ts"

/** A stream of integers of 32 bits that is being written. */
export interface WordWriter {
  readonly write: (words: Int32Array) => void
}

/** A stream that is being read. */
export interface WordReader {
  /** The next `count` words, in an array of their own. */
  readonly read: (count: number) => Int32Array
}

/** The streams of one checkpoint, by their names. */
export interface Archive {
  /** Writes a stream. The answer is its checksum. */
  readonly write: (name: string, fill: (writer: WordWriter) => void) => string
  readonly read: (name: string, take: (reader: WordReader) => void) => void
}

/** The checksums of streams, by their names. */
export type Checksums = Readonly<Record<string, string>>

/** What a search knows besides what its partitions hold: plain data. */
export interface Progress {
  /** The round that was done last, and the level that it belongs to. */
  readonly round: number
  readonly level: number
  /** How many bits each component of a packed state has at least. */
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
