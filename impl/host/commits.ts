/**
 * Makes the changes of a step durable before any effect of the step leaves. Records are appended to
 * the log, and each effect waits for the records that it depends on.
 */
import * as Result from "effect/Result"
import type { Log } from "../storage/log.ts"
import type { Effects } from "./effects.ts"
import type { DurableRecord } from "./record.ts"
import type { RecordWriter } from "./written-record.ts"

export interface CommitsOptions {
  /**
   * The shared state of a durable process has changed. The returned function is called once that
   * change is durable. Throws the disk's error if the change cannot be kept.
   */
  readonly changed: () => (() => void) | undefined
  /** The effects cannot be kept, so none of them may leave. */
  readonly broken: (problem: string) => void
  /** More records are durable. */
  readonly synced: () => void
}

export class Commits {
  private readonly options: CommitsOptions
  /** The log for records; without a log nothing here is durable, and nothing waits. */
  private log: Log | undefined
  private encode: RecordWriter["encode"] | undefined
  /** The actions that wait until all records appended before them are durable. */
  private readonly waiting: Array<{ readonly records: number; readonly then: () => void }> = []
  private appended = 0
  private durable = 0
  /**
   * The last record of each object that is not durable yet; `sharedFields` stands for the fields
   * that all objects share.
   */
  private readonly unsynced = new Map<string, number>()

  constructor(options: CommitsOptions) {
    this.options = options
  }

  /** Starts using this log, for records that are written so. */
  open(log: Log, encode: RecordWriter["encode"]): void {
    this.log = log
    this.encode = encode
  }

  /**
   * Makes the effects durable, together with the rest of the record; then calls `then`. Volatile
   * endpoints call it at once.
   */
  commit({ steps, posts }: Effects, also: Partial<DurableRecord>, then: () => void): void {
    const { log, encode } = this
    if (log === undefined || encode === undefined) {
      then()
      return
    }
    if (steps.length === 0 && posts.length === 0 && Object.keys(also).length === 0) {
      if (this.durable === this.appended) {
        then()
        return
      }
      this.waiting.push({ records: this.appended, then })
      return
    }
    this.appended += 1
    const number = this.appended
    const isShared = steps.some(({ shared }) => shared !== undefined)
    const erase = Result.try(() => (isShared ? this.options.changed() : undefined))
    if (Result.isFailure(erase)) {
      this.options.broken((erase.failure as Error).message)
      return
    }
    const touched = steps.flatMap(({ key, shared }) =>
      shared === undefined ? [key] : [key, sharedFields]
    )
    for (const key of touched) this.unsynced.set(key, number)
    const record: DurableRecord = {
      ...(steps.length === 0 ? {} : { steps }),
      ...(posts.length === 0 ? {} : { posts }),
      ...also
    }
    log.append(encode(record), () => {
      erase.success?.()
      this.durable = number
      for (const key of touched) {
        if (this.unsynced.get(key) === number) this.unsynced.delete(key)
      }
      this.options.synced()
      then()
      this.wake()
    })
  }

  /** Calls `then` once everything that this object's state depends on is durable. */
  afterSync(key: string, then: () => void): void {
    if (!this.unsynced.has(key) && !this.unsynced.has(sharedFields)) {
      then()
      return
    }
    this.waiting.push({ records: this.appended, then })
  }

  private wake(): void {
    while ((this.waiting[0]?.records ?? Number.POSITIVE_INFINITY) <= this.durable)
      this.waiting.shift()?.then()
  }
}

/** The key in `unsynced` of the fields that all objects share. No key has this many characters. */
const sharedFields = "shared".padEnd(2000)
