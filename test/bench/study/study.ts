/**
 * The study that the tutorial reports at the end of section 6: the cost of concurrent
 * reconfigurations, in message delays, with and without consensus.
 *
 * Seven storage nodes; a reader and a writer, which repeat their operations; and from none to five
 * clients, each of which adds one node. The reader and the writer continue until these have
 * finished. A row is the mean over many seeded runs of one protocol under one condition.
 */
import { draw, fraction } from "../../../checker/walk/random.ts"
import { majority } from "../../../spec/configuration/configuration.ts"
import { dynastore } from "../../../spec/dynastore/protocol.ts"
import { type ProtocolOf, systemOf, variantOf } from "../../../spec/kernel/protocol.ts"
import { client, type ServerSet, servers } from "../../../spec/nodes/nodes.ts"
import { rambo } from "../../../spec/rambo/protocol.ts"
import type { ClientState as RamboClient } from "../../../spec/rambo/state.ts"
import type { StorageParameters } from "../../../spec/storage/parameters.ts"
import type { StorageOperation } from "../../../spec/storage/reconfiguration.ts"
import {
  type Conditions,
  type Latency,
  latenciesOf,
  type Script,
  simulate,
  type Taken
} from "../simulation.ts"

const members = servers("s1", "s2", "s3", "s4", "s5", "s6", "s7")
const spares = servers("n1", "n2", "n3", "n4", "n5")
const spareOfTheDead = servers("n6")
export const maxReconfigurations = spares.length

/** A protocol of the study. */
export interface Contender {
  readonly name: string
  readonly protocol: ProtocolOf<StorageParameters>
  readonly variant: string
  /**
   * Whether the steps show that a reconfiguration has been decided. Present only for protocols that
   * decide.
   */
  readonly decides?: (taken: Taken) => boolean
}

export const contenders: ReadonlyArray<Contender> = [
  {
    name: "rambo",
    protocol: rambo,
    variant: "with-consensus",
    decides: ({ after }) => {
      const { activity, map } = after as Partial<RamboClient>
      return activity !== undefined && map !== undefined && map.retired + map.active.length > 1
    }
  },
  { name: "dynastore", protocol: dynastore, variant: "correct" }
]

/** The circumstances under which the reconfigurations take place. */
export interface Circumstance {
  readonly name: string
  readonly about: string
  /** The number of message delays between the starts of two reconfigurations; 0 for all at once. */
  readonly apart: number
  /** Whether another client reconfigures and crashes within its first four message delays. */
  readonly oneDies: boolean
  readonly conditions: Conditions
}

/** A ballot takes two phases, of two message delays each. */
const ballot = 4

/**
 * A preempted proposer waits up to twice as long each time, beginning with the length of a ballot.
 * Every other step is immediate.
 */
const backOff: Conditions = {
  pauseOf: (choice, taken, fraction) =>
    (choice as { readonly _tag: string })._tag === "Retry"
      ? fraction * ballot * 2 ** Math.min(taken, 5)
      : 0
}

export const circumstances: ReadonlyArray<Circumstance> = [
  {
    name: "one after the other",
    about:
      "each reconfiguration begins 4 message delays after the one before it: a ballot that nobody contends for",
    apart: ballot,
    oneDies: false,
    conditions: backOff
  },
  {
    name: "all at once",
    about: "all reconfigurations begin within a message delay: proposers contend, and back off",
    apart: 0,
    oneDies: false,
    conditions: backOff
  },
  {
    name: "no back-off",
    about: "all at once, and a proposer that is preempted begins a new ballot at once",
    apart: 0,
    oneDies: false,
    conditions: {}
  },
  {
    name: "one dies",
    about:
      "all at once, and one more client that reconfigures crashes within its first four message delays",
    apart: 0,
    oneDies: true,
    conditions: backOff
  }
]

const write: StorageOperation = { _tag: "Write", value: 1 }
const adding = (add: ServerSet): StorageOperation => ({ _tag: "Reconfigure", add, remove: [] })

const scriptsOf = (
  seed: number,
  reconfigurations: number,
  { apart, oneDies }: Circumstance
): ReadonlyArray<Script> => {
  const scripts: ReadonlyArray<Omit<Script, "client" | "at"> & { readonly at?: number }> = [
    { operations: [{ _tag: "Read" }], repeats: true },
    { operations: [write], repeats: true },
    ...spares.slice(0, reconfigurations).map((spare, index) => ({
      operations: [adding([spare])],
      at: index * apart
    })),
    ...(oneDies
      ? [
          {
            operations: [adding(spareOfTheDead)],
            crashesAt: 1 + fraction(draw(seed, 0, "when a client crashes")) * ballot
          }
        ]
      : [])
  ]
  return scripts.map((script, index) => ({
    ...script,
    client: clientNumber(index),
    // Clients start within the first message delay, so that none is always the first.
    at: (script.at ?? 0) + fraction(draw(seed, index, "when a client begins"))
  }))
}

const clientNumber = (index: number) => client(`c${index + 1}`)

/** The run of this seed. */
export const runOf = (
  { protocol, variant: name }: Contender,
  circumstance: Circumstance,
  reconfigurations: number,
  seed: number
): ReadonlyArray<Taken> => {
  const scripts = scriptsOf(seed, reconfigurations, circumstance)
  const parameters = {
    servers: [...members, ...spares, ...spareOfTheDead].sort(),
    clients: scripts.map((_, index) => clientNumber(index)),
    configuration: majority(members)
  }
  const variant = variantOf(protocol, name)
  if (variant === undefined) throw new Error(`${protocol.name} has no variant ${name}`)
  return simulate(systemOf(protocol, parameters, variant), scripts, seed, circumstance.conditions)
}

/** The measures, each over any number of operations; undefined if there were none. */
export const measures = ["read", "write", "undecided", "reconfigure", "slowest"] as const
export type Measure = (typeof measures)[number]

export interface Row {
  readonly circumstance: string
  readonly protocol: string
  readonly reconfigurations: number
  /**
   * In message delays: the means of reads, writes and reconfigurations; of the reads and writes
   * that ended before any reconfiguration was decided; and the slowest reconfiguration of any run.
   */
  readonly latency: Readonly<Record<Measure, number | undefined>>
  /** The number of operations of correct clients that did not end. */
  readonly pending: number
}

const mean = (delays: ReadonlyArray<number>): number | undefined =>
  delays.length === 0 ? undefined : delays.reduce((sum, one) => sum + one, 0) / delays.length

/** The latencies over this many runs. */
export const rowOf = (
  contender: Contender,
  circumstance: Circumstance,
  reconfigurations: number,
  runs: number
): Row => {
  const ended: Array<Latency & { readonly isUndecided: boolean }> = []
  let pending = 0
  for (let seed = 1; seed <= runs; seed++) {
    const taken = runOf(contender, circumstance, reconfigurations, seed)
    const { decides } = contender
    const decision = decides && (taken.find(decides)?.time ?? Number.POSITIVE_INFINITY)
    const latencies = latenciesOf(taken)
    ended.push(
      ...latencies.map((one) => ({
        ...one,
        isUndecided: decision !== undefined && one.end < decision
      }))
    )
    pending += reconfigurations - of(latencies, "Reconfigure").length
  }
  const slowest = Math.max(...of(ended, "Reconfigure"))
  return {
    circumstance: circumstance.name,
    protocol: contender.name,
    reconfigurations,
    latency: {
      read: mean(of(ended, "Read")),
      write: mean(of(ended, "Write")),
      undecided: mean(
        ended
          .filter(({ isUndecided, operation }) => isUndecided && operation._tag !== "Reconfigure")
          .map(({ delays }) => delays)
      ),
      reconfigure: mean(of(ended, "Reconfigure")),
      slowest: reconfigurations === 0 ? undefined : slowest
    },
    pending
  }
}

const of = (
  latencies: ReadonlyArray<Latency>,
  tag: StorageOperation["_tag"]
): ReadonlyArray<number> =>
  latencies.filter(({ operation }) => operation._tag === tag).map(({ delays }) => delays)
