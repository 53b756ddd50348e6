/**
 * A dBQS system of real processes, with one liar among the storage nodes and one among the replicas
 * of the membership service, through the events of its life while clients read and write.
 *
 * It takes some seventeen processes, and on two cores less than two minutes of both, so it runs
 * only on request (`QUORATE_PROCESSES=1`).
 */
import { join } from "node:path"
import { afterAll, describe, expect, it } from "vitest"
import type { PromisedStore } from "../../../impl/client/store.ts"
import { type Interval, judge } from "../../../spec/register/written-once.ts"
import { Installation } from "../../checker/command/installation.ts"
import { DbqsSystem } from "./system.ts"

const isAskedFor = process.env.QUORATE_PROCESSES === "1"
const installation = new Installation({ scenarios: false })
const system = new DbqsSystem({
  folder: join(installation.folder, "system"),
  script: installation.script,
  intervalMilliseconds: 500,
  lies: { s6: "empty", m4: "slander-s2" }
})
const stores: Array<PromisedStore> = []
const connected = async (name: string): Promise<PromisedStore> => {
  const store = await system.connect(name, 60_000)
  stores.push(store)
  return store
}
afterAll(async () => {
  await Promise.all(stores.map((store) => store.close()))
  await system.remove()
  installation.remove()
})

const text = (value: Uint8Array | null): string | null =>
  value === null ? null : Buffer.from(value).toString()

/** Reads and writes some keys until it is stopped, and remembers how it looked from outside. */
class User {
  readonly histories = new Map<string, Array<Interval>>()
  private isStopped = false
  private readonly done: Promise<void>
  private static time = 0

  constructor(name: string, store: PromisedStore, keys: ReadonlyArray<string>, turn: number) {
    this.done = this.run(name, store, keys, turn)
  }

  private async run(
    name: string,
    store: PromisedStore,
    keys: ReadonlyArray<string>,
    first: number
  ): Promise<void> {
    for (let turn = first; !this.isStopped; turn++) {
      const key = keys[turn % keys.length] as string
      const isWrite = Math.floor(turn / keys.length) % 2 === 0
      const value = `${name}-${turn}`
      const invoked = User.time++
      const result = isWrite ? await store.put(key, value) : await store.get(key)
      const history = this.histories.get(key) ?? []
      this.histories.set(key, history)
      history.push({
        client: name,
        operation: isWrite ? { _tag: "Write", value } : { _tag: "Read" },
        ...{ invoked, responded: User.time++ },
        result: isWrite ? null : text(result as Uint8Array | null)
      })
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  }

  /** How many operations it has completed. */
  get operations(): number {
    return [...this.histories.values()].reduce((sum, { length }) => sum + length, 0)
  }

  stop(): Promise<void> {
    this.isStopped = true
    return this.done
  }
}

describe.skipIf(!isAskedFor)("with one liar in each group", () => {
  it("a storage node dies and is evicted, all first replicas of the service are replaced, another dies: atomic, and nothing is lost", async () => {
    await system.begin(["m1", "m2", "m3", "m4"], ["s1", "s2", "s3", "s4", "s5", "s6", "s7"])
    const kept = Array.from({ length: 24 }, (_, at) => `kept ${at}`)
    const first = await connected("first")
    await Promise.all(kept.map((key) => first.put(key, `of ${key}`)))
    const hash = await first.keep("kept by its hash")
    const keys = ["a", "b", "c", "d"]
    const users = await Promise.all(
      ["one", "two", "three"].map(
        async (name, at) => new User(name, await connected(name), keys, at)
      )
    )
    const operations = (): number => users.reduce((sum, user) => sum + user.operations, 0)
    /** Reads and writes go on. */
    const goesOn = async (): Promise<void> => {
      const before = operations()
      const end = performance.now() + 120_000
      while (operations() < before + 12 && performance.now() < end)
        await new Promise((resolve) => setTimeout(resolve, 50))
      expect(operations()).toBeGreaterThanOrEqual(before + 12)
    }
    await goesOn()

    // A storage node dies: nobody says so, and it is evicted. A liar alone evicts nobody.
    await system.kill("s1")
    await system.until((names) => !names.includes("s1"))
    expect((await system.members()).names).toContain("s2")
    await goesOn()

    // All first replicas of the service are replaced, the liar among them, and are gone.
    await system.name(["m5", "m6", "m7", "m8"], true)
    await Promise.all(["m5", "m6", "m7", "m8"].map((name) => system.start(name)))
    await system.replace(["m1"], ["m5"])
    await system.kill("m1")
    await goesOn()
    await system.replace(["m2", "m3", "m4"], ["m6", "m7", "m8"])
    await system.kill("m2", "m3", "m4")
    await goesOn()

    // The service that nobody of the first is in evicts as well, and admits.
    await system.kill("s3")
    await system.until((names) => !names.includes("s3"))
    await system.name(["s8"], true)
    await system.start("s8")
    await system.admit("s8")
    await system.until((names) => names.includes("s8"))
    await goesOn()

    await Promise.all(users.map((user) => user.stop()))
    for (const key of keys) {
      const history = users.flatMap(({ histories }) => histories.get(key) ?? [])
      expect([key, judge(history)._tag]).toEqual([key, "Atomic"])
    }
    expect(await Promise.all(kept.map(async (key) => text(await first.get(key))))).toEqual(
      kept.map((key) => `of ${key}`)
    )
    expect(text(await first.fetch(hash))).toBe("kept by its hash")
  }, 600_000)
})
