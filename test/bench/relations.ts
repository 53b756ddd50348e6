/**
 * The cost of common ways to write a model: a type invariant over the whole state, one set of all
 * messages, many initial states, many liveness properties. Each is a ratio of medians within one
 * run, against the same model without it; the bench fails if a ratio exceeds its bound.
 */
import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import { readersWriters, simple } from "../../checker/examples/known/concurrency.ts"
import { coffeeCan } from "../../checker/examples/known/puzzles.ts"
import { innerFifo } from "../../checker/examples/known/specifying-systems.ts"
import { tokenRing } from "../../checker/examples/token-ring-termination.ts"
import { type TwoPhaseCommit, twoPhaseCommit } from "../../checker/examples/two-phase-commit.ts"
import type { Relation } from "../../checker/relation/relation.ts"
import { RelationCheck } from "../../checker/relation/relation-check.ts"
import { oneSetOfMessages } from "../checker/relation/one-set-of-messages.ts"

const runs = 5

/** Without it, what is measured is when the collector happened to run. */
setFlagsFromString("--expose_gc")
const collectGarbage: () => void = runInNewContext("gc")

interface Cost {
  readonly seconds: number
  readonly bytes: number
  readonly distinct: number
  readonly generated: number
}

/** The cost of a complete check. */
const costOf = <State extends object>(relation: Relation<State>): Cost => {
  collectGarbage()
  const heapBefore = process.memoryUsage().heapUsed
  const started = performance.now()
  const check = new RelationCheck(relation, { violations: "all" })
  while (check.advance(1 << 16));
  const seconds = (performance.now() - started) / 1000
  collectGarbage()
  const bytes = process.memoryUsage().heapUsed - heapBefore + check.heldBytes
  const { distinct, generated } = check.result().states
  return { seconds, bytes, distinct, generated }
}

const median = (numbers: ReadonlyArray<number>): number =>
  [...numbers].sort((left, right) => left - right)[numbers.length >> 1] as number

/** Compares the costs of a model with and without something, alternating between the two. */
const compare = <A extends object, B extends object>(
  name: string,
  without: () => Relation<A>,
  having: () => Relation<B>,
  bound: { readonly time: number; readonly memory: number }
): void => {
  const pairs = Array.from({ length: runs }, () => [costOf(without()), costOf(having())] as const)
  const time = median(pairs.map(([less, more]) => more.seconds / less.seconds))
  const memory = median(pairs.map(([less, more]) => more.bytes / less.bytes))
  const [less, more] = pairs[0] as readonly [Cost, Cost]
  const perSecond = median(pairs.map(([, { generated, seconds }]) => generated / seconds))
  console.log(
    [
      name.padEnd(48),
      `${less.distinct} / ${more.distinct} states`,
      `time ${time.toFixed(2)} (at most ${bound.time})`,
      `memory ${memory.toFixed(2)} (at most ${bound.memory})`,
      `${Math.round(perSecond).toLocaleString("en")} generated/s`
    ].join("  ")
  )
  if (time > bound.time || memory > bound.memory) process.exitCode = 1
}

const count = 7
const managers = Array.from({ length: count }, (_, at) => `rm${at + 1}`)

/** `TypeOK` of TwoPhase: every variable has a value of its type. */
const typeInvariant = ({
  resourceManagers,
  transactionManager,
  heardFrom,
  sent
}: TwoPhaseCommit): boolean =>
  managers.every((one) =>
    ["working", "prepared", "committed", "aborted"].includes(resourceManagers[one] as string)
  ) &&
  ["init", "committed", "aborted"].includes(transactionManager) &&
  managers.every(
    (one) => typeof heardFrom[one] === "boolean" && typeof sent.prepared[one] === "boolean"
  ) &&
  typeof sent.commit === "boolean" &&
  typeof sent.abort === "boolean"

/** A model of this many bits: each has any value initially, and is eventually set. */
const bits = (
  width: number,
  isBegunAnyhow: boolean
): Relation<{ readonly bits: Readonly<Record<string, boolean>> }> => {
  const names = Array.from({ length: width }, (_, at) => `b${at}`)
  const number = isBegunAnyhow ? 2 ** width : 1
  return {
    initial: Array.from({ length: number }, (_, initial) => ({
      bits: Object.fromEntries(names.map((name, at) => [name, (initial & (1 << at)) !== 0]))
    })),
    actions: Object.fromEntries(
      names.map((name) => [
        `set ${name}`,
        ({ bits }: { readonly bits: Readonly<Record<string, boolean>> }) =>
          bits[name] ? [] : [{ bits: { [name]: true } }]
      ])
    )
  }
}

const live = (properties: number) => {
  const ring = tokenRing({ count: 6 })
  const leadsTo = ring.leadsTo?.["termination is detected"]
  return {
    ...ring,
    eventually: {},
    leadsTo: Object.fromEntries(
      Array.from({ length: properties }, (_, at) => [
        `detected ${at}`,
        leadsTo as NonNullable<typeof leadsTo>
      ])
    )
  }
}

/**
 * What the collection of TLA+ examples reports of TLC (specifications/…/manifest.json: totalStates
 * and runtime; the runtime is rounded up and includes the start of the Java machine).
 */
const published = {
  TwoPhase: { generated: 1_146, seconds: 1 },
  Simple: { generated: 1_842, seconds: 1 },
  MCInnerFIFO: { generated: 9_660, seconds: 1 },
  CoffeeCan100Beans: { generated: 20_002, seconds: 5 },
  ReadersWriters: { generated: 59_674, seconds: 5 }
} as const

const rate = (generated: number, seconds: number): string =>
  Math.round(generated / seconds).toLocaleString("en")

/** Generated states per second on one public model, search and liveness together, next to TLC's. */
const besideTlc = <State extends object>(
  name: keyof typeof published,
  model: () => Relation<State>
): void => {
  const costs = Array.from({ length: runs }, () => costOf(model()))
  const seconds = median(costs.map((cost) => cost.seconds))
  const generated = costs[0]?.generated ?? 0
  const tlc = published[name]
  if (generated !== tlc.generated)
    throw new Error(`${name} has ${generated} states, and not ${tlc.generated}`)
  console.log(
    `${name.padEnd(20)} ${rate(generated, seconds).padStart(12)} generated/s here ${rate(tlc.generated, tlc.seconds).padStart(10)} as published for TLC`
  )
}

export const relations = (): void => {
  besideTlc("TwoPhase", () => twoPhaseCommit({ count: 3 }))
  besideTlc("Simple", () => simple(5))
  besideTlc("MCInnerFIFO", () => innerFifo(["m1", "m2", "m3"], 3))
  besideTlc("CoffeeCan100Beans", () => coffeeCan(100))
  besideTlc("ReadersWriters", () => readersWriters(3))
  const base = () => twoPhaseCommit({ count })
  compare(
    "two-phase commit, with a type invariant",
    base,
    () => ({ ...base(), invariants: { ...base().invariants, "type invariant": typeInvariant } }),
    { time: 1.5, memory: 2 }
  )
  compare(
    "two-phase commit, with one set of messages",
    () => ({ ...base(), invariants: {}, sometimes: {} }),
    () => oneSetOfMessages(managers),
    { time: 1.5, memory: 2 }
  )
  compare(
    "18 bits, with all 262,144 states initial",
    () => bits(18, false),
    () => bits(18, true),
    { time: 3, memory: 8 }
  )
  compare(
    "ring of 6, 20 properties of liveness beside 1",
    () => live(1),
    () => live(20),
    { time: 4, memory: 2 }
  )
  compare(
    "ring of 6, 1 property of liveness beside none",
    () => live(0),
    () => live(1),
    { time: 4, memory: 3 }
  )
}
