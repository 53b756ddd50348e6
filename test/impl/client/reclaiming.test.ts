/**
 * The memory of removed keys is reclaimed while the system runs, and no removed value returns
 * (S25).
 */
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { connect, type PromisedStore } from "../../../impl/client/store.ts"
import { TestCluster } from "../net/cluster.ts"

let cluster: TestCluster
const open: Array<{ close: () => Promise<void> }> = []
beforeEach(async () => {
  cluster = new TestCluster(3)
  await cluster.start()
})
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close()
  await cluster.remove()
})

const client = async (graceMilliseconds = 100): Promise<PromisedStore> => {
  const store = await connect({
    servers: cluster.directory,
    timeoutMilliseconds: 30_000,
    graceMilliseconds
  })
  open.push(store)
  return store
}
const text = (bytes: Uint8Array | null): string | null =>
  bytes === null ? null : Buffer.from(bytes).toString()
const refusal = (store: PromisedStore): Promise<string> =>
  store.reclaim().then(
    (forgotten) => `${forgotten} forgotten`,
    ({ _tag, message }) => `${_tag}: ${message}`
  )
const registers = () => cluster.names.map((name) => cluster.node(name).endpoint.status.registers)
const held = () => cluster.names.map((name) => cluster.node(name).endpoint.heldBytes)

describe("reclaiming", () => {
  it("frees what a thousand removed keys take, on all nodes, and after they start again", async () => {
    const store = await client()
    const keys = Array.from({ length: 1000 }, (_, index) => `k${index}`)
    await Promise.all(keys.map((key) => store.put(key, "value")))
    await Promise.all(keys.map((key) => store.remove(key)))
    await store.put("stays", "here")
    // The copies that no quorum needs follow.
    await expect.poll(registers).toEqual([1001, 1001, 1001])
    const before = held()
    expect(await store.reclaim()).toBe(1000)
    // What keeps no register, keeps the whole node.
    expect(registers().every((count) => count <= 2)).toBe(true)
    for (const [index, bytes] of held().entries())
      expect(bytes).toBeLessThan((before[index] as number) / 300)
    expect(await store.reclaim()).toBe(0)
    expect(text(await store.get("k7"))).toBeNull()
    await store.put("k7", "again")
    await cluster.stop()
    await cluster.start()
    expect(registers().every((count) => count <= 3)).toBe(true)
    expect(text(await store.get("stays"))).toBe("here")
    expect(text(await store.get("k7"))).toBe("again")
    expect(text(await store.get("k8"))).toBeNull()
  })

  it("forgets nothing while a member is away, and says which; nor twice", async () => {
    const store = await client()
    await store.put("x", "1")
    await store.remove("x")
    const isThere = async () => (await store.status()).nodes[2]?.connected
    await cluster.stop("s3")
    while (await isThere()) await new Promise((resolve) => setTimeout(resolve, 20))
    expect(await refusal(store)).toMatch(
      /^ReclaimingRefused: s3 does not answer; nothing was forgotten — /
    )
    await cluster.start("s3")
    while (!(await isThere())) await new Promise((resolve) => setTimeout(resolve, 20))
    // A client that has just connected does as well.
    expect(await refusal(await client())).toBe("1 forgotten")
    expect(await refusal(store)).toBe("0 forgotten")
  })

  it("lets nodes be added and removed afterwards, but not one that holds values from before", async () => {
    const store = await client()
    await store.put("x", "1")
    await store.put("y", "2")
    await store.reconfigure({ remove: ["s3"] })
    await store.remove("x")
    expect(await store.reclaim()).toBe(1)
    const back = await store.reconfigure({ add: ["s3"] }).then(
      () => "done",
      ({ message }) => message
    )
    expect(back).toMatch(/^s3 no longer answers, or already holds values/)
    expect((await store.status()).configurations).toEqual([["s1", "s2"]])
    expect(text(await store.get("x"))).toBeNull()
    expect(text(await store.get("y"))).toBe("2")
  })
})
