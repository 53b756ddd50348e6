/**
 * A file that is only appended to, each time durably. What is written there is durable when the
 * write is done (O_DSYNC): one request to the file system, where a write and a sync are two.
 *
 * The file is filled with zeros ahead of what is written. To overwrite them durably is to write
 * data; to make a file longer is also to commit the file system's journal, with whatever else
 * happens on the disk.
 */
import { closeSync, constants, fstatSync, openSync, write } from "node:fs"

/** Whether this system's files can be written so. */
export const canPrepare = process.platform === "linux"

/** The least and the most that is filled at once; in between, as much as was written so far. */
const minFillBytes = 64 * 1024
const maxFillBytes = 4 * 2 ** 20

export type Told = (error: NodeJS.ErrnoException | null) => void

/** Writes all of the bytes at the offset, however many the system takes at once. */
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
  /** Up to there the file has data or zeros. */
  private filled: number
  private isFilling = false
  /** Whether there was no room for zeros: it does without. */
  private isShort = false
  private isClosed = false
  /** What waits for zeros that are being written. */
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

  /** Writes the bytes at the offset, where what was appended so far ends. One at a time. */
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
