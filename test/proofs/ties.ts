/**
 * Systems of the executable specification for the models to follow.
 */

import * as Result from "effect/Result"
import type { Plan } from "../../proofs/tie/run.ts"
import type { Tie } from "../../proofs/tie/tie.ts"
import { followRun } from "../../proofs/tie/tie.ts"
import { type Configuration, majority, make } from "../../spec/configuration/configuration.ts"
import { type QuorumSystem, subsets } from "../../spec/configuration/quorums.ts"
import type { AnyOperation } from "../../spec/kernel/observation.ts"
import { systemOf, variantOf } from "../../spec/kernel/protocol.ts"
import type { System } from "../../spec/kernel/system.ts"
import { client, servers } from "../../spec/nodes/nodes.ts"
import type { StorageProtocol } from "../../spec/protocols.ts"
import type { StorageParameters } from "../../spec/storage/parameters.ts"

export const names = (letter: string, count: number): ReadonlyArray<string> =>
  Array.from({ length: count }, (_, place) => `${letter}${place + 1}`)

/**
 * Of the given number of storage nodes, any given number to read, and any given number to write.
 */
export const quorumsOf = (count: number, toRead: number, toWrite: number): Configuration => {
  const all = servers(...names("s", count))
  const of = (size: number): QuorumSystem => ({
    _tag: "Explicit",
    quorums: subsets(all, size).filter(({ length }) => length === size)
  })
  return Result.getOrThrow(make(all, of(toRead), of(toWrite)))
}

export const parametersOf = (
  serverCount: number,
  clientCount: number,
  configuration?: Configuration
): StorageParameters => {
  const all = servers(...names("s", serverCount))
  return {
    servers: all,
    clients: names("c", clientCount).map(client),
    configuration: configuration ?? majority(all)
  }
}

export const systemUnder = (
  protocol: StorageProtocol,
  parameters: StorageParameters,
  variant: string
): System => {
  const found = variantOf(protocol, variant)
  if (found === undefined) throw new Error(`no variant ${variant}`)
  return systemOf(protocol, parameters, found)
}

/** Reads and writes of different values. */
export const accesses = (): Plan["operations"] => {
  let count = 0
  return (_client, random) =>
    (random(2) === 0 ? { _tag: "Read" } : { _tag: "Write", value: ++count }) as AnyOperation
}

export interface RunsFollowed {
  readonly steps: number
  readonly judged: number
  readonly taken: ReadonlySet<string>
  readonly departure: string | undefined
}

/** Follows runs of seeds from 1 on, until one departs. */
export const followRuns = (
  tieOf: () => Tie,
  system: System,
  {
    runs,
    steps,
    operations,
    judgedEvery,
    lies
  }: {
    readonly runs: number
    readonly steps: number
    readonly operations: () => Plan["operations"]
    readonly judgedEvery?: number
    readonly lies?: Plan["lies"]
  }
): RunsFollowed => {
  const taken = new Set<string>()
  let [count, judged] = [0, 0]
  for (let seed = 1; seed <= runs; seed++) {
    const plan = { seed, steps, operations: operations(), ...(lies !== undefined && { lies }) }
    const followed = followRun(tieOf(), system, plan, judgedEvery)
    count += followed.steps
    judged += followed.judged
    for (const name of followed.taken.keys()) taken.add(name)
    if (followed.departure !== undefined)
      return { steps: count, judged, taken, departure: followed.departure }
  }
  return { steps: count, judged, taken, departure: undefined }
}
