/**
 * A node is its memory: a node that lost it, or a part of it, never answers as the former member.
 */
import {
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync
} from "node:fs"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import { afterEach, describe, expect, it } from "vitest"
import { connect, type PromisedStore } from "../../../impl/client/store.ts"
import { TestCluster } from "../net/cluster.ts"

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
const client = async (cluster: TestCluster, timeoutMilliseconds = 5000): Promise<PromisedStore> => {
  const store = await connect({ servers: cluster.directory, timeoutMilliseconds })
  open.push(store)
  return store
}
const text = (bytes: Uint8Array | null): string | null =>
  bytes === null ? null : Buffer.from(bytes).toString()
const folderOf = (cluster: TestCluster, name: string): string => join(cluster.folder, name)
const refusal = (cluster: TestCluster, name: string): Promise<string> =>
  cluster.start(name).then(
    () => "it started",
    (error: Error) => error.message
  )
/** Once the node has stopped by itself, why. */
const failureOf = (cluster: TestCluster, name: string): Promise<string> =>
  Effect.runPromise(
    Effect.flip(cluster.node(name).failed).pipe(
      Effect.map(({ message }) => message),
      Effect.timeoutOrElse({ duration: "15 seconds", orElse: () => Effect.succeed("it goes on") })
    )
  )

describe("a member whose folder is empty", () => {
  it("is a new node: nothing that it acknowledged is read as lost, and it takes its own place by one command", async () => {
    const cluster = await started()
    await cluster.stop("s3")
    const before = await client(cluster)
    await before.put("x", "acknowledged")
    await cluster.stop("s2")
    rmSync(folderOf(cluster, "s2"), { recursive: true })
    await cluster.start("s2", "s3")
    await cluster.stop("s1")
    const after = await client(cluster, 700)
    await expect(after.get("x")).rejects.toMatchObject({ _tag: "Unavailable", strangers: ["s2"] })
    await cluster.start("s1")
    const store = await client(cluster)
    expect(text(await store.get("x"))).toBe("acknowledged")
    expect((await store.status()).nodes).toMatchObject([
      {},
      { name: "s2", member: true, isNew: true },
      {}
    ])
    await store.reconfigure({ add: ["s2"] })
    const { configurations, nodes } = await store.status()
    expect([configurations, nodes.map(({ isNew }) => isNew)]).toEqual([
      [["s1", "s2", "s3"]],
      [false, false, false]
    ])
    await cluster.stop("s1")
    expect(text(await store.get("x"))).toBe("acknowledged")
  })
})

describe("a folder of which a part is missing or foreign", () => {
  it.each<readonly [string, (folder: string, other: string) => void, RegExp]>([
    [
      "no log",
      (folder) => rmSync(join(folder, "log"), { recursive: true }),
      /its log, .* is missing/
    ],
    ["an empty log folder", (folder) => emptied(join(folder, "log")), /its log, .* is missing/],
    ["no segment", (folder) => rmSync(segmentIn(folder)), /its log, .* is missing/],
    [
      "an empty segment",
      (folder) => truncateSync(segmentIn(folder)),
      /were synced, but are missing/
    ],
    [
      "a segment cut off",
      (folder) => truncateSync(segmentIn(folder), 300),
      /synced, but are missing|damaged/
    ],
    ["no watermark", (folder) => rmSync(join(folder, "log", "watermark")), /is missing/],
    [
      "an empty node.json",
      (folder) => truncateSync(join(folder, "node.json")),
      /is empty, damaged or not written by quorate/
    ],
    ["no node.json", (folder) => rmSync(join(folder, "node.json")), /a log but no node.json/],
    [
      "the log of another node",
      swapped("log"),
      /log holds the memory of s2~.*, but node.json names s1~/
    ],
    ["the identity of another node", swapped("node.json"), /it belongs to node s2, not s1/]
  ])(
    "with %s is refused, with the command that replaces the node",
    async (_what, damage, message) => {
      const cluster = await started(2)
      await (await client(cluster)).put("x", "1")
      await cluster.stop()
      damage(folderOf(cluster, "s1"), folderOf(cluster, "s2"))
      const reason = await refusal(cluster, "s1")
      expect(reason).toMatch(message)
      expect(reason).toMatch(/quorate reconfigure \+s1|name an empty folder/)
    }
  )

  it("used by another process is refused, regardless of the lock file, and only while that process lives", async () => {
    const cluster = await started(1)
    const twin = new TestCluster(1, undefined, cluster.folder)
    expect(await refusal(twin, "s1")).toMatch(/is using it — stop that process first/)
    await cluster.stop()
    for (const stale of ["", "0", "-1", "1", String(process.pid), "garbage"]) {
      writeFileSync(join(folderOf(cluster, "s1"), "lock"), stale)
      await twin.start()
      await twin.stop()
    }
  })

  it("that an empty disk left half begun is begun again", async () => {
    const cluster = await started(1)
    await cluster.stop()
    const folder = folderOf(cluster, "s1")
    const log = join(folder, "log")
    const first = readFileSync(segmentIn(folder)).subarray(0, 60)
    rmSync(join(folder, "node.json"))
    for (const file of readdirSync(log)) rmSync(join(log, file))
    writeFileSync(join(log, "segment-000000001.log"), first)
    await cluster.start()
    expect(cluster.node("s1").first()).toBeUndefined()
  })
})

describe("an older folder", () => {
  const backedUp = async (size: number): Promise<TestCluster> => {
    const cluster = await started(size)
    const store = await client(cluster)
    await store.put("x", "old")
    await cluster.stop("s2")
    cpSync(folderOf(cluster, "s2"), `${folderOf(cluster, "s2")}.backup`, { recursive: true })
    await cluster.start("s2")
    return cluster
  }
  const restore = (cluster: TestCluster): void => {
    rmSync(folderOf(cluster, "s2"), { recursive: true })
    renameSync(`${folderOf(cluster, "s2")}.backup`, folderOf(cluster, "s2"))
  }

  it("is refused permanently, before it answers, where another member is up", async () => {
    const cluster = await backedUp(3)
    await (await client(cluster)).put("x", "acknowledged")
    await cluster.stop("s2")
    restore(cluster)
    expect(await refusal(cluster, "s2")).toMatch(
      /remembers more of s2~.* than it does itself.*reconfigure \+s2/
    )
    expect(await refusal(cluster, "s2")).toMatch(/its node has stopped permanently/)
  })

  it("stops as soon as it meets a member that remembers more, though no client reported it", async () => {
    const cluster = await backedUp(3)
    await cluster.stop("s3")
    const store = await client(cluster)
    await store.put("x", "acknowledged")
    await store.close()
    // Both at once, as after a loss of power.
    await Promise.all([cluster.kill("s2"), cluster.kill("s1")])
    restore(cluster)
    await cluster.start("s2", "s3")
    const failure = failureOf(cluster, "s2")
    await cluster.start("s1")
    expect(await failure).toMatch(/remembers more of s2~/)
    const after = await client(cluster)
    expect(text(await after.get("x"))).toBe("acknowledged")
  })

  it("stops as soon as it meets a client that remembers more", async () => {
    const cluster = await backedUp(1 + 1)
    const store = await client(cluster, 30_000)
    await store.put("x", "acknowledged")
    await cluster.kill("s2")
    await cluster.kill("s1")
    restore(cluster)
    await cluster.start("s2")
    expect(await failureOf(cluster, "s2")).toMatch(/^c.* remembers more of s2~/)
  })

  it("used in two places stops in one of them at least", async () => {
    const cluster = await backedUp(3)
    await cluster.stop("s2")
    const copy = `${folderOf(cluster, "s2")}.copy`
    cpSync(folderOf(cluster, "s2"), copy, { recursive: true })
    await cluster.start("s2")
    await (await client(cluster)).put("x", "1")
    const twin = await cluster.startTwin("s2", copy).then(
      () => "it started",
      (error: Error) => error.message
    )
    expect(twin).toMatch(/remembers more of s2~.*or was used in two places/)
    expect(existsSync(copy)).toBe(true)
  })
})

const segmentIn = (folder: string): string => join(folder, "log", "segment-000000001.log")
const emptied = (folder: string): void => {
  for (const file of readdirSync(folder)) rmSync(join(folder, file))
}
/**
 * Puts something of another folder in the place of what is in this one, and the other way round.
 */
function swapped(what: string) {
  return (folder: string, other: string): void => {
    renameSync(join(folder, what), join(folder, "kept"))
    renameSync(join(other, what), join(folder, what))
    renameSync(join(folder, "kept"), join(other, what))
  }
}
