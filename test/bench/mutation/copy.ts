/**
 * A copy of the repository as it was when the bench began, in which one file at a time is mutated.
 * What is edited in the repository meanwhile disturbs no judgement.
 */
import { spawn } from "node:child_process"
import { cpSync, globSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { JudgeProcess } from "./judge-process.ts"
import { root } from "./root.ts"

/** The tests that judge mutants. */
const judging = [
  "test/spec/**/*.test.ts",
  "test/checker/scenario/*.test.ts",
  "test/checker/report/*.test.ts",
  "test/checker/dbqs.test.ts",
  "test/checker/network/adversary.test.ts",
  "test/checker/network/refinement.test.ts"
]

export const judgingFiles = (): ReadonlyArray<string> =>
  judging.flatMap((pattern) => globSync(pattern, { cwd: root })).sort()

/** The environment variable with the room of the mutant, such as `spec/rambo`. */
export const roomVariable = "QUORATE_MUTATED_ROOM"

/** In the process of the tests: the next test begins when one ends. */
const watched = `import { afterEach } from "vitest"
import { watch } from "./test/bench/mutation/watchdog.ts"

const next = watch(60_000)
afterEach(() => void next())
`

/**
 * Tests of the mutant's own room run first, and of these, as of all others, the shortest: the first
 * that fails ends the judgement.
 */
const configuration = `import { defineConfig } from "vitest/config"
import { BaseSequencer } from "vitest/node"

class OwnRoomFirst extends BaseSequencer {
  async sort(files) {
    const isOwn = ({ moduleId }) =>
      Number(moduleId.includes("/test/" + process.env.${roomVariable} + "/"))
    return (await super.sort(files)).reverse().sort((left, right) => isOwn(right) - isOwn(left))
  }
}

export default defineConfig({
  cacheDir: ".cache",
  test: {
    setupFiles: ["test/setup.ts", "watched.ts"],
    include: ${JSON.stringify(judging)},
    sequence: { sequencer: OwnRoomFirst },
    isolate: false,
    experimental: { viteModuleRunner: false, nodeLoader: false },
    testTimeout: 300_000
  }
})
`

export interface Ended {
  readonly code: number | "time"
  readonly output: string
}

export class Copy {
  /** The folder of the copy, and of what is built from it. */
  readonly folder: string
  readonly tree: string
  readonly judge: JudgeProcess

  constructor(folder: string) {
    this.folder = folder
    this.tree = join(folder, "tree")
    mkdirSync(this.tree, { recursive: true })
    for (const name of [
      "spec",
      "checker",
      "impl",
      "proofs",
      "test",
      "package.json",
      "tsconfig.json"
    ])
      cpSync(join(root, name), join(this.tree, name), { recursive: true })
    writeFileSync(join(this.tree, "vitest.config.ts"), configuration)
    writeFileSync(join(this.tree, "watched.ts"), watched)
    this.judge = new JudgeProcess(this.tree)
    symlinkSync(join(root, "node_modules"), join(this.tree, "node_modules"))
  }

  /** Does something while a file has another text. */
  async changed<Result>(
    { file, text }: { readonly file: string; readonly text: string },
    task: () => Promise<Result>
  ): Promise<Result> {
    const path = join(this.tree, file)
    const original = readFileSync(path, "utf8")
    writeFileSync(path, text)
    try {
      return await task()
    } finally {
      writeFileSync(path, original)
    }
  }

  /** Runs a module or program of Node in the copy; one that takes too long is killed. */
  run(
    args: ReadonlyArray<string>,
    maxMilliseconds: number,
    environment: Readonly<Record<string, string>> = {}
  ): Promise<Ended> {
    return new Promise((done) => {
      const child = spawn(process.execPath, args, {
        cwd: this.tree,
        env: { ...process.env, NO_COLOR: "1", ...environment },
        detached: true
      })
      let output = ""
      let late = false
      const hear = (data: Buffer) => {
        output += data
      }
      child.stdout.on("data", hear)
      child.stderr.on("data", hear)
      const timer = setTimeout(() => {
        late = true
        if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL")
      }, maxMilliseconds)
      child.on("close", (code) => {
        clearTimeout(timer)
        done({ code: late ? "time" : (code ?? 1), output })
      })
    })
  }
}
