/**
 * Campaigns as a user runs them: several processes of the built command, which are killed and
 * interrupted, over SQLite, and over Postgres if it is installed.
 */
import { DatabaseSync } from "node:sqlite"
import { afterAll, describe, expect, it } from "vitest"
import type { CampaignReport } from "../../../impl/campaign/report.ts"
import { runHere } from "../../checker/command/in-process.ts"
import { Installation, small } from "../../checker/command/installation.ts"
import { Postgres, postgresBin } from "./postgres.ts"

const installation = new Installation()
afterAll(() => installation.remove())

/**
 * Units that take little longer than a process takes to start, and enough of them to be killed, or
 * stopped, in their midst.
 */
const seeds = 8
const campaign = {
  checks: [{ scenarios: ["majority/write-read"], bounds: [{ servers: 3 }] }],
  simulations: [
    {
      protocols: ["majority"],
      bounds: [{ operations: 20, faultMilliseconds: 1000 }],
      seeds: { from: 1, count: seeds },
      atOnce: 2
    }
  ]
}
const units = 1 + seeds / 2

const reportIn = (stdout: string): CampaignReport => JSON.parse(stdout)

/** The outcomes of the units, without their runners and times. */
const outcomesOf = ({ outcomes }: CampaignReport): unknown =>
  outcomes.map(({ id: _, runner: __, seconds: ___, ...outcome }) => outcome)

const seedsOf = ({ outcomes }: CampaignReport): ReadonlyArray<number> =>
  outcomes.flatMap((outcome) => outcome.seeds).sort((left, right) => left - right)

const allSeeds = Array.from({ length: seeds }, (_, at) => at + 1)

interface Runner {
  readonly kill: (signal: NodeJS.Signals) => void
  /** Resolves once the runner has done this many units. */
  readonly done: (units: number) => Promise<void>
  readonly ended: Promise<unknown>
}

const startRunner = (storage: string, workers: number): Runner => {
  let lines = 0
  let heard = () => {}
  let kill = (_: NodeJS.Signals): void => {}
  const words = ["runner", "--storage", storage, "--workers", `${workers}`, "--lost-after", "3"]
  const ended = installation
    .run(words, {
      started: (running) => {
        kill = (signal) => running.kill(signal)
        running.stderr.on("data", (text: string) => {
          lines += text.split("\n").length - 1
          heard()
        })
      }
    })
    .catch((error: unknown) => error)
  return {
    kill: (signal) => kill(signal),
    done: (wanted) =>
      new Promise((resolve) => {
        heard = () => {
          if (lines >= wanted) resolve()
        }
        heard()
      }),
    ended
  }
}

/** Three runners, one of them killed in the middle of its work. */
const withThreeRunners = async (storage: string): Promise<CampaignReport> => {
  const file = installation.write("three.json", campaign)
  const following = installation.run(
    ["campaign", file, "--storage", storage, "--workers", "0", "--json", "--lost-after", "3"],
    { environment: {} }
  )
  const runners = [startRunner(storage, 3), startRunner(storage, 1), startRunner(storage, 1)]
  await runners[0]?.done(1)
  runners[0]?.kill("SIGKILL")
  const { code, stdout, stderr } = await following
  for (const runner of runners) runner.kill("SIGTERM")
  await Promise.all(runners.map(({ ended }) => ended))
  expect(stderr).not.toMatch(/internal error/)
  expect(code).toBe(0)
  return reportIn(stdout)
}

/** Every seed is done exactly once, and all outcomes equal those on one runner. */
const expectEachOnce = async (report: CampaignReport): Promise<void> => {
  expect(report).toMatchObject({ finished: true, units, done: units, seeds, violations: [] })
  expect(report.verdicts.asExpected).toBe(units)
  expect(seedsOf(report)).toEqual(allSeeds)
  expect(Object.keys(report.runners).length).toBeGreaterThan(1)
  const { resumed } = await onOne.reports
  expect(outcomesOf(report)).toEqual(outcomesOf(reportIn(resumed.stdout)))
}

/**
 * The campaign on one runner, stopped by Ctrl-C half-way and then resumed. It runs once: whatever
 * the storage and the runners, its outcomes are to be the same.
 */
class Resumed {
  private taken: ReturnType<Resumed["take"]> | undefined

  get reports(): ReturnType<Resumed["take"]> {
    this.taken ??= this.take()
    return this.taken
  }

  private async take() {
    const file = installation.write("stopped.json", campaign)
    const words = ["campaign", file, "--workers", "2", "--json"]
    const database = `${installation.folder}/stopped.sqlite`
    const stopped = await installation.run(words, {
      started: (running) => {
        const watch = setInterval(() => {
          if (doneIn(database) < 2) return
          clearInterval(watch)
          running.kill("SIGINT")
        }, 50)
        running.on("exit", () => clearInterval(watch))
      }
    })
    const resumed = await runHere(installation.folder, words)
    const again = await runHere(installation.folder, words)
    return { stopped, resumed, again }
  }
}
const onOne = new Resumed()

describe("a campaign over SQLite", () => {
  it("is done by three runners, one killed half-way: every seed exactly once", async () => {
    const report = await withThreeRunners(`sqlite:${installation.folder}/three.sqlite`)
    await expectEachOnce(report)
    const database = new DatabaseSync(`${installation.folder}/three.sqlite`)
    const begun = database.prepare("SELECT MAX(attempts) AS most FROM quorate_queue").get()
    database.close()
    // What the killed one was doing was begun again.
    expect(begun?.most).toBe(2)
  })

  it("stops at Ctrl-C with what it has, and resumes where it stopped", async () => {
    const { stopped, resumed, again } = await onOne.reports
    const first = reportIn(stopped.stdout)
    expect([stopped.code, first.finished]).toEqual([14, false])
    expect(first.done).toBeGreaterThanOrEqual(2)
    expect(first.done).toBeLessThan(units)
    expect(stopped.stderr).toMatch(/the same command continues/)
    const second = reportIn(resumed.stdout)
    expect([resumed.code, second.finished, seedsOf(second)]).toEqual([0, true, allSeeds])
    // What was done before is as it was, and was not done again.
    expect(second.outcomes).toEqual(expect.arrayContaining([...first.outcomes]))
    expect(reportIn(again.stdout)).toEqual(second)
  })

  it("keeps violations with the commands that repeat them, and makes one of a kind smaller", async () => {
    const file = installation.write("broken.json", {
      checks: [
        { scenarios: ["majority/write-read"], variants: ["quorum-one-short"], expect: "holds" }
      ],
      simulations: [
        { protocols: ["majority"], variants: ["quorum-one-short"], seeds: { count: 2 }, atOnce: 1 }
      ]
    })
    const { code, stdout, stderr } = await installation.run(["campaign", file, "--json"])
    const { violations, outcomes } = reportIn(stdout)
    expect([code, violations.length]).toEqual([12, 3])
    // Told as they come, one of each kind.
    expect(stderr.match(/quorate (check|simulate)/g)).toHaveLength(2)
    const smaller = violations.filter((violation) => violation.smaller !== undefined)
    expect(smaller).toHaveLength(1)
    expect(smaller[0]?.smaller).toMatch(/--faults/)
    expect(outcomes.every(({ verdict }) => verdict === "violated")).toBe(true)
    const words = (smaller[0]?.smaller ?? "").split(" ").slice(1)
    const replayed = await runHere(installation.folder, words)
    expect([replayed.code, replayed.stdout]).toEqual([12, expect.stringMatching(/violated/)])
    const table = await runHere(installation.folder, ["campaign", file])
    expect(table.stdout).toMatch(/2 such, of different seeds/)
    expect(table.stdout).toMatch(/3 units of work, all done, 2 seeds/)
  })

  it("reports what was refused, and what its storage or its file lacks", async () => {
    const scenario = installation.write("bad.scenario.json", { ...small, servers: 0 })
    const file = installation.write("refused.json", { checks: [{ scenarios: [scenario] }] })
    const { code, stdout } = await runHere(installation.folder, ["campaign", file])
    expect([code, stdout]).toEqual([70, expect.stringMatching(/refused.*servers/s)])
    const ended = async (...words: ReadonlyArray<string>) => {
      const { code, stderr } = await runHere(installation.folder, words)
      return [code, stderr]
    }
    expect(await ended("campaign", "none.json")).toEqual([2, expect.stringMatching(/ENOENT/)])
    const storage = (place: string) => ended("runner", "--storage", place)
    expect(await storage("redis:x")).toEqual([2, expect.stringMatching(/write sqlite:FILE/)])
    expect(await storage("sqlite:/none/at/all.sqlite")).toEqual([
      2,
      expect.stringMatching(/unable to open/)
    ])
    const [unreachable, said] = await storage("postgres://q:secret@127.0.0.1:9/q")
    expect([unreachable, said]).toEqual([2, expect.not.stringMatching(/secret/)])
  })
})

describe.skipIf(postgresBin === undefined)("a campaign over Postgres", () => {
  it("is done by three runners, one killed half-way: every seed exactly once", async () => {
    const postgres = await Postgres.start()
    try {
      await expectEachOnce(await withThreeRunners(postgres.url))
    } finally {
      postgres.stop()
    }
  })
})

/** How many units of the campaign in a file are done; none if there is no such file yet. */
const doneIn = (file: string): number => {
  try {
    const database = new DatabaseSync(file, { readOnly: true })
    const row = database.prepare("SELECT COUNT(*) AS done FROM quorate_outcomes").get()
    database.close()
    return Number(row?.done)
  } catch {
    return 0
  }
}
