/**
 * A system whose storage nodes may lie, as a user runs it: a cluster of real processes, one of
 * which is replaced by the administrator's command and forgets.
 */
import { type ChildProcess, spawn } from "node:child_process"
import { cpSync, readdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, describe, expect, it } from "vitest"
import { freePorts } from "../../bench/store/system.ts"
import { runHere } from "../../checker/command/in-process.ts"
import { Installation } from "../../checker/command/installation.ts"

const installation = new Installation()
const { folder } = installation
const started: Array<ChildProcess> = []
afterAll(() => {
  for (const child of started) child.kill("SIGTERM")
  installation.remove()
})

/** Runs a command to its end. */
const run = (given: ReadonlyArray<string>) => runHere(folder, given)

/** Starts a command that runs until it is stopped, and waits until it has said so much. */
const start = (given: ReadonlyArray<string>, until: string) =>
  new Promise<void>((resolve, reject) => {
    const child = spawn(process.execPath, [installation.script, ...given], {
      stdio: ["ignore", "pipe", "ignore"],
      cwd: folder
    })
    started.push(child)
    let out = ""
    child.stdout.on("data", (bytes) => {
      out += bytes
      if (out.includes(until)) resolve()
    })
    child.once("exit", (code) => reject(new Error(`${given[0]} ended with ${code}: ${out}`)))
  })

describe("quorate cluster --protocol byzantine", () => {
  it("serves clients with credentials, and forgets replaced nodes; other clients learn what is missing", async () => {
    const data = join(folder, "data")
    const servers = ["--servers", `file:${join(data, "servers")}`]
    // The nodes take the ports that follow.
    const [port = 0, , , , , , another, last] = await freePorts(8)
    const byzantine = ["--protocol", "byzantine"]
    await start(["cluster", ...byzantine, "--data", data, "--port", String(port)], "Redis clients")
    const own = [...servers, ...byzantine, "--credentials", join(data, "client.json")]
    expect(await run(["put", "x", "here", ...own])).toMatchObject({ code: 0 })
    const without = await run(["get", "x", ...servers, ...byzantine])
    expect([without.code, without.stderr]).toEqual([
      2,
      expect.stringContaining("--credentials FILE")
    ])
    expect(readdirSync(join(data, "s1", "keys")).length).toBe(2)
    const joins = (name: string, at: number | undefined) => {
      const recorded = ["--record", `${join(data, name)}.recording`]
      const named = ["--name", name, "--join", "--listen", `127.0.0.1:${at}`, ...recorded]
      return start(
        ["node", ...byzantine, ...named, ...servers, "--data", join(data, name)],
        "listens"
      )
    }
    await joins("s5", another)
    const administrator = ["--data", join(data, "administrator"), ...servers]
    cpSync(join(data, "administrator"), join(data, "backup"), { recursive: true })
    const replaced = await run([...["administrator", "replace", "s1", "s5", ...administrator]])
    expect([replaced.code, replaced.stdout]).toEqual([
      0,
      expect.stringContaining("configuration 1: s2, s3, s4, s5; 1 of them may lie")
    ])
    expect(readdirSync(join(data, "s1", "keys"))).toEqual([])
    const read = await run(["get", "x", ...own])
    expect([read.code, read.stdout]).toEqual([0, "here"])
    // Another that is new, of a system that has been replaced before: it must serve as well.
    await joins("s6", last)
    const twice = await run([...["administrator", "replace", "s2", "s6", ...administrator]])
    expect([twice.code, twice.stdout]).toEqual([
      0,
      expect.stringContaining("configuration 2: s3, s4, s5, s6; 1 of them may lie")
    ])
    expect(readdirSync(join(data, "s2", "keys"))).toEqual([])
    expect(readdirSync(join(data, "s6", "keys")).length).toBe(2)
    const reread = await run(["get", "x", ...own])
    expect([reread.code, reread.stdout]).toEqual([0, "here"])
    // Both have taken NEW_VIEW, and answered with keys that the replay does not have.
    const recordings = ["s5", "s6"].map((name) => `${join(data, name)}.recording`)
    const replayed = await run(["replay", ...recordings])
    expect([replayed.code, replayed.stderr, replayed.stdout]).toEqual([
      0,
      "",
      expect.stringContaining("agree with the specification")
    ])
    const again = await run([...["administrator", "replace", "s1", "s5", ...administrator]])
    expect([again.code, again.stderr]).toEqual([2, expect.stringContaining("s1 is not a member")])
    // A backup of the administrator's folder would choose configuration 1 a second time.
    for (const what of [["replace", "s2", "s5"], ["status"]]) {
      const older = await run([
        ...["administrator", ...what, "--data", join(data, "backup"), ...servers]
      ])
      expect([older.code, older.stderr]).toEqual([
        2,
        expect.stringContaining("certificates of configuration 2, and this folder knows 0 at most")
      ])
    }
  })

  it("does the same over TLS; without a certificate no node is given keys or admitted", async () => {
    const ports = await freePorts(5)
    const names = ["t1", "t2", "t3", "t4"]
    const file = join(folder, "tls-servers")
    writeFileSync(file, names.map((name, at) => `${name}=127.0.0.1:${ports[at]}\n`).join(""))
    const servers = ["--servers", `file:${file}`]
    const keys = ["--keys", join(folder, "tls")]
    const nodes = ["--nodes", [...names, "t5"].join(","), "--clients", "client"]
    expect((await run(["certificates", "--out", join(folder, "tls"), ...nodes])).code).toBe(0)
    const byzantine = ["--protocol", "byzantine"]
    const node = (name: string, ...more: ReadonlyArray<string>) =>
      start(
        [
          ...["node", "--name", name, ...byzantine, ...servers, ...keys, ...more],
          ...["--data", join(folder, name)]
        ],
        "listens"
      )
    await Promise.all(names.map((name) => node(name)))
    const administrator = ["--data", join(folder, "tls-administrator"), ...servers]
    expect((await run(["administrator", "keys", ...administrator.slice(0, 2)])).code).toBe(0)
    const begin = ["administrator", "begin", ...administrator]
    expect((await run([...begin, "--timeout-milliseconds", "1000"])).code).not.toBe(0)
    expect(await run([...begin, ...keys])).toMatchObject({ code: 0, stderr: "" })
    const credentials = join(folder, "tls-client.json")
    const client = ["administrator", "client", "client", "--out", credentials, ...administrator]
    expect((await run([...client, ...keys])).code).toBe(0)
    const own = [...servers, ...byzantine, "--credentials", credentials]
    expect((await run(["put", "x", "here", ...own, ...keys])).code).toBe(0)
    const bare = await run(["get", "x", ...own, "--timeout-milliseconds", "1000"])
    expect(bare.code).not.toBe(0)
    expect(bare.stdout).toBe("")
    await node("t5", "--join", "--listen", `127.0.0.1:${ports[4]}`)
    expect(
      await run(["administrator", "replace", "t1", "t5", ...administrator, ...keys])
    ).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("configuration 1: t2, t3, t4, t5")
    })
    expect(await run(["get", "x", ...own, ...keys])).toMatchObject({ code: 0, stdout: "here" })
  })
})
