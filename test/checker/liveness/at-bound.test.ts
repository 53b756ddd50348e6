/**
 * A process that waits while another has stopped at a bound may wait for that one, or regardless of
 * it. The checker reports this; it is neither a violation nor a proof.
 */
import * as Schema from "effect/Schema"
import { describe, expect, it } from "vitest"
import { exitCodeOf, exitCodes } from "../../../checker/command/exit-codes.ts"
import { summary } from "../../../checker/command/summary.ts"
import type { Model } from "../../../checker/network/model.ts"
import { allReductions } from "../../../checker/network/reductions.ts"
import { ParallelCheck } from "../../../checker/parallel/parallel-check.ts"
import { SearchWorker } from "../../../checker/parallel/worker.ts"
import type { CheckResult } from "../../../checker/result.ts"
import type { LoadedScenario } from "../../../checker/scenario/load.ts"
import { WalkCheck } from "../../../checker/walk/walk-check.ts"
import { majority } from "../../../spec/configuration/configuration.ts"
import { noFaults } from "../../../spec/kernel/fault.ts"
import { keyed, partOf } from "../../../spec/kernel/keyed.ts"
import type { NodeId } from "../../../spec/kernel/node.ts"
import type { AnyObservation, AnyOperation } from "../../../spec/kernel/observation.ts"
import type { AnyProcess, Process } from "../../../spec/kernel/process.ts"
import type { AnyProperty } from "../../../spec/kernel/property.ts"
import { termination } from "../../../spec/liveness/liveness.ts"
import { client, servers } from "../../../spec/nodes/nodes.ts"
import { registers } from "../../../spec/register/operation.ts"
import { runCheck, verdicts } from "../network/searching.ts"

const State = Schema.Struct({ steps: Schema.Int })
type State = typeof State.Type

/**
 * A process that takes steps by itself, from step `first` until it has taken `most`. There it stops
 * at a bound.
 */
const spinning = (first: number, most: number): AnyProcess =>
  ({
    State,
    durable: false,
    initial: () => ({ steps: 0 }),
    ready: (_context, _self, { steps }) => steps === 0,
    choices: (_context, _self, { steps }) => (steps >= first && steps < most ? ["spin"] : []),
    step: (_context, _self, { steps }, input) => ({
      state: { steps: steps + 1 },
      sends: [],
      observations:
        input._tag === "Invoke" ? [{ _tag: "Invocation", operation: input.operation }] : []
    }),
    atBound: (_context, { steps }) => (steps >= most ? "spins" : undefined)
  }) satisfies Spinning as AnyProcess
type Spinning = Process<unknown, State, AnyOperation, AnyObservation, unknown, string>

/** A process that is never answered: its operation never ends. */
const waiting = spinning(1, Number.POSITIVE_INFINITY)
const unanswered: AnyProcess = { ...waiting, choices: () => [] }
/** One process that takes its steps by itself, and one that takes them when it is invoked. */
const daemon: AnyProcess = { ...spinning(0, 2), ready: () => false }
const asked = spinning(1, 3)

const read = (object?: string): AnyOperation => ({
  _tag: "Read",
  ...(object === undefined ? {} : { object })
})

interface Node {
  readonly process: AnyProcess
  readonly script?: ReadonlyArray<AnyOperation>
}

const properties: ReadonlyArray<AnyProperty> = [termination as AnyProperty]

const modelOf = (nodes: ReadonlyArray<Node>): Model => {
  const ids = nodes.map((_, index) => client(`c${index + 1}`))
  const parameters = { servers: [], clients: ids, configuration: majority(servers("s1")) }
  return {
    protocol: {
      name: "bounded",
      about: "clients that wait, and some that stop at a bound",
      Message: Schema.Never,
      objects: [registers],
      properties,
      describe: String
    },
    system: {
      nodes: nodes.map(({ process }, index) => ({
        id: ids[index] as NodeId,
        role: "client",
        process
      })),
      context: parameters,
      parameters
    },
    scripts: Object.fromEntries(
      nodes.map(({ script = [] }, index) => [ids[index] as NodeId, script])
    ),
    faults: noFaults,
    properties
  }
}

/** (The expectations keep the search going after a finding.) */
const scenarioWith = (nodes: ReadonlyArray<Node>): LoadedScenario => ({
  ...{ name: "bounded", description: undefined, model: modelOf(nodes), bounds: {} },
  checksDeadlock: true,
  expect: new Map([["no such property", "holds"]])
})
const resultOf = (...nodes: ReadonlyArray<Node>): CheckResult =>
  runCheck(scenarioWith(nodes)) as CheckResult
const found = (result: CheckResult) => {
  const { termination: live, "deadlock-freedom": deadlock } = verdicts(result)
  return { deadlock, live, all: result.verdict, code: exitCodeOf(result) }
}

const waiter: Node = { process: unanswered, script: [read()] }

describe("a client that waits forever", () => {
  it("is in a deadlock, and never served, if no process has stopped at a bound", () => {
    expect(found(resultOf(waiter))).toEqual({
      ...{ deadlock: "violated", live: "violated", all: "violated" },
      code: exitCodes.deadlock
    })
  })

  it("leaves both open next to one that stops at a bound, with the reason", () => {
    const result = resultOf(waiter, { process: daemon })
    const open = { deadlock: "inconclusive", live: "inconclusive", all: "inconclusive" }
    expect(found(result)).toEqual({ ...open, code: exitCodes.inconclusive })
    expect([result.asExpected, result.exhaustive, result.stopped]).toEqual([false, true, undefined])
    expect(result.notes).toEqual([
      "termination is open: c1 may wait forever, perhaps for a node that has stopped at a bound",
      "deadlock-freedom is open: 1 state ends at a bound while other nodes wait, perhaps for the one that stopped there"
    ])
    const measured = { seconds: 1, peakMemoryBytes: 1, generatedBefore: 0 }
    expect(summary(result, measured, { columns: 100, colours: false })).toContain(
      "note: deadlock-freedom is open: 1 state ends at a bound"
    )
  })

  it("counts the states that end like this", () => {
    /** It reaches the bound on one of two paths. */
    const forked: AnyProcess = {
      ...daemon,
      choices: (_context, _self, state) => ((state as State).steps === 0 ? [2, 3] : []),
      step: (_context, _self, state, input) => ({
        state: input._tag === "Choose" ? { steps: input.choice } : state,
        sends: [],
        observations: []
      })
    }
    const { notes } = resultOf(waiter, { process: forked }, { process: forked })
    expect(notes.at(-1)).toMatch(/^deadlock-freedom is open: 4 states end at a bound /)
  })

  it("is owed nothing if it stops at the bound itself", () => {
    const result = resultOf({ process: asked, script: [read()] }, { process: daemon })
    expect(found(result)).toEqual({
      ...{ deadlock: "holds", live: "holds", all: "holds" },
      code: exitCodes.asExpected
    })
    expect([result.boundsReached, result.notes]).toEqual([["spins"], []])
  })

  it("is not served if the other may not have reached its bound", () => {
    // No user is obliged to invoke: in some run no process reaches a bound, and the first waits
    // forever.
    const result = resultOf(waiter, { process: asked, script: [read()] })
    expect(found(result)).toMatchObject({
      live: "violated",
      deadlock: "inconclusive",
      all: "violated"
    })
    const counterexample = result.properties.find(
      ({ name }) => name === "termination"
    )?.counterexample
    expect(counterexample?.steps.map(({ node }) => node)).toEqual(["c1"])
  })
})

describe("a client of several objects that stops at a bound for one of them", () => {
  const part = partOf(spinning(1, 3))
  /** For x it spins up to the bound; its operations on other objects are never answered. */
  const process = keyed({
    ...part,
    step: (context, self, state, input, after) => {
      const step = part.step(context, self, state, input, after)
      const isOther = input._tag === "Invoke" && input.operation.object !== "x"
      return isOther ? { ...step, state: { steps: -1 } } : step
    },
    ready: (_context, _self, state) => (state as State).steps === 0
  }) as AnyProcess
  const of = (...objects: ReadonlyArray<string>): Node => ({
    process,
    script: objects.map((one) => read(one))
  })

  it("is owed nothing for that one, and has no excuse for another", () => {
    expect(found(resultOf(of("x")))).toMatchObject({ live: "holds", deadlock: "holds" })
    expect(found(resultOf(of("y")))).toMatchObject({ live: "violated", deadlock: "violated" })
    const open = { live: "inconclusive", deadlock: "inconclusive", all: "inconclusive" }
    expect(found(resultOf(of("x", "y")))).toMatchObject(open)
  })

  it("has an excuse for operations that it cannot begin because of that one", () => {
    expect(found(resultOf(of("x", "x")))).toMatchObject({ live: "holds", deadlock: "holds" })
  })

  it("names the bound of the given object", () => {
    const state = { shared: {}, objects: { x: { steps: 3 }, y: { steps: -1 } } }
    const boundFor = (object?: string) =>
      process.atBound?.({}, state, object === undefined ? undefined : read(object))
    expect([boundFor(), boundFor("x"), boundFor("y"), boundFor("constructor")]).toEqual([
      "spins",
      "spins",
      undefined,
      undefined
    ])
  })
})

describe("states that end at a bound while other nodes wait", () => {
  const scenario = scenarioWith([waiter, { process: daemon }])
  const quick: LoadedScenario = { ...scenario, model: { ...scenario.model, properties: [] } }

  it("are counted by several workers together", async () => {
    const start = ({
      reductions,
      log
    }: Parameters<ConstructorParameters<typeof ParallelCheck>[3]>[0]) =>
      [0, 1, 2].map((index) => {
        const setup = {
          model: quick.model,
          reductions,
          checksDeadlock: true,
          keeping: "states",
          log
        } as const
        const worker = new SearchWorker({ ...setup, index, count: 3 })
        return { ask: async (order: Parameters<SearchWorker["answer"]>[0]) => worker.answer(order) }
      })
    const check = new ParallelCheck(quick, allReductions, {}, start)
    while (await check.advance());
    const { verdict, notes } = await check.result()
    expect([verdict, notes.length]).toEqual(["inconclusive", 1])
    expect(notes[0]).toMatch(/^deadlock-freedom is open: 1 state ends /)
  })

  it("are not deadlocks of random runs", () => {
    const runs = { seed: 1, from: 0, to: 20, maxSteps: 100 }
    const check = new WalkCheck(quick, runs, [])
    while (check.advance(100));
    const { walk, verdict } = check.result()
    expect([walk.stuck, walk.violated, verdict]).toEqual([20, 0, "inconclusive"])
  })
})
