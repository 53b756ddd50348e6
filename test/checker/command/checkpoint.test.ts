/**
 * A run that is killed resumes from its last checkpoint and ends as if nothing had happened; a
 * checkpoint of another run, or an incomplete one, is refused.
 */
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync
} from "node:fs"
import { availableParallelism } from "node:os"
import { join } from "node:path"
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest"
import { documentOf } from "./documents.ts"
import { runHere } from "./in-process.ts"
import { type Finished, Installation } from "./installation.ts"

let installation: Installation
let folder: string
beforeAll(() => {
  installation = new Installation()
  folder = join(installation.folder, "saved")
})
afterAll(() => installation.remove())
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const watchMilliseconds = 2

/**
 * Runs until a checkpoint with at least this number is whole, and kills the process at that
 * instant.
 */
const killAfter = async (checkpoints: number, invocation: ReadonlyArray<string>): Promise<void> => {
  let isKilled = false
  const run = installation.run(invocation, {
    started: (running) => {
      const watch = setInterval(() => {
        if (currentNumber() < checkpoints) return
        isKilled = running.kill("SIGKILL")
        clearInterval(watch)
      }, watchMilliseconds)
      running.on("exit", () => clearInterval(watch))
    }
  })
  await expect(run).rejects.toThrow("it did not end")
  expect(isKilled).toBe(true)
}

const currentNumber = (): number => {
  try {
    return Number(JSON.parse(readFileSync(join(folder, "current"), "utf8")).checkpoint)
  } catch {
    return 0
  }
}

const here = (invocation: ReadonlyArray<string>): Promise<Finished> =>
  runHere(installation.folder, invocation)

/** What must not depend on where a run was interrupted. */
const outcome = (stdout: string) => {
  const { states, properties, exhaustive, actions, vacuous, verdict } = documentOf(stdout)
  return {
    states,
    exhaustive,
    actions,
    vacuous,
    verdict,
    properties: properties.map(({ name, verdict: one }) => [name, one])
  }
}

/** What is said of more workers than the machine runs at a time, and nothing else. */
const noteOn = (workers: number) =>
  workers > availableParallelism()
    ? expect.stringMatching(/^note: this machine runs \d+ threads at a time: .*\n$/)
    : ""

/** The outcome of an uninterrupted run: the same each time, so it runs once. */
const uninterrupted = async (invocation: ReadonlyArray<string>): Promise<Finished> => {
  const name = invocation.join(" ")
  const finished = taken.get(name) ?? (await here(invocation))
  taken.set(name, finished)
  return finished
}
const taken = new Map<string, Finished>()

const unreduced = ["check", "majority/write-read", "--reduction", "none", "--json"]
const often = ["--checkpoint-every", "0.01"]

describe("a run that was killed", () => {
  it.each([
    ["fingerprints", ["1", "2"], "1"],
    ["states", ["2"], "3"]
  ])(
    "ends as one that was not, keeping %s, killed with %j workers in turn, resumed at last by %s",
    async (keeping, killed, last) => {
      const invocation = [...unreduced, "--keep", keeping]
      const whole = await uninterrupted(invocation)
      let generated = 1
      for (const [turn, workers] of killed.entries()) {
        const saving = [turn === 0 ? "--checkpoint" : "--resume", "saved", ...often]
        const next = Math.max(2, currentNumber() + 1)
        await killAfter(next, [...invocation, "--workers", workers, ...saving])
        expect(manifest().check.progress.generated).toBeGreaterThan(generated)
        generated = manifest().check.progress.generated
      }
      const resuming = [...invocation, "--workers", last, "--resume", "saved"]
      const resumed = await installation.run(resuming)
      expect([resumed.code, resumed.stderr]).toEqual([whole.code, noteOn(Number(last))])
      expect(outcome(resumed.stdout)).toEqual(outcome(whole.stdout))
      // It is over: nothing is left to resume.
      expect(existsSync(folder)).toBe(false)
    }
  )

  it("still finds its violation, with the same counterexample", async () => {
    const invocation = [
      "check",
      "majority/mutants/read-without-set-phase",
      "--reduction",
      "none",
      "--json"
    ]
    const whole = documentOf((await here(invocation)).stdout)
    await killAfter(2, [...invocation, "--checkpoint", "saved", ...often])
    const resumed = documentOf((await here([...invocation, "--resume", "saved"])).stdout)
    expect([resumed.properties, resumed.states]).toEqual([whole.properties, whole.states])
  })
})

const manifest = () => JSON.parse(readFileSync(join(currentPlace(), "manifest.json"), "utf8"))
const currentPlace = (): string => join(folder, String(currentNumber()).padStart(8, "0"))

describe("a run that met a limit", () => {
  const limited = [...unreduced, "--checkpoint", "saved", "--max-states", "5000"]

  it("is saved, and resumes where it stopped", async () => {
    const first = await installation.run(limited)
    expect(first.code).toBe(14)
    expect(readdirSync(folder)).toEqual(["00000001", "current"])
    cpSync(folder, kept(), { recursive: true })
    const resumed = await here([...unreduced, "--resume", "saved"])
    expect(outcome(resumed.stdout)).toEqual(
      outcome((await uninterrupted([...unreduced, "--keep", "states"])).stdout)
    )
  })

  /** Saves what a run to the limit saves: the same each time, so it is searched once. */
  const save = async (): Promise<void> => {
    if (!existsSync(kept())) await here(limited)
    else cpSync(kept(), folder, { recursive: true })
  }
  const kept = () => join(installation.folder, "kept")

  const refused = async (invocation: ReadonlyArray<string>, message: RegExp) => {
    const { code, stdout, stderr } = await here(invocation)
    expect([code, stdout]).toEqual([2, ""])
    expect(stderr).toMatch(/^quorate: --[^\n]+\n$/)
    expect(stderr).toMatch(message)
  }

  it("is not taken for another run, nor overwritten by one", async () => {
    await save()
    const resume = ["--resume", "saved"]
    await refused(
      ["check", "majority/write", "--reduction", "none", ...resume],
      /belongs to another scenario \(majority\/write-read\)/
    )
    await refused(
      ["check", "majority/write-read", ...resume],
      /belongs to a run with other reductions \(--reduction none\)/
    )
    await refused(
      [...unreduced, "--keep", "fingerprints", ...resume],
      /belongs to a run with --keep states/
    )
    await refused(
      [...unreduced, "--properties", "atomicity", ...resume],
      /checks other properties \(the scenario's\)/
    )
    await refused(limited, /saved holds a checkpoint already — resume it/)
  })

  it("is refused when any of its files is damaged", async () => {
    await save()
    const damagedIs = (message: RegExp) => refused([...unreduced, "--resume", "saved"], message)
    for (const name of ["partition-17", "contents", "manifest.json"]) {
      const file = join(currentPlace(), name)
      const whole = readFileSync(file)
      const damaged = Uint8Array.from(whole)
      damaged[damaged.length >> 1] = (damaged[damaged.length >> 1] as number) ^ 1
      writeFileSync(file, damaged)
      await damagedIs(new RegExp(`saved is damaged: ${name} has changed since it was written`))
      writeFileSync(file, whole.subarray(0, -1))
      await damagedIs(new RegExp(`saved is damaged: ${name}`))
      rmSync(file)
      await damagedIs(new RegExp(`saved is damaged: ${name}`))
      writeFileSync(file, whole)
    }
    appendFileSync(join(folder, "current"), "}")
    await damagedIs(/saved is damaged/)
  })
})

describe("flags of checkpoints that cannot be used", () => {
  const refusals: ReadonlyArray<readonly [string, RegExp]> = [
    ["majority/write --resume nowhere", /--resume: nowhere holds no checkpoint/],
    [
      "majority/write --checkpoint package.json",
      /--checkpoint: package\.json cannot be written \(EEXIST\)/
    ],
    ["majority/write naive --checkpoint saved", /--checkpoint needs exactly one scenario/],
    [
      "majority/write --checkpoint saved --order dfs",
      /--checkpoint needs --order bfs: other searches are not saved/
    ],
    ["majority/write --resume saved --order random", /--resume needs --order bfs/],
    ["majority/write --checkpoint-every 5", /--checkpoint-every needs --checkpoint or --resume/],
    [
      "majority/write --checkpoint saved --checkpoint-every 0",
      /--checkpoint-every: write a number of seconds above 0/
    ]
  ]
  it.each(refusals)("are refused in one line: quorate check %s", async (invocation, message) => {
    const { code, stdout, stderr } = await here(["check", ...invocation.split(" ")])
    expect([code, stdout]).toEqual([2, ""])
    expect(stderr).toMatch(/^quorate: [^\n]+\n$/)
    expect(stderr).toMatch(message)
  })

  it("does not touch a folder's other files", async () => {
    mkdirSync(folder)
    writeFileSync(join(folder, "notes.txt"), "mine")
    const saving = ["--workers", "1", "--checkpoint", "saved", ...often]
    await installation.run(["check", "majority/write", ...saving])
    expect(readdirSync(folder)).toEqual(["notes.txt"])
  })
})
