/**
 * Real Redis clients: those of npm in this process, and those of Debian if they are installed
 * (`apt-get install python3-redis redis-tools`).
 */
import { spawn, spawnSync } from "node:child_process"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import { Redis } from "ioredis"
import { createClient } from "redis"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { Store } from "../../../impl/client/store.ts"
import { startGateway } from "../../../impl/gateway/gateway.ts"
import { TestCluster } from "../net/cluster.ts"

const cluster = new TestCluster(1)
const scope = Effect.runSync(Scope.make())
const ports: Record<"open" | "guarded", number> = { open: 0, guarded: 0 }
const password = "secret"

beforeAll(async () => {
  await cluster.start()
  const gateways = Effect.gen(function* () {
    const services = yield* Layer.buildWithScope(Store.layer({ servers: cluster.directory }), scope)
    const start = (options: { readonly password?: string }) =>
      startGateway({ host: "127.0.0.1", port: 0 }, options).pipe(
        Effect.provideContext(services),
        Effect.provideService(Scope.Scope, scope)
      )
    return [yield* start({}), yield* start({ password })] as const
  })
  const [open, guarded] = await Effect.runPromise(gateways)
  ports.open = open.port
  ports.guarded = guarded.port
})
afterAll(async () => {
  await Effect.runPromise(Scope.close(scope, Exit.void))
  await cluster.remove()
})

describe("the redis package of npm", () => {
  it.each([
    ["as it comes", "open", {}],
    ["with version 2 of the protocol", "open", { RESP: 2 }],
    ["with a password", "guarded", { password }],
    ["with a password and version 2 of the protocol", "guarded", { password, RESP: 2 }]
  ] as const)("reads, writes, and receives refusals, %s", async (_how, gateway, options) => {
    const client = createClient({
      ...options,
      socket: { port: ports[gateway], reconnectStrategy: false }
    })
    client.on("error", () => undefined)
    await client.connect()
    expect(await client.set("n", "1")).toBe("OK")
    expect(await client.mGet(["n", "none"])).toEqual(["1", null])
    await expect(client.multi().set("grouped", "1").exec()).rejects.toThrow(
      /MULTI is not supported/
    )
    expect(await client.get("grouped")).toBeNull()
    expect(await client.del(["n", "n"])).toBe(1)
    await client.close()
  })

  it("is refused with another password", async () => {
    const client = createClient({
      password: "other",
      socket: { port: ports.guarded, reconnectStrategy: false }
    })
    client.on("error", () => undefined)
    await expect(client.connect()).rejects.toThrow(/WRONGPASS/)
  })
})

describe("the ioredis package of npm", () => {
  it.each([
    ["as it comes", "open", {}],
    ["with a password", "guarded", { password }]
  ] as const)("reads, writes, and receives refusals, %s", async (_how, gateway, options) => {
    const client = new Redis({ ...options, port: ports[gateway], retryStrategy: () => null })
    client.on("error", () => undefined)
    const bytes = Buffer.from([0, 255, 13, 10])
    expect(await client.set(bytes, bytes)).toBe("OK")
    expect(await client.getBuffer(bytes)).toEqual(bytes)
    expect(await client.pipeline().set("p", "1").get("p").exec()).toEqual([
      [null, "OK"],
      [null, "1"]
    ])
    await expect(client.multi().set("grouped", "1").exec()).rejects.toThrow(/EXECABORT/)
    expect(await client.get("grouped")).toBeNull()
    client.disconnect()
  })
})

/** Runs a program that talks to a gateway in this process; returns its output. */
const output = (program: string, words: ReadonlyArray<string>, input = ""): Promise<string> =>
  new Promise((resolve, reject) => {
    const child = spawn(program, words)
    let said = ""
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (said += text))
    child.on("error", reject)
    child.on("close", () => resolve(said))
    child.stdin.end(input)
  })

const runs = (program: string, ...words: ReadonlyArray<string>): boolean =>
  spawnSync(program, words, { stdio: "ignore" }).status === 0
const python = ["/usr/bin/python3", "python3"].find((program) =>
  runs(program, "-c", "import redis")
)
const without = (program: string, isThere: boolean): string =>
  isThere ? "" : ` (skipped: ${program} is not installed)`

const inPython = `
import redis, sys
def use(**more):
    r = redis.Redis(port=int(sys.argv[1]), **more)
    print(r.set("py", b"\\x00\\xff"), r.get("py"), r.mget("py", "none"), r.delete("py", "py"))
    try: r.pipeline().set("grouped", 1).execute()
    except redis.RedisError as error: print("no")
    print(r.pipeline(transaction=False).set("p", 1).get("p").execute(), r.get("grouped"))
use(**({"password": sys.argv[2]} if len(sys.argv) > 2 else {}))
`

describe(`redis-py${without("python3-redis", python !== undefined)}`, () => {
  it.skipIf(python === undefined).each([
    ["as it comes", "open", []],
    ["with a password", "guarded", [password]]
  ] as const)("reads, writes, and receives refusals, %s", async (_how, gateway, words) => {
    const said = await output(python as string, ["-c", inPython, String(ports[gateway]), ...words])
    expect(said.split("\n")).toEqual([
      "True b'\\x00\\xff' [b'\\x00\\xff', None] 1",
      "no",
      "[True, b'1'] None",
      ""
    ])
  })
})

const hasCommand = runs("redis-cli", "--version")
describe(`redis-cli${without("redis-tools", hasCommand)}`, () => {
  it.skipIf(!hasCommand).each([
    ["as it comes", "open", []],
    ["with version 3 of the protocol", "open", ["-3"]],
    ["with a password", "guarded", ["-a", password, "--no-auth-warning"]]
  ] as const)("reads, writes, and receives refusals, %s", async (_how, gateway, words) => {
    const input = 'SET cli "two words"\nGET cli\nMULTI\nSET grouped 1\nEXEC\nGET grouped\nDEL cli\n'
    const said = await output("redis-cli", ["-p", String(ports[gateway]), ...words], input)
    expect(said.split("\n").map((line) => line.split(" ").slice(0, 2).join(" "))).toEqual([
      "OK",
      "two words",
      "ERR MULTI",
      "",
      "ERR not",
      "",
      "EXECABORT Transaction",
      "",
      "",
      "1",
      ""
    ])
  })
})
