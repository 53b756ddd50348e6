/**
 * `quorate node`: one storage node, until it is stopped.
 */

import * as Console from "effect/Console"
import { Command, Flag } from "effect/cli"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { describeAddress, parseAddress } from "../directory/address.ts"
import { enter, firstOf, parseDirectory } from "../directory/directory.ts"
import { serveMetrics } from "../metrics/metrics.ts"
import { measuresOf, startNode } from "../node/node.ts"
import { runnableNamed } from "../protocols.ts"
import { recordTo } from "../replay/recording.ts"
import { asCommandFailure, refuse } from "./failure.ts"
import {
  config,
  connections,
  keys,
  keysOf,
  listenForHangUp,
  listenForStopOnly,
  log,
  metrics,
  protocol,
  record,
  renewKeys,
  servers,
  traces,
  tracingOf,
  withLogs
} from "./flags.ts"

/** The flags of a node, except its protocol. */
export const nodeFlags = {
  name: Flag.String("name").pipe(Flag.withDescription("The node's name in the directory")),
  servers,
  listen: Flag.String("listen").pipe(
    Flag.withMetavar("HOST:PORT"),
    Flag.withDescription("Where to listen; the directory's address by default"),
    Flag.optional
  ),
  data: Flag.String("data").pipe(
    Flag.withMetavar("FOLDER"),
    Flag.withDescription("The folder of this node's data")
  ),
  metrics,
  connections,
  memory: Flag.Int("memory-bytes").pipe(
    Flag.withDescription("The memory that registers may take; half of Node's heap by default"),
    Flag.optional
  ),
  reserved: Flag.Int("reserved-disk-bytes").pipe(
    Flag.withDescription(
      "How much of the disk stays free; 64 MiB by default, or a twentieth of a small disk"
    ),
    Flag.optional
  ),
  join: Flag.Boolean("join").pipe(
    Flag.withDescription(
      "Write the node into the directory if it is not listed, so that it can be added"
    ),
    Flag.withDefault(false)
  ),
  keys,
  record,
  traces,
  log,
  config
}

const begin = Flag.Boolean("begin").pipe(
  Flag.withDescription(
    "Begin a system with the other first nodes of the directory, once all of them answer and if none belongs to a system (QUORATE_BEGIN=1)"
  ),
  Flag.withDefault(process.env.QUORATE_BEGIN === "1")
)

/**
 * How long a node that is to begin a system waits for the others before it reports that it is
 * ready.
 */
const beginningTime = "2 seconds"

/** Runs a node until it is stopped. */
export const runNode = Effect.fnUntraced(function* (
  given: Command.Command.Config.Infer<typeof nodeFlags> & {
    readonly protocol: string
    readonly begin: boolean
    readonly intervalMilliseconds?: number
  }
) {
  const directory = parseDirectory(given.servers)
  if (given.join)
    yield* asCommandFailure(enter(directory, given.name, Option.getOrUndefined(given.listen)))
  const addresses = yield* asCommandFailure(directory.lookUp)
  const known = addresses.get(given.name)
  if (known === undefined) {
    return yield* refuse(
      `--name: ${given.name} is not in ${directory.source} — name one of ${[...addresses.keys()].join(", ")}, or add it with --join`
    )
  }
  const first = firstOf(addresses)
  const { reconfiguration, isTrusted, joins, begins } = runnableNamed(given.protocol)
  if (given.begin && isTrusted === true) {
    return yield* refuse(`--begin: with ${given.protocol} an administrator begins — ${begins}`)
  }
  if (known.cameLater && reconfiguration === undefined && isTrusted !== true) {
    return yield* refuse(
      `--name: with ${given.protocol} there are only the first nodes: ${first.join(", ")}`
    )
  }
  const listen = yield* asCommandFailure(
    Option.match(given.listen, {
      onNone: () => Effect.succeed(known),
      onSome: (text) => Effect.fromResult(parseAddress(text))
    })
  )
  yield* withLogs(
    Effect.gen(function* () {
      const stop = yield* listenForStopOnly
      const hangUp = yield* listenForHangUp
      const witness = Option.isSome(given.record)
        ? {
            witness: yield* asCommandFailure(
              recordTo(given.record.value, runnableNamed(given.protocol))
            )
          }
        : {}
      const node = yield* asCommandFailure(
        startNode({
          ...witness,
          ...(yield* asCommandFailure(keysOf(given.keys, given.name))),
          ...(yield* tracingOf(given.traces, given.name)),
          name: given.name,
          listen,
          data: given.data,
          members: first,
          directory,
          begin: given.begin && first.includes(given.name),
          protocol: given.protocol,
          ...(given.intervalMilliseconds === undefined
            ? {}
            : { intervalMilliseconds: given.intervalMilliseconds }),
          limits: {
            ...(Option.isSome(given.connections) ? { connections: given.connections.value } : {}),
            ...(Option.isSome(given.memory) ? { memoryBytes: given.memory.value } : {}),
            ...(Option.isSome(given.reserved) ? { reservedDiskBytes: given.reserved.value } : {})
          }
        })
      )
      if (Option.isSome(given.metrics)) {
        const text = given.metrics.value
        const served = yield* asCommandFailure(
          Effect.flatMap(Effect.fromResult(parseAddress(text)), (address) =>
            serveMetrics(address, measuresOf(node))
          )
        )
        yield* Effect.logInfo(`metrics are at http://${describeAddress(served)}/metrics`)
      }
      // A caller that waits for the line finds a system, if the other nodes are up too.
      if (given.begin) yield* Effect.timeoutOption(node.begun, beginningTime)
      yield* Console.log(`${given.name} listens on ${describeAddress(node.address)}`)
      yield* Effect.logInfo(`listening on ${describeAddress(node.address)}`)
      if (node.first() === undefined && !given.begin) {
        yield* Effect.logWarning(
          `${given.name} has no memory yet and belongs to no system: ${begins ?? "quorate begin"} begins one with it${joins === undefined ? "" : `, ${joins(given.name)} adds it to one`}`
        )
      }
      yield* Effect.forkScoped(
        Effect.forever(
          Effect.andThen(
            hangUp,
            renewKeys(given.keys, given.name, (renewed) => asCommandFailure(node.renew(renewed)))
          )
        )
      )
      const why = yield* Effect.raceFirst(stop, asCommandFailure(node.failed))
      yield* Effect.logInfo(`stopping (${why})`)
    }).pipe(Effect.annotateLogs({ node: given.name })),
    given.log
  )
}, Effect.scoped)

export const nodeCommand = Command.make("node", { ...nodeFlags, begin, protocol }, runNode).pipe(
  Command.withDescription("Run a storage node"),
  Command.withExamples([
    {
      command: "quorate node --name s1 --servers s1=:7001,s2=:7002,s3=:7003 --data data/s1 --begin",
      description: "One of three nodes on this machine, which begin a system together"
    },
    {
      command:
        "quorate node --name s4 --join --servers file:quorate-data/servers --data quorate-data/s4",
      description: "One more, to add with quorate reconfigure +s4"
    }
  ])
)
