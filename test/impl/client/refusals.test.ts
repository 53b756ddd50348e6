/**
 * An operation that storage nodes refuse fails at once, with the reason, and affects neither other
 * keys nor other operations of the same client.
 */
import { afterEach, describe, expect, it } from "vitest"
import { connect, type PromisedStore } from "../../../impl/client/store.ts"
import type { NodeOptions } from "../../../impl/node/options.ts"
import { runnableNamed } from "../../../impl/protocols.ts"
import { maxCounted } from "../../../spec/kernel/node.ts"
import { TestCluster } from "../net/cluster.ts"
import { RawPeer } from "../net/raw-peer.ts"

const open: Array<{ close: () => unknown }> = []
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close()
})

const started = async (more: Partial<NodeOptions> = {}): Promise<TestCluster> => {
  const cluster = new TestCluster(3, undefined, undefined, more)
  open.push({ close: () => cluster.remove() })
  await cluster.start()
  return cluster
}
/** A client with a long time limit: operations that fail do not fail because of it. */
const client = async (cluster: TestCluster): Promise<PromisedStore> => {
  const store = await connect({ servers: cluster.directory, timeoutMilliseconds: 60_000 })
  open.push(store)
  return store
}
const text = (bytes: Uint8Array | null): string => Buffer.from(bytes ?? []).toString()

describe("a node whose memory is full", () => {
  it("accepts no new values, reports it, and continues with everything else", async () => {
    const size = 2 ** 17
    const cluster = await started({ limits: { memoryBytes: 16 * size } })
    const store = await client(cluster)
    await store.put("small", "1")
    const value = "v".repeat(size)
    let stored = 0
    const fill = async (): Promise<unknown> => {
      for (; stored < 20; stored++) await store.put(`large ${stored}`, value)
      return undefined
    }
    await expect(fill()).rejects.toMatchObject({
      _tag: "Refused",
      kind: "full",
      message: expect.stringMatching(/memory.*whether it takes effect is unknown/)
    })
    expect(stored).toBeGreaterThan(5)
    expect(stored).toBeLessThan(16)
    expect(text(await store.get("small"))).toBe("1")
    expect((await store.get("large 0"))?.length).toBe(size)
    // A value that takes no more room than its predecessor is accepted, and makes room.
    await store.put("small", "2")
    await store.put("large 0", value.replace("v", "w"))
    await store.remove("large 1")
    await store.remove("large 2")
    await store.put("another", value)
    // After a restart the node has what it had, and still accepts no more.
    await cluster.stop()
    await cluster.start()
    const other = await client(cluster)
    expect(text(await other.get("small"))).toBe("2")
    const more = async (): Promise<void> => {
      for (let count = 0; count < 4; count++) await other.put(`more ${count}`, value)
    }
    await expect(more()).rejects.toMatchObject({ kind: "full" })
  })
})

describe("a register whose timestamps are used up", () => {
  it("can be read and not written, and costs other registers nothing", async () => {
    const cluster = await started()
    const store = await client(cluster)
    await store.put("k", "v")
    const introduction = { protocol: runnableNamed().name, first: null }
    for (const name of cluster.names) {
      const { address, identity } = cluster.node(name)
      const peer = await RawPeer.connect(address.port, "mallory", introduction)
      const pair = { value: "last", timestamp: { number: maxCounted, client: "mallory/1" } }
      peer.post(1, identity, { _tag: "Set", operation: 1, phase: 1, pair }, { key: "k" })
      await peer.answer(1)
      peer.post(
        2,
        identity,
        {
          _tag: "Set",
          operation: 1,
          phase: 1,
          pair: { ...pair, timestamp: { number: maxCounted + 1, client: "mallory/1" } }
        },
        { key: "k" }
      )
      expect(await peer.declined(2)).toMatchObject({ kind: "unknown" })
      peer.close()
    }
    for (let count = 0; count < 3; count++) {
      await expect(store.put("k", "v")).rejects.toMatchObject({ _tag: "Refused", kind: "unknown" })
      await store.put("other", String(count))
      expect(text(await store.get("k"))).toBe("last")
      expect(text(await store.get("other"))).toBe(String(count))
    }
  })
})

describe("text without an encoding in bytes", () => {
  it("is not a valid key or value", async () => {
    const store = await client(await started())
    await expect(store.put("\ud800", "v")).rejects.toMatchObject({ _tag: "IllFormed", what: "key" })
    await expect(store.get("a\udfff")).rejects.toMatchObject({ _tag: "IllFormed", what: "key" })
    await expect(store.put("k", "\ud800x")).rejects.toMatchObject({
      _tag: "IllFormed",
      what: "value"
    })
    await store.put("\ud83d\ude00", "\ud83d\ude00")
    expect(text(await store.get(Buffer.from("\ud83d\ude00")))).toBe("\ud83d\ude00")
  })
})
