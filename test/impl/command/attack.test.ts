/**
 * "I still work here" (7.1), with real processes and only commands: storage nodes that lie while
 * clients write, and folders of removed nodes, copied before and after they forgot, that an
 * attacker starts as liars. Since `../byzantine/liars.test.ts` shows the attack in one process, its
 * processes are started only on request (`QUORATE_PROCESSES=1`).
 */
import { type ChildProcess, spawn } from "node:child_process"
import { cpSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { build } from "esbuild"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import type { Credentials } from "../../../impl/byzantine/given.ts"
import { connect } from "../../../impl/client/store.ts"
import { parseDirectory } from "../../../impl/directory/directory.ts"
import { judge } from "../../../spec/register/written-once.ts"
import { freePorts } from "../../bench/store/system.ts"
import { runHere } from "../../checker/command/in-process.ts"
import { Installation } from "../../checker/command/installation.ts"
import type { LieName } from "../byzantine/liar.ts"
import { load } from "../byzantine/load.ts"

const isAskedFor = process.env.QUORATE_PROCESSES === "1"

const packageFolder = fileURLToPath(new URL("../../..", import.meta.url))
const old = ["s1", "s2", "s3", "s4"]
const others = ["s5", "s6", "s7", "s8"]

const installation = new Installation()
const folder = (name: string): string => join(installation.folder, name)
const everybody = `file:${folder("servers")}`
const processes = new Map<string, ChildProcess>()

const kill = (name: string): Promise<void> =>
  new Promise((resolve) => {
    const child = processes.get(name)
    processes.delete(name)
    if (child === undefined || child.exitCode !== null) return resolve()
    child.once("exit", () => resolve())
    child.kill("SIGKILL")
  })

/** Starts a process in the place of this node, and waits until it listens. */
const start = async (name: string, ...given: ReadonlyArray<string>): Promise<void> => {
  await kill(name)
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, given, {
      stdio: ["ignore", "pipe", "pipe", "ipc"],
      cwd: packageFolder
    })
    processes.set(name, child)
    let said = ""
    child.stderr?.on("data", (bytes) => {
      said += bytes
    })
    child.stdout?.on("data", (bytes) => {
      if (String(bytes).includes("listens")) resolve()
    })
    child.once("exit", (code) => reject(new Error(`${name} ended with ${code}: ${said}`)))
  })
}

const startNode = (name: string, ...more: ReadonlyArray<string>): Promise<void> =>
  start(
    name,
    installation.script,
    "node",
    "--protocol",
    "byzantine",
    "--name",
    name,
    ...more,
    ...[...["--servers", everybody, "--data", folder(name)]]
  )

const startLiar = (name: string, lie: LieName, data: string): Promise<void> =>
  start(name, folder("liar.mjs"), lie, name, everybody, data)

/** Runs a command to its end. */
const runToEnd = (given: ReadonlyArray<string>) => runHere(installation.folder, given)

/** Runs a command that has to succeed. */
const run = async (...given: ReadonlyArray<string>): Promise<string> => {
  const { code, stdout, stderr } = await runToEnd(given)
  expect([given.join(" "), code, stderr]).toEqual([given.join(" "), 0, ""])
  return stdout
}

const administer = (...given: ReadonlyArray<string>): Promise<string> =>
  run("administrator", ...given, "--data", folder("administrator"), "--servers", everybody)

const credentials = (name: string): string => folder(`${name}.json`)

/** What a user who slept, and reaches only the old storage nodes, gets by this command. */
const asleep = (...given: ReadonlyArray<string>) =>
  runToEnd([
    ...[...given, "--protocol", "byzantine", "--credentials", credentials("sleeping")],
    ...["--servers", `file:${folder("old-servers")}`, "--timeout-milliseconds", "1500"]
  ])

/** Copies the folder of a node, as anyone with its disk can. */
const copyOf = (name: string, as: string): string => {
  cpSync(folder(name), folder(`${name}-${as}`), { recursive: true })
  return folder(`${name}-${as}`)
}

/** Makes one file of the liar, which starts sooner than its sources would. */
const bundleLiar = () =>
  build({
    entryPoints: [join(packageFolder, "test/impl/byzantine/liar-process.ts")],
    outfile: folder("liar.mjs"),
    ...{ bundle: true, platform: "node", format: "esm", logLevel: "warning" },
    external: ["fs-native-extensions"],
    banner: {
      js: "import{createRequire as forLiar}from'node:module';const require=forLiar(import.meta.url);"
    }
  })

beforeAll(async () => {
  symlinkSync(join(packageFolder, "node_modules"), folder("node_modules"))
  await bundleLiar()
  const ports = await freePorts(8)
  const lines = [...old, ...others].map(
    (name, at) => `${at < 4 ? "" : "+"}${name}=127.0.0.1:${ports[at]}\n`
  )
  writeFileSync(folder("servers"), lines.join(""))
  writeFileSync(folder("old-servers"), lines.slice(0, 4).join(""))
  await Promise.all(old.map((name) => startNode(name)))
  await run("administrator", "keys", "--data", folder("administrator"))
  await administer("begin")
  for (const name of ["one", "two"]) await administer("client", name, "--out", credentials(name))
})
afterAll(async () => {
  await Promise.all([...processes.keys()].map(kill))
  installation.remove()
})

describe("storage nodes that lie, each a process", () => {
  it("one of four repeats, equivocates or speaks garbage: what clients see is atomic, and ends", async () => {
    const stores = await Promise.all(
      ["one", "two"].map((name) =>
        connect({
          servers: parseDirectory(everybody),
          protocol: "byzantine",
          credentials: JSON.parse(readFileSync(credentials(name), "utf8")) as Credentials
        })
      )
    )
    for (const lie of ["replay", "garbage", "equivocate"] as const) {
      await kill("s2")
      // What a liar writes down no correct node could read again.
      await startLiar("s2", lie, copyOf("s2", lie))
      const history = await load(stores, lie, 8)
      expect([lie, judge(history)._tag, history.length]).toEqual([lie, "Atomic", 16])
    }
    await Promise.all(stores.map((store) => store.close()))
  })

  it.skipIf(!isAskedFor)(
    "removed ones fool a client that slept with folders of before they forgot, and not of after",
    async () => {
      await administer("client", "sleeping", "--out", credentials("sleeping"))
      const own = ["--protocol", "byzantine", "--servers", everybody]
      const awake = [...own, "--credentials", credentials("one")]
      await startNode("s2")
      await run("put", "x", "old", ...awake)
      const before = old.map((name) => copyOf(name, "before"))
      await Promise.all(others.map((name) => startNode(name, "--join")))
      for (const [at, name] of old.entries())
        await administer("replace", name, others[at] as string)
      await run("put", "x", "new", ...awake)
      expect(await run("get", "x", ...awake)).toBe("new")
      expect(old.map((name) => readdirSync(join(folder(name), "keys")))).toEqual([[], [], [], []])
      const after = old.map((name) => copyOf(name, "after"))

      await Promise.all(old.map((name, at) => startLiar(name, "pretend", after[at] as string)))
      const refused = await asleep("get", "x")
      expect([refused.stdout, refused.stderr]).toEqual([
        "",
        expect.stringContaining("cannot prove that they still serve it")
      ])
      expect(refused.stderr).toContain("no answer can be trusted in configuration 0")
      expect((await asleep("put", "x", "mine")).code).toBe(refused.code)

      // With fewer copies of before than a super-majority they cannot say anything.
      for (const at of [0, 1]) await startLiar(old[at] as string, "stale", before[at] as string)
      await Promise.all([kill("s3"), kill("s4")])
      const waiting = await asleep("get", "x")
      expect([waiting.code === 0, waiting.stdout]).toEqual([false, ""])
      // Of a super-majority everything is believed: nothing but forgetting helps, as 7.2 says.
      await startLiar("s3", "stale", before[2] as string)
      expect(await asleep("get", "x")).toMatchObject({ code: 0, stdout: "old" })
      // Whoever knows of a later configuration is not: its old members can prove nothing there.
      await administer("client", "late", "--out", credentials("late"))
      expect(await run("get", "x", ...own, "--credentials", credentials("late"))).toBe("new")
    }
  )
})
