/**
 * What peers can make a process hold is limited. At a limit the process refuses, reports that, and
 * serves all others as before.
 */
import { connect, createServer, type Server, type Socket } from "node:net"
import { afterEach, describe, expect, it } from "vitest"
import { Complaints, plain } from "../../../impl/limits/complaints.ts"
import { Connections, type Watch } from "../../../impl/limits/connections.ts"
import { Holdings } from "../../../impl/limits/holdings.ts"
import { connectionsAmong } from "../../../impl/limits/machine.ts"
import { NodeRoom } from "../../../impl/limits/room.ts"
import { nodeId } from "../node-id.ts"

describe("connections", () => {
  let server: Server | undefined
  const open: Array<Socket> = []
  afterEach(() => {
    for (const socket of open.splice(0)) socket.destroy()
    server?.close()
  })

  /**
   * A server that accepts this many connections, and a way to connect to it: returns the connection
   * as the server sees it.
   */
  let watch: Watch
  const serving = async (connections: Connections) => {
    const taken: Array<Socket> = []
    let hear: (() => void) | undefined
    server = createServer((socket) => {
      socket.on("error", () => undefined)
      taken.push(socket)
      hear?.()
    })
    await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", () => resolve()))
    const { port } = server.address() as { readonly port: number }
    watch = connections.watch(port)
    return async (): Promise<Socket> => {
      const next = new Promise<void>((resolve) => (hear = resolve))
      const socket = connect(port, "127.0.0.1")
      socket.on("error", () => undefined)
      open.push(socket)
      await next
      return taken.at(-1) as Socket
    }
  }

  it("of strangers make room for new ones, the oldest first", async () => {
    const connections = new Connections(2)
    const dial = await serving(connections)
    const [first, second] = [await dial(), await dial()]
    const third = await dial()
    expect([first.destroyed, second.destroyed, third.destroyed]).toEqual([true, false, false])
    expect([connections.size, connections.left, connections.refused]).toEqual([2, 0, 1])
  })

  it("of introduced peers stay, and a new one is refused", async () => {
    const connections = new Connections(2)
    const dial = await serving(connections)
    for (const socket of [await dial(), await dial()])
      expect(connections.introduce(socket, undefined)).toBeUndefined()
    expect((await dial()).destroyed).toBe(true)
    expect(connections.size).toBe(2)
  })

  it("with one certificate are at most a quarter", async () => {
    const connections = new Connections(8)
    const dial = await serving(connections)
    const refusals = []
    for (const owner of ["a", "a", "a", "b"])
      refusals.push(connections.introduce(await dial(), owner))
    expect(refusals.map((refusal) => refusal === undefined)).toEqual([true, true, false, true])
  })

  it("end with their server: strangers and newcomers at once, the others when they had time to read", async () => {
    const connections = new Connections(8)
    const dial = await serving(connections)
    const [stranger, known] = [await dial(), await dial()]
    expect(connections.introduce(known, undefined)).toBeUndefined()
    watch.endAll()
    const late = await dial()
    expect([stranger.destroyed, known.destroyed, late.destroyed]).toEqual([true, false, true])
    await expect.poll(() => known.destroyed, { timeout: 5000 }).toBe(true)
    watch.end()
  })

  it("are not more than the descriptors allow", () => {
    expect([
      connectionsAmong(4096, 64),
      connectionsAmong(4096, 100_000),
      connectionsAmong(4096, 20)
    ]).toEqual([24, 4096, 1])
  })
})

describe("incomplete messages", () => {
  it("are bounded in total: the oldest holder is evicted", () => {
    const holdings = new Holdings(100)
    const evicted: Array<string> = []
    const holder = (name: string) => ({ evict: () => evicted.push(name) })
    const [first, second, third] = [holder("first"), holder("second"), holder("third")]
    holdings.hold(first, 40, false)
    holdings.hold(second, 40, false)
    holdings.hold(first, 50, false)
    expect(evicted).toEqual([])
    holdings.hold(third, 20, false)
    expect([evicted, holdings.bytes]).toEqual([["first"], 60])
  })

  it("count as new after a complete message", () => {
    const holdings = new Holdings(100)
    const evicted: Array<string> = []
    const holder = (name: string) => ({ evict: () => evicted.push(name) })
    const [busy, stalled, newcomer] = [holder("busy"), holder("stalled"), holder("newcomer")]
    holdings.hold(busy, 40, false)
    holdings.hold(stalled, 40, false)
    holdings.hold(busy, 40, true)
    holdings.hold(newcomer, 40, false)
    expect(evicted).toEqual(["stalled"])
  })
})

describe("room", () => {
  const writer = nodeId("c/1")
  const write = "a write"
  const room = (freeDiskBytes?: number) => {
    const made = new NodeRoom({
      memoryBytes: 100 * 2 ** 20,
      storesNew: (_from, message) => message === write,
      folder: "/",
      reservedDiskBytes: 64 * 2 ** 20
    })
    made.know(freeDiskBytes, 2 ** 40)
    return made
  }

  it("in memory is refused to writes first, so that stored values can be passed on", () => {
    const { refuses, isShort } = room()
    expect([isShort(10 * 2 ** 20), isShort(84 * 2 ** 20)]).toEqual([false, true])
    expect(refuses(80 * 2 ** 20, writer, write)).toBeUndefined()
    expect(refuses(90 * 2 ** 20, writer, write)).toMatch(/90 MiB of memory; at most 85 MiB/)
    expect(refuses(90 * 2 ** 20, writer, "a pair that is passed on")).toBeUndefined()
    expect(refuses(101 * 2 ** 20, writer, "a pair that is passed on")).toMatch(/at most 100 MiB/)
  })

  it("on the disk is refused to writes first, too", () => {
    const { refuses, isShort } = room(40 * 2 ** 20)
    expect(isShort(0)).toBe(true)
    expect(refuses(1000, writer, write)).toMatch(/40 MiB left; 64 MiB are kept free/)
    expect(refuses(1000, writer, "a pair that is passed on")).toBeUndefined()
    expect(room(30 * 2 ** 20).refuses(1000, writer, "a pair that is passed on")).toMatch(
      /30 MiB left/
    )
  })
})

describe("complaints", () => {
  it("are logged once each, and not too many in a minute", () => {
    const complaints = new Complaints()
    expect([
      complaints.isNews("a", 0),
      complaints.isNews("a", 0),
      complaints.isNews("b", 0)
    ]).toEqual([true, false, true])
    const said = Array.from({ length: 1000 }, (_, index) =>
      complaints.isNews(`peer ${index}`, 1)
    ).filter(Boolean)
    expect(said.length).toBeLessThan(100)
    expect(complaints.isNews("after a minute", 60_002)).toBe(true)
  })

  it("are on one line, without control characters", () => {
    expect(plain("a\r\nb\u001b[31m")).toBe("a b?[31m")
  })
})
