/**
 * The commands and programs in the README work as printed: commands in the order of the text, in an
 * empty folder; programs as modules. There are two differences: the tests take free ports, since
 * another process may have the usual one, and `npm ci && …` is what continuous integration runs
 * (`.ci/run`).
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process"
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { explorerPage } from "../checker/command/explorer-page.ts"
import { freePorts } from "./bench/store/system.ts"
import { Installation } from "./checker/command/installation.ts"

const root = fileURLToPath(new URL("..", import.meta.url))
const readme = readFileSync(join(root, "README.md"), "utf8")

/** The blocks of code in one language, without their fences. */
const blocks = (text: string, language: string): ReadonlyArray<string> =>
  [...text.matchAll(/```(\w+)\n([\s\S]*?)```/g)].flatMap(([, name, code]) =>
    name === language ? [code as string] : []
  )

/** The commands of the blocks for a shell, in order. */
const commands = blocks(readme, "sh")
  .flatMap((block) => block.split("\n"))
  .filter((line) => line.trim() !== "")

const installation = new Installation()
const { folder, script } = installation
const started: Array<ChildProcess> = []
let port: number
let environment: Readonly<Record<string, string>>

beforeAll(async () => {
  ;[port = 0] = await freePorts(8)
  environment = {
    PATH: `${join(folder, "bin")}:${process.env.PATH}`,
    // Of what other tests have compiled, nothing is compiled again.
    NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? ""
  }
  mkdirSync(join(folder, "bin"))
  const npx = `#!/bin/sh\n[ "$1" = quorate ] || exit 9\nshift\nexec "${process.execPath}" "${script}" "$@"\n`
  writeFileSync(join(folder, "bin", "npx"), npx, { mode: 0o755 })
  mkdirSync(join(folder, "checker/examples"), { recursive: true })
  for (const example of commands.flatMap((line) => line.match(/checker\/examples\/\S+\.ts/) ?? []))
    copyFileSync(join(root, example), join(folder, example))
  const { page } = await explorerPage()
  writeFileSync(join(dirname(script), "explorer.html"), page)
  for (const json of blocks(readme, "json")) writeFileSync(join(folder, "my-scenario.json"), json)
})
afterAll(async () => {
  for (const child of started)
    await new Promise((resolve) => {
      child.once("close", resolve)
      child.kill("SIGINT")
    })
  installation.remove()
})

/** Starts a command that runs until Ctrl-C, and waits until it reports that it is up. */
const start = (command: string, until: RegExp): Promise<string> =>
  new Promise((resolve, reject) => {
    const child = spawn("sh", ["-c", `exec ${command}`], { cwd: folder, env: environment })
    started.push(child)
    let said = ""
    const hear = (bytes: Buffer) => {
      said += bytes
      if (until.test(said)) resolve(said)
    }
    child.stdout.on("data", hear)
    child.stderr.on("data", hear)
    child.once("exit", (code) => reject(new Error(`${command} ended with ${code}: ${said}`)))
  })

/** The environment that `export NAME=VALUE` leaves to the commands after it. */
const exported = (line: string): boolean => {
  const [, name, value] = /^export (\w+)=(.*)$/.exec(line) ?? []
  if (name === undefined || value === undefined) return false
  environment = { ...environment, [name]: value }
  return true
}

const scripts: Readonly<Record<string, string>> = JSON.parse(
  readFileSync(join(root, "package.json"), "utf8")
).scripts

describe("each command of the README", () => {
  it("is one of at least eight, in a README of at most 150 lines", () => {
    expect(commands.length).toBeGreaterThanOrEqual(8)
    expect(readme.split("\n").length).toBeLessThanOrEqual(151)
  })

  it.each(commands)("%s", async (command) => {
    const line = command.replace(/\s+#.*$/, "")
    if (line.startsWith("npm ci && ")) {
      const name = line.replace(/^npm ci && npm (?:run )?/, "")
      return expect(Object.keys(scripts)).toContain(name)
    }
    if (exported(line)) return
    if (/^npx quorate cluster/.test(line)) {
      await start(`${line} --port ${port}`, /Redis clients connect/)
      return
    }
    if (/^npx quorate explore (?!.*--out)/.test(line)) {
      const [address = ""] = /http:\S+/.exec(await start(`${line} --port 0`, /http:\S+\//)) ?? []
      expect(await (await fetch(address)).text()).toContain("Quorate explorer")
      return
    }
    const { status, stderr, stdout } = spawnSync("sh", ["-c", line], {
      ...{ cwd: folder, env: environment, encoding: "utf8" }
    })
    expect([status, stderr.replace(/^\S+: [\d,]+ states.*\n/gm, "")]).toEqual([0, ""])
    if (!/ put /.test(line)) expect(stdout).not.toBe("")
  })
})

/** The programs of documents that can be run as they stand: they print what their comments say. */
const programs = [
  "README.md",
  "checker/examples/README.md",
  "proofs/README.md",
  "impl/client/README.md"
].flatMap((document) =>
  blocks(readFileSync(join(root, document), "utf8"), "ts")
    .filter((program) => program.includes("console.log("))
    .map((program, at) => ({ document, program, at }))
)

/** Where the sources of what the package exports are. */
const entries: Readonly<Record<string, string>> = {
  "quorate/spec": "spec/index.ts",
  "quorate/checker": "checker/index.ts",
  "quorate/proofs": "proofs/index.ts",
  "quorate/client": "impl/client/store.ts"
}

describe("each program of a document", () => {
  it("covers all that the package exports", () => {
    for (const name of Object.keys(entries))
      expect(programs.some(({ program }) => program.includes(`"${name}"`))).toBe(true)
  })

  it.each(programs)("$document, $at", async ({ document, program, at }) => {
    const file = join(root, "test", `program-${dirname(document).replaceAll("/", "-")}-${at}.ts`)
    // The cluster that the README's commands have started is in another folder than this process.
    const imported = program
      .replaceAll(
        /"(quorate\/\w+)"/g,
        (_, name) => `"${pathToFileURL(join(root, entries[name] as string))}"`
      )
      .replaceAll("file:quorate-data", `file:${join(folder, "quorate-data")}`)
    const expected = [...program.matchAll(/console\.log\(.*\/\/ (.*)$/gm)].map(
      ([, told]) => told as string
    )
    const said: Array<string> = []
    const log = console.log
    console.log = (...all) => said.push(all.map(String).join(" "))
    try {
      writeFileSync(file, imported)
      await import(pathToFileURL(file).href)
    } finally {
      console.log = log
      rmSync(file)
    }
    expect(expected.length).toBeGreaterThan(0)
    expect(said).toEqual(expected)
  })
})

describe("each link of a document", () => {
  const documents = [
    "README.md",
    ...[5, 6, 7].map((section) => `spec/section-${section}.md`),
    ...[
      "checker",
      "checker/command",
      "checker/examples",
      "impl",
      "impl/client",
      "impl/command",
      "spec",
      "spec/naive",
      "proofs",
      "test",
      "test/bench/study"
    ].map((place) => `${place}/README.md`)
  ]
  it.each(documents)("leads somewhere: %s", (document) => {
    const text = readFileSync(join(root, document), "utf8")
    const links = [...text.matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)].map(
      ([, link]) => link as string
    )
    expect(links.filter((link) => !existsSync(join(root, dirname(document), link)))).toEqual([])
  })
})
