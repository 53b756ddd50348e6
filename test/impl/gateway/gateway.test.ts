/**
 * What Redis clients rely on: replies byte by byte, in order, however the requests are cut into
 * chunks.
 */
import { connect } from "node:net"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { Store } from "../../../impl/client/store.ts"
import { type GatewayOptions, startGateway } from "../../../impl/gateway/gateway.ts"
import { render } from "../../../impl/metrics/metrics.ts"
import { TestCluster } from "../net/cluster.ts"

const cluster = new TestCluster(3)
const scope = Effect.runSync(Scope.make())

/** Starts a gateway; returns its port. */
const started = async (
  options: GatewayOptions = {},
  servers = cluster.directory,
  timeoutMilliseconds = 20_000
): Promise<number> => startedWith(options, servers, timeoutMilliseconds).then(({ port }) => port)

const startedWith = (
  options: GatewayOptions = {},
  servers = cluster.directory,
  timeoutMilliseconds = 20_000
) => {
  const store = Store.layer({ servers, timeoutMilliseconds })
  const gateway = Effect.gen(function* () {
    const services = yield* Layer.buildWithScope(store, scope)
    return yield* startGateway({ host: "127.0.0.1", port: 0 }, options).pipe(
      Effect.provideContext(services),
      Effect.provideService(Scope.Scope, scope)
    )
  })
  return Effect.runPromise(gateway)
}

let port: number
beforeAll(async () => {
  await cluster.start()
  port = await started()
})
afterAll(async () => {
  await Effect.runPromise(Scope.close(scope, Exit.void))
  await cluster.remove()
})

/** The bytes that come back for these chunks, until there are this many or the connection ends. */
const converse = (
  length: number,
  chunk: string,
  chunks: ReadonlyArray<string> = [],
  at = port
): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect(at, "127.0.0.1").setNoDelay(true).setEncoding("latin1")
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
    send([chunk, ...chunks])
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
    await expectReplies(
      request("SET", every, every) + request("GET", every),
      `+OK\r\n$256\r\n${every}\r\n`
    )
  })

  it("accepts requests in any chunks, and as lines of words", async () => {
    const text = request("SET", "chunks", "a value")
    expect(await converse(5, "", [...text])).toBe("+OK\r\n")
    await expectReplies(
      "get chunks\r\nPING\n\r\nping hello\r\n",
      "$7\r\na value\r\n+PONG\r\n$5\r\nhello\r\n"
    )
  })

  it("reads no more than a client consumes, however much it asks for at once", async () => {
    const value = "y".repeat(2 ** 20)
    expect(await converse(5, request("SET", "asked often", value))).toBe("+OK\r\n")
    const steps = () =>
      ["s1", "s2", "s3"].reduce((sum, name) => sum + cluster.node(name).endpoint.status.steps, 0)
    const before = steps()
    const socket = connect(port, "127.0.0.1").pause()
    const count = 200
    socket.write(request("GET", "asked often").repeat(count))
    // A read takes a step at two nodes, or three; what is in flight to the client is what sockets
    // hold.
    let last = -1
    while (last !== steps() || last === before) {
      last = steps()
      await new Promise((resolve) => setTimeout(resolve, 300))
    }
    socket.destroy()
    expect((last - before) / 2).toBeLessThan(count / 2)
  })

  it("accepts a value of a mebibyte", async () => {
    const value = "x".repeat(2 ** 20)
    const reply = `+OK\r\n$${value.length}\r\n${value}\r\n`
    expect(
      (await converse(reply.length, request("SET", "big", value) + request("GET", "big"))) === reply
    ).toBe(true)
  })

  it("says what is wrong, and continues", async () => {
    const replies = await converse(
      10_000,
      request("NOSUCH") + request("GET") + request("SET", "k", "v", "EX", "3") + request("QUIT")
    )
    expect(replies.split("\r\n").slice(0, 4)).toEqual([
      "-ERR unknown command 'NOSUCH'",
      "-ERR wrong number of arguments for 'get' command",
      "-ERR SET with EX is not supported: a register supports only plain reads and writes",
      "+OK"
    ])
  })

  it.each([
    "*1\r\n:1\r\n",
    "*99999999\r\n",
    "*1\r\n$999999999\r\n",
    "*1\r\n$-5\r\n",
    "*1\r\n$1\r\nabc\r\n"
  ])("ends a connection with malformed requests: %j", async (text) => {
    expect(await converse(10_000, text)).toMatch(/^-ERR Protocol error: .*\r\n$/)
    await expectReplies(request("PING"), "+PONG\r\n")
  })

  it("answers all requests before a malformed one, however the bytes are cut, and nothing after it", async () => {
    const good = request("SET", "before", "1") + request("GET", "before")
    const expected = /^\+OK\r\n\$1\r\n1\r\n-ERR Protocol error: [^\r]*\r\n$/
    expect(await converse(10_000, `${good}*1\r\n:1\r\n${request("SET", "before", "2")}`)).toMatch(
      expected
    )
    expect(await converse(10_000, good, [`*1\r\n:1\r\n${request("SET", "before", "2")}`])).toMatch(
      expected
    )
    await expectReplies(request("GET", "before"), "$1\r\n1\r\n")
  })

  it("serves a client that closes its half after the last request", async () => {
    const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true }).setEncoding("latin1")
    let heard = ""
    socket.on("data", (text: string) => (heard += text))
    socket.end("SET half 1\r\nGET half\r\nPING\r\n")
    await new Promise((resolve) => socket.on("close", resolve))
    expect(heard).toBe("+OK\r\n$1\r\n1\r\n+PONG\r\n")
  })

  it("refuses a transaction and everything in it", async () => {
    const replies = await converse(
      10_000,
      `${[
        "MULTI",
        "SET grouped 1",
        "EXEC",
        "GET grouped",
        "MULTI",
        "SET grouped 1",
        "DISCARD",
        "EXEC",
        "GET grouped",
        "QUIT"
      ].join("\r\n")}\r\n`
    )
    expect(replies.split("\r\n").map((line) => line.split(" ").slice(0, 2).join(" "))).toEqual([
      "-ERR MULTI",
      "-ERR not",
      "-EXECABORT Transaction",
      "$-1",
      "-ERR MULTI",
      "-ERR not",
      "+OK",
      "-ERR EXEC",
      "$-1",
      "+OK",
      ""
    ])
  })

  it.each([
    ["CLIENT TRACKING ON"],
    ["CLIENT KILL 127.0.0.1:1"],
    ["CLIENT ANYTHING"],
    ["CONFIG SET maxmemory 1"],
    ["WATCH k"],
    ["SELECT 1"],
    ["SET k v NX"],
    ["AUTH secret"],
    ["HELLO 4"]
  ])("refuses unsupported commands: %s", async (line) => {
    expect(await converse(10_000, `${line}\r\nQUIT\r\n`)).toMatch(
      /^-(ERR|NOPROTO) [^\r]*\r\n\+OK\r\n$/
    )
  })

  it("executes commands about the connection", async () => {
    await expectReplies(
      "CLIENT SETNAME me\r\nCLIENT GETNAME\r\nCLIENT SETINFO LIB-NAME x\r\nCLIENT REPLY SKIP\r\nPING\r\nPING a\r\n" +
        "CLIENT REPLY OFF\r\nPING b\r\nNOSUCH\r\nCLIENT REPLY ON\r\nPING c\r\nRESET\r\nCLIENT GETNAME\r\n",
      "+OK\r\n$2\r\nme\r\n+OK\r\n$1\r\na\r\n+OK\r\n$1\r\nc\r\n+RESET\r\n$-1\r\n"
    )
  })

  it("speaks version 3 of the protocol to a client that asks for it", async () => {
    const replies = await converse(
      10_000,
      "GET none\r\nHELLO 3\r\nGET none\r\nHELLO 2\r\nGET none\r\nQUIT\r\n"
    )
    expect(replies).toMatch(
      /^\$-1\r\n%7\r\n\$6\r\nserver\r\n.*\r\n_\r\n\*14\r\n.*\r\n\$-1\r\n\+OK\r\n$/s
    )
  })

  it("counts a key that is removed twice once, and a key that is queried twice twice", async () => {
    await expectReplies(
      "SET d 1\r\nEXISTS d d\r\nDEL d d\r\nDEL d\r\n",
      "+OK\r\n:2\r\n:1\r\n:0\r\n"
    )
  })

  it.each([["POST / HTTP/1.1"], ["GET / HTTP/1.1\r\nHost: x"]])(
    "executes nothing that a web page sends: %s",
    async (line) => {
      const replies = await converse(10_000, `${line}\r\n\r\nSET posted 1\r\nQUIT\r\n`)
      expect(replies).not.toContain("+OK")
      await expectReplies("GET posted\r\n", "$-1\r\n")
    }
  )

  it("reports requests that are too large, executes none of them, and continues", async () => {
    const value = "v".repeat(2 ** 20 + 1)
    const long = "v".repeat(2 ** 21)
    const replies = await converse(
      10_000,
      request("SET", "large", value) +
        request("SET", "large", long) +
        request("GET", "large") +
        request("QUIT")
    )
    expect(replies.split("\r\n")).toEqual([
      "-ERR the value has 1048577 bytes; at most 1048576 can be stored",
      "-ERR an argument of 2097152 bytes; at most 1049600 are taken",
      "$-1",
      "+OK",
      ""
    ])
  })

  it("answers for more keys than Redis has descriptors, one value each", async () => {
    const keys = Array.from({ length: 1_500 }, (_, index) => `key${index}`)
    await expectReplies(request("SET", "key1499", "last"), "+OK\r\n")
    const reply = `*1500\r\n${"$-1\r\n".repeat(1_499)}$4\r\nlast\r\n`
    await expectReplies(request("MGET", ...keys), reply)
  })

  it("counts requests, errors and how long operations took, for metrics", async () => {
    const { port: other, measures } = await startedWith()
    const asked = request("SET", "m", "1") + request("GET", "m") + request("GET") + request("QUIT")
    await converse(10_000, asked, [], other)
    const text = render(measures)
    expect(text).toMatch(/^quorate_gateway_requests_total 4$/m)
    expect(text).toMatch(/^quorate_gateway_errors_total 1$/m)
    expect(text).toMatch(/^quorate_gateway_request_seconds_count 2$/m)
    expect(text).toMatch(/^quorate_gateway_storage_nodes 3$/m)
  })

  it("executes many requests of one client concurrently, and answers in order", async () => {
    const count = 300
    const keys = Array.from({ length: count }, (_, index) => `many${index}`)
    const sets = keys.map((key, index) => request("SET", key, String(index))).join("")
    const before = cluster.node("s1").endpoint.status.syncs
    await expectReplies(sets, "+OK\r\n".repeat(count))
    // Concurrent requests share a sync.
    expect(cluster.node("s1").endpoint.status.syncs - before).toBeLessThan(count / 2)
    await expectReplies(
      keys.map((key) => request("GET", key)).join(""),
      keys.map((_, index) => `$${String(index).length}\r\n${index}\r\n`).join("")
    )
  })
})

describe("a gateway with a password", () => {
  let guarded: number
  beforeAll(async () => {
    guarded = await started({ password: "secret" })
  })

  it.each<readonly [string, string, string]>([
    ["nothing without it", "GET k\r\nQUIT\r\n", "-NOAUTH Authentication required.\r\n+OK\r\n"],
    [
      "nothing with another",
      "AUTH other\r\nPING\r\nQUIT\r\n",
      "-WRONGPASS invalid username-password pair or user is disabled.\r\n-NOAUTH Authentication required.\r\n+OK\r\n"
    ],
    [
      "no other user",
      "AUTH me secret\r\nQUIT\r\n",
      "-WRONGPASS invalid username-password pair or user is disabled.\r\n+OK\r\n"
    ],
    ["everything with it", "AUTH secret\r\nPING\r\nQUIT\r\n", "+OK\r\n+PONG\r\n+OK\r\n"],
    [
      "everything with user and password",
      "AUTH default secret\r\nPING\r\nQUIT\r\n",
      "+OK\r\n+PONG\r\n+OK\r\n"
    ],
    [
      "nothing any more after RESET",
      "AUTH secret\r\nRESET\r\nPING\r\nQUIT\r\n",
      "+OK\r\n+RESET\r\n-NOAUTH Authentication required.\r\n+OK\r\n"
    ]
  ])("does %s", async (_what, text, replies) => {
    expect(await converse(10_000, text, [], guarded)).toBe(replies)
  })

  it("accepts it in HELLO, which has no effect if it is wrong", async () => {
    const right = "HELLO 3 AUTH default secret SETNAME me\r\nCLIENT GETNAME\r\nQUIT\r\n"
    expect(await converse(10_000, right, [], guarded)).toMatch(/^%7\r\n.*\$2\r\nme\r\n\+OK\r\n$/s)
    const wrong = "HELLO 3\r\nHELLO 3 AUTH default other\r\nPING\r\nQUIT\r\n"
    expect(await converse(10_000, wrong, [], guarded)).toMatch(
      /^-NOAUTH HELLO [^\r]*\r\n-WRONGPASS [^\r]*\r\n-NOAUTH [^\r]*\r\n\+OK\r\n$/
    )
  })
})

it("a gateway refuses one client too many, and accepts the next when one has left", async () => {
  const small = await started({ connections: 2 })
  const first = connect(small, "127.0.0.1")
  const second = connect(small, "127.0.0.1")
  for (const socket of [first, second]) {
    socket.write("PING\r\n")
    await new Promise((resolve) => socket.once("data", resolve))
  }
  expect(await converse(10_000, "", [], small)).toBe("-ERR max number of clients reached\r\n")
  first.destroy()
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(await converse(7, "PING\r\n", [], small)).toBe("+PONG\r\n")
  second.destroy()
})

it("a write whose outcome is unknown is answered with an error that no library repeats", async () => {
  const folder = new TestCluster(3)
  await folder.start()
  await folder.stop("s2", "s3")
  const short = await started({}, folder.directory, 300)
  expect(await converse(10_000, "SET k 1\r\nQUIT\r\n", [], short)).toMatch(
    /^-ERR [^\r]*whether it takes effect is unknown/
  )
  await folder.remove()
})
