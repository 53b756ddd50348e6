/**
 * The operations of several clients on one register at once, recorded for the decision procedures
 * of histories.
 */
import type { PromisedStore } from "../../../impl/client/store.ts"
import type { Interval } from "../../../spec/register/written-once.ts"

export const text = (value: Uint8Array | null): string | null =>
  value === null ? null : Buffer.from(value).toString()

/** What clients do to one register at once, and how it looked from outside. */
export const load = async (stores: ReadonlyArray<PromisedStore>, key: string, each: number) => {
  let time = 0
  const history: Array<Interval> = []
  await Promise.all(
    stores.map(async (store, user) => {
      for (let turn = 0; turn < each; turn++) {
        const value = `${user}-${turn}`
        const isWrite = (user + turn) % 2 === 0
        const invoked = time++
        if (isWrite) await store.put(key, value)
        const result = isWrite ? null : text(await store.get(key))
        history.push({
          client: `c${user}`,
          operation: isWrite ? { _tag: "Write", value } : { _tag: "Read" },
          ...{ invoked, responded: time++, result }
        })
      }
    })
  )
  return history
}
