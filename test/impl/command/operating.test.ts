/**
 * What operators of nodes rely on: logs, traces, certificates, and processes that end in order on
 * request.
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process"
import { X509Certificate } from "node:crypto"
import { cpSync, existsSync, openSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { createClient } from "redis"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { freePorts, isInstalled } from "../../bench/store/system.ts"
import { runHere } from "../../checker/command/in-process.ts"
import { Installation } from "../../checker/command/installation.ts"
import { Collector } from "../tracing/collector.ts"

const installation = new Installation()
const { folder } = installation
const collector = new Collector()
const started: Array<ChildProcess> = []
let url: string
let ports: ReadonlyArray<number>

beforeAll(async () => {
  url = await collector.start()
  ports = await freePorts(7)
})
afterAll(async () => {
  for (const child of started) child.kill("SIGKILL")
  await collector.stop()
  installation.remove()
})

interface Running {
  readonly child: ChildProcess
  readonly stdout: () => string
  readonly stderr: () => string
}

/** Starts a command that runs until it is stopped, and waits until it has said so much. */
const start = (given: ReadonlyArray<string>, until: string, stderr: "pipe" | number = "pipe") =>
  new Promise<Running>((resolve, reject) => {
    const child = spawn(process.execPath, [installation.script, ...given], {
      stdio: ["ignore", "pipe", stderr],
      cwd: folder
    })
    started.push(child)
    let [out, err] = ["", ""]
    child.stderr?.on("data", (bytes) => {
      err += bytes
    })
    child.stdout?.on("data", (bytes) => {
      out += bytes
      if (out.includes(until)) resolve({ child, stdout: () => out, stderr: () => err })
    })
    child.once("exit", (code) => reject(new Error(`${given[0]} ended with ${code}: ${err}`)))
  })

const stopped = ({ child }: Running, signal: NodeJS.Signals): Promise<number | null> =>
  new Promise((resolve) => {
    child.once("close", (code) => resolve(code))
    child.kill(signal)
  })

const node = (name: string, port: number, ...more: ReadonlyArray<string>) => [
  "node",
  "--name",
  name,
  "--servers",
  `${name}=127.0.0.1:${port}`,
  "--data",
  join(folder, name),
  "--begin",
  ...more
]

/** Runs a command to its end. */
const run = (given: ReadonlyArray<string>) => runHere(folder, given)

/** Log lines; each has to be a JSON document. */
const events = (running: Running) =>
  running
    .stderr()
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>)

describe("a node", () => {
  it("logs JSON if asked to, sends traces, and ends in order", async () => {
    const port = ports[0] as number
    const given = node("s1", port, "--log", "json", "--traces", url)
    const running = await start(given, "listens on")
    const put = ["put", "x", "1", "--servers", `s1=127.0.0.1:${port}`, "--traces", url]
    expect(await installation.run(put)).toMatchObject({ code: 0, stderr: "" })
    expect(await stopped(running, "SIGINT")).toBe(0)
    const logged = events(running)
    expect(logged.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^s1 now belongs to a system: s1~/),
      `listening on 127.0.0.1:${port}`,
      "stopping (SIGINT)"
    ])
    for (const event of logged) {
      expect(event).toMatchObject({ level: "INFO", annotations: { node: "s1" } })
      expect(new Date(String(event.timestamp)).getTime()).toBeGreaterThan(Date.now() - 120_000)
    }
    expect(running.stdout()).toBe(`s1 listens on 127.0.0.1:${port}\n`)
    const spans = collector.spans.map(({ endpoint, name }) => `${endpoint} ${name}`).sort()
    expect(spans).toEqual(["client Write", "s1 Get", "s1 Set"])
    expect(new Set(collector.spans.map(({ traceId }) => traceId)).size).toBe(1)
  })

  it("reloads its keys at SIGHUP, keeps its keys if the new ones are of no use, and continues", async () => {
    const certificates = [
      "certificates",
      "--out",
      "renewed",
      "--nodes",
      "s5",
      "--clients",
      "client"
    ]
    expect((await run(certificates)).code).toBe(0)
    const port = ports[3] as number
    const running = await start(
      node("s5", port, "--log", "json", "--keys", "renewed"),
      "listens on"
    )
    const put = (value: string) =>
      run([
        ...["put", "x", value, "--servers", `s5=127.0.0.1:${port}`, "--keys", "renewed"],
        ...["--timeout-milliseconds", "1500"]
      ])
    const hangUp = async (until: string): Promise<void> => {
      running.child.kill("SIGHUP")
      while (!running.stderr().includes(until))
        await new Promise((resolve) => setTimeout(resolve, 20))
    }
    expect((await put("1")).code).toBe(0)
    const right = readFileSync(join(folder, "renewed", "s5.pem"))
    writeFileSync(join(folder, "renewed", "s5.pem"), "no certificate")
    await hangUp("the keys stay as they were")
    writeFileSync(join(folder, "renewed", "s5.pem"), right)
    expect((await put("2")).code).toBe(0)
    expect((await run(["certificates", "--out", "renewed", "--revoke", "client"])).stdout).toMatch(
      /the certificate of client is revoked/
    )
    await hangUp("the keys were reloaded")
    expect((await put("3")).code).toBe(69)
    expect(await stopped(running, "SIGTERM")).toBe(0)
  })

  it("continues where its recording cannot, and reports it once", async () => {
    const port = ports[4] as number
    const running = await start(
      node("s6", port, "--log", "json", "--record", "/dev/full"),
      "listens on"
    )
    for (const value of ["1", "2"]) {
      const put = ["put", "x", value, "--servers", `s6=127.0.0.1:${port}`]
      expect((await run(put)).code).toBe(0)
    }
    expect(await stopped(running, "SIGTERM")).toBe(0)
    const said = events(running).filter(({ level }) => level === "ERROR")
    expect(said).toMatchObject([
      { message: expect.stringMatching(/--record: .* accepts no more data \(ENOSPC\)/) }
    ])
  })

  it.runIf(isInstalled("prlimit"))(
    "outlives a disk that is full, even if its logs are on it",
    async () => {
      const port = ports[2] as number
      const log = join(folder, "s3.log")
      writeFileSync(log, "a line of before\n")
      const running = await start(
        node("s3", port, "--log", "json"),
        "listens on",
        openSync(log, "a")
      )
      const ask = (...given: ReadonlyArray<string>) =>
        run([...given, "--servers", `s3=127.0.0.1:${port}`, "--timeout-milliseconds", "700"])
      expect((await ask("put", "x", "1")).code).toBe(0)
      const limit = (bytes: string) =>
        spawnSync("prlimit", ["--pid", `${running.child.pid}`, `--fsize=${bytes}:`])
      expect(limit("200").status).toBe(0)
      expect((await ask("put", "x", "2")).code).toBe(69)
      expect(running.child.exitCode).toBeNull()
      expect(limit("unlimited").status).toBe(0)
      // What was not acknowledged may take effect, and does, for the node is there.
      await new Promise((resolve) => setTimeout(resolve, 500))
      expect((await ask("get", "x")).stdout).toBe("2")
      expect(await stopped(running, "SIGTERM")).toBe(0)
      expect(readFileSync(log, "utf8")).toMatch(/the disk has space again/)
    }
  )
})

describe("a gateway and a cluster", () => {
  it("end in order, a gateway by itself that has nothing to read again", async () => {
    const [port] = await freePorts(1)
    const given = [
      "gateway",
      "--servers",
      "s1=127.0.0.1:1",
      "--listen",
      `127.0.0.1:${port}`,
      "--log",
      "json"
    ]
    const running = await start(given, "Redis clients connect to")
    // As when the terminal that it was started from is closed.
    expect(await stopped(running, "SIGHUP")).toBe(0)
    expect(events(running).map(({ message }) => message)).toEqual([
      `listening on 127.0.0.1:${port}`,
      "stopping (SIGHUP)"
    ])
  })

  it("reads its keys and its password again at SIGHUP, and its clients notice nothing", async () => {
    const keys = ["certificates", "--out", "gateway", "--nodes", "s7", "--clients", "client"]
    expect((await run(keys)).code).toBe(0)
    const [port, listen] = (await freePorts(2)) as [number, number]
    const storing = await start(
      node("s7", port, "--log", "json", "--keys", "gateway"),
      "listens on"
    )
    const secret = join(folder, "password")
    writeFileSync(secret, "first\n")
    const given = ["gateway", "--servers", `s7=127.0.0.1:${port}`, "--keys", "gateway"]
    const running = await start(
      [...given, "--listen", `127.0.0.1:${listen}`, "--password-file", secret, "--log", "json"],
      "Redis clients connect to"
    )
    const hangUp = async ({ child, stderr }: Running, until: string): Promise<void> => {
      const before = stderr().length
      child.kill("SIGHUP")
      await expect
        .poll(() => stderr().slice(before), { timeout: 30_000, interval: 20 })
        .toContain(until)
    }
    const clientWith = (password: string) =>
      createClient({ socket: { port: listen, reconnectStrategy: false }, password }).on(
        "error",
        () => undefined
      )
    const early = await clientWith("first").connect()
    expect(await early.set("x", "1")).toBe("OK")

    // Another certificate of the same name, and another password; then the node refuses the first.
    const { serialNumber } = new X509Certificate(
      readFileSync(join(folder, "gateway", "client.pem"))
    )
    expect((await run([...keys, "--days", "2"])).code).toBe(0)
    writeFileSync(secret, "second\n")
    await hangUp(running, "the password was reloaded")
    expect(running.stderr()).toContain("the keys were reloaded")
    writeFileSync(join(folder, "gateway", "revoked"), `${serialNumber}\n`)
    await hangUp(storing, "the keys were reloaded")
    expect(await early.set("x", "2")).toBe("OK")
    await expect(clientWith("first").connect()).rejects.toThrow(/WRONGPASS/)
    const late = await clientWith("second").connect()
    expect(await late.get("x")).toBe("2")

    // Keys of another client are of no use, and are not used.
    expect((await run(["certificates", "--out", "other", "--clients", "somebody"])).code).toBe(0)
    for (const file of ["pem", "key"])
      cpSync(join(folder, "other", `somebody.${file}`), join(folder, "gateway", `client.${file}`))
    await hangUp(running, "the keys stay as they were")
    expect(running.stderr()).toContain("these keys belong to client somebody, not to client client")
    expect(await late.set("x", "3")).toBe("OK")
    early.destroy()
    late.destroy()
    expect(await stopped(running, "SIGTERM")).toBe(0)
  })

  it("end with all that they started", async () => {
    const given = [
      "cluster",
      "--nodes",
      "1",
      "--port",
      String(ports[5]),
      "--log",
      "json",
      "--traces",
      url
    ]
    const running = await start(given, "Press Ctrl-C to stop them all")
    const pid = Number(/s1 is process (\d+)/.exec(running.stdout())?.[1])
    await expect.poll(running.stderr, { timeout: 30_000, interval: 20 }).toContain("listening on")
    expect(process.kill(pid, 0)).toBe(true)
    expect(await stopped(running, "SIGINT")).toBe(0)
    expect(() => process.kill(pid, 0)).toThrow(/ESRCH/)
    expect(events(running)).toContainEqual(
      expect.objectContaining({ message: "stopping (SIGTERM)", annotations: { node: "s1" } })
    )
  })
})

describe("certificates", () => {
  it("are made for nodes, clients and administrators, by one authority", async () => {
    const given = ["certificates", "--out", "keys", "--nodes", "k1", "--clients", "client,other"]
    expect(await run(given)).toMatchObject({ code: 0, stderr: "" })
    const port = ports[6] as number
    const running = await start(node("k1", port, "--keys", "keys"), "listens on")
    const servers = ["--servers", `k1=127.0.0.1:${port}`]
    expect((await run(["put", "x", "1", ...servers, "--keys", "keys"])).code).toBe(0)
    // One more, by the authority that is there.
    const more = [
      "certificates",
      "--out",
      "keys",
      "--nodes",
      "",
      "--clients",
      "",
      "--administrators",
      "root"
    ]
    expect((await run(more)).code).toBe(0)
    expect((await run(["get", "x", ...servers, "--keys", "keys"])).stdout).toBe("1")
    expect(await stopped(running, "SIGTERM")).toBe(0)
    // It logs for people by default.
    expect(running.stderr()).toMatch(
      /INFO .*listening on 127\.0\.0\.1:\d+.*\n(.*\n)*.*stopping \(SIGTERM\)/
    )
    expect(running.stderr().startsWith("{")).toBe(false)
    expect(existsSync(join(folder, "keys", "administrator.key"))).toBe(true)
    expect(existsSync(join(folder, "keys", "root.key"))).toBe(true)
  })
})

it.each([
  [
    ["node", "--name", "s1", "--servers", "s1=:1", "--data", "d", "--traces", "nowhere"],
    /is not the URL of a collector/
  ],
  [["gateway", "--servers", "s1=:1", "--traces", "ftp://x"], /write http:\/\/127\.0\.0\.1:4318/],
  [["put", "x", "1", "--servers", "s1=:1", "--traces", "http://"], /is not the URL of a collector/],
  [["cluster", "--nodes", "1", "--data", "d", "--traces", "x"], /is not the URL of a collector/],
  [
    ["node", "--name", "s1", "--servers", "s1=:1", "--data", "d", "--log", "xml"],
    /Expected: "text" \| "json"/
  ],
  [["certificates", "--administrators", "client"], /"client" is named twice/],
  [["certificates", "--administrators", "a/b"], /"a\/b" is not a valid name/],
  [
    ["put", "x", "1", "--servers", "s1=:1", "--keys", "nowhere"],
    /authority\.pem cannot be read \(ENOENT\)/
  ]
] as const)("says what is wrong with %j in one line", async (given, message) => {
  const { code, stderr, stdout } = await runHere(folder, given)
  expect([code, stdout]).toEqual([2, ""])
  expect(stderr).toMatch(message)
  expect(stderr.trimEnd().split("\n")).toHaveLength(1)
})

it("says of a certificate that is not an administrator's that it does not do to reconfigure", async () => {
  const given = [
    "--out",
    "mixed",
    "--nodes",
    "",
    "--clients",
    "administrator",
    "--administrators",
    ""
  ]
  expect((await run(["certificates", ...given])).code).toBe(0)
  const found = await run(["reconfigure", "+s4", "--servers", "s1=:1", "--keys", "mixed"])
  expect([found.code, found.stderr]).toEqual([
    2,
    "quorate: --keys: the certificate in administrator.pem is not an administrator's — quorate certificates makes one\n"
  ])
})
