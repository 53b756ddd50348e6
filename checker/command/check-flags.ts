/**
 * The arguments and flags of `quorate check`.
 */
import { Argument, Flag } from "effect/cli"
import { reductionNames } from "../network/reductions.ts"
import { defaultMaxSteps, defaultRuns } from "../walk/walk-check.ts"
import { formats } from "./report.ts"

export const defaultCheckpointSeconds = 180

export const flags = {
  scenarios: Argument.String("scenario").pipe(
    Argument.withDescription(
      "A shipped scenario (majority/write-read), a folder of them (naive), a JSON file, a model (lock.ts, or lock.ts#fair), a folder of either, or - for a scenario on standard input"
    ),
    Argument.variadic()
  ),
  all: Flag.Boolean("all").pipe(
    Flag.withDescription("Check every shipped scenario"),
    Flag.withDefault(false)
  ),
  json: Flag.Boolean("json").pipe(
    Flag.withDescription("Print one JSON document, or an array of them for several scenarios"),
    Flag.withDefault(false)
  ),
  workers: Flag.Int("workers").pipe(
    Flag.withDescription(
      "The number of threads: several scenarios run one per thread, a single scenario uses all of them (by default 1 for one scenario, all cores for several)"
    ),
    Flag.optional
  ),
  runners: Flag.String("runners").pipe(
    Flag.withMetavar("N|HOST:PORT,…"),
    Flag.withDescription(
      "Search one scenario by several processes without shared memory: the number of processes to start, or the addresses of running ones (quorate runner --listen)"
    ),
    Flag.optional
  ),
  secret: Flag.String("secret").pipe(
    Flag.withMetavar("FILE"),
    Flag.withDescription(
      "The file with the secret that the runners of --runners share (QUORATE_SEARCH_SECRET by default)"
    ),
    Flag.optional
  ),
  reduction: Flag.String("reduction").pipe(
    Flag.withMetavar("none|all|NAME,…"),
    Flag.withDescription(
      `Which reductions are on, of ${reductionNames.join(", ")}; "all" stands for all but the last`
    ),
    Flag.withDefault("all")
  ),
  properties: Flag.String("properties").pipe(
    Flag.withMetavar("NAME,…|none"),
    Flag.withDescription("Which properties to check, instead of the scenario's"),
    Flag.optional
  ),
  expect: Flag.String("expect").pipe(
    Flag.withMetavar("VERDICT|NAME=VERDICT,…"),
    Flag.withDescription(
      "What to expect (holds or violated), instead of the scenario's expectations"
    ),
    Flag.optional
  ),
  order: Flag.Literals("order", ["bfs", "dfs", "random"]).pipe(
    Flag.withDescription(
      "Breadth-first finds shortest counterexamples; random samples runs where there are too many states"
    ),
    Flag.withDefault("bfs")
  ),
  runs: Flag.Int("runs").pipe(
    Flag.withDescription(`How many random runs to take (${defaultRuns} by default)`),
    Flag.optional
  ),
  seed: Flag.Int("seed").pipe(
    Flag.withDescription("The seed of random runs (1 by default)"),
    Flag.optional
  ),
  run: Flag.Int("run").pipe(Flag.withDescription("Take only this run of the seed"), Flag.optional),
  maxSteps: Flag.Int("max-steps").pipe(
    Flag.withDescription(
      `The most steps of a random run (${defaultMaxSteps} by default), or of a depth-first search`
    ),
    Flag.optional
  ),
  keep: Flag.Literals("keep", ["states", "fingerprints", "disk"]).pipe(
    Flag.withDescription(
      "How visited states are kept: fingerprints take less memory, and may miss a state; disk keeps whole states in the system's temporary folder"
    ),
    Flag.withDefault("states")
  ),
  maxStates: Flag.Int("max-states").pipe(
    Flag.withDescription("Stop after this many distinct states"),
    Flag.optional
  ),
  maxSeconds: Flag.Int("max-seconds").pipe(
    Flag.withDescription("Stop after this many seconds"),
    Flag.optional
  ),
  maxMemory: Flag.String("max-memory").pipe(
    Flag.withMetavar("BYTES"),
    Flag.withDescription(
      "The most memory to use (with K, M or G): the frontier spills to disk; the search stops when the visited states no longer fit"
    ),
    Flag.optional
  ),
  violations: Flag.Literals("violations", ["first", "all"]).pipe(
    Flag.withDescription("Whether the search of a model ends at the first unexpected violation"),
    Flag.withDefault("first")
  ),
  coverage: Flag.Boolean("coverage").pipe(
    Flag.withDescription("Report which parts of a model's files never ran (one worker, slower)"),
    Flag.withDefault(false)
  ),
  checkpoint: Flag.String("checkpoint").pipe(
    Flag.withMetavar("DIR"),
    Flag.withDescription(
      "Save the search in this folder regularly, so that it can be resumed if it is killed"
    ),
    Flag.optional
  ),
  checkpointEvery: Flag.Finite("checkpoint-every").pipe(
    Flag.withMetavar("SECONDS"),
    Flag.withDescription(
      `How often to save it (every ${defaultCheckpointSeconds} seconds by default)`
    ),
    Flag.optional
  ),
  resume: Flag.String("resume").pipe(
    Flag.withMetavar("DIR"),
    Flag.withDescription("Resume from the checkpoint in this folder, and keep saving there"),
    Flag.optional
  ),
  trace: Flag.String("trace").pipe(
    Flag.withMetavar("FILE"),
    Flag.withDescription("Write the counterexample to a file, in the format of --format"),
    Flag.optional
  ),
  format: Flag.Literals("format", formats).pipe(
    Flag.withDescription(
      "The format of a counterexample; dot draws all states of a small model; junit and sarif report the whole check to other programs"
    ),
    Flag.withDefault("text")
  )
}
