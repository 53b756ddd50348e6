/**
 * The promises of a log: acknowledged data survives a crash at any byte, and damaged data is never
 * served.
 */

import * as Result from "effect/Result"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import type { Clock } from "../../../impl/environment/clock.ts"
import { encodeBlock, headerBytes, headerMark } from "../../../impl/storage/block.ts"
import { Log, type LogOptions } from "../../../impl/storage/log.ts"
import { canBeHeld, payloadOf, readPayload } from "../../../impl/storage/payload.ts"
import {
  type LogDamaged,
  segmentName,
  watermarkFor,
  watermarkName
} from "../../../impl/storage/recovery.ts"
import { StandingClock } from "../standing-clock.ts"
import { MemoryDisk } from "./memory-disk.ts"

/** A clock whose `soon` waits for `settle`, which also fires its timers. */
class Later implements Clock {
  private readonly actions: Array<() => void> = []
  readonly nowMilliseconds = () => 0
  readonly after = (_milliseconds: number, action: () => void) => {
    this.actions.push(action)
    return () => undefined
  }
  readonly soon = (action: () => void) => {
    this.actions.push(action)
  }
  settle(): void {
    for (const action of this.actions.splice(0)) action()
  }
}

const bytesOf = (text: string): Uint8Array => Buffer.from(text)
const textOf = (record: Uint8Array): string => Buffer.from(record).toString()

const options: LogOptions = { snapshot: () => [][Symbol.iterator](), broken: () => undefined }

const open = (disk: MemoryDisk, clock: Clock = new Later(), more: Partial<LogOptions> = {}) => {
  const records: Array<string> = []
  const opened = Log.open(disk, clock, { ...options, ...more }, (record) =>
    records.push(textOf(record))
  )
  return Result.map(opened, ({ log, recovered }) => ({ log, recovered, records }))
}

const opened = (disk: MemoryDisk, clock?: Clock, more?: Partial<LogOptions>) =>
  Result.getOrThrow(open(disk, clock, more))

const file = segmentName(1)

/** Writes a log with these batches, each in a block of its own. */
type Write = (batches: ReadonlyArray<ReadonlyArray<string>>) => MemoryDisk

/** As earlier versions wrote it: each block has lines of text. */
const writtenEarlier: Write = (batches) => {
  const disk = new MemoryDisk()
  const blocks = [...batches.map((batch) => bytesOf(batch.join("\n"))), new Uint8Array(0)]
  const encoded = blocks.map((payload, at) => encodeBlock(at + 1, payload))
  disk.files.set(file, Uint8Array.from(Buffer.concat(encoded)))
  const marks = new Uint8Array(2 * headerBytes)
  for (const number of [batches.length - 1, batches.length])
    marks.set(watermarkFor(number).bytes, watermarkFor(number).offset)
  disk.files.set(watermarkName, marks)
  return disk
}

/** Begun by an earlier version, and continued by this one. */
const writtenByBoth: Write = (batches) => {
  const earlier = writtenEarlier(batches.slice(0, 2))
  return batches.length <= 2 ? earlier : written(batches.slice(2), earlier)
}

const written = (
  batches: ReadonlyArray<ReadonlyArray<string>>,
  disk = new MemoryDisk()
): MemoryDisk => {
  const clock = new Later()
  const { log } = opened(disk, clock)
  for (const batch of batches) {
    for (const record of batch) log.append(bytesOf(record), () => undefined)
    clock.settle()
  }
  // Nothing more comes, and the log seals what there is.
  clock.settle()
  return disk
}

const batches = [["one", "two"], ["three"], ["four", "fünf", "six"], ["seven"]]
const readBack = (disk: MemoryDisk): ReadonlyArray<string> | LogDamaged =>
  Result.match(open(disk), { onSuccess: ({ records }) => records, onFailure: (damage) => damage })

describe.each<readonly [string, Write]>([
  ["of this version", written],
  ["of an earlier version", writtenEarlier],
  ["of an earlier version, continued by this one", writtenByBoth]
])("a log %s", (_of, write) => {
  it("returns the appended records, in order, and continues after them", () => {
    const disk = write(batches)
    expect(readBack(disk)).toEqual(batches.flat())
    const clock = new Later()
    opened(disk, clock).log.append(bytesOf("eight"), () => undefined)
    clock.settle()
    expect(readBack(disk)).toEqual([...batches.flat(), "eight"])
  })

  it("cut off at any byte, keeps every whole block and nothing else", () => {
    const whole = write(batches)
    const bytes = whole.files.get(file) as Uint8Array
    // Where each block ends, found by writing fewer of them.
    const ends = batches.map((_, count) => write(batches.slice(0, count + 1)).size(file) - 24)
    for (let length = 0; length <= bytes.length; length++) {
      const disk = whole.clone()
      disk.files.set(file, bytes.slice(0, length))
      // As if only the remaining blocks had been synced.
      disk.files.delete(watermarkName)
      const kept = ends.filter((end) => end <= length).length
      expect(readBack(disk), `cut off at ${length}`).toEqual(batches.slice(0, kept).flat())
    }
  })

  it("cut off or zeroed anywhere before the last sync, is damaged: it serves and changes nothing", () => {
    const whole = write(batches)
    const bytes = whole.files.get(file) as Uint8Array
    const seal = bytes.length - 24
    for (let from = 0; from <= bytes.length; from++) {
      const zeroed = bytes.slice().fill(0, from)
      for (const tail of [bytes.slice(0, from), zeroed]) {
        const disk = whole.clone()
        disk.files.set(file, tail)
        const read = readBack(disk)
        if (from >= seal) expect(read, `from ${from}`).toEqual(batches.flat())
        else {
          expect(read, `from ${from}`).toMatchObject({ _tag: "LogDamaged", file })
          expect(disk.files.get(file)).toEqual(tail)
        }
      }
    }
    const gone = whole.clone()
    gone.files.delete(file)
    expect(readBack(gone)).toMatchObject({
      _tag: "LogDamaged",
      problem: expect.stringMatching(/1 to 4 were synced/)
    })
  })

  it("is the same with the zeros after it with which a disk prepares a file", () => {
    const whole = write(batches)
    const bytes = whole.files.get(file) as Uint8Array
    const zeros = new Uint8Array(1000)
    // As it ends with its seal, without one, with a torn one, and with a torn block.
    const ends = [bytes, bytes.slice(0, -24), bytes.slice(0, -4), bytes.slice(0, -30)]
    for (const [at, end] of ends.entries()) {
      const [bare, prepared] = [end, Buffer.concat([end, zeros])].map((content) => {
        const disk = whole.clone()
        disk.files.set(file, content)
        if (at === 3) disk.files.delete(watermarkName)
        const { records, recovered, log } = opened(disk)
        return { records, recovered, position: log.position, size: disk.size(file) }
      })
      expect(prepared).toEqual(bare)
      expect(bare?.records).toEqual(at === 3 ? batches.slice(0, 3).flat() : batches.flat())
    }
    // What was synced and is zeros now is missing, with or without zeros after it.
    const disk = whole.clone()
    disk.files.set(file, Buffer.concat([bytes.slice(0, -30), zeros]))
    expect(readBack(disk)).toMatchObject({ _tag: "LogDamaged" })
  })

  it("takes the newer of two watermarks, when either is torn", () => {
    const whole = write(batches)
    const marks = whole.files.get(watermarkName) as Uint8Array
    for (const torn of [0, 24]) {
      const disk = whole.clone()
      disk.files.set(watermarkName, marks.slice().fill(0, torn, torn + 10))
      expect(readBack(disk)).toEqual(batches.flat())
      disk.files.set(file, new Uint8Array(0))
      expect(readBack(disk)).toMatchObject({ _tag: "LogDamaged" })
    }
  })

  it("with any bit flipped, is detected as damaged, or has lost nothing", () => {
    const whole = write(batches)
    const bytes = whole.files.get(file) as Uint8Array
    for (let bit = 0; bit < 8 * bytes.length; bit++) {
      const disk = whole.clone()
      const flipped = bytes.slice()
      flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7))
      disk.files.set(file, flipped)
      const read = readBack(disk)
      // The seal alone, the last 24 bytes, holds no records: without it the log is unchanged.
      if (bit >> 3 >= bytes.length - 24) expect(read, `bit ${bit}`).toEqual(batches.flat())
      else expect(read, `bit ${bit}`).toMatchObject({ _tag: "LogDamaged", file })
    }
  })

  it("with a file missing, is damaged", () => {
    const disk = write(batches)
    disk.files.set(segmentName(3), disk.files.get(file) as Uint8Array)
    expect(readBack(disk)).toMatchObject({ _tag: "LogDamaged", file: segmentName(2) })
  })

  it("reads any bytes without throwing, and never returns a record that was not written", () => {
    const whole = write(batches).files.get(file) as Uint8Array
    const records = batches.flat()
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 60 }),
        fc.nat(whole.length),
        fc.nat(whole.length),
        (noise, at, rest) => {
          const disk = new MemoryDisk()
          disk.files.set(file, Buffer.concat([whole.subarray(0, at), noise, whole.subarray(rest)]))
          const read = readBack(disk)
          if (Array.isArray(read)) expect(read).toEqual(records.slice(0, read.length))
        }
      ),
      { numRuns: 2000 }
    )
  })
})

describe("a log", () => {
  it("commits the records that arrive while it writes in one block: a group commit", () => {
    const disk = new MemoryDisk()
    const clock = new Later()
    const { log } = opened(disk, clock)
    let durable = 0
    for (let count = 0; count < 100; count++) log.append(bytesOf(`${count}`), () => durable++)
    expect(durable).toBe(0)
    clock.settle()
    expect(durable).toBe(100)
    expect(disk.syncs).toBe(1)
  })

  it("is sealed once nothing was appended for a while, and not in between", () => {
    const disk = new MemoryDisk()
    const clock = new StandingClock()
    const { log } = opened(disk, clock)
    for (const record of ["one", "two", "three"]) {
      log.append(bytesOf(record), () => undefined)
      clock.move(60)
    }
    const { length } = disk.files.get(file) as Uint8Array
    expect(readBack(disk.clone())).toEqual(["one", "two", "three"])
    clock.move(100)
    clock.move(100)
    expect(disk.size(file)).toBe(length + 24)
    log.append(bytesOf("four"), () => undefined)
    expect(readBack(disk.clone())).toEqual(["one", "two", "three", "four"])
  })

  it("acknowledges nothing while the disk is full, and all of it afterwards", () => {
    const disk = new MemoryDisk()
    const clock = new Later()
    const heard: Array<boolean> = []
    const { log } = opened(disk, clock, { full: (fault) => heard.push(fault !== undefined) })
    disk.capacity = 10
    let durable = 0
    log.append(bytesOf("record"), () => durable++)
    for (let count = 0; count < 5; count++) clock.settle()
    expect([durable, heard]).toEqual([0, [true]])
    disk.capacity = Number.POSITIVE_INFINITY
    clock.settle()
    expect([durable, heard]).toEqual([1, [true, false]])
    expect(readBack(disk)).toEqual(["record"])
  })

  it("compacts: a snapshot replaces everything before it", () => {
    const disk = new MemoryDisk()
    const clock = new Later()
    const live = new Map<string, string>()
    const snapshot = () =>
      [...live].map(([key, value]) => bytesOf(`${key}=${value}`))[Symbol.iterator]()
    const { log } = opened(disk, clock, { snapshot, compactionBytes: 2000 })
    for (let count = 0; count < 500; count++) {
      live.set(`k${count % 7}`, `${count}`)
      log.append(bytesOf(`k${count % 7}=${count}`), () => undefined)
      clock.settle()
      const state = new Map(
        (readBack(disk.clone()) as ReadonlyArray<string>).map(
          (line) => line.split("=") as [string, string]
        )
      )
      expect(state).toEqual(live)
    }
    expect(disk.list().filter((name) => name !== watermarkName).length).toBeLessThanOrEqual(2)
    expect([...disk.files.values()].reduce((sum, { length }) => sum + length, 0)).toBeLessThan(5000)
  })

  it("leaves a disk without room for a snapshot alone for a while, and continues without", () => {
    const disk = new MemoryDisk()
    const clock = new StandingClock()
    let snapshots = 0
    const snapshot = () => {
      snapshots += 1
      return [bytesOf("x".repeat(5000))][Symbol.iterator]()
    }
    const { log } = opened(disk, clock, { snapshot, compactionBytes: 100 })
    disk.capacity = 3000
    let durable = 0
    const append = (count: number): void => {
      for (let index = 0; index < count; index++) log.append(bytesOf("record"), () => durable++)
    }
    append(20)
    expect([durable, snapshots]).toEqual([20, 1])
    clock.move(30_000)
    append(20)
    expect([durable, snapshots]).toEqual([40, 2])
    expect(readBack(disk)).toEqual(Array.from({ length: 40 }, () => "record"))
    disk.capacity = Number.POSITIVE_INFINITY
    clock.move(30_000)
    append(1)
    expect(disk.list().some((file) => file.startsWith("snapshot-"))).toBe(true)
  })

  it("begins what it appends to each file with its preamble, and each snapshot", () => {
    const disk = new MemoryDisk()
    const preamble = bytesOf("preamble")
    const snapshot = () => [bytesOf("live")][Symbol.iterator]()
    const open = () => {
      const clock = new Later()
      const { log } = opened(disk, clock, { preamble, snapshot, compactionBytes: 200 })
      return (record: string) => {
        log.append(bytesOf(record), () => undefined)
        clock.settle()
      }
    }
    const appendFirst = open()
    appendFirst("one")
    appendFirst("two")
    const append = open()
    append("three")
    expect(readBack(disk)).toEqual(["preamble", "one", "two", "preamble", "three"])
    append("x".repeat(100))
    append("four")
    expect(readBack(disk)).toEqual(["preamble", "live", "preamble", "four"])
  })

  it("refuses a block that is not made of records, although its checksum is right", () => {
    const payloads = [
      [1, 1],
      [1, 0],
      [1, 0, 0],
      [1, 0, 2, 65],
      [1, 0, 0x80],
      [1, 0, 255, 255, 255, 255, 1]
    ]
    for (const payload of payloads) {
      const disk = new MemoryDisk()
      disk.files.set(file, encodeBlock(1, Uint8Array.from(payload)))
      expect(readBack(disk), `${payload}`).toMatchObject({ _tag: "LogDamaged", file, offset: 25 })
    }
  })
})

describe("the records of a payload", () => {
  const bytes = fc.uint8Array({ minLength: 1, maxLength: 300 })
  // Parts of a mark, so that many of them meet.
  const marks = fc
    .array(fc.constantFrom(0xff, 0x0d, 0x51, 0x4c, 0x00), { minLength: 1, maxLength: 12 })
    .map((some) => Uint8Array.from(some))
  const records = fc.array(fc.oneof(bytes, marks).filter(canBeHeld), { maxLength: 30 })

  it("are read as they were written, and no mark of a block is among their bytes", () => {
    fc.assert(
      fc.property(records, (some) => {
        const payload = payloadOf(some)
        const read: Array<Uint8Array> = []
        expect(readPayload(payload, (record) => read.push(record))).toBeUndefined()
        expect(read.map((one) => [...one])).toEqual(some.map((one) => [...one]))
        expect(Buffer.from(payload).includes(headerMark)).toBe(false)
      }),
      { numRuns: 2000 }
    )
  })

  it("may have any length", () => {
    for (const length of [1, 127, 128, 1791, 2 ** 14 - 1, 2 ** 14, 2 ** 21]) {
      const read: Array<number> = []
      const payload = payloadOf([new Uint8Array(length), new Uint8Array(1)])
      expect(readPayload(payload, (record) => read.push(record.length))).toBeUndefined()
      expect(read).toEqual([length, 1])
    }
  })
})
