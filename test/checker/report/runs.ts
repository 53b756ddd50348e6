/**
 * Counterexamples for stories: found by checking a scenario, walked at random through one, or made
 * from a bare history.
 */
import * as Result from "effect/Result"
import * as fc from "fast-check"
import { Check } from "../../../checker/check.ts"
import type { Model } from "../../../checker/network/model.ts"
import { Network } from "../../../checker/network/network.ts"
import { replay } from "../../../checker/report/replay.ts"
import {
  type Counterexample,
  type Snapshot,
  type TraceStep,
  wordsOf
} from "../../../checker/report/trace.ts"
import { fromData } from "../../../checker/scenario/load.ts"
import type { NodeId } from "../../../spec/kernel/node.ts"
import type { AnyObservation } from "../../../spec/kernel/observation.ts"
import { register } from "../../../spec/register/operation.ts"
import { configurable } from "../../../spec/storage/reconfiguration.ts"

const loaded = (name: string, scenario: unknown) => {
  const result = fromData(name, scenario)
  if (Result.isFailure(result)) throw result.failure
  return { ...result.success, name }
}

/** The first counterexample that an unreduced breadth-first check of the scenario finds. */
export const found = (name: string, scenario: unknown): Counterexample => {
  const check = new Check(loaded(name, scenario), "bfs", [])
  while (check.advance(1000));
  const counterexample = check.result().properties.flatMap((one) => one.counterexample ?? [])[0]
  if (counterexample === undefined) throw new Error(`${name} has no counterexample`)
  return counterexample
}

/** The mutant of the tutorial's remark on oscillating reads. */
export const oscillating = () =>
  found("majority/read-without-set-phase", {
    protocol: "majority",
    variant: "read-without-set-phase",
    servers: 3,
    clients: [["write 1"], ["read", "read"]],
    properties: ["atomicity"]
  })

/** Two writers choose the same timestamp. */
export const sameTimestamp = () =>
  found("majority/timestamp-without-client", {
    protocol: "majority",
    variant: "timestamp-without-client",
    servers: 3,
    clients: [["write 1"], ["write 2"]]
  })

/** A majority of the servers crashes. */
export const majorityLost = () =>
  found("majority/majority-lost", {
    protocol: "majority",
    servers: 3,
    clients: [["write 1"]],
    faults: { crashes: { servers: 2, clients: 0 } }
  })

/** A deadlock without a crash: an older write is never acknowledged. */
export const notAcknowledged = () =>
  found("majority/older-set-not-acknowledged", {
    protocol: "majority",
    variant: "older-set-not-acknowledged",
    servers: 2,
    clients: [["write 1"], ["write 2"]]
  })

/**
 * What random runs are walked through: plain and mutated, with crashes, and with reconfiguration.
 */
const models: ReadonlyArray<Model> = [
  {
    protocol: "majority",
    servers: 3,
    clients: [["write 1", "read"], ["read", "write 2"], ["read"]],
    faults: { crashes: { servers: 1, clients: 1 } }
  },
  {
    protocol: "majority",
    variant: "older-set-not-acknowledged",
    servers: ["end", "s2'", "a_rather.long_name_for_a_server"],
    clients: [
      ["write loop", "write ;#"],
      ["read", "read"]
    ],
    faults: { crashes: { servers: 2, clients: 0 } }
  },
  {
    protocol: "naive",
    servers: 3,
    configuration: ["s1", "s2"],
    clients: [["reconfigure +s3 -s1"], ["write 1"], ["read"]]
  }
].map((scenario) => loaded("random", scenario).model)

const walk = (model: Model, picks: ReadonlyArray<number>): Counterexample => {
  const network = new Network(model, [])
  const labels: Array<number> = []
  let state = network.initial[0] as Int32Array
  for (const pick of picks) {
    const next: Array<{ readonly label: number; readonly state: Int32Array }> = []
    network.expand(state, {
      visit: (label) => next.push({ label, state: network.successor.slice() })
    })
    const chosen = next[pick % Math.max(1, next.length)]
    if (chosen === undefined) break
    labels.push(chosen.label)
    state = chosen.state
  }
  const { initial, steps } = replay(
    model,
    labels.flatMap((label) => network.describe(label))
  )
  const end = steps.at(-1)?.after ?? initial
  return {
    scenario: "random",
    property: end.inFlight.length % 2 === 0 ? "atomicity" : "deadlock-freedom",
    kind: end.inFlight.length % 2 === 0 ? "safety" : "deadlock",
    about: "a random run proves nothing",
    reason: `it ended after ${steps.length} steps`,
    shortest: false,
    initial,
    steps,
    ...wordsOf(model)
  }
}

/** Any run, as if it broke something. */
export const anyRun: fc.Arbitrary<Counterexample> = fc
  .tuple(fc.constantFrom(...models), fc.array(fc.nat(1_000_000), { maxLength: 80, size: "max" }))
  .map(([model, picks]) => walk(model, picks))

const nothing: Snapshot = { nodes: [], inFlight: [], observers: {} }

/** A run with only its history known. */
export const ofHistory = (
  history: ReadonlyArray<{ readonly client: NodeId; readonly observation: AnyObservation }>
): Counterexample => ({
  scenario: "history",
  property: "atomicity",
  kind: "safety",
  about: "operations take effect at once",
  reason: "no order of the operations explains it",
  shortest: false,
  initial: nothing,
  steps: history.map(
    ({ client, observation }): TraceStep => ({
      node: client,
      role: "client",
      action: { _tag: "Choose", choice: null },
      sends: [],
      observations: [observation],
      after: nothing
    })
  ),
  describeMessage: String,
  objects: [register, configurable],
  faults: []
})
