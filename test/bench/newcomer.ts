/**
 * A newcomer's first steps, with the package as published: packed, and installed into an empty
 * folder outside the repository. On each named Node (`--node 22 --node 24`; by default on this
 * one), a 30-line model with a bug in it and `npx quorate check` show the run that breaks it;
 * `init` writes a model that can be checked; the explorer opens a counterexample within a minute;
 * programs import each part of the library. Finally, a bundle for a browser.
 *
 * It needs the registry, and some minutes. It only checks that everything works, and within the
 * minute.
 */
import { execFileSync, spawn } from "node:child_process"
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync
} from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { build } from "esbuild"
import { chromium } from "playwright-core"

const root = fileURLToPath(new URL("../..", import.meta.url))
const executablePath = process.env.QUORATE_CHROMIUM ?? "/usr/bin/chromium"
const flags = "--no-sandbox --disable-gpu --disable-quic --no-first-run"
const maxSeconds = 60

/** Two clients add to a counter: each reads it in one step and writes it in another. */
const model = `import type { Relation } from "quorate/checker"

interface Counter {
  readonly value: number
  readonly read: { readonly a: number | null; readonly b: number | null }
  readonly added: number
}

const clients = ["a", "b"] as const

const counter: Relation<Counter> = {
  initial: [{ value: 0, read: { a: null, b: null }, added: 0 }],
  actions: Object.fromEntries(
    clients.flatMap((client) => [
      [
        \`read(\${client})\`,
        ({ value, read, added }: Counter) =>
          read[client] === null && added < 2 ? [{ read: { [client]: value } }] : []
      ],
      [
        \`write(\${client})\`,
        ({ read, added }: Counter) => {
          const seen = read[client]
          return seen === null ? [] : [{ value: seen + 1, read: { [client]: null }, added: added + 1 }]
        }
      ]
    ])
  ),
  invariants: { "nothing is lost": ({ value, added }) => value === added }
}
export default counter
`

const programs = {
  spec: `import { majority } from "quorate/spec"\nconsole.log(majority.name)\n`,
  checker: `import { checkRelation } from "quorate/checker"
const report = checkRelation({ initial: [{ n: 0 }], actions: { up: ({ n }) => (n < 3 ? [{ n: n + 1 }] : []) } })
console.log(report.verdict, report.states.distinct)\n`,
  proofs: `import { protocols } from "quorate/proofs"\nconsole.log(protocols.length)\n`,
  client: `import { connect } from "quorate/client"\nconsole.log(typeof connect)\n`
} as const

interface Ran {
  readonly code: number
  readonly output: string
  readonly seconds: number
}

const ran = (command: string, cwd: string, path: string): Ran => {
  const started = performance.now()
  const env = { ...process.env, PATH: path, npm_config_update_notifier: "false" }
  let code = 0
  let output = ""
  try {
    output = execFileSync("sh", ["-c", `${command} 2>&1`], {
      cwd,
      env,
      encoding: "utf8",
      timeout: 180_000
    })
  } catch (error) {
    const { status, stdout } = error as { readonly status: number; readonly stdout: string }
    code = status
    output = stdout
  }
  return { code, output, seconds: (performance.now() - started) / 1000 }
}

const tell = (what: string, isRight: boolean, { output, seconds }: Ran): void => {
  console.log(`${isRight ? "right" : "WRONG"}  ${seconds.toFixed(1).padStart(5)} s  ${what}`)
  if (isRight) return
  process.exitCode = 1
  console.log(output.slice(-2000))
}

/** The PATH on which this version of Node comes first; without one, that of this process. */
const pathOf = (version: string | undefined): string => {
  const own = `${dirname(process.execPath)}:${process.env.PATH}`
  if (version === undefined) return own
  const node = execFileSync("npx", ["-y", "-p", `node@${version}`, "which", "node"], {
    cwd: tmpdir(),
    encoding: "utf8"
  })
  return `${dirname(node.trim())}:${own}`
}

/** Packs the package, as it would be published, into a folder. */
const packed = (into: string): string => {
  const output = execFileSync("npm", ["pack", "--pack-destination", into], {
    ...{ cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }
  })
  const archive = join(into, output.trim().split("\n").at(-1) as string)
  console.log(`the package: ${(statSync(archive).size / 2 ** 20).toFixed(1)} MiB`)
  return archive
}

/** Opens the explorer as a person does, and waits until it shows a counterexample. */
const explored = async (cwd: string, path: string): Promise<Ran> => {
  const started = performance.now()
  const child = spawn("npx", ["quorate", "explore", "counter.ts", "--port", "0"], {
    cwd,
    env: { ...process.env, PATH: path },
    // Ctrl-C reaches all processes of a terminal: npm does not pass it on.
    detached: true
  })
  const ended = new Promise((resolve) => child.once("close", resolve))
  let output = ""
  const address = await new Promise<string>((resolve) => {
    const hear = (bytes: Buffer) => {
      output += bytes
      const [found] = /http:\S+/.exec(output) ?? []
      if (found !== undefined) resolve(found)
    }
    child.stdout.on("data", hear)
    child.stderr.on("data", hear)
    child.once("exit", () => resolve(""))
  })
  const browser = await chromium.launch({ executablePath, args: flags.split(" ") })
  let code = 0
  try {
    const page = await browser.newPage()
    await page.goto(address)
    await page
      .locator(".verdict.broken")
      .first()
      .waitFor({ timeout: maxSeconds * 1000 })
  } catch (error) {
    code = 1
    output += (error as Error).message
  }
  const seconds = (performance.now() - started) / 1000
  await browser.close()
  process.kill(-(child.pid as number), "SIGINT")
  await ended
  return { code, output, seconds }
}

/** The library in a page: one bundle, which says what it found. */
const bundled = async (cwd: string): Promise<Ran> => {
  const started = performance.now()
  writeFileSync(
    join(cwd, "page.mjs"),
    `import { majority } from "quorate/spec"
import { checkRelation } from "quorate/checker"
const { verdict } = checkRelation({ initial: [{ n: 0 }], actions: { up: ({ n }) => (n < 3 ? [{ n: n + 1 }] : []) } })
document.title = majority.name + " " + verdict\n`
  )
  await build({
    ...{ entryPoints: [join(cwd, "page.mjs")], outfile: join(cwd, "page.js") },
    ...{ bundle: true, minify: true, format: "iife", platform: "browser", logLevel: "error" }
  })
  const browser = await chromium.launch({ executablePath, args: flags.split(" ") })
  const page = await browser.newPage()
  await page.goto("about:blank")
  await page.addScriptTag({ content: readFileSync(join(cwd, "page.js"), "utf8") })
  const title = await page.title()
  await browser.close()
  const size = statSync(join(cwd, "page.js")).size / 1000
  const output = `${title}, ${size.toFixed(0)} kB`
  return { code: 0, output, seconds: (performance.now() - started) / 1000 }
}

const on = async (version: string | undefined, archive: string, folder: string): Promise<void> => {
  const path = pathOf(version)
  mkdirSync(folder)
  const run = (command: string) => ran(command, folder, path)
  const node = run("node --version").output.trim()
  console.log(`\nNode ${node}`)
  writeFileSync(join(folder, "counter.ts"), model)
  const installed = run(`npm install --engine-strict --no-audit --no-fund ${archive}`)
  const isQuiet = !/EBADENGINE|npm warn/i.test(installed.output)
  tell(
    "npm install --engine-strict, nothing to warn of",
    installed.code === 0 && isQuiet,
    installed
  )
  const own = ["node_modules/.bin/node", "node_modules/node"].map((path) => join(folder, path))
  tell(
    "it brings no Node of its own",
    own.every((path) => !existsSync(path)),
    installed
  )
  const checked = run("npx quorate check counter.ts")
  const isTold = /"nothing is lost" is false after 4 steps[\s\S]*write\(b\)/.test(checked.output)
  tell(
    "npx quorate check counter.ts: the run that loses a step",
    checked.code === 12 && isTold,
    checked
  )
  const found = await explored(folder, path)
  tell(
    "npx quorate explore counter.ts: shown in a browser",
    found.code === 0 && found.seconds < maxSeconds,
    found
  )
  const begun = run(
    "npx quorate init first && npx quorate check first/scenario.json && npx quorate check first/model.mjs"
  )
  tell("npx quorate init first, checked and run", begun.code === 0, begun)
  for (const [part, program] of Object.entries(programs)) {
    writeFileSync(join(folder, `${part}.mjs`), program)
    const imported = run(`node ${part}.mjs`)
    tell(`quorate/${part}: ${imported.output.trim().slice(0, 40)}`, imported.code === 0, imported)
  }
  const inBrowser = await bundled(folder)
  tell(`a bundle for a browser: ${inBrowser.output}`, inBrowser.output.includes("holds"), inBrowser)
}

export const newcomer = async (options: ReadonlyArray<string>): Promise<void> => {
  const versions = options.flatMap((one, at) => (one === "--node" ? [options[at + 1]] : []))
  const folder = mkdtempSync(join(tmpdir(), "quorate-newcomer-"))
  try {
    const archive = packed(folder)
    for (const version of versions.length === 0 ? [undefined] : versions)
      await on(version, archive, join(folder, `on-${version ?? "this"}`))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
