/**
 * The store over real sockets and files: clients read what was written, through stops and starts of
 * storage nodes.
 */
import { afterEach, describe, expect, it } from "vitest"
import { connect, type PromisedStore } from "../../../impl/client/store.ts"
import { TestCluster } from "../net/cluster.ts"

const text = (bytes: Uint8Array | null): string | null =>
  bytes === null ? null : Buffer.from(bytes).toString("utf8")

describe("the store", () => {
  const open: Array<{ close: () => Promise<void> }> = []
  afterEach(async () => {
    for (const one of open.splice(0).reverse()) await one.close()
  })

  const started = async (size = 3): Promise<TestCluster> => {
    const cluster = new TestCluster(size)
    open.push({ close: () => cluster.remove() })
    await cluster.start()
    return cluster
  }
  const client = async (
    cluster: TestCluster,
    timeoutMilliseconds = 5000
  ): Promise<PromisedStore> => {
    const store = await connect({ servers: cluster.directory, timeoutMilliseconds })
    open.push(store)
    return store
  }

  it("reads what was written, from any client", async () => {
    const cluster = await started()
    const [one, other] = [await client(cluster), await client(cluster)]
    expect(await one.get("x")).toBeNull()
    await one.put("x", "1")
    expect(text(await other.get("x"))).toBe("1")
    await other.put("x", "2")
    expect(text(await one.get("x"))).toBe("2")
    await one.remove("x")
    expect(await other.get("x")).toBeNull()
  })

  it("keeps any bytes under any key", async () => {
    const store = await client(await started(1))
    const every = Uint8Array.from({ length: 256 }, (_, byte) => byte)
    for (const [key, value] of [
      ["", ""],
      ["ü/'\"\\\n", "héllo\r\n"],
      [every, every],
      [new Uint8Array([0]), new Uint8Array([0xff])],
      ["\u0000AA==", "\u0000AA=="],
      ["large", new Uint8Array(2 ** 20).fill(255)],
      ["quoted", '"'.repeat(2 ** 20)],
      ["k".repeat(1024), "v"]
    ] as const) {
      await store.put(key, value)
      expect(
        Buffer.compare(Buffer.from((await store.get(key)) as Uint8Array), Buffer.from(value))
      ).toBe(0)
    }
    await expect(store.put("k".repeat(1025), "v")).rejects.toMatchObject({
      _tag: "TooLong",
      what: "key"
    })
    await expect(store.put("k", "v".repeat(2 ** 20 + 1))).rejects.toMatchObject({
      _tag: "TooLong",
      what: "value"
    })
  })

  it("loses nothing when every node stops and starts", async () => {
    const cluster = await started()
    const store = await client(cluster)
    for (let number = 0; number < 50; number++) await store.put(`k${number}`, `${number}`)
    await cluster.stop()
    await cluster.start()
    for (let number = 0; number < 50; number++)
      expect(text(await store.get(`k${number}`))).toBe(`${number}`)
  })

  it("talks only to the nodes of one system, regardless of its directory", async () => {
    const [cluster, another] = [await started(), await started(1)]
    await (await client(cluster)).put("x", "1")
    const [s1, s2] = cluster.directory.split(",")
    const foreign = another.directory.replace("s1=", "s3=")
    const mixed = await connect({
      servers: `${s1},${s2},${foreign},s4=127.0.0.1:1`,
      timeoutMilliseconds: 5000
    })
    open.push(mixed)
    expect(text(await mixed.get("x"))).toBe("1")
    expect((await mixed.status()).nodes.map(({ connected }) => connected)).toEqual([
      true,
      true,
      false,
      false
    ])
  })

  it("begins no more operations than it can keep while no node answers, and all of those end", async () => {
    const cluster = new TestCluster(1)
    open.push({ close: () => cluster.remove() })
    await cluster.start()
    const store = await connect({
      servers: cluster.directory,
      timeoutMilliseconds: 60_000,
      maxOperations: 500
    })
    open.push(store)
    await store.put("x", "1")
    await cluster.stop()
    const begun = Array.from({ length: 500 }, (_, index) => store.get(`k${index % 50}`))
    await expect(store.get("one more")).rejects.toMatchObject({ _tag: "Overloaded" })
    await cluster.start()
    expect(new Set(await Promise.all(begun))).toEqual(new Set([null]))
    expect(text(await store.get("x"))).toBe("1")
  })

  it("leaves no operation waiting when it is closed", async () => {
    const store = await connect({ servers: "s1=127.0.0.1:1", timeoutMilliseconds: 3_600_000 })
    const outcome = store.put("x", "1").then(
      () => "done",
      ({ _tag }) => _tag
    )
    await store.close()
    expect(await outcome).toBe("Unavailable")
  })

  it("ends a call when its signal aborts, and reports what is unknown of a call that failed", async () => {
    const cluster = await started()
    const store = await client(cluster, 400)
    await store.put("x", "1")
    await cluster.stop("s1", "s2")
    const leaving = new AbortController()
    const reason = new Error("the user has left")
    const write = store.put("x", "2", { signal: leaving.signal })
    leaving.abort(reason)
    await expect(write).rejects.toBe(reason)
    // A call that its signal has ended before it begins, begins nothing.
    await expect(store.put("y", "1", { signal: leaving.signal })).rejects.toBe(reason)
    await expect(store.get("x")).rejects.toMatchObject({ _tag: "Unavailable", outcome: "none" })
    await expect(store.put("x", "3")).rejects.toMatchObject({ outcome: "unknown" })
    await cluster.start("s1")
    const patient = await client(cluster, 30_000)
    expect(["1", "2", "3"]).toContain(text(await patient.get("x")))
    expect(await patient.get("y")).toBeNull()
  })

  it("closes at the end of its block", async () => {
    const cluster = await started(1)
    let left: PromisedStore
    {
      await using store = await connect({ servers: cluster.directory })
      await store.put("x", "1")
      left = store
    }
    await expect(left.get("x")).rejects.toMatchObject({ _tag: "Unavailable" })
  })

  it("continues with a minority down, waits for a majority, and gives up after its time limit", async () => {
    const cluster = await started()
    const store = await client(cluster, 700)
    await store.put("x", "1")
    await cluster.stop("s1")
    await store.put("x", "2")
    await cluster.stop("s2")
    await expect(store.get("x")).rejects.toMatchObject({ _tag: "Unavailable", operation: "Read" })
    const patient = await client(cluster, 30_000)
    const waiting = patient.put("x", "3")
    await cluster.start("s1")
    await waiting
    expect(text(await patient.get("x"))).toBe("3")
  })

  it("refuses the second of two removals that together would leave no node, and changes nothing", async () => {
    const cluster = await started(2)
    const stores = [await client(cluster), await client(cluster)]
    await stores[0]?.put("x", "1")
    const endings = await Promise.allSettled(
      stores.map((store, index) => store.reconfigure({ remove: [`s${index + 1}`] }))
    )
    expect(endings.filter(({ status }) => status === "rejected")).toMatchObject([
      { reason: { _tag: "ReconfigurationRefused", mend: "add one as well" } }
    ])
    const left = endings.findIndex(({ status }) => status === "rejected") + 1
    for (const store of stores) {
      expect((await store.status()).configurations).toEqual([[`s${left}`]])
      expect(text(await store.get("x"))).toBe("1")
    }
  })
})
