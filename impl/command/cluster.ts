/**
 * `quorate cluster`: storage nodes on this machine, each a process, and a gateway, for trying out
 * the store.
 */
import { type ChildProcess, spawn } from "node:child_process"
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import * as Console from "effect/Console"
import { Command, Flag } from "effect/cli"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Schedule from "effect/Schedule"
import { begin } from "../administrator/administration.ts"
import { createAdministrator, openAdministrator } from "../administrator/folder.ts"
import { asAuthority, beginDbqs } from "../authority/authority.ts"
import { credentialsFrom } from "../byzantine/given.ts"
import { Store } from "../client/store.ts"
import { describeAddress } from "../directory/address.ts"
import { type Addresses, firstOf, parseDirectory, parseFile } from "../directory/directory.ts"
import { startGateway } from "../gateway/gateway.ts"
import { runnableNamed } from "../protocols.ts"
import { isBegun } from "../storage/folder.ts"
import { replaceDurably } from "../storage/whole-file.ts"
import { asCommandFailure, refuse } from "./failure.ts"
import {
  credentialsOf,
  listenForStop,
  log,
  protocol,
  traces,
  tracingOf,
  withLogs
} from "./flags.ts"
import { interval } from "./membership.ts"

const maxNodes = 15
const host = "127.0.0.1"

const flags = {
  nodes: Flag.Int("nodes").pipe(
    Flag.withDescription(
      "How many storage nodes to begin with (3 by default; 4 with a protocol that tolerates a liar)"
    ),
    Flag.optional
  ),
  data: Flag.String("data").pipe(
    Flag.withMetavar("FOLDER"),
    Flag.withDescription("The folder for their data"),
    Flag.withDefault("quorate-data")
  ),
  port: Flag.Int("port").pipe(
    Flag.withDescription("The port of the gateway; nodes use the ports that follow"),
    Flag.withDefault(6390)
  ),
  protocol,
  interval,
  traces,
  log
}

export const clusterCommand = Command.make(
  "cluster",
  flags,
  Effect.fnUntraced(function* (given) {
    const nodes = Option.getOrUndefined(given.nodes)
    if (nodes !== undefined && (nodes < 1 || nodes > maxNodes)) {
      return yield* refuse(`--nodes: write a number from 1 to ${maxNodes}`)
    }
    const servers = `file:${join(given.data, "servers")}`
    const { isTrusted = false } = runnableNamed(given.protocol)
    const isDbqs = given.protocol === "dbqs"
    const services = isDbqs ? replicaNames : []
    const usual = isDbqs ? 6 : isTrusted ? 4 : 3
    yield* prepare(given.data, [...services, ...namesOf(nodes ?? usual)], given.port)
    const addresses = yield* asCommandFailure(parseDirectory(servers).lookUp)
    const names = firstOf(addresses)
    const storing = names.length - services.length
    if (nodes !== undefined && storing !== nodes) {
      return yield* refuse(
        `--nodes: the cluster in ${given.data} began with ${storing} — leave --nodes out, or name another --data`
      )
    }
    // Nodes that joined later are started again if their data is in this folder.
    const here = [...addresses.keys()].filter(
      (name) => names.includes(name) || existsSync(join(given.data, name))
    )
    const run = Effect.gen(function* () {
      const stop = yield* listenForStop
      const tracing = yield* tracingOf(given.traces, "gateway")
      const more = [
        ...["--protocol", given.protocol, "--log", given.log],
        ...(Option.isSome(given.traces) ? ["--traces", given.traces.value] : [])
      ]
      const areBegun = Result.try(() => names.some((name) => isBegun(join(given.data, name))))
      const begins = Result.getOrElse(areBegun, () => true) === false
      const common = more.slice(2)
      for (const name of here) {
        if (isReplica(given.data, name)) {
          const own = ["--interval-milliseconds", String(given.interval), ...common]
          yield* startProcess(name, servers, given.data, own, () => "", ["membership", "run"])
          continue
        }
        const own = begins && !isTrusted ? [...more, "--begin"] : more
        yield* startProcess(name, servers, given.data, own, () =>
          freeName(servers, given.data, addresses)
        )
      }
      const file = join(given.data, "client.json")
      const owner = join(given.data, isDbqs ? "authority" : "administrator")
      if (isDbqs) yield* beginWithService(given.data, servers, file)
      else if (isTrusted) yield* beginTrusted(given.data, servers, file)
      const serve = Effect.gen(function* () {
        const address = yield* startGateway({ host, port: given.port })
        const own = isTrusted ? ` --protocol ${given.protocol} --credentials ${file}` : ""
        yield* Console.log(
          [
            `Redis clients connect to ${describeAddress(address)}, such as redis-cli -p ${address.port} set x 1`,
            `With this command: quorate get x --servers ${servers}${own}`,
            ...(isDbqs
              ? [
                  `A storage node that dies is evicted. To add another: quorate node --name s${storing + 1} --join --protocol dbqs --servers ${servers} --data ${join(given.data, `s${storing + 1}`)}`,
                  `            and then: quorate membership admit s${storing + 1} --data ${owner} --servers ${servers}`
                ]
              : isTrusted
                ? [
                    `To replace a storage node: quorate administrator replace s1 s5 --data ${owner} --servers ${servers}`
                  ]
                : []),
            "Press Ctrl-C to stop them all; the data stays."
          ].join("\n")
        )
        yield* stop
      })
      const credentials = yield* credentialsOf(isTrusted ? file : "")
      yield* Effect.provide(
        Effect.scoped(serve),
        Store.layer({ servers, protocol: given.protocol, ...tracing, ...credentials })
      )
    })
    yield* withLogs(asCommandFailure(Effect.scoped(run)), given.log)
  })
).pipe(Command.withDescription("Run storage nodes and a gateway on this machine, to try the store"))

/**
 * Prepares the folder, and in it the directory of a new cluster. The directory of an existing
 * cluster stays as it is.
 */
const prepare = (data: string, names: ReadonlyArray<string>, port: number) =>
  Effect.try({
    try: () => {
      mkdirSync(data, { recursive: true })
      const file = join(data, "servers")
      if (existsSync(file)) return
      const lines = names.map(
        (name, index) => `${name}=${describeAddress({ host, port: port + index + 1 })}\n`
      )
      writeFileSync(file, lines.join(""))
    },
    catch: (error) => ({ _tag: "BadInput", message: `--data: ${(error as Error).message}` })
  }).pipe(asCommandFailure)

/**
 * The first time, the cluster's own administrator begins the system and makes the credentials of
 * its clients.
 */
const beginTrusted = (data: string, servers: string, file: string) =>
  Effect.gen(function* () {
    if (existsSync(file)) return
    const own = join(data, "administrator")
    if (!existsSync(own)) yield* createAdministrator(own, "administrator")
    const folder = yield* openAdministrator(own)
    const first = yield* begin(folder, parseDirectory(servers)).pipe(
      Effect.retry({
        while: ({ _tag }) => _tag === "NotAllThere",
        schedule: Schedule.spaced("100 millis"),
        times: 150
      })
    )
    const view = { number: 0, members: first }
    replaceDurably(
      file,
      `${JSON.stringify(credentialsFrom(folder.authority, "cluster", first, view))}\n`
    )
  }).pipe(Effect.scoped)

const namesOf = (nodes: number): ReadonlyArray<string> =>
  Array.from({ length: nodes }, (_, index) => `s${index + 1}`)

/** The first replicas of the membership service, of which one may lie. */
const replicaNames = ["m1", "m2", "m3", "m4"]

/** Whether the data of this node is that of a replica of a membership service. */
const isReplica = (data: string, name: string): boolean => {
  const file = join(data, name, "given.json")
  if (replicaNames.includes(name) || !existsSync(file)) return replicaNames.includes(name)
  return readFileSync(file, "utf8").includes('"kind":"replica"')
}

/** The same for a system with a membership service. */
const beginWithService = (data: string, servers: string, file: string) =>
  Effect.gen(function* () {
    if (existsSync(file)) return
    const own = join(data, "authority")
    if (!existsSync(own)) yield* createAdministrator(own, "authority")
    const folder = yield* openAdministrator(own)
    const options = { folder, data: own, directory: parseDirectory(servers) }
    yield* beginDbqs(options, replicaNames).pipe(
      Effect.retry({
        while: ({ _tag }) => _tag === "NotAllThere",
        schedule: Schedule.spaced("100 millis"),
        times: 300
      })
    )
    const authority = yield* asAuthority(options)
    replaceDurably(file, `${JSON.stringify(yield* authority.client("cluster"))}\n`)
  }).pipe(Effect.scoped)

/** A name that no node has yet. */
const freeName = (servers: string, data: string, before: Addresses): string => {
  const read = Result.try(() => readFileSync(join(data, "servers"), "utf8"))
  const known = Result.flatMap(read, (text) => parseFile(servers, text))
  const addresses = Result.getOrElse(known, () => before)
  return nextName(firstOf(addresses).at(-1) ?? "s0", addresses)
}

/** The next name: s4 after s1, s2 and s3. */
const nextName = (name: string, addresses: Addresses): string => {
  const number = Number(/\d+$/.exec(name)?.[0] ?? 0) + 1
  const next = `${name.replace(/\d+$/, "")}${number}`
  return addresses.has(next) ? nextName(next, addresses) : next
}

/** Runs a node as a process of its own, and signals it to stop when the scope ends. */
const startProcess = (
  name: string,
  servers: string,
  data: string,
  more: ReadonlyArray<string>,
  nameOfAnother: () => string,
  command: ReadonlyArray<string> = ["node"]
) => {
  const given = [
    ...command,
    "--name",
    name,
    "--servers",
    servers,
    "--data",
    join(data, name),
    ...more
  ]
  const again = ["quorate", ...given].join(" ")
  return Effect.acquireRelease(
    Effect.gen(function* () {
      const child = spawn(
        process.execPath,
        [...process.execArgv, process.argv[1] as string, ...given],
        {
          // The fourth channel closes when this process ends, for any reason, and so tells the
          // node.
          stdio: ["ignore", "ignore", "inherit", "ipc"],
          // Ctrl-C reaches only this process, which then stops the others in order.
          detached: true
        }
      )
      child.on("exit", (code, signal) => {
        if (code === 0 || signal === "SIGTERM") return
        if (more.includes("dbqs") || command.length > 1) {
          process.stderr.write(
            `${name} ended (${signal ?? `exit code ${code}`})\n  again with: ${again}\n`
          )
        } else {
          const another = nameOfAnother()
          const itsData = join(data, another)
          const joining = [
            "--name",
            another,
            "--join",
            "--servers",
            servers,
            "--data",
            itsData,
            ...more
          ]
          process.stderr.write(
            [
              `${name} ended (${signal ?? `exit code ${code}`})`,
              `  again with: ${again}`,
              `  or another one instead: quorate node ${joining.join(" ")}`,
              `              and then: quorate reconfigure +${another} -${name} --servers ${servers}\n`
            ].join("\n")
          )
        }
      })
      yield* Console.log(`${name} is process ${child.pid}`)
      return child
    }),
    stopProcess
  )
}

const stopProcess = (child: ChildProcess): Effect.Effect<void> =>
  Effect.callback<void>((resume) => {
    if (child.exitCode !== null || child.signalCode !== null) {
      resume(Effect.void)
      return
    }
    child.once("exit", () => resume(Effect.void))
    child.kill("SIGTERM")
  })
