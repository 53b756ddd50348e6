/**
 * A system begins once, by an explicit act; so does another system in its place, after the first is
 * lost permanently.
 */
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import { afterEach, describe, expect, it } from "vitest"
import { connect, type PromisedStore } from "../../../impl/client/store.ts"
import type { Place } from "../../../impl/directory/directory.ts"
import { frameDecoder } from "../../../impl/link/wire.ts"
import { nameOf } from "../../../impl/memory/identity.ts"
import { beginSystem } from "../../../impl/node/beginning.ts"
import { type RunningNode, startNode } from "../../../impl/node/node.ts"
import { recoverInto } from "../../../impl/node/recovery.ts"
import { runnableNamed } from "../../../impl/protocols.ts"
import { TestCluster } from "../net/cluster.ts"
import { RawPeer } from "../net/raw-peer.ts"

const rambo = runnableNamed("rambo")
const text = (bytes: Uint8Array | null): string | null =>
  bytes === null ? null : Buffer.from(bytes).toString()

/** Nodes with empty folders that know of each other; those named with a plus came later. */
class Nodes {
  readonly folder = mkdtempSync(join(tmpdir(), "quorate-nodes-"))
  private readonly places = new Map<string, Place>()
  private readonly running = new Map<string, { node: RunningNode; scope: Scope.Closeable }>()
  readonly directory = { source: "a test", lookUp: Effect.sync(() => new Map(this.places)) }

  /** Writes another name with the address of this node into the directory. */
  alias(name: string, node: string): void {
    this.places.set(name, { ...(this.places.get(node) as Place), cameLater: true })
  }

  unname(name: string): void {
    this.places.delete(name)
  }

  async start(...names: ReadonlyArray<string>): Promise<void> {
    for (const written of names) {
      const name = written.replace(/^\+/, "")
      const scope = Effect.runSync(Scope.make())
      const options = {
        name,
        listen: { host: "127.0.0.1", port: this.places.get(name)?.port ?? 0 },
        data: join(this.folder, name),
        members: ["s1", "s2", "s3"],
        directory: this.directory
      }
      const node = await Effect.runPromise(
        startNode(options).pipe(Effect.provideService(Scope.Scope, scope))
      )
      this.running.set(name, { node, scope })
      const cameLater = written === name ? {} : ({ cameLater: true } as const)
      this.places.set(name, { ...node.address, ...cameLater, ...this.places.get(name) })
    }
  }

  async stop(...names: ReadonlyArray<string>): Promise<void> {
    for (const name of names.length === 0 ? [...this.running.keys()] : names) {
      const one = this.running.get(name)
      this.running.delete(name)
      if (one !== undefined) await Effect.runPromise(Scope.close(one.scope, Exit.void))
    }
  }

  wipe(...names: ReadonlyArray<string>): void {
    for (const name of names) rmSync(join(this.folder, name), { recursive: true })
  }

  node(name: string): RunningNode {
    return (this.running.get(name) as { node: RunningNode }).node
  }

  /** Begins a system, or says why not. */
  begin(): Promise<string> {
    const visitor = {
      protocol: "rambo",
      role: "client",
      endpoint: { name: "test" },
      first: () => undefined,
      decode: frameDecoder(rambo.Message)
    } as const
    return Effect.runPromise(
      Effect.match(beginSystem(visitor, this.directory), {
        onSuccess: (members) => members.map(nameOf).join(),
        onFailure: ({ message }) => message
      })
    )
  }

  async remove(): Promise<void> {
    await this.stop()
    rmSync(this.folder, { recursive: true })
  }
}

const open: Array<{ close: () => Promise<void> }> = []
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close()
})
const nodes = (): Nodes => {
  const made = new Nodes()
  open.push({ close: () => made.remove() })
  return made
}
const client = async (of: Nodes, timeoutMilliseconds = 5000): Promise<PromisedStore> => {
  const store = await connect({ servers: of.directory, timeoutMilliseconds })
  open.push(store)
  return store
}

describe("a system", () => {
  it("begins on request, with all its first nodes, regardless of the number of requests and requesters", async () => {
    const system = nodes()
    await system.start("s1", "s2")
    const store = await client(system, 1500)
    await expect(store.put("x", "1")).rejects.toMatchObject({
      _tag: "Unavailable",
      isBegun: false,
      strangers: ["s1", "s2"]
    })
    await system.start("s3")
    await system.stop("s3")
    expect(await system.begin()).toMatch(/s3 cannot be reached: a system begins when all/)
    await system.start("s3")
    expect(await Promise.all([system.begin(), system.begin()])).toEqual(["s1,s2,s3", "s1,s2,s3"])
    expect(await system.begin()).toBe("s1,s2,s3")
    const [s1, s3] = [system.node("s1"), system.node("s3")]
    expect(s1.first()).toEqual(s3.first())
    expect(s1.first()).toContain(s1.identity)
    await (await client(system)).put("x", "1")
  })

  it("does not begin where a node answers under another name, and the message says what to mend", async () => {
    const system = nodes()
    await system.start("s1", "s2", "s3")
    system.alias("s8", "s1")
    expect(await system.begin()).toMatch(
      /s8 cannot be reached, though something answers at its address: .* — correct the directory/
    )
    system.unname("s8")
    expect(await system.begin()).toBe("s1,s2,s3")
  })

  it("does not begin again where a node remembers it: its first nodes on empty disks are strangers", async () => {
    const system = nodes()
    await system.start("s1", "s2", "s3", "+s4")
    await system.begin()
    const store = await client(system)
    await store.put("x", "precious")
    await store.reconfigure({ add: ["s4"], remove: ["s1", "s2", "s3"] })
    await system.stop("s1", "s2", "s3")
    system.wipe("s1", "s2", "s3")
    await system.start("s1", "s2", "s3")
    expect(await system.begin()).toMatch(
      /a system has begun already, .* and s1 has no memory of it — quorate reconf/
    )
    expect(text(await (await client(system)).get("x"))).toBe("precious")
    expect(text(await store.get("x"))).toBe("precious")
    for (const name of ["s1", "s2", "s3"]) expect(system.node(name).first()).toBeUndefined()
  })

  it("is found through any of its nodes: lines of nodes that were replaced can go", async () => {
    const system = nodes()
    await system.start("s1", "s2", "s3", "+s4", "+s5")
    await system.begin()
    const store = await client(system)
    await store.put("x", "1")
    await store.reconfigure({ add: ["s4", "s5"], remove: ["s1", "s2", "s3"] })
    await system.stop("s1", "s2", "s3")
    const { host, port } = system.node("s4").address
    for (const servers of [
      `s4=${host}:${port}`,
      `s9=127.0.0.1:1,s5=${host}:${system.node("s5").address.port},s4=${host}:${port}`
    ]) {
      const isQuorumNamed = servers.includes("s5")
      const other = await connect({ servers, timeoutMilliseconds: isQuorumNamed ? 10_000 : 500 })
      open.push(other)
      const got = await other.get("x").then(text, ({ _tag }) => _tag)
      expect(got).toBe(isQuorumNamed ? "1" : "Unavailable")
      expect((await other.status()).configurations).toEqual([["s4", "s5"]])
    }
  })
})

describe("a folder of an earlier version", () => {
  const write = (folder: string, change: (text: string) => string = (same) => same): void => {
    const fixture = new URL("../storage/format-1.json", import.meta.url)
    const { files } = JSON.parse(readFileSync(fixture, "utf8")) as { files: Record<string, string> }
    mkdirSync(join(folder, "log"), { recursive: true })
    writeFileSync(join(folder, "node.json"), change(files["node.json"] as string))
    const log = "log/segment-000000001.log"
    writeFileSync(join(folder, log), Buffer.from(files[log] as string, "base64"))
  }
  const started = async (folder: string, ...members: ReadonlyArray<string>) => {
    const scope = Effect.runSync(Scope.make())
    open.push({ close: () => Effect.runPromise(Scope.close(scope, Exit.void)) })
    const options = { name: "s1", listen: { host: "127.0.0.1", port: 0 }, data: folder, members }
    return Effect.runPromise(startNode(options).pipe(Effect.provideService(Scope.Scope, scope)))
  }
  const folder = (): string => {
    const made = mkdtempSync(join(tmpdir(), "quorate-format-"))
    open.push({ close: async () => rmSync(made, { recursive: true }) })
    return made
  }

  it("is read with all that is in it, and is of the present format then", async () => {
    const data = folder()
    write(data)
    const { address } = await started(data, "s1")
    const store = await connect({
      servers: `s1=127.0.0.1:${address.port}`,
      timeoutMilliseconds: 5000
    })
    open.push(store)
    expect(
      await Promise.all(["k1", "k2", "k3"].map(async (key) => text(await store.get(key))))
    ).toEqual(["", "value2", "value3"])
    await store.put("k4", "value4")
    expect(JSON.parse(readFileSync(join(data, "node.json"), "utf8"))).toMatchObject({
      format: 4,
      first: ["s1"],
      identity: { id: "s1" }
    })
    // Its log still has the records of then when it starts again.
    for (const one of open.splice(1).reverse()) await one.close()
    const again = await started(data, "s1")
    const other = await connect({
      servers: `s1=127.0.0.1:${again.address.port}`,
      timeoutMilliseconds: 5000
    })
    open.push(other)
    expect([text(await other.get("k3")), text(await other.get("k4"))]).toEqual(["value3", "value4"])
  })

  it.each([2, 3])(
    "of format %d is of the present format as soon as it is used, so that no earlier version misreads it",
    async (format) => {
      const cluster = new TestCluster(1)
      open.push({ close: () => cluster.remove() })
      await cluster.start()
      const store = await connect({ servers: cluster.directory, timeoutMilliseconds: 5000 })
      open.push(store)
      await store.put("x", "1")
      await cluster.stop()
      const file = join(cluster.folder, "s1", "node.json")
      writeFileSync(file, readFileSync(file, "utf8").replace('"format":4', `"format":${format}`))
      await cluster.start()
      expect(JSON.parse(readFileSync(file, "utf8"))).toMatchObject({ format: 4 })
      expect(text(await store.get("x"))).toBe("1")
    }
  )

  it("is refused where other nodes are named than it was begun with, and one of a later version says which", async () => {
    const other = folder()
    write(other)
    await expect(started(other, "s1", "s2")).rejects.toMatchObject({
      mend: "name the same nodes as before"
    })
    const later = folder()
    write(later, (contents) => contents.replace('"format":1', '"format":5'))
    await expect(started(later, "s1")).rejects.toMatchObject({
      problem: "a later version wrote it, in format 5; this one knows formats 1 to 4",
      mend: "run the version that wrote it, or a later one"
    })
  })
})

describe("recovery", () => {
  it("begins a system with what is left, says what is missing, and leaves the old folders unusable", async () => {
    const cluster = new TestCluster(3)
    open.push({ close: () => cluster.remove() })
    await cluster.start()
    const store = await connect({ servers: cluster.directory, timeoutMilliseconds: 5000 })
    open.push(store)
    for (let number = 0; number < 20; number++) await store.put(`k${number}`, `${number}`)
    await store.close()
    await cluster.stop()
    const folderOf = (name: string) => join(cluster.folder, name)
    const all = `${folderOf("s1")}.all`
    for (const name of ["s1", "s2", "s3"])
      cpSync(folderOf(name), join(all, name), { recursive: true })
    const recovered = (acceptsLoss: boolean, into: string, ...folders: ReadonlyArray<string>) =>
      Effect.runPromise(
        Effect.scoped(recoverInto(rambo, folders, new Map([["s1", into]]), acceptsLoss))
      )
    const whole = await recovered(false, join(all, "new"), join(all, "s1"), join(all, "s3"))
    expect(whole).toMatchObject({ isWhole: true, registers: 20, reclaimed: 0 })
    expect(whole.missing.map(nameOf)).toEqual(["s2"])
    const data = join(cluster.folder, "new")
    await expect(recovered(false, data, folderOf("s2"))).rejects.toMatchObject({
      _tag: "LossNotAccepted",
      missing: ["s1", "s3"],
      message: expect.stringMatching(/may be lost, .* use --accept-loss/)
    })
    expect(existsSync(data)).toBe(false)
    const one = await recovered(true, data, folderOf("s2"))
    expect(one.isWhole).toBe(false)
    expect(one.missing.map(nameOf)).toEqual(["s1", "s3"])
    await expect(cluster.start("s2")).rejects.toMatchObject({
      problem: expect.stringMatching(/moved into .*new/)
    })
    await expect(recovered(true, data, folderOf("s1"))).rejects.toMatchObject({
      problem: "it is not empty"
    })
    const scope = Effect.runSync(Scope.make())
    open.push({ close: () => Effect.runPromise(Scope.close(scope, Exit.void)) })
    const options = { name: "s1", listen: { host: "127.0.0.1", port: 0 }, data, members: ["s1"] }
    const { address } = await Effect.runPromise(
      startNode(options).pipe(Effect.provideService(Scope.Scope, scope))
    )
    const after = await connect({
      servers: `s1=127.0.0.1:${address.port}`,
      timeoutMilliseconds: 5000
    })
    open.push(after)
    let lost = 0
    for (let number = 0; number < 20; number++) {
      if (text(await after.get(`k${number}`)) !== `${number}`) lost += 1
    }
    // The one node that is left may have missed some that it was sent.
    expect(lost).toBeLessThan(20)
    await after.put("k0", "new")
    expect(text(await after.get("k0"))).toBe("new")
  })

  it("replaces a node where nothing reconfigures, without its removed registers, and old clients are strangers", async () => {
    const more = { protocol: "majority" }
    const cluster = new TestCluster(3, undefined, undefined, more)
    open.push({ close: () => cluster.remove() })
    await cluster.start()
    const options = { servers: cluster.directory, protocol: "majority", timeoutMilliseconds: 5000 }
    const store = await connect(options)
    for (let number = 0; number < 10; number++) await store.put(`k${number}`, `${number}`)
    for (let number = 0; number < 4; number++) await store.remove(`k${number}`)
    const first = cluster.node("s1").first() ?? null
    await store.close()
    await cluster.stop()
    const folderOf = (name: string) => join(cluster.folder, name)
    // Of s2 the log is gone. The message names what works with this protocol.
    rmSync(join(folderOf("s2"), "log"), { recursive: true })
    await expect(cluster.start("s2")).rejects.toMatchObject({
      mend: expect.stringMatching(/quorate recover --protocol majority begin a new system/)
    })
    const again = new TestCluster(3, undefined, undefined, more)
    open.push({ close: () => again.remove() })
    const into = new Map(again.names.map((name) => [name, join(again.folder, name)]))
    const old = [folderOf("s1"), folderOf("s3")]
    expect(
      await Effect.runPromise(
        Effect.scoped(recoverInto(runnableNamed("majority"), old, into, false))
      )
    ).toMatchObject({ isWhole: true, registers: 6, reclaimed: 4 })
    await again.start()
    const after = await connect({ ...options, servers: again.directory })
    open.push(after)
    for (let number = 0; number < 10; number++) {
      expect(text(await after.get(`k${number}`))).toBe(number < 4 ? null : `${number}`)
    }
    // No node of the new system accepts messages of a client of the old one.
    const { port } = again.node("s1").address
    const late = await RawPeer.connect(port, "late", { protocol: "majority", first })
    expect(await late.until(() => late.heard.some(({ _tag }) => _tag === "Refused"))).toBe(true)
    late.close()
  })
})
