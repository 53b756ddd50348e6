/**
 * Models of the collection of TLA+ examples (github.com/tlaplus/Examples), state for state: the
 * abstract transaction commit (Gray and Lamport, "Consensus on Transaction Commit", section 2),
 * Lamport's example for teaching concurrency ("Teaching Concurrency", 2009), and readers and
 * writers with a fair queue (specified by I. DeFrain).
 */
import type { Relation } from "../../relation/relation.ts"

type Manager = "working" | "prepared" | "committed" | "aborted"
export interface Commit {
  readonly rmState: Readonly<Record<string, Manager>>
}

/** Resource managers all commit or all abort, as if one of them knew what all of them do. */
export const transactionCommit = (count: number): Relation<Commit> => {
  const managers = Array.from({ length: count }, (_, at) => `rm${at + 1}`)
  const of = (rmState: Commit["rmState"], states: ReadonlyArray<Manager>) =>
    managers.every((one) => states.includes(rmState[one] as Manager))
  return {
    initial: [{ rmState: Object.fromEntries(managers.map((one) => [one, "working"])) }],
    actions: Object.fromEntries(
      managers.flatMap((one) => [
        [
          `Prepare(${one})`,
          ({ rmState }: Commit) =>
            rmState[one] === "working" ? [{ rmState: { [one]: "prepared" as const } }] : []
        ],
        [
          `Decide(${one})`,
          ({ rmState }: Commit) => [
            ...(rmState[one] === "prepared" && of(rmState, ["prepared", "committed"])
              ? [{ rmState: { [one]: "committed" as const } }]
              : []),
            ...((rmState[one] === "working" || rmState[one] === "prepared") &&
            of(rmState, ["working", "prepared", "aborted"])
              ? [{ rmState: { [one]: "aborted" as const } }]
              : [])
          ]
        ]
      ])
    ),
    invariants: {
      TCConsistent: ({ rmState }) =>
        !Object.values(rmState).includes("committed") || !Object.values(rmState).includes("aborted")
    },
    symmetry: { managers }
  }
}

export interface Simple {
  readonly x: Readonly<Record<string, number>>
  readonly y: Readonly<Record<string, number>>
  readonly pc: Readonly<Record<string, "a" | "b" | "Done">>
}

/**
 * Each process writes 1, then reads what its neighbour has written. When all are done, some process
 * has read 1.
 */
export const simple = (count: number): Relation<Simple> => {
  const processes = Array.from({ length: count }, (_, at) => at)
  const each = <Value>(value: Value) => Object.fromEntries(processes.map((one) => [one, value]))
  const isDone = ({ pc }: Pick<Simple, "pc">) => processes.every((one) => pc[one] === "Done")
  return {
    initial: [{ x: each(0), y: each(0), pc: each("a" as const) }],
    actions: {
      ...Object.fromEntries(
        processes.flatMap((one) => [
          [
            `a(${one})`,
            ({ pc }: Simple) =>
              pc[one] === "a" ? [{ x: { [one]: 1 }, pc: { [one]: "b" as const } }] : []
          ],
          [
            `b(${one})`,
            ({ pc, x }: Simple) =>
              pc[one] === "b"
                ? [
                    {
                      y: { [one]: x[(one + count - 1) % count] as number },
                      pc: { [one]: "Done" as const }
                    }
                  ]
                : []
          ]
        ])
      ),
      Terminating: ({ pc }) => (isDone({ pc }) ? [{}] : [])
    },
    invariants: {
      PCorrect: ({ pc, y }) => !isDone({ pc }) || processes.some((one) => y[one] === 1)
    },
    deadlock: true
  }
}

export interface ReadersWriters {
  readonly readers: ReadonlyArray<number>
  readonly writers: ReadonlyArray<number>
  readonly waiting: ReadonlyArray<readonly [kind: "read" | "write", actor: number]>
}

/** All processes wait in one queue to read or to write. */
export const readersWriters = (count: number): Relation<ReadersWriters> => {
  const actors = Array.from({ length: count }, (_, at) => at + 1)
  const including = (set: ReadonlyArray<number>, one: number) => [...new Set([...set, one])].sort()
  const excluding = (set: ReadonlyArray<number>, one: number) =>
    set.filter((other) => other !== one)
  const tries = (kind: "read" | "write", actor: number) =>
    [
      `Try${kind === "read" ? "Read" : "Write"}(${actor})`,
      ({ waiting }: ReadersWriters) =>
        waiting.some(([what, who]) => what === kind && who === actor)
          ? []
          : [{ waiting: [...waiting, [kind, actor] as const] }]
    ] as const
  const again = (name: string, holds: (state: ReadersWriters, actor: number) => boolean) =>
    actors.map(
      (actor) => [`${actor} ${name}`, (state: ReadersWriters) => holds(state, actor)] as const
    )
  return {
    initial: [{ readers: [], writers: [], waiting: [] }],
    actions: {
      ...Object.fromEntries(actors.map((actor) => tries("read", actor))),
      ...Object.fromEntries(actors.map((actor) => tries("write", actor))),
      ReadOrWrite: ({ readers, writers, waiting: [first, ...rest] }) => {
        if (first === undefined || writers.length > 0) return []
        const [kind, actor] = first
        if (kind === "read") return [{ readers: including(readers, actor), waiting: rest }]
        return readers.length > 0 ? [] : [{ writers: including(writers, actor), waiting: rest }]
      },
      Stop: ({ readers, writers }) =>
        including([...readers, ...writers].slice(1), [...readers, ...writers][0] ?? 0)
          .filter((actor) => actor > 0)
          .map((actor) =>
            readers.includes(actor)
              ? { readers: excluding(readers, actor) }
              : { writers: excluding(writers, actor) }
          )
    },
    invariants: {
      Safety: ({ readers, writers }) =>
        (readers.length === 0 || writers.length === 0) && writers.length <= 1
    },
    fairness: {
      weak: [
        ...actors.map((actor) => `TryRead(${actor})`),
        ...actors.map((actor) => `TryWrite(${actor})`),
        "ReadOrWrite",
        "Stop"
      ]
    },
    alwaysEventually: Object.fromEntries([
      ...again("reads", ({ readers }, actor) => readers.includes(actor)),
      ...again("writes", ({ writers }, actor) => writers.includes(actor)),
      ...again("does not read", ({ readers }, actor) => !readers.includes(actor)),
      ...again("does not write", ({ writers }, actor) => !writers.includes(actor))
    ]),
    deadlock: true
  }
}
