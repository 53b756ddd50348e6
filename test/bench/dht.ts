/**
 * A large system by its seed: ten thousand nodes, a membership service of four replicas, one of
 * which lies, and a hash table on them, with churn and liars (`impl/simulator/dht`).
 *
 * It also answers the paper's question how many nodes a service of four can probe. It measures the
 * cost of one probe at a replica: the replica's part in the transitions of the specification, and a
 * ping and its answer over UDP on this machine. From these it computes the number of nodes by
 * interval, with and without committees; this is a model, not a measurement.
 */
import { generateKeyPairSync, sign, verify } from "node:crypto"
import { createSocket } from "node:dgram"
import { once } from "node:events"
import { epochsOf } from "../../impl/simulator/dht/epochs.ts"
import { simulateDht } from "../../impl/simulator/dht/simulation.ts"
import { Random } from "../../impl/simulator/random.ts"
import { server } from "../../spec/nodes/nodes.ts"
import { lines, savePlot } from "./plot.ts"

const large = { nodes: 10_000, objects: 150, epochs: 3, changes: 200, liars: 0.05, operations: 6 }

const system = (seeds: ReadonlyArray<number>): void => {
  for (const seed of seeds) {
    const started = performance.now()
    const outcome = simulateDht({ ...large, seed })
    const seconds = (performance.now() - started) / 1000
    const { latencies } = outcome
    const median = latencies[latencies.length >> 1] ?? Number.NaN
    console.log(
      `seed ${seed}: ${outcome.verdict}; ${large.nodes} nodes, ${large.epochs} epochs, ${outcome.evicted} nodes evicted and ${outcome.joined} admitted, ${outcome.evictedBySlander} by slander; ${large.objects} objects, ${outcome.changedGroups} changes of their groups, ${outcome.lyingReplicas} members of groups that lie; ${outcome.operations} operations (median ${median.toFixed(2)} simulated seconds), ${outcome.pending} pending, ${outcome.messages} messages; ${seconds.toFixed(0)} s`
    )
    if (outcome.verdict !== "atomic" || outcome.pending > 0)
      throw new Error(`seed ${seed}: ${outcome.reason || "some operations never completed"}`)
  }
}

/**
 * Milliseconds of a replica's processor for a round of probing this many nodes, in the
 * specification.
 */
const roundOf = (nodes: number): number => {
  const members = Array.from({ length: nodes + 4 }, (_, at) =>
    server(`n${String(at).padStart(6, "0")}`)
  )
  const churn = { members, joins: [], dies: new Map(), random: new Random(1, "round") }
  const before = process.cpuUsage()
  const { steps } = epochsOf({ ...churn, epochs: 2 })
  const took = process.cpuUsage(before).user / 1000
  // Three replicas take part in it, each with a step for each answer.
  return steps === 0 ? Number.NaN : took / 3
}

/**
 * Pings that are answered within a second, by one process that pings another end on this machine.
 */
const pingsPerSecond = async (): Promise<number> => {
  const [asker, answerer] = [createSocket("udp4"), createSocket("udp4")]
  answerer.on("message", (message, from) => answerer.send(message, from.port, from.address))
  answerer.bind(0, "127.0.0.1")
  await once(answerer, "listening")
  const { port } = answerer.address()
  let answered = 0
  const ping = Buffer.alloc(16)
  asker.on("message", () => {
    answered += 1
    asker.send(ping, port, "127.0.0.1")
  })
  for (let at = 0; at < 64; at++) asker.send(ping, port, "127.0.0.1")
  const started = performance.now()
  await new Promise((resolve) => setTimeout(resolve, 2000))
  const rate = (1000 * answered) / (performance.now() - started)
  asker.close()
  answerer.close()
  return rate
}

/** How many Ed25519 signatures a process verifies in a second: what a committee's report costs. */
const verificationsPerSecond = (): number => {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519")
  const report = Buffer.alloc(512, 1)
  const signature = sign(null, report, privateKey)
  const before = process.cpuUsage()
  const passed = () => process.cpuUsage(before).user / 1000
  let count = 0
  while (passed() < 1000) {
    if (!verify(null, report, publicKey, signature)) throw new Error("a signature does not verify")
    count += 1
  }
  return (1000 * count) / passed()
}

const intervals = [1, 2, 5, 10, 20, 30, 60]
/** Nodes that one committee probes, and how many of its reports a replica verifies. */
const committee = { nodes: 100, reports: 4 }

const probing = async (): Promise<void> => {
  const counts = [100, 300, 1000, 3000]
  const rounds = counts.map(roundOf)
  for (const [at, count] of counts.entries())
    console.log(
      `a round of ${count} nodes: ${(rounds[at] ?? 0).toFixed(0)} ms of a replica in the specification, ${((1000 * (rounds[at] ?? 0)) / count).toFixed(0)} µs a node`
    )
  const perSecond = await pingsPerSecond()
  const verifications = verificationsPerSecond()
  console.log(
    `${perSecond.toFixed(0)} pings a second over UDP, both ends in one process; ${verifications.toFixed(0)} signatures verified a second`
  )
  // What one answer costs beyond its message grows with the nodes: a + b n.
  const [few = 0, many = 0] = [rounds[0], rounds.at(-1)]
  const [fewest = 1, most = 1] = [counts[0], counts.at(-1)]
  const slope = (many / most - few / fewest) / (most - fewest)
  const fixed = Math.max(0, few / fewest - slope * fewest)
  /** The most nodes n for which n (a + b n) milliseconds fit into the interval. */
  const alone = (seconds: number): number => {
    const a = fixed + 1000 / perSecond
    const b = Math.max(slope, 1e-12)
    return (-a + Math.sqrt(a * a + 4 * b * 1000 * seconds)) / (2 * b)
  }
  const udp = (seconds: number): number => perSecond * seconds
  const committees = (seconds: number): number =>
    (seconds * verifications * committee.nodes) / committee.reports
  for (const seconds of intervals)
    console.log(
      `every ${seconds} s: ${alone(seconds).toFixed(0)} nodes by the transitions as specified; ${udp(seconds).toFixed(0)} by UDP alone; ${committees(seconds).toFixed(0)} with committees that report on ${committee.nodes} each`
    )
  const file = savePlot(
    "probing",
    lines({
      title: "Nodes that a membership service of four can probe, by a cost model",
      unit: "nodes",
      along: "interval of probing, in seconds",
      places: intervals,
      series: [
        { name: "transitions as specified", figures: intervals.map(alone) },
        { name: "messages alone (UDP)", figures: intervals.map(udp) }
      ]
    })
  )
  console.log(`plot: ${file}`)
}

/** `npm run bench -- dht [SEED…]` */
export const dht = async (options: ReadonlyArray<string>): Promise<void> => {
  await probing()
  system(options.length === 0 ? [1, 2] : options.map(Number))
}
