/**
 * The command as a user has it: built by the package's own script into a folder outside the
 * repository, and run as a process.
 */
import { type ChildProcessByStdio, execFileSync, spawn } from "node:child_process"
import {
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync
} from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import type { Readable, Writable } from "node:stream"
import { fileURLToPath, pathToFileURL } from "node:url"

const packageFolder = fileURLToPath(new URL("../../..", import.meta.url))

/** The longest that a process may take; one that takes longer is killed, and its test fails. */
const maxMilliseconds = 50_000

/** What a process left behind. */
export interface Finished {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

type Running = ChildProcessByStdio<Writable, Readable, Readable>

export interface Options {
  /** A module that the process loads before the command. */
  readonly preload?: string
  /** What it reads from standard input. */
  readonly input?: string
  readonly environment?: Readonly<Record<string, string>>
  /**
   * Hears of the process once it has been started, and once it has written something to standard
   * error.
   */
  readonly started?: (running: Running) => void
  readonly progressed?: (running: Running) => void
}

/** Builds the command as the package's own script does. */
const build = (folder: string): void => {
  const { scripts } = JSON.parse(readFileSync(join(packageFolder, "package.json"), "utf8"))
  const tools = join(packageFolder, "node_modules", ".bin")
  execFileSync("sh", ["-c", `${scripts["build:command"]} --outdir="${folder}"`], {
    cwd: packageFolder,
    env: { PATH: `${tools}:${process.env.PATH}` }
  })
}

/** What was built, without what processes that run it have compiled so far. */
const copyBuilt = (from: string, to: string): void =>
  cpSync(join(from, ".build"), join(to, ".build"), {
    recursive: true,
    filter: (file) => file !== compiledIn(from)
  })

/** Installs the command in a folder: what it is built into, and what belongs to it. */
const install = (folder: string, hasScenarios: boolean): void => {
  const shared = process.env[sharedFolder]
  if (shared === undefined) build(dirname(scriptIn(folder)))
  else copyBuilt(shared, folder)
  copyFileSync(join(packageFolder, "package.json"), join(folder, "package.json"))
  // The bundle leaves it out: it is a library of the machine's own code.
  mkdirSync(join(folder, "node_modules"))
  const native = join("node_modules", "fs-native-extensions")
  symlinkSync(join(packageFolder, native), join(folder, native))
  if (!hasScenarios) return
  mkdirSync(join(folder, "checker"))
  symlinkSync(join(packageFolder, "checker", "scenarios"), join(folder, "checker", "scenarios"))
}

const scriptIn = (folder: string): string => join(folder, ".build", "quorate.js")
const compiledIn = (folder: string): string => join(folder, ".build", ".cache")
const temporaryFolder = (): string => mkdtempSync(join(tmpdir(), "quorate-command-"))

/** Where a run of the suite has the command that its files share. */
const sharedFolder = "QUORATE_TEST_INSTALLATION"

/** Installs the command that the files of a run of the suite share; returns how to remove it. */
export const installShared = (): (() => void) => {
  const folder = temporaryFolder()
  install(folder, true)
  process.env[sharedFolder] = folder
  return () => rmSync(folder, { recursive: true })
}

/** The command that the files of a run of the suite share. */
export const builtCommand = (): URL => {
  const shared = process.env[sharedFolder]
  if (shared === undefined) throw new Error("the command is built before a run of the suite")
  return pathToFileURL(scriptIn(shared))
}

export class Installation {
  /** The files that tests write. */
  readonly folder = temporaryFolder()
  readonly script: string

  /** Without `scenarios`, it lacks what should have been installed with it. */
  constructor({ scenarios }: { readonly scenarios: boolean } = { scenarios: true }) {
    const shared = scenarios ? process.env[sharedFolder] : undefined
    if (shared === undefined) install(this.folder, scenarios)
    else copyFileSync(join(shared, "package.json"), join(this.folder, "package.json"))
    this.script = scriptIn(shared ?? this.folder)
    // Whatever a test starts of it compiles nothing that another has compiled.
    if (shared !== undefined) process.env.NODE_COMPILE_CACHE = compiledIn(shared)
  }

  remove(): void {
    rmSync(this.folder, { recursive: true })
  }

  /** Writes a file, and tells its path. */
  write(name: string, content: unknown): string {
    const file = join(this.folder, name)
    writeFileSync(
      file,
      typeof content === "string" || content instanceof Uint8Array
        ? content
        : JSON.stringify(content)
    )
    return file
  }

  read(name: string): string {
    return readFileSync(join(this.folder, name), "utf8")
  }

  /** Runs the command to its end, in the folder. */
  run(invocation: ReadonlyArray<string>, options: Options = {}): Promise<Finished> {
    return new Promise((resolve, reject) => {
      const preload = options.preload === undefined ? [] : ["--import", dataUrl(options.preload)]
      const running = spawn(process.execPath, [...preload, this.script, ...invocation], {
        cwd: this.folder,
        env: {
          PATH: process.env.PATH,
          NODE_COMPILE_CACHE: compiledIn(dirname(dirname(this.script))),
          ...options.environment
        },
        stdio: ["pipe", "pipe", "pipe"],
        timeout: maxMilliseconds,
        killSignal: "SIGKILL"
      })
      let stdout = ""
      let stderr = ""
      running.stdout.setEncoding("utf8").on("data", (text: string) => {
        stdout += text
      })
      running.stderr.setEncoding("utf8").on("data", (text: string) => {
        if (stderr === "") options.progressed?.(running)
        stderr += text
      })
      running.on("error", reject)
      running.on("close", (code, signal) =>
        signal === "SIGKILL"
          ? reject(new Error("it did not end"))
          : resolve({ code, stdout, stderr })
      )
      // Whoever does not read it may end before it is written.
      running.stdin.on("error", () => undefined).end(options.input)
      options.started?.(running)
    })
  }
}

const dataUrl = (module: string): string => `data:text/javascript,${encodeURIComponent(module)}`

/** Makes the command believe that standard error is a terminal, so that progress is soon shown. */
export const onTerminal = (columns: number): string =>
  `Object.assign(process.stderr, { isTTY: true, columns: ${columns} })`

/** What the command writes to clear the line of a terminal. */
export const cleared = "\r\x1b[2K"

/** A scenario whose states no test will ever see all of. */
export const endless = {
  protocol: "majority",
  servers: 5,
  clients: [
    ["write 1", "read", "write 2"],
    ["write 3", "read", "write 4"],
    ["write 5", "read", "write 6"],
    ["read", "read", "read"]
  ],
  faults: { crashes: { servers: 2, clients: 2 } }
}

/** A small scenario of which everything holds. */
export const small = { protocol: "majority", servers: 3, clients: [["write 1"], ["read"]] }
