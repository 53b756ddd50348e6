/**
 * All runs of a small system, with a reduction or without.
 */
import { type Named, none, type Reduction } from "./rules.ts"
import { entryOf, type Small, systems } from "./small.ts"

/** What is seen of a system. */
export interface Seen {
  /** The states of the two nodes that can be reached, as bits. */
  readonly states: number
  /** Those in which nothing is on its way. */
  readonly ends: number
  /** The first steps that change the server, in their order, in all runs. */
  readonly changes: ReadonlySet<number>
  /** How many states of the whole there are. */
  readonly size: number
}

/** How many of each message are on their way: two requests, two answers. */
type Bag = readonly [number, number, number, number]
interface State {
  readonly client: number
  readonly server: number
  readonly bag: Bag
  /** The first steps that changed the server: digits from 1 to 4. */
  readonly changes: number
}

/** The most steps that are remembered: less than a number of this many digits. */
const maxChanges = 5 ** 3

const withMore = ([a, b, c, d]: Bag, place: number, more: number): Bag => [
  place === 0 ? a + more : a,
  place === 1 ? b + more : b,
  place === 2 ? c + more : c,
  place === 3 ? d + more : d
]

/** The state without the messages that are dropped. */
const kept = (reduction: Reduction, state: State): State => {
  const { client, server, bag } = state
  const [a, b, c, d] = bag
  const request = (count: number, message: number) =>
    count > 0 && reduction.dropsRequest(client, server, message) ? 0 : count
  const answer = (count: number, message: number) =>
    count > 0 && reduction.dropsAnswer(client, message) ? 0 : count
  return { ...state, bag: [request(a, 0), request(b, 1), answer(c, 0), answer(d, 1)] }
}

/** The client receives an answer that is not in the bag. */
const receive = ({ client }: Small, state: State, answer: number): State => {
  const { next, sends } = entryOf(client, state.client, answer)
  return {
    ...state,
    client: next,
    bag: sends === 0 ? state.bag : withMore(state.bag, sends - 1, 1)
  }
}

/** The states after the server receives a request. */
const answered = (
  system: Small,
  reduction: Reduction,
  state: State,
  request: number
): ReadonlyArray<State> => {
  const { next, sends } = entryOf(system.server, state.server, request)
  const isChanged = next !== state.server
  const isNoted = isChanged && state.changes * 5 < maxChanges
  const changes = isNoted ? state.changes * 5 + 1 + 2 * state.server + request : state.changes
  const given: State = { ...state, server: next, changes, bag: withMore(state.bag, request, -1) }
  if (sends === 0) return [given]
  const answer = sends - 1
  const taken = reduction.takes(state.client, answer, isChanged)
  if (taken === "later") return [{ ...given, bag: withMore(given.bag, 2 + answer, 1) }]
  const after = receive(system, given, answer)
  return taken === "at once" ? [after] : [after, given]
}

const numberOf = ({ client, server, bag: [a, b, c, d], changes }: State, base: number): number =>
  ((((changes * 4 + client * 2 + server) * base + a) * base + b) * base + c) * base + d

/** `start`: how many there are of each request at the beginning. */
export const explore = (
  system: Small,
  reduction: Reduction,
  start: readonly [number, number]
): Seen => {
  const found = new Set<number>()
  const changes = new Set<number>()
  const waiting: Array<State> = []
  const base = start[0] + start[1] + 1
  let [states, ends] = [0, 0]
  const reach = (reached: State): void => {
    const state = kept(reduction, reached)
    const number = numberOf(state, base)
    if (found.has(number)) return
    found.add(number)
    waiting.push(state)
    changes.add(state.changes)
    const bit = 1 << (2 * state.client + state.server)
    states |= bit
    if (state.bag.every((count) => count === 0)) ends |= bit
  }
  reach({ client: 0, server: 0, bag: [...start, 0, 0], changes: 0 })
  for (let state = waiting.pop(); state !== undefined; state = waiting.pop()) {
    const { bag } = state
    for (const message of [0, 1]) {
      if (bag[message] !== 0)
        for (const next of answered(system, reduction, state, message)) reach(next)
      if (bag[2 + message] !== 0)
        reach(receive(system, { ...state, bag: withMore(bag, 2 + message, -1) }, message))
    }
  }
  return { states, ends, changes, size: found.size }
}

/** What became of a reduction over many systems. */
export interface Tried {
  /** In how many the assumption holds of something. */
  applied: number
  /** In how many there are fewer states with it. */
  smaller: number
  /** In how many what it should keep is something else with it. */
  differs: number
}

const isSame = (one: ReadonlySet<number>, other: ReadonlySet<number>): boolean =>
  one.size === other.size && [...one].every((member) => other.has(member))

const isKept = ({ keeps }: Named, one: Seen, other: Seen): boolean =>
  isSame(one.changes, other.changes) &&
  (keeps === "changes of the server" || (one.states === other.states && one.ends === other.ends))

/** Tries these in a regular sample of the small systems. */
export const tryAll = (
  named: ReadonlyArray<Named>,
  start: readonly [number, number],
  every = 1,
  from = 0
): { readonly systems: number; readonly tried: ReadonlyMap<string, Tried> } => {
  const tried = new Map(named.map(({ name }) => [name, { applied: 0, smaller: 0, differs: 0 }]))
  let count = 0
  for (const system of systems(every, from)) {
    count++
    const plain = explore(system, none, start)
    for (const one of named) {
      const reduction = one.rule(system)
      const of = tried.get(one.name)
      if (reduction === undefined || of === undefined) continue
      const reduced = explore(system, reduction, start)
      of.applied++
      if (reduced.size < plain.size) of.smaller++
      if (!isKept(one, plain, reduced)) of.differs++
    }
  }
  return { systems: count, tried }
}
