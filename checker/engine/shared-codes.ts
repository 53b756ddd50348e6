/**
 * Codes that several workers share: a log of contents in shared memory. The first worker to meet a
 * content appends it.
 *
 * A search meets a few thousand contents in millions of states, so one lock is enough.
 */
import type { CodeBook } from "./code-book.ts"
import type { Contents } from "./saving.ts"
import type { Space } from "./space.ts"

/** The words at the beginning of the log: the lock, and the end of the log. */
const lockAt = 0
const endAt = 1
const headBytes = 8
/** An entry: its component, its length, then its characters, in an even number of 16-bit units. */
const entryHeadBytes = 8
const initialBytes = 1 << 20
const maxBytes = 2 ** 31 - 2 ** 16
const patienceMilliseconds = 10

export const newLog = (): SharedArrayBuffer => {
  const log = new SharedArrayBuffer(initialBytes, { maxByteLength: maxBytes })
  new Int32Array(log, 0, 2)[endAt] = headBytes
  return log
}

export class SharedCodes implements CodeBook {
  private readonly log: SharedArrayBuffer
  private readonly head: Int32Array
  private readonly space: Space
  /** How far this worker has read the log. */
  private read = headBytes
  /**
   * Per component: the code of each content, the content of each code, and this worker's value for
   * it once known.
   */
  private readonly codes: ReadonlyArray<Map<string, number>>
  private readonly contents: ReadonlyArray<Array<string>>

  constructor(log: SharedArrayBuffer, space: Space) {
    this.log = log
    this.head = new Int32Array(log, 0, 2)
    this.space = space
    this.codes = Array.from({ length: space.width }, () => new Map())
    this.contents = Array.from({ length: space.width }, () => [])
  }

  codeOf(component: number, _value: number, content: string): number {
    const codes = this.codes[component] as Map<string, number>
    const known = codes.get(content)
    if (known !== undefined) return known
    this.lock()
    this.catchUp()
    if (!codes.has(content)) {
      this.append(component, content)
      this.catchUp()
    }
    this.unlock()
    return codes.get(content) as number
  }

  valueWith(component: number, code: number): number {
    const contents = this.contents[component] as Array<string>
    if (code > contents.length) this.catchUp()
    return this.space.numberFor(component, contents[code - 1] as string)
  }

  count(component: number): number {
    this.catchUp()
    return (this.contents[component] as Array<string>).length
  }

  get all(): Contents {
    this.catchUp()
    return this.contents
  }

  adopt(contents: Contents): void {
    contents.forEach((ofComponent, component) => {
      for (const content of ofComponent) this.codeOf(component, noValue, content)
    })
  }

  private lock(): void {
    while (Atomics.compareExchange(this.head, lockAt, 0, 1) !== 0)
      Atomics.wait(this.head, lockAt, 1, patienceMilliseconds)
  }

  private unlock(): void {
    Atomics.store(this.head, lockAt, 0)
    Atomics.notify(this.head, lockAt, 1)
  }

  /** Reads the entries added to the log since the last read. */
  private catchUp(): void {
    const end = Atomics.load(this.head, endAt)
    while (this.read < end) {
      const [component, length] = new Int32Array(this.log, this.read, 2) as unknown as [
        number,
        number
      ]
      const units = new Uint16Array(this.log, this.read + entryHeadBytes, length)
      const content = textOf(units)
      const contents = this.contents[component] as Array<string>
      this.codes[component]?.set(content, contents.push(content))
      this.read += entryBytes(length)
    }
  }

  private append(component: number, content: string): void {
    const end = this.head[endAt] as number
    const after = end + entryBytes(content.length)
    if (after > maxBytes)
      throw new Error("the log of contents is full: there are too many different local states")
    while (after > this.log.byteLength) this.log.grow(Math.min(maxBytes, this.log.byteLength * 2))
    new Int32Array(this.log, end, 2).set([component, content.length])
    const units = new Uint16Array(this.log, end + entryHeadBytes, content.length)
    for (let at = 0; at < content.length; at++) units[at] = content.charCodeAt(at)
    Atomics.store(this.head, endAt, after)
  }
}

/** A call takes this many arguments at most. */
const maxUnits = 1 << 12

const textOf = (units: Uint16Array): string => {
  let text = ""
  for (let at = 0; at < units.length; at += maxUnits)
    text += String.fromCharCode(...units.subarray(at, at + maxUnits))
  return text
}

/** This worker has no value for the content yet: only a code. */
const noValue = -1

const entryBytes = (length: number): number => entryHeadBytes + (length + (length & 1)) * 2
