/**
 * A disk, as the log sees it: a folder of files that can be written at an offset and synced.
 *
 * After a crash, data that was written and not synced may be present, missing, or partly present.
 * Only recovery reads, synchronously and before anything is written.
 */

/** Why a disk failed to do something. */
export interface DiskFault {
  /**
   * `full`: nothing can be written now; later attempts may succeed. `broken`: the contents of
   * stable storage are unknown.
   */
  readonly kind: "full" | "broken"
  readonly message: string
}

/** Called once, with the fault if there was one. */
export type Done = (fault: DiskFault | undefined) => void

export interface Disk {
  /** The names of the files, sorted. */
  readonly list: () => ReadonlyArray<string>
  /** The size of a file in bytes. */
  readonly size: (file: string) => number
  /** At most `length` bytes from the offset on; fewer at the end of the file. */
  readonly read: (file: string, offset: number, length: number) => Uint8Array
  /** Truncates a file, durably. For recovery, like reading. */
  readonly truncate: (file: string, length: number) => void
  /** Writes the bytes at the offset, and creates the file if it does not exist. */
  readonly write: (file: string, offset: number, bytes: Uint8Array, done: Done) => void
  /** Makes the file's data and its directory entry durable. */
  readonly sync: (file: string, done: Done) => void
  /** Both in one: writes the bytes at the offset, and makes them durable. */
  readonly writeSynced: (file: string, offset: number, bytes: Uint8Array, done: Done) => void
  /**
   * Writes a few bytes over existing ones; they only have to survive the process. For frequent
   * writes: it may be done before this returns.
   */
  readonly writeBriefly: (file: string, offset: number, bytes: Uint8Array, done: Done) => void
  /** Renames a synced file, durably and atomically. */
  readonly rename: (from: string, to: string, done: Done) => void
  readonly remove: (file: string, done: Done) => void
}

/** How a disk writes and syncs if it has no better way to do both. */
export const inTwo =
  ({ write, sync }: Pick<Disk, "write" | "sync">): Disk["writeSynced"] =>
  (file, offset, bytes, done) =>
    write(file, offset, bytes, (fault) => {
      if (fault === undefined) sync(file, done)
      else done(fault)
    })
