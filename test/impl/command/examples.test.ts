/**
 * Every example in a help text works. Long-running commands are started and stopped; of many runs,
 * one is taken; free ports replace those in the text; each scenario of a folder is searched for a
 * moment.
 */
import { type ChildProcess, spawn } from "node:child_process"
import { copyFileSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { freePorts } from "../../bench/store/system.ts"
import { runHere } from "../../checker/command/in-process.ts"
import { Installation, small } from "../../checker/command/installation.ts"

const installation = new Installation()
const { folder, script } = installation
const started: Array<ChildProcess> = []
let ports: ReadonlyArray<number>

const help = async (...given: ReadonlyArray<string>): Promise<string> =>
  (await runHere(folder, [...given, "--help"])).stdout

/** The help texts, by the names of the sub-commands; that of `quorate` itself has none. */
const helps = new Map([["", await help()]])
const [, listed = ""] = (helps.get("") ?? "").split("SUBCOMMANDS")
for (const [, name = ""] of listed.matchAll(/^ {2}(\w+) /gm)) helps.set(name, await help(name))
const examples = new Set<string>()
for (const text of helps.values()) {
  const [, shown = ""] = text.split("EXAMPLES")
  for (const [, example = ""] of shown.matchAll(/^\s*(quorate .+)$/gm)) examples.add(example.trim())
}

/** Starts a command that runs until it is stopped, and waits until it has printed this much. */
const start = (given: ReadonlyArray<string>, until: RegExp): Promise<void> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script, ...given], { cwd: folder })
    started.push(child)
    let said = ""
    const hear = (bytes: Buffer) => {
      said += bytes
      if (until.test(said)) resolve()
    }
    child.stdout.on("data", hear)
    child.stderr.on("data", hear)
    child.once("exit", (code) =>
      reject(new Error(`${given.join(" ")} ended with ${code}: ${said}`))
    )
  })

beforeAll(async () => {
  installation.write("my.json", small)
  installation.write("nightly.json", { checks: [{ scenarios: ["my.json"] }] })
  copyFileSync(
    new URL("../../../checker/examples/lock.ts", import.meta.url),
    join(folder, "lock.ts")
  )
  writeFileSync(
    join(dirname(script), "explorer.html"),
    "<title>Quorate explorer</title><!-- start -->"
  )
  const run = await runHere(folder, [
    ...["check", "lock.ts#careless"],
    ...["--format", "itf", "--workers", "1"]
  ])
  writeFileSync(join(folder, "run.itf.json"), run.stdout)
  ports = await freePorts(12)
  await start(["cluster", "--port", String(ports[0])], /Redis clients connect/)
})
afterAll(async () => {
  for (const child of started)
    await new Promise((resolve) => {
      child.once("close", resolve)
      child.kill("SIGINT") || resolve(undefined)
    })
  installation.remove()
})

/** What an example needs to run alongside others, without a browser, and soon. */
const tried = (example: string): ReadonlyArray<string> =>
  example
    .replace(/^quorate /, "")
    .replace(" --open", "")
    .replace(/^check \w+$/, "$& --max-states 30")
    .replace(/^check .+/, "$& --workers 1")
    .replace(/--runs \d+/, "--runs 1")
    // There is no database, and there are no other machines.
    .replace("postgres://q@db/q --workers 0", "sqlite:nightly-elsewhere.sqlite --workers 1")
    .replaceAll(/:700(\d)/g, (_, digit) => `:${ports[8 + Number(digit)]}`)
    .split(" ")

/** Starts the first nodes but s1, which an example starts: a system begins when all are there. */
const startOthers = async (given: ReadonlyArray<string>): Promise<void> => {
  const servers = given[given.indexOf("--servers") + 1] as string
  for (const name of ["s2", "s3"])
    await start(
      ["node", "--name", name, "--servers", servers, "--data", `data/${name}`],
      /listens on/
    )
}

/** These run in the test's process: that their processes end is shown by tests of their own. */
const inProcess = ["campaign", "check", "init", "replay", "show", "simulate"]

/** The exit codes of examples that show what is wrong, and of those that are cut short. */
const codes: ReadonlyArray<readonly [RegExp, number]> = [
  [/--variant quorum-one-short/, 12],
  // A run of the model, at whose end something is broken.
  [/^quorate replay run\.itf\.json/, 12],
  [/check \w+$/, 14]
]

describe("the help texts", () => {
  it.each([...helps])("fit a hundred columns: %s", (_, text) => {
    const lines = text.split("\n")
    // A command is not broken into pieces: people copy it.
    const long = lines.filter((line) => line.length > 100 && !/^\s*quorate /.test(line))
    expect(long).toEqual([])
  })
})

describe("the examples of the help texts", () => {
  it("are given for every command whose arguments need explaining", () => {
    expect(examples.size).toBeGreaterThan(10)
    for (const name of ["check", "explore", "init", "node", "reconfigure", "simulate"])
      expect([...examples].some((example) => example.startsWith(`quorate ${name}`))).toBe(true)
  })

  it.each([...examples])("%s", async (example) => {
    const given = tried(example)
    const [name] = given
    if (name === "explore" && !given.includes("--out"))
      return start([...given, "--port", "0"], /http:/)
    if (name === "node") return start(given, /listen|serves|ready|node /i)
    if (name === "begin") await startOthers(given)
    if (name === "mcp") {
      const child = spawn(process.execPath, [script, ...given], { cwd: folder })
      child.stdin.end()
      return expect(await new Promise((resolve) => child.once("close", resolve))).toBe(0)
    }
    const environment = { QUORATE_SERVERS: "file:quorate-data/servers" }
    const { code, stderr } = inProcess.includes(name as string)
      ? await runHere(folder, given)
      : await installation.run(given, { environment })
    const expected = codes.find(([pattern]) => pattern.test(example))?.[1] ?? 0
    expect([code, code === expected ? "" : stderr]).toEqual([expected, ""])
  })
})
