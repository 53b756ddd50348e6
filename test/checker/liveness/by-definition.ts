/**
 * Liveness by its definition, on graphs so small that every set of states can be tried: the slow
 * twin of the real decision, which shares none of its ideas.
 *
 * A run in a finite graph has a set of states that it visits again and again. Such a set is
 * strongly connected by the steps inside it (or is one state, in which the run stutters), and a run
 * through it can take all of those steps again and again; so the run can be fair exactly if taking
 * all of them is.
 */
export interface Edge {
  readonly from: number
  readonly action: string
  readonly to: number
}

export interface SmallGraph {
  /** States are numbered from 0. */
  readonly size: number
  readonly initial: ReadonlyArray<number>
  readonly edges: ReadonlyArray<Edge>
  readonly weak: ReadonlyArray<ReadonlyArray<string>>
  readonly strong: ReadonlyArray<ReadonlyArray<string>>
}

type Holds = (state: number) => boolean

/** Whether some fair run from an initial state never reaches a state in which `then` holds. */
export const violatesEventually = (graph: SmallGraph, then: Holds): boolean =>
  hasFairSet(graph, reached(graph, graph.initial.filter(not(then)), not(then)))

/** Whether some fair run visits states in which `then` holds only finitely often. */
export const violatesAlwaysEventually = (graph: SmallGraph, then: Holds): boolean =>
  hasFairSet(graph, reached(graph, graph.initial, () => true).filter(not(then)))

/**
 * Whether some fair run visits a state in which `after` holds, and from there on none in which
 * `then` holds.
 */
export const violatesLeadsTo = (graph: SmallGraph, after: Holds, then: Holds): boolean => {
  const begins = reached(graph, graph.initial, () => true).filter(
    (state) => after(state) && !then(state)
  )
  return hasFairSet(graph, reached(graph, begins, not(then)))
}

/** Whether some fair run visits states in which `then` fails infinitely often. */
export const violatesEventuallyAlways = (graph: SmallGraph, then: Holds): boolean =>
  hasFairSet(
    graph,
    reached(graph, graph.initial, () => true),
    [not(then)]
  )

/**
 * Whether some fair run from an initial state never visits a state in which `then` holds, visits
 * states of `again` infinitely often, and from some point on stays in states of `within`.
 */
export const violatesEventuallyUnder = (
  graph: SmallGraph,
  then: Holds,
  { again, within }: { readonly again: Holds; readonly within: Holds }
): boolean =>
  hasFairSet(graph, reached(graph, graph.initial.filter(not(then)), not(then)).filter(within), [
    again
  ])

const not =
  (holds: Holds): Holds =>
  (state) =>
    !holds(state)

/** The states that are reachable from these through allowed states. */
const reached = (
  { edges }: SmallGraph,
  from: ReadonlyArray<number>,
  allowed: Holds
): ReadonlyArray<number> => {
  const found = new Set(from)
  for (let grown = -1; grown !== found.size; ) {
    grown = found.size
    for (const { from, to } of edges) if (found.has(from) && allowed(to)) found.add(to)
  }
  return [...found]
}

/**
 * Whether a fair run can stay forever in some set of these states that has states of each of these
 * kinds.
 */
const hasFairSet = (
  graph: SmallGraph,
  states: ReadonlyArray<number>,
  kinds: ReadonlyArray<Holds> = []
): boolean =>
  subsets(states).some(
    (set) =>
      set.length > 0 &&
      kinds.every((kind) => set.some(kind)) &&
      isConnected(graph, set) &&
      isFair(graph, set)
  )

const subsets = (items: ReadonlyArray<number>): ReadonlyArray<ReadonlyArray<number>> =>
  Array.from({ length: 2 ** items.length }, (_, bits) =>
    items.filter((_, index) => (bits & (1 << index)) !== 0)
  )

const isConnected = (graph: SmallGraph, set: ReadonlyArray<number>): boolean =>
  set.every((state) => {
    const others = reached(graph, [state], (other) => set.includes(other))
    return set.every((other) => others.includes(other))
  })

const isFair = ({ edges, weak, strong }: SmallGraph, set: ReadonlyArray<number>): boolean => {
  // As in TLA+, a step that changes nothing is not a step.
  const steps = edges.filter(({ from, to }) => from !== to)
  const isTaken = (actions: ReadonlyArray<string>) =>
    steps.some(
      ({ from, action, to }) => actions.includes(action) && set.includes(from) && set.includes(to)
    )
  const isEnabled = (actions: ReadonlyArray<string>) => (state: number) =>
    steps.some(({ from, action }) => from === state && actions.includes(action))
  return (
    weak.every((actions) => isTaken(actions) || !set.every(isEnabled(actions))) &&
    strong.every((actions) => isTaken(actions) || !set.some(isEnabled(actions)))
  )
}
