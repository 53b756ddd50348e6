/**
 * What Redis clients rely on: replies byte by byte, in order, whatever the chunks in which requests come.
 */
import { connect } from "node:net"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { Store } from "../../../impl/client/store.ts"
import { startGateway } from "../../../impl/gateway/gateway.ts"
import { TestCluster } from "../net/cluster.ts"

const cluster = new TestCluster(3)
const scope = Effect.runSync(Scope.make())
let port: number
beforeAll(async () => {
  await cluster.start()
  const store = Store.layer({ servers: cluster.directory, timeoutMilliseconds: 20_000 })
  const gateway = Effect.gen(function* () {
    const services = yield* Layer.buildWithScope(store, scope)
    return yield* startGateway({ host: "127.0.0.1", port: 0 }).pipe(
      Effect.provideContext(services),
      Effect.provideService(Scope.Scope, scope)
    )
  })
  port = (await Effect.runPromise(gateway)).port
})
afterAll(async () => {
  await Effect.runPromise(Scope.close(scope, Exit.void))
  await cluster.remove()
})

/** What comes back for these bytes, sent in these chunks, until there are so many bytes or the connection ends. */
const converse = (length: number, ...chunks: ReadonlyArray<string>): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1").setNoDelay(true).setEncoding("latin1")
    let heard = ""
    socket.on("error", reject)
    socket.on("close", () => resolve(heard))
    socket.on("data", (text: string) => {
      heard += text
      if (heard.length >= length) socket.destroy()
    })
    const send = ([chunk, ...rest]: ReadonlyArray<string>): void => {
      if (chunk === undefined) return
      socket.write(chunk, "latin1")
      setTimeout(() => send(rest), 5)
    }
    send(chunks)
  })

/** Sends requests all at once, and expects these replies and no others. */
const expectReplies = async (requests: string, replies: string): Promise<void> =>
  expect(await converse(replies.length, requests)).toBe(replies)

const request = (...words: ReadonlyArray<string>): string =>
  `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word, "latin1")}\r\n${word}\r\n`).join("")}`

describe("the gateway", () => {
  it("reads and writes, in the order of the requests", async () => {
    await expectReplies(
      [
        request("GET", "a"),
        request("SET", "a", "1"),
        request("GET", "a"),
        request("MGET", "a", "none"),
        request("DEL", "a", "none"),
        request("EXISTS", "a"),
        request("GET", "a")
      ].join(""),
      "$-1\r\n+OK\r\n$1\r\n1\r\n*2\r\n$1\r\n1\r\n$-1\r\n:1\r\n:0\r\n$-1\r\n"
    )
  })

  it("keeps every byte of keys and values", async () => {
    const every = String.fromCharCode(...Array.from({ length: 256 }, (_, byte) => byte))
    await expectReplies(request("SET", every, every) + request("GET", every), `+OK\r\n$256\r\n${every}\r\n`)
  })

  it("takes requests in any chunks, and as lines of words", async () => {
    const text = request("SET", "chunks", "a value")
    expect(await converse(5, ...text)).toBe("+OK\r\n")
    await expectReplies("get chunks\r\nPING\n\r\nping hello\r\n", "$7\r\na value\r\n+PONG\r\n$5\r\nhello\r\n")
  })

  it("gets no more than a client reads, however much it asks for at once", async () => {
    const value = "y".repeat(2 ** 20)
    expect(await converse(5, request("SET", "asked often", value))).toBe("+OK\r\n")
    const steps = () => cluster.node("s1").endpoint.status.steps
    const before = steps()
    const socket = connect(port, "127.0.0.1").pause()
    const count = 200
    socket.write(request("GET", "asked often").repeat(count))
    // A read takes a step at each node; what is in flight to the client is what sockets hold.
    let last = -1
    while (last !== steps()) {
      last = steps()
      await new Promise((resolve) => setTimeout(resolve, 300))
    }
    expect(last - before).toBeGreaterThan(0)
    expect(last - before).toBeLessThan(count / 2)
    socket.destroy()
  })

  it("takes a value of a mebibyte", async () => {
    const value = "x".repeat(2 ** 20)
    const reply = `+OK\r\n$${value.length}\r\n${value}\r\n`
    expect(
      (await converse(reply.length, request("SET", "big", value) + request("GET", "big"))) === reply
    ).toBe(true)
  })

  it("says what is wrong, and goes on", async () => {
    const replies = await converse(
      10_000,
      request("NOSUCH") + request("GET") + request("SET", "k", "v", "EX", "3") + request("QUIT")
    )
    expect(replies.split("\r\n").slice(0, 4)).toEqual([
      "-ERR unknown command 'NOSUCH'",
      "-ERR wrong number of arguments for 'get' command",
      "-ERR SET with EX is not supported: a register is read or written, and nothing between",
      "+OK"
    ])
  })

  it.each(["*1\r\n:1\r\n", "*99999999\r\n", "*1\r\n$999999999\r\n", "*1\r\n$-5\r\n", "*1\r\n$1\r\nabc\r\n"])(
    "ends a connection that does not speak its language: %j",
    async (text) => {
      expect(await converse(10_000, text)).toMatch(/^-ERR Protocol error: .*\r\n$/)
      await expectReplies(request("PING"), "+PONG\r\n")
    }
  )
})
