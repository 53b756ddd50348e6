/**
 * A file that is only appended to, each time durably. Written data is durable when the write is
 * done (O_DSYNC): one request to the file system instead of a write and a sync.
 *
 * The file is filled with zeros ahead of the written data. Overwriting zeros durably writes only
 * data. Extending a file also commits the file system's journal, with all other activity on the
 * disk.
 */
import { closeSync, constants, fstatSync, openSync, write } from "node:fs"

/** Whether this system supports such files. */
export const canPrepare = process.platform === "linux"

/** The minimum and the maximum filled at once; in between, as much as has been written so far. */
const minFillBytes = 64 * 1024
const maxFillBytes = 4 * 2 ** 20

export type Told = (error: NodeJS.ErrnoException | null) => void

/** Writes all of the bytes at the offset, in as many calls as the system needs. */
export const writeAll = (
  descriptor: number,
  offset: number,
  bytes: Uint8Array,
  told: Told
): void => {
  write(descriptor, bytes, 0, bytes.length, offset, (error, count) => {
    if (error !== null || count === bytes.length) told(error)
    else writeAll(descriptor, offset + count, bytes.subarray(count), told)
  })
}

export class PreparedFile {
  private readonly descriptor: number
  /** The file has data or zeros up to this offset. */
  private filled: number
  private isFilling = false
  /** Whether there was no room for zeros: the file then does without them. */
  private isShort = false
  private isClosed = false
  /** The action that waits for zeros being written. */
  private whenFilled: (() => void) | undefined
  private readonly counted: (told: Told) => Told

  /**
   * The file exists. Throws the file system's error. `counted` counts a request of the file's own
   * until it is done.
   */
  constructor(path: string, counted: (told: Told) => Told) {
    this.counted = counted
    this.descriptor = openSync(path, constants.O_RDWR | constants.O_DSYNC)
    this.filled = fstatSync(this.descriptor).size
  }

  /**
   * Writes the bytes at the offset, which is the end of the data appended so far. One append at a
   * time.
   */
  append(offset: number, bytes: Uint8Array, told: Told): void {
    const end = offset + bytes.length
    if (this.isFilling && end > this.filled) {
      this.whenFilled = () => this.append(offset, bytes, told)
      return
    }
    this.filled = Math.max(this.filled, end)
    writeAll(this.descriptor, offset, bytes, told)
    const ahead = Math.min(Math.max(end, minFillBytes), maxFillBytes)
    if (this.filled - end < ahead / 2) this.fill(ahead)
  }

  /** Closes the file, once no zeros are being written. */
  close(): void {
    this.isClosed = true
    if (!this.isFilling) closeSync(this.descriptor)
  }

  private fill(length: number): void {
    if (this.isFilling || this.isShort) return
    this.isFilling = true
    const { filled } = this
    const done = this.counted((error) => {
      this.isFilling = false
      if (error === null) this.filled = filled + length
      else this.isShort = true
      if (this.isClosed) closeSync(this.descriptor)
      const { whenFilled } = this
      this.whenFilled = undefined
      whenFilled?.()
    })
    writeAll(this.descriptor, filled, new Uint8Array(length), done)
  }
}
