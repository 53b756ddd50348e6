/**
 * The speed and the memory of the search, next to Spin on the same model; what a second worker
 * gains
 * there, on a scenario with reductions and on a large model; then what the reductions save.
 *
 * The bench alternates between the contestants, round after round, and shows medians, so each ratio
 * compares figures from the same minutes.
 */
import { execFileSync } from "node:child_process"
import { mkdtempSync, writeFileSync } from "node:fs"
import { loadavg, tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { bars, savePlot } from "./plot.ts"
import { reductions } from "./reductions.ts"
import { compiled, missingForSpin, runSpin, type SpinRun } from "./spin.ts"

interface Run extends SpinRun {
  readonly depth?: number
}

/** A scenario that ships, or one as data. */
interface Model {
  readonly name: string
  readonly scenario: string | object
  readonly flags: ReadonlyArray<string>
}

/** A way to search a model. */
interface Mode {
  readonly model: Model
  readonly mode: string
  readonly workers: number
  readonly run: () => Run
}

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..")
const plainly = ["--reduction", "none", "--properties", "none"]
const ofFourServers = { protocol: "majority", servers: 4, clients: [["write 1"], ["write 2"]] }
const plain: Model = {
  name: "majority, 4 servers, write 1 | write 2",
  scenario: ofFourServers,
  flags: plainly
}
const reduced: Model = {
  name: "rambo/large/replace-one",
  scenario: "rambo/large/replace-one",
  flags: []
}
const large: Model = {
  name: "majority, 4 servers, one of which may crash, write 1 | write 2",
  scenario: { ...ofFourServers, faults: { crashes: { servers: 1 } } },
  flags: plainly
}
/** The counts of the models: a search with other counts explored another one. */
const goldens = new Map([
  [plain, { distinct: 4_503_908, generated: 31_358_245 }],
  [reduced, { distinct: 5_574_863, generated: 32_000_277 }]
])
const defaultRounds = 3

/** The scenario's name, or the path of its file. */
const sourceOf = ({ scenario }: Model): string => {
  if (typeof scenario === "string") return scenario
  const file = join(mkdtempSync(join(tmpdir(), "quorate-bench-")), "model.json")
  writeFileSync(file, JSON.stringify(scenario))
  return file
}

const ours = (
  model: Model,
  mode: string,
  workers: number,
  flags: ReadonlyArray<string> = []
): Mode => ({
  model,
  mode,
  workers,
  run: () => {
    const source = [sourceOf(model), ...model.flags, ...flags]
    const args = ["check", "--json", "--workers", String(workers), ...source]
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
  return { model: plain, mode, workers: 1, run: () => runSpin(verifier) }
}

const median = (numbers: ReadonlyArray<number>): number =>
  [...numbers].sort((left, right) => left - right)[numbers.length >> 1] as number

export const engine = (options: ReadonlyArray<string>): void => {
  const rounds = Number(options[options.indexOf("--rounds") + 1]) || defaultRounds
  const missing = missingForSpin()
  const peers =
    missing === undefined
      ? [spin("Spin", "majority.pml"), spin("Spin, packed by hand", "majority-packed.pml")]
      : []
  const modes = [
    ours(plain, "states", 1),
    ours(plain, "states", 2),
    ours(plain, "fingerprints", 1, ["--keep", "fingerprints"]),
    ours(plain, "fingerprints", 2, ["--keep", "fingerprints"]),
    ours(plain, "states on disk", 1, ["--keep", "disk"]),
    ...peers,
    ours(reduced, "states", 1),
    ours(reduced, "states", 2),
    ours(large, "states", 1),
    ours(large, "states", 2)
  ]
  const before = loadavg()
  const runs = modes.map((): Array<Run> => [])
  for (let round = 0; round < rounds; round++)
    modes.forEach((mode, index) => {
      runs[index]?.push(counted(mode))
    })
  if (missing !== undefined) console.log(missing)
  printTable(modes, runs)
  const [from, to] = [before, loadavg()].map(([load = 0]) => load.toFixed(1))
  console.log(`load when it began ${from}, when it ended ${to}; medians of ${rounds} rounds`)
  console.log(`the plot: ${savePlot("engine", throughput(modes, runs))}`)
  if (!options.includes("--speed-only")) reductions(options)
}

/** Runs a mode. Fails unless its counts are those known of the model, or those of its first run. */
const counted = ({ model, mode, workers, run }: Mode): Run => {
  const result = run()
  const { distinct, generated } = goldens.get(model) ?? result
  goldens.set(model, { distinct, generated })
  if (result.distinct === distinct && result.generated === generated) return result
  throw new Error(
    `${model.name}, ${mode}, workers ${workers}: ${result.distinct} distinct, ${result.generated} generated; expected ${distinct} and ${generated}`
  )
}

const isPlain = ({ model }: Mode): boolean => model === plain

/** The rates as a plot: a bar for each way to search, next to Spin's. */
const throughput = (
  modes: ReadonlyArray<Mode>,
  runs: ReadonlyArray<ReadonlyArray<Run>>
): string => {
  const { generated = 0 } = goldens.get(plain) ?? {}
  const ways = [...new Set(modes.filter(isPlain).map(({ mode }) => mode))]
  const rate = (mode: string, workers: number): number | undefined => {
    const index = modes.findIndex(
      (one) => isPlain(one) && one.mode === mode && one.workers === workers
    )
    const seconds = runs[index]?.map((run) => run.seconds) ?? []
    return seconds.length === 0 ? undefined : generated / median(seconds) / 1e6
  }
  return bars({
    title: `Rate of the search: ${plain.name}`,
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
    const alone = modes.findIndex(
      (other) => other.model === model && other.mode === mode && other.workers === 1
    )
    const ratio = (other: number) =>
      other < 0 ? "-" : ((seconds[other] as number) / own).toFixed(2)
    const rate = Math.round(generated / own)
    const figures = [distinct, generated, own.toFixed(2), rate, bytesPerState.toFixed(1)]
    const besidePeer = model === plain ? ratio(peer) : "-"
    console.log([model.name, mode, workers, ...figures, besidePeer, ratio(alone)].join("\t"))
  })
}
