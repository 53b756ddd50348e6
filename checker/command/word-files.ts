/**
 * Streams of words as files in a folder, with their checksums.
 */
import { createHash, type Hash } from "node:crypto"
import { closeSync, fsyncSync, openSync, readSync, writeSync } from "node:fs"
import { join } from "node:path"
import type { Archive, WordReader, WordWriter } from "../engine/saving.ts"

/** The number of words written or read together. */
const bufferBytes = 1 << 20

export class FolderArchive implements Archive {
  private readonly folder: string

  constructor(folder: string) {
    this.folder = folder
  }

  /** When this returns, the written words are on the disk. */
  write(name: string, fill: (writer: WordWriter) => void): string {
    const file = openSync(join(this.folder, name), "w")
    try {
      const writer = new BufferedWriter(file)
      fill({ write: (words) => writer.write(bytesOf(words)) })
      const checksum = writer.end()
      fsyncSync(file)
      return checksum
    } finally {
      closeSync(file)
    }
  }

  read(name: string, take: (reader: WordReader) => void): void {
    const file = openSync(join(this.folder, name), "r")
    try {
      const reader = new BufferedReader(file)
      take({
        read: (count) => {
          const words = new Int32Array(count)
          reader.read(bytesOf(words))
          return words
        }
      })
    } finally {
      closeSync(file)
    }
  }

  checksum(name: string): string {
    const file = openSync(join(this.folder, name), "r")
    try {
      const buffer = new Uint8Array(bufferBytes)
      const hash = newHash()
      for (let read = readSync(file, buffer); read > 0; read = readSync(file, buffer))
        hash.update(buffer.subarray(0, read))
      return hash.digest("hex")
    } finally {
      closeSync(file)
    }
  }
}

export const newHash = (): Hash => createHash("sha256")

const bytesOf = ({ buffer, byteOffset, byteLength }: Int32Array): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength)

/** Writes all bytes, in as many calls as that takes. */
export const writeAll = (file: number, bytes: Uint8Array, position: number | null = null): void => {
  for (let done = 0; done < bytes.length; ) {
    const at = position === null ? null : position + done
    done += writeSync(file, bytes, done, bytes.length - done, at)
  }
}

class BufferedWriter {
  private readonly file: number
  private readonly buffer = new Uint8Array(bufferBytes)
  private used = 0
  private readonly hash = newHash()

  constructor(file: number) {
    this.file = file
  }

  write(bytes: Uint8Array): void {
    for (let done = 0; done < bytes.length; ) {
      const count = Math.min(bytes.length - done, bufferBytes - this.used)
      this.buffer.set(bytes.subarray(done, done + count), this.used)
      this.used += count
      done += count
      if (this.used === bufferBytes) this.flush()
    }
  }

  end(): string {
    this.flush()
    return this.hash.digest("hex")
  }

  private flush(): void {
    const bytes = this.buffer.subarray(0, this.used)
    this.hash.update(bytes)
    writeAll(this.file, bytes)
    this.used = 0
  }
}

class BufferedReader {
  private readonly file: number
  private readonly buffer = new Uint8Array(bufferBytes)
  private at = 0
  private end = 0

  constructor(file: number) {
    this.file = file
  }

  read(into: Uint8Array): void {
    for (let done = 0; done < into.length; ) {
      if (this.at === this.end) this.refill()
      const count = Math.min(into.length - done, this.end - this.at)
      into.set(this.buffer.subarray(this.at, this.at + count), done)
      this.at += count
      done += count
    }
  }

  private refill(): void {
    this.at = 0
    this.end = readSync(this.file, this.buffer)
    if (this.end === 0) throw new Error("a stream of a checkpoint ends too soon")
  }
}
