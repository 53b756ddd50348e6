/**
 * The addresses of nodes: in a list, a file, or DNS. Every error names its place and the fix.
 */
import dns from "node:dns/promises"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { connect } from "../../../impl/client/store.ts"
import { enter, parseDirectory } from "../../../impl/directory/directory.ts"
import { startNode } from "../../../impl/node/node.ts"
import { beginIn } from "../../../impl/storage/folder.ts"
import { NameServer } from "./name-server.ts"

const lookUp = async (text: string): Promise<Record<string, string>> => {
  const addresses = await Effect.runPromise(parseDirectory(text).lookUp)
  return Object.fromEntries(
    [...addresses].map(([name, { host, port }]) => [name, `${host}:${port}`])
  )
}
const problemOf = (text: string): Promise<string> =>
  Effect.runPromise(Effect.flip(parseDirectory(text).lookUp)).then(({ message }) => message)

describe("a file", () => {
  const folder = mkdtempSync(join(tmpdir(), "quorate-directory-"))
  afterAll(() => rmSync(folder, { recursive: true }))
  const file = (text: string): string => {
    const path = join(folder, "nodes")
    writeFileSync(path, text)
    return `file:${path}`
  }

  it("has a node on each line, or is JSON", async () => {
    const expected = { s1: "127.0.0.1:7001", s2: "example.org:7002" }
    expect(await lookUp(file("# ours\ns1=:7001\n\n  s2=example.org:7002\n"))).toEqual(expected)
    expect(await lookUp(file('{"s1": ":7001", "s2": "example.org:7002"}'))).toEqual(expected)
    expect(await lookUp("s1=:7001,s2=example.org:7002")).toEqual(expected)
  })

  it("takes several new nodes at once, each on its own port, and is never read half written", async () => {
    for (const before of ["s1=127.0.0.1:7001\n", '{"s1": "127.0.0.1:7001"}\n']) {
      const directory = parseDirectory(file(before))
      const names = ["s2", "s3", "s4", "s5", "s6"]
      const sizes: Array<number> = []
      let isOver = false
      const reading = (async () => {
        while (!isOver) {
          sizes.push((await Effect.runPromise(directory.lookUp)).size)
          await new Promise((resolve) => setImmediate(resolve))
        }
      })()
      await Promise.all(names.map((name) => Effect.runPromise(enter(directory, name, undefined))))
      isOver = true
      await reading
      const after = await Effect.runPromise(directory.lookUp)
      expect([...after.keys()].sort()).toEqual(["s1", ...names])
      expect(new Set([...after.values()].map(({ port }) => port)).size).toBe(6)
      expect(names.every((name) => after.get(name)?.cameLater)).toBe(true)
      expect(sizes).toEqual([...sizes].sort((left, right) => left - right))
    }
  })

  it.each([
    ["", /is not a node/],
    ["s1=:7001\ns1=:7002", /s1 is listed twice — leave one of them out/],
    ["s1=:70010", /this is not an address — write host:port/],
    ["{", /this is not JSON — write \{"s1": "host:port"/],
    ['{"s1": 7001}', /this is not an address/],
    ['{"s1": ":7001", "s2": ":7002", "s\\u0031": ":7003"}', /s1 is listed twice — leave one/],
    ['{"s1": {"s2": ":7002"}}', /this is not an address/],
    ['{"a/b": ":7001"}', /is not a node/]
  ])("with %j in it is refused", async (text, message) => {
    expect(await problemOf(file(text))).toMatch(message)
  })
})

describe("DNS", () => {
  const server = new NameServer()
  const before = dns.getServers()
  beforeAll(async () => dns.setServers([await server.start()]))
  afterAll(async () => {
    dns.setServers(before)
    await server.stop()
  })

  it("has an SRV record for each node, whose name is the first label of its target", async () => {
    server.services.set("_quorate._tcp.example.org", [
      { target: "s1.example.org", port: 7001 },
      { target: "s2.example.org", port: 7002 }
    ])
    const expected = { s1: "s1.example.org:7001", s2: "s2.example.org:7002" }
    expect(await lookUp("dns:_quorate._tcp.example.org")).toEqual(expected)
  })

  it("is read again whenever a node is dialled: a node may move", async () => {
    // The one name that every machine finds is that of the node, too.
    const folder = mkdtempSync(join(tmpdir(), "quorate-directory-"))
    const scope = Effect.runSync(Scope.make())
    beginIn(new Map([["localhost", folder]]), "rambo")
    const node = startNode({
      name: "localhost",
      members: ["localhost"],
      listen: { host: "127.0.0.1", port: 0 },
      data: folder
    })
    const { port } = (await Effect.runPromise(Effect.provideService(node, Scope.Scope, scope)))
      .address
    const name = "_quorate._tcp.localhost"
    server.services.set(name, [{ target: "localhost", port: 1 }])
    const store = await connect({ servers: `dns:${name}`, timeoutMilliseconds: 20_000 })
    const writing = store.put("x", "1")
    const { asked } = server
    while (server.asked < asked + 2) await new Promise((resolve) => setTimeout(resolve, 10))
    server.services.set(name, [{ target: "localhost", port }])
    await writing
    await store.close()
    await Effect.runPromise(Scope.close(scope, Exit.void))
    rmSync(folder, { recursive: true })
  })

  it.each([
    [
      "no such name",
      "dns:nowhere.example.org",
      /no SRV records were found \(ENOTFOUND\) — add one for each node/
    ],
    ["a name without records", "dns:empty.example.org", /no SRV records were found \(ENODATA\)/],
    ["no name", "dns:", /no SRV records were found/],
    ["two nodes of one name", "dns:twice.example.org", /s1 is listed twice/],
    [
      "a target that is no name of a node",
      "dns:odd.example.org",
      /"_=_.example.org:1" is not a node/
    ]
  ])("with %s is refused", async (_what, source, message) => {
    server.services.set("empty.example.org", [])
    server.services.set("twice.example.org", [
      { target: "s1.a.example.org", port: 1 },
      { target: "s1.b.example.org", port: 1 }
    ])
    server.services.set("odd.example.org", [{ target: "_.example.org", port: 1 }])
    expect(await problemOf(source)).toMatch(message)
  })
})
