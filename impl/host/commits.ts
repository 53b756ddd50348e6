/**
 * What has to be durable before anything that it caused leaves: records are appended to the log,
 * and everything waits for those that it rests on.
 */
import * as Result from "effect/Result"
import type { Log } from "../storage/log.ts"
import type { Effects } from "./effects.ts"
import { type DurableRecord, encodeRecord } from "./record.ts"

export interface CommitsOptions {
  /**
   * What the objects of durable processes share is another; what it gives is called once that is
   * durable. Throws what the disk says if that cannot be kept.
   */
  readonly changed: () => (() => void) | undefined
  /** What was caused cannot be kept: nothing may come of it. */
  readonly broken: (problem: string) => void
  /** Something more is durable. */
  readonly synced: () => void
}

export class Commits {
  private readonly options: CommitsOptions
  /** Where records go; without it nothing here is durable, and nothing waits. */
  private log: Log | undefined
  /** What waits until all records that were appended so far are durable. */
  private readonly waiting: Array<{ readonly records: number; readonly then: () => void }> = []
  private appended = 0
  private durable = 0
  /**
   * The last record that concerns an object, while it is not durable; under `sharedFields` that of
   * what all share.
   */
  private readonly unsynced = new Map<string, number>()

  constructor(options: CommitsOptions) {
    this.options = options
  }

  /** From now on there is a log. */
  open(log: Log): void {
    this.log = log
  }

  /**
   * Makes what was caused durable, with what else the record says; then goes on. Volatile endpoints
   * go on at once.
   */
  commit({ steps, posts }: Effects, also: Partial<DurableRecord>, then: () => void): void {
    const { log } = this
    if (log === undefined) {
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
    log.append(encodeRecord(record), () => {
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

  /** Goes on once everything that this object's state rests on is durable. */
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

/** Where `unsynced` has what all objects share. No key has this many characters. */
const sharedFields = "shared".padEnd(2000)
