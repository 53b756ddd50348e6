/**
 * `quorate explore`: serves the explorer from this machine alone, or writes it as a file.
 */
import { spawn } from "node:child_process"
import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import type { Server } from "node:http"
import { join } from "node:path"
import * as Console from "effect/Console"
import { Argument, Command, Flag } from "effect/cli"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import { load } from "../scenario/load.ts"
import { BadInput } from "./check.ts"
import { openingWith, readPage } from "./explorer-file.ts"
import { isModelArgument } from "./model-file.ts"
import { modulesOf } from "./model-modules.ts"
import { readScenario } from "./shipped.ts"
import { sourcesOf } from "./sources.ts"

const usualPort = 4747
const host = "127.0.0.1"

/** What opens by default: a short run that loses a write. */
const usualScenario = "naive/new-write-old-read"

export const exploreCommand = Command.make(
  "explore",
  {
    scenario: Argument.String("scenario").pipe(
      Argument.withDescription(
        "A shipped scenario, a JSON file, or a model (lock.ts, or lock.ts#careless); other scenarios can be chosen in the page"
      ),
      Argument.optional
    ),
    port: Flag.Int("port").pipe(
      Flag.withDescription(`The port to serve the page on; by default ${usualPort}, or a free one`),
      Flag.optional
    ),
    open: Flag.Boolean("open").pipe(
      Flag.withDescription("Open the page in the browser"),
      Flag.withDefault(false)
    ),
    out: Flag.String("out").pipe(
      Flag.withMetavar("DIR"),
      Flag.withDescription("Write the page into this folder instead: it needs no server"),
      Flag.optional
    )
  },
  Effect.fnUntraced(function* ({ scenario, port, open, out }) {
    const name = Option.getOrElse(scenario, () => usualScenario)
    const start = yield* isModelArgument(name) ? modelAt(name) : scenarioAt(name)
    const built = readPage()
    if (Result.isFailure(built)) return yield* new BadInput({ message: built.failure })
    const page = openingWith(built.success, start)
    if (Option.isSome(out)) {
      if (Option.isSome(port))
        return yield* new BadInput({ message: "--port serves and --out writes: use only one" })
      const file = yield* written(out.value, page)
      if (open) yield* openInBrowser(file)
      return yield* Console.log(`The explorer is in ${file}; a browser opens it without a server.`)
    }
    const wanted = Option.getOrUndefined(port)
    if (wanted !== undefined && (wanted < 0 || wanted > 65_535))
      return yield* new BadInput({ message: "--port: write a number from 0 to 65535" })
    yield* Effect.scoped(
      Effect.gen(function* () {
        // No other command loads the server.
        const { serverOf } = yield* Effect.promise(() => import("./explorer-server.ts"))
        const server = yield* Effect.acquireRelease(listening(serverOf(page), wanted), (one) =>
          Effect.sync(() => {
            one.close()
            one.closeAllConnections()
          })
        )
        const address = `http://${host}:${portOf(server)}/`
        yield* Console.log(
          `The explorer is at ${address} for this machine only. Press Ctrl-C to stop.`
        )
        if (open) yield* openInBrowser(address)
        yield* untilInterrupted
      })
    )
  })
).pipe(
  Command.withDescription("Explore a scenario or a model in the browser, one step at a time"),
  Command.withExamples([
    { command: "quorate explore", description: "See a write get lost, step by step" },
    { command: "quorate explore rambo/as-written --open", description: "Open the browser as well" },
    {
      command: "quorate explore lock.ts#careless",
      description: "See a model of your own, at the end of its counterexample"
    },
    {
      command: "quorate explore my.json --out page",
      description: "Write a page that needs no server, to keep or to send"
    }
  ])
)

const scenarioAt = Effect.fnUntraced(function* (name: string) {
  const text = yield* Effect.fromResult(readScenario(name))
  yield* Effect.fromResult(load(name, text))
  return { name, text }
})

const modelAt = Effect.fnUntraced(function* (argument: string) {
  const sources = yield* sourcesOf([argument])
  const [source] = sources
  if (sources.length !== 1 || source?.model === undefined)
    return yield* new BadInput({
      message: `${argument} has several models — name one of them: ${sources.map(({ name }) => name).join(", ")}`
    })
  const { file, name: exported } = source.model
  const modules = yield* modulesOf(file)
  const text = yield* Effect.sync(() => readFileSync(file, "utf8"))
  return { name: source.name, text, modules, exported }
})

const written = Effect.fnUntraced(function* (folder: string, page: string) {
  const file = join(folder, "index.html")
  const result = Result.try(() => {
    mkdirSync(folder, { recursive: true })
    writeFileSync(file, page)
  })
  if (Result.isSuccess(result)) return file
  const { code } = result.failure as NodeJS.ErrnoException
  return yield* new BadInput({ message: `--out: ${file} cannot be written (${code})` })
})

/**
 * Listens on the given port, or by default on the usual one; on a free port if that one is taken.
 */
const listening = (server: Server, wanted: number | undefined): Effect.Effect<Server, BadInput> =>
  Effect.callback<Server, BadInput>((resume) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      if (wanted === undefined && error.code === "EADDRINUSE") server.listen(0, host)
      else
        resume(
          new BadInput({
            message:
              error.code === "EADDRINUSE"
                ? `--port: ${wanted} is in use — name another, or none`
                : `--port: cannot listen on ${wanted ?? usualPort} (${error.code})`
          })
        )
    })
    server.once("listening", () => resume(Effect.succeed(server)))
    server.listen(wanted ?? usualPort, host)
  })

const portOf = (server: Server): number => {
  const address = server.address()
  return typeof address === "object" && address !== null ? address.port : 0
}

const untilInterrupted = Effect.callback<void>((resume) => {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    process.once(signal, () => resume(Effect.void))
})

/** How each platform opens an address; on others, people open it. */
const openers: Readonly<Record<string, readonly [string, ...ReadonlyArray<string>]>> = {
  darwin: ["open"],
  win32: ["cmd", "/c", "start", ""],
  linux: ["xdg-open"]
}

const openInBrowser = (address: string) =>
  Effect.callback<void>((resume) => {
    const [command, ...given] = openers[process.platform] ?? ["xdg-open"]
    const child = spawn(command, [...given, address], { stdio: "ignore", detached: true })
    child.once("error", () =>
      resume(Console.error(`--open: no browser can be opened from here; open ${address} yourself`))
    )
    child.once("spawn", () => {
      child.unref()
      resume(Effect.void)
    })
  })
