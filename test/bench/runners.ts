/**
 * One search by 1, 2 and 4 runners, beside the same search by one worker: seconds, processor time,
 * what passes between runners, and how evenly the work is divided. From these figures, what 64
 * machines would take.
 *
 * Processor time is what the search asks of machines, whatever else runs. Where there are fewer
 * cores than runners, these take turns, and their seconds say nothing about machines of their own.
 */
import { loadavg } from "node:os"
import { dirname, join } from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { Check } from "../../checker/check.ts"
import type { Fleet } from "../../checker/command/runners/fleet.ts"
import { ownFleet } from "../../checker/command/runners/search.ts"
import { readScenario } from "../../checker/command/shipped.ts"
import type { Counts } from "../../checker/engine/search.ts"
import { allReductions, type ReductionName } from "../../checker/network/reductions.ts"
import { ParallelCheck } from "../../checker/parallel/parallel-check.ts"
import { type LoadedScenario, load } from "../../checker/scenario/load.ts"
import { onMachines } from "./runners-model.ts"

interface Model {
  readonly name: string
  readonly text: string
  readonly reductions: ReadonlyArray<ReductionName>
  readonly properties: ReadonlyArray<string> | undefined
}

export interface Run {
  readonly counts: Counts
  readonly seconds: number
  readonly processorSeconds: number
  readonly sentBytes: number
  readonly sentParcels: number
  readonly rounds: number
  /** The longest share of each round, in processor time, by the mean share; over all rounds. */
  readonly skew: number
}

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..")
const command = pathToFileURL(join(root, ".build", "quorate.js"))
const pieceStates = 1 << 16

const plain: Model = {
  name: "majority, 4 servers, write 1 | write 2",
  text: JSON.stringify({ protocol: "majority", servers: 4, clients: [["write 1"], ["write 2"]] }),
  reductions: [],
  properties: []
}

/** A shipped scenario, or a file. */
const scenario = (name: string, isReduced = true): Model => ({
  ...{ name, text: Result.getOrThrow(readScenario(name)) },
  ...(isReduced
    ? { reductions: allReductions, properties: undefined }
    : { reductions: [], properties: [] })
})

const loaded = ({ name, text, properties }: Model): LoadedScenario => {
  const whole = Result.getOrThrow(load(name, text))
  if (properties === undefined) return whole
  return { ...whole, model: { ...whole.model, properties: [] }, checksDeadlock: false }
}

const processorSeconds = (): number => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}

/** The search by one worker. */
const alone = (model: Model): Run => {
  const check = new Check(loaded(model), "bfs", model.reductions)
  const began = performance.now()
  const before = processorSeconds()
  while (check.advance(pieceStates));
  const seconds = (performance.now() - began) / 1000
  const processor = processorSeconds() - before
  const { counts } = check
  return {
    counts,
    seconds,
    processorSeconds: processor,
    sentBytes: 0,
    sentParcels: 0,
    rounds: 0,
    skew: 1
  }
}

/** The processor time that each runner takes in each round. */
class Shares {
  private readonly before: Array<number>
  private current: Array<number>
  private longest = 0
  private all = 0
  rounds = 0

  constructor(count: number) {
    this.before = Array.from({ length: count }, () => 0)
    this.current = this.before.slice()
  }

  note(runner: number, tag: string, seconds: number): void {
    const taken = seconds - (this.before[runner] as number)
    this.before[runner] = seconds
    if (tag === "BeginRound" && runner === 0) this.endRound()
    this.current[runner] = (this.current[runner] as number) + taken
  }

  private endRound(): void {
    this.rounds++
    this.longest += Math.max(...this.current)
    this.all += this.current.reduce((sum, share) => sum + share, 0)
    this.current = this.current.map(() => 0)
  }

  get skew(): number {
    return (this.longest * this.before.length) / this.all
  }
}

const byRunners = async (model: Model, fleet: Fleet, count: number): Promise<Run> => {
  const shares = new Shares(count)
  const total = () =>
    processorSeconds() + fleet.traffic.processorSeconds.reduce((sum, each) => sum + each, 0)
  const check = new ParallelCheck(loaded(model), model.reductions, {}, ({ reductions }) =>
    fleet.start(reductions).map(({ ask }, runner) => ({
      ask: async (order) => {
        const answer = await ask(order)
        shares.note(runner, order._tag, fleet.traffic.processorSeconds[runner] as number)
        return answer
      }
    }))
  )
  // The runners have started once they have answered.
  await check.advance(1)
  const began = performance.now()
  const before = total()
  while (await check.advance(pieceStates));
  const seconds = (performance.now() - began) / 1000
  const { sentBytes, sentParcels } = fleet.traffic
  return {
    ...{ counts: check.counts, seconds, processorSeconds: total() - before },
    ...{ sentBytes, sentParcels, rounds: shares.rounds, skew: shares.skew }
  }
}

const withRunners = (model: Model, count: number): Promise<Run> => {
  const { name, text, properties } = model
  const searched = {
    ...{ name, text, keeping: "states" as const },
    ...(properties === undefined ? {} : { properties })
  }
  return Effect.runPromise(
    Effect.scoped(
      Effect.flatMap(ownFleet(command, count, searched), (fleet) =>
        Effect.promise(() => byRunners(model, fleet, count))
      )
    )
  )
}

export const runners = async (options: ReadonlyArray<string>): Promise<void> => {
  const optionOf = (flag: string, otherwise: string) =>
    options.includes(flag) ? (options[options.indexOf(flag) + 1] as string) : otherwise
  const only = optionOf("--only", "")
  const counts = optionOf("--runners", "1,2,4").split(",").map(Number)
  const models =
    only === ""
      ? [plain, scenario("rambo/large/replace-one")]
      : [scenario(only, !options.includes("--unreduced"))]
  const [before = 0] = loadavg()
  console.log(
    [
      ...["model", "runners", "distinct", "generated", "seconds", "processor seconds"],
      ...[
        "by one worker's",
        "bytes/transition",
        "bytes/state",
        "parcels/round",
        "rounds",
        "levels"
      ],
      "skew"
    ].join("\t")
  )
  for (const model of models) {
    const one = alone(model)
    show(model.name, "one worker", one, one)
    for (const count of counts) {
      const run = await withRunners(model, count)
      show(model.name, String(count), run, one)
      if (count === Math.max(...counts)) console.log(onMachines(one, run, count))
    }
  }
  const [after = 0] = loadavg()
  console.log(`load when it began ${before.toFixed(1)}, when it ended ${after.toFixed(1)}`)
}

/** Shows a run, and fails if it found other states than one worker. */
const show = (name: string, who: string, run: Run, one: Run): void => {
  const { counts, seconds, processorSeconds: processor, sentBytes, sentParcels, rounds } = run
  const { distinct, generated, depth } = counts
  const expected = JSON.stringify(one.counts)
  if (JSON.stringify(counts) !== expected)
    throw new Error(`${name}, ${who}: ${JSON.stringify(counts)}; expected ${expected}`)
  console.log(
    [
      ...[name, who, distinct, generated, seconds.toFixed(1), processor.toFixed(1)],
      (processor / one.processorSeconds).toFixed(2),
      ...[(sentBytes / generated).toFixed(1), (sentBytes / distinct).toFixed(1)],
      rounds === 0 ? "-" : (sentParcels / rounds).toFixed(0),
      ...[rounds, depth, run.skew.toFixed(2)]
    ].join("\t")
  )
}
