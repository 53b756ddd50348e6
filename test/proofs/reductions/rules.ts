/**
 * The reductions as `proofs/reductions.md` states them, for small systems: what each may do when
 * its assumption holds, and the assumption. (The engine's own reductions are other code, on
 * purpose: this code tries the lemmas.)
 */
import { type Entry, entryOf, isSilent, reachableFrom, type Small, type Table } from "./small.ts"

/** What a search may do otherwise than all at once. */
export interface Reduction {
  /** The request, or the answer, is dropped while its receiver is in this state. */
  readonly dropsRequest: (client: number, server: number, request: number) => boolean
  readonly dropsAnswer: (client: number, answer: number) => boolean
  /** How an answer is taken that has an effect on the client where it is given. */
  readonly takes: (
    client: number,
    answer: number,
    changesServer: boolean
  ) => "later" | "at once" | "at once or never"
}

export const none: Reduction = {
  dropsRequest: () => false,
  dropsAnswer: () => false,
  takes: () => "later"
}

/** A reduction for a system, if the assumption holds that it makes; some may hold of no message. */
export type Rule = (system: Small) => Reduction | undefined

const both = [0, 1] as const
type Predicate = (state: number, message: number) => boolean

/** Holds in a state and permanently, whatever the node receives. */
const forGood =
  (table: Table, now: Predicate): Predicate =>
  (state, message) =>
    reachableFrom(table, state).every((later) => now(later, message))

const obsolete =
  (isObsolete: (table: Table) => Predicate): Rule =>
  ({ client, server }) => {
    const [ofClient, ofServer] = [isObsolete(client), isObsolete(server)]
    return {
      ...none,
      dropsRequest: (_, state, request) => ofServer(state, request),
      dropsAnswer: ofClient
    }
  }

const silent =
  (table: Table): Predicate =>
  (state, message) =>
    isSilent(table, state, message)

const dead =
  (onlyAnswers: (table: Table) => Predicate, isObsolete: (table: Table) => Predicate): Rule =>
  ({ client, server }) => {
    const answersOnly = onlyAnswers(server)
    const ignores = isObsolete(client)
    const isSettled: Predicate = (state, request) =>
      both.every((at) => {
        const { sends } = entryOf(server, at, request)
        return sends === 0 || !answersOnly(at, request) || ignores(state, sends - 1)
      })
    return {
      ...none,
      dropsRequest: (c, s, request) => answersOnly(s, request) && isSettled(c, request)
    }
  }

const staysWhereItIs =
  (table: Table): Predicate =>
  (state, message) =>
    entryOf(table, state, message).next === state

/** Two messages in one order: where it leads to, and what is sent. */
const inOrder = (table: Table, state: number, first: number, second: number) => {
  const one: Entry = entryOf(table, state, first)
  const two: Entry = entryOf(table, one.next, second)
  return { next: two.next, sends: [one.sends, two.sends].toSorted().join() }
}
const commute = (table: Table, state: number, first: number, second: number): boolean => {
  const [one, other] = [inOrder(table, state, first, second), inOrder(table, state, second, first)]
  return one.next === other.next && one.sends === other.sends
}

/** The states in which an answer may wait: where it had an effect and was lost, and from there. */
const waitsIn = (table: Table, answer: number): ReadonlyArray<number> =>
  both.filter((state) =>
    both.some(
      (lost) => !isSilent(table, lost, answer) && reachableFrom(table, lost).includes(state)
    )
  )

/** Whether it makes no difference when the answer is taken, in any state in which it may wait. */
const mayComeEarly = (table: Table, answer: number): boolean =>
  waitsIn(table, answer).every((state) =>
    both.every(
      (other) =>
        isSilent(table, entryOf(table, state, other).next, answer) ||
        commute(table, state, other, answer)
    )
  )

const atOnce =
  (
    isAnswer: (table: Table, answer: number) => boolean,
    losesAlways: boolean,
    isAcknowledgement: (table: Table) => Predicate = () => () => false
  ): Rule =>
  ({ client }) => {
    const answers = both.map((answer) => isAnswer(client, answer))
    const isLast = isAcknowledgement(client)
    if (!answers.includes(true)) return undefined
    return {
      ...none,
      takes: (state, answer, changesServer) => {
        if (answers[answer] !== true || isSilent(client, state, answer)) return "later"
        if (isLast(state, answer)) return "at once"
        return changesServer || losesAlways ? "at once or never" : "at once"
      }
    }
  }

/**
 * The pairs of a client's states such that the second can do all that the first can: the largest
 * such relation.
 */
const covered = (table: Table): ReadonlySet<string> => {
  const pairs = new Set(["0,1", "1,0"])
  const isIn = (one: number, other: number) => one === other || pairs.has(`${one},${other}`)
  const isOne = (one: number, other: number) =>
    both.every((message) => {
      const [less, more] = [entryOf(table, one, message), entryOf(table, other, message)]
      return (
        (less.sends === more.sends && isIn(less.next, more.next)) ||
        (less.sends === 0 && isIn(less.next, other))
      )
    })
  for (let before = -1; before !== pairs.size; ) {
    before = pairs.size
    for (const [one, other] of [
      [0, 1],
      [1, 0]
    ] as const) {
      if (!isOne(one, other)) pairs.delete(`${one},${other}`)
    }
  }
  return pairs
}

const tellsNoMore =
  (table: Table): Predicate =>
  (state, answer) => {
    const { next, sends } = entryOf(table, state, answer)
    return sends === 0 && (next === state || covered(table).has(`${state},${next}`))
  }

const welcome =
  (isWelcome: (table: Table, answer: number) => boolean): Rule =>
  ({ client }) => {
    const answers = both.map((answer) => isWelcome(client, answer))
    if (!answers.includes(true)) return undefined
    return { ...none, takes: (_, answer) => (answers[answer] === true ? "at once" : "later") }
  }
const onlyChanges = (table: Table, answer: number): boolean =>
  both.every((state) => entryOf(table, state, answer).sends === 0)
const alwaysCommutes = (table: Table, answer: number): boolean =>
  both.every((state) => both.every((other) => commute(table, state, answer, other)))

export interface Named {
  readonly name: string
  readonly rule: Rule
  /**
   * What it keeps: the steps that change the server, in all their orders; and perhaps all states of
   * both nodes, and those in which no message is in flight any more.
   */
  readonly keeps: "everything" | "changes of the server"
}

/** The reductions, as their lemmas say. */
export const reductions: ReadonlyArray<Named> = [
  {
    name: "obsolete-messages",
    rule: obsolete((table) => forGood(table, silent(table))),
    keeps: "everything"
  },
  {
    name: "dead-requests",
    rule: dead(
      (table) => forGood(table, staysWhereItIs(table)),
      (table) => forGood(table, silent(table))
    ),
    keeps: "everything"
  },
  { name: "answers-at-once", rule: atOnce(mayComeEarly, false), keeps: "changes of the server" },
  {
    name: "acknowledgements",
    rule: atOnce(mayComeEarly, false, tellsNoMore),
    keeps: "changes of the server"
  },
  {
    name: "welcome-messages",
    rule: welcome((table, answer) => onlyChanges(table, answer) && alwaysCommutes(table, answer)),
    keeps: "changes of the server"
  }
]

/** What is left of each without a part of its assumption. */
export const brokenTwins: ReadonlyArray<Named> = [
  {
    name: "obsolete-messages: silent now, and perhaps not later",
    rule: obsolete(silent),
    keeps: "everything"
  },
  {
    name: "obsolete-messages: it may send something",
    rule: obsolete((table) => forGood(table, staysWhereItIs(table))),
    keeps: "everything"
  },
  {
    name: "dead-requests: it only answers now",
    rule: dead(staysWhereItIs, (table) => forGood(table, silent(table))),
    keeps: "everything"
  },
  {
    name: "dead-requests: the client ignores the answer now",
    rule: dead((table) => forGood(table, staysWhereItIs(table)), silent),
    keeps: "everything"
  },
  {
    name: "answers-at-once: whatever comes between",
    rule: atOnce(() => true, false),
    keeps: "changes of the server"
  },
  {
    name: "acknowledgements: of whatever answer",
    rule: atOnce(mayComeEarly, false, () => () => true),
    keeps: "changes of the server"
  },
  {
    name: "welcome-messages: in whatever order",
    rule: welcome(onlyChanges),
    keeps: "changes of the server"
  }
]
