/**
 * The speed and the memory of the search, compared with Spin on the same model; then the savings of
 * the reductions.
 *
 * The bench alternates between the contestants, round after round, and shows medians, so each ratio
 * compares figures from the same minutes.
 */
import { execFileSync } from "node:child_process"
import { mkdtempSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { bars, savePlot } from "./plot.ts"
import { reductions } from "./reductions.ts"
import { compiled, missingForSpin, runSpin, type SpinRun } from "./spin.ts"

interface Run extends SpinRun {
  readonly depth?: number
}

/** A way to search the model. */
interface Mode {
  readonly model: string
  readonly mode: string
  readonly workers: number
  readonly run: () => Run
}

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..")
const name = "majority, 4 servers, write 1 | write 2"
const scenario = { protocol: "majority", servers: 4, clients: [["write 1"], ["write 2"]] }
/** The counts of the model: a search with other counts explored another model. */
const golden = { distinct: 4_503_908, generated: 31_358_245 }
const defaultRounds = 3

const ours = (file: string, mode: string, workers: number, flags: ReadonlyArray<string>): Mode => ({
  model: name,
  mode,
  workers,
  run: () => {
    const args = [
      "check",
      file,
      "--json",
      "--reduction",
      "none",
      "--properties",
      "none",
      "--workers",
      String(workers),
      ...flags
    ]
    const command = join(root, ".build", "quorate.js")
    const text = execFileSync(process.execPath, [command, ...args], {
      encoding: "utf8",
      stdio: "pipe"
    })
    const { states, seconds, engine } = JSON.parse(text)
    const { distinct, generated } = states
    return { distinct, generated, seconds, bytesPerState: engine.bytesPerState }
  }
})

const spin = (mode: string, twin: string): Mode => {
  const verifier = compiled(twin)
  return { model: name, mode, workers: 1, run: () => runSpin(verifier) }
}

const median = (numbers: ReadonlyArray<number>): number =>
  [...numbers].sort((left, right) => left - right)[numbers.length >> 1] as number

export const engine = (options: ReadonlyArray<string>): void => {
  const rounds = Number(options[options.indexOf("--rounds") + 1]) || defaultRounds
  const file = join(mkdtempSync(join(tmpdir(), "quorate-bench-")), "model.json")
  writeFileSync(file, JSON.stringify(scenario))
  const missing = missingForSpin()
  const peers =
    missing === undefined
      ? [spin("Spin", "majority.pml"), spin("Spin, packed by hand", "majority-packed.pml")]
      : []
  const modes = [
    ours(file, "states", 1, []),
    ours(file, "states", 2, []),
    ours(file, "fingerprints", 1, ["--keep", "fingerprints"]),
    ours(file, "fingerprints", 2, ["--keep", "fingerprints"]),
    ...peers
  ]
  const runs = modes.map((): Array<Run> => [])
  for (let round = 0; round < rounds; round++)
    modes.forEach((mode, index) => {
      runs[index]?.push(counted(mode))
    })
  if (missing !== undefined) console.log(missing)
  printTable(modes, runs)
  console.log(`the plot: ${savePlot("engine", throughput(modes, runs))}`)
  if (!options.includes("--speed-only")) reductions(options)
}

/** Runs a mode, and fails if its counts are not the model's. */
const counted = ({ mode, workers, run }: Mode): Run => {
  const result = run()
  if (result.distinct === golden.distinct && result.generated === golden.generated) return result
  throw new Error(
    `${mode}, workers ${workers}: ${result.distinct} distinct, ${result.generated} generated; expected ${golden.distinct} and ${golden.generated}`
  )
}

/** The rates as a plot: a bar for each way to search, beside Spin's. */
const throughput = (
  modes: ReadonlyArray<Mode>,
  runs: ReadonlyArray<ReadonlyArray<Run>>
): string => {
  const ways = [...new Set(modes.map(({ mode }) => mode))]
  const rate = (mode: string, workers: number): number | undefined => {
    const index = modes.findIndex((one) => one.mode === mode && one.workers === workers)
    const seconds = runs[index]?.map((run) => run.seconds) ?? []
    return seconds.length === 0 ? undefined : golden.generated / median(seconds) / 1e6
  }
  return bars({
    title: `Rate of the search: ${name}`,
    unit: "million generated states a second",
    along: "way to search",
    places: ways,
    series: [1, 2].map((workers) => ({
      name: workers === 1 ? "1 worker" : "2 workers",
      figures: ways.map((way) => rate(way, workers))
    }))
  })
}

const printTable = (modes: ReadonlyArray<Mode>, runs: ReadonlyArray<ReadonlyArray<Run>>): void => {
  const seconds = runs.map((all) => median(all.map((run) => run.seconds)))
  const peer = modes.findIndex(({ mode }) => mode === "Spin")
  const head = [
    "model",
    "mode",
    "workers",
    "distinct",
    "generated",
    "seconds",
    "generated/s",
    "bytes/state"
  ]
  console.log([...head, "ratio to Spin", "ratio to one worker"].join("\t"))
  modes.forEach(({ model, mode, workers }, index) => {
    const { distinct, generated, bytesPerState } = (runs[index] as ReadonlyArray<Run>)[0] as Run
    const own = seconds[index] as number
    const alone = modes.findIndex((other) => other.mode === mode && other.workers === 1)
    const ratio = (other: number) =>
      other < 0 ? "-" : ((seconds[other] as number) / own).toFixed(2)
    const rate = Math.round(generated / own)
    const figures = [distinct, generated, own.toFixed(2), rate, bytesPerState.toFixed(1)]
    console.log([model, mode, workers, ...figures, ratio(peer), ratio(alone)].join("\t"))
  })
}
