/**
 * A disk, as the log sees it: a folder of files that can be written at an offset and synced.
 *
 * What was written and not synced may be there after a crash, or not, or in part. Reading is for
 * recovery, before anything is written, and is done at once.
 */

/** Why a disk did not do what it was asked. */
export interface DiskFault {
  /**
   * `full`: nothing can be written now, and later perhaps. `broken`: what is on stable storage is
   * unknown.
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
  /** Cuts a file off, durably. For recovery, like reading. */
  readonly truncate: (file: string, length: number) => void
  /** Writes the bytes at the offset, and makes the file if there is none. */
  readonly write: (file: string, offset: number, bytes: Uint8Array, done: Done) => void
  /** Makes durable what was written to the file, and that there is such a file. */
  readonly sync: (file: string, done: Done) => void
  /** Gives a synced file another name, durably and at once or not at all. */
  readonly rename: (from: string, to: string, done: Done) => void
  readonly remove: (file: string, done: Done) => void
}
