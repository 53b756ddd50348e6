/**
 * Termination detection on a ring: a token travels round the ring to find out whether all nodes are
 * passive (E. W. Dijkstra, W. H. J. Feijen, A. J. M. van Gasteren, "Derivation of a termination
 * detection algorithm for distributed computations", EWD840).
 *
 * After Merz's TLA+ specification EWD840, state for state, so that the counts equal those of TLC:
 * initially, activity, colours and the position of the token are arbitrary, and the token is black.
 * The steps of the detection are fair, all as one class; no node has to become passive.
 */
import type { Action, Relation } from "../relation/relation.ts"

export interface TokenRing {
  readonly active: Readonly<Record<string, boolean>>
  readonly black: Readonly<Record<string, boolean>>
  readonly token: { readonly at: number; readonly black: boolean }
}

export const tokenRing = ({
  count,
  isFair = true
}: {
  readonly count: number
  readonly isFair?: boolean
}): Relation<TokenRing> => {
  const nodes = Array.from({ length: count }, (_, node) => node)
  const passes = nodes.slice(1).map((node) => `PassToken(${node})`)
  return {
    initial: nodes.flatMap((at) =>
      choices(count).flatMap((active) =>
        choices(count).map((black) => ({ active, black, token: { at, black: true } }))
      )
    ),
    actions: {
      InitiateProbe: initiateProbe(count),
      ...Object.fromEntries(nodes.slice(1).map((node) => [`PassToken(${node})`, passToken(node)])),
      ...Object.fromEntries(nodes.map((node) => [`SendMsg(${node})`, send(node, nodes)])),
      ...Object.fromEntries(
        nodes.map((node) => [
          `Deactivate(${node})`,
          ({ active }) => (active[node] ? [{ active: { [node]: false } }] : [])
        ])
      )
    },
    invariants: {
      "detection is right": (state) => !isDetected(state) || isTerminated(state, nodes)
    },
    fairness: { weak: isFair ? [["InitiateProbe", ...passes]] : [] },
    leadsTo: { "termination is detected": [(state) => isTerminated(state, nodes), isDetected] },
    eventually: { "all nodes become passive": (state) => isTerminated(state, nodes) }
  }
}

/** Every assignment of true or false to each of the nodes. */
const choices = (count: number): ReadonlyArray<Readonly<Record<string, boolean>>> =>
  Array.from({ length: 2 ** count }, (_, bits) =>
    Object.fromEntries(
      Array.from({ length: count }, (_, node) => [node, (bits & (1 << node)) !== 0])
    )
  )

const isTerminated = ({ active }: TokenRing, nodes: ReadonlyArray<number>): boolean =>
  nodes.every((node) => !active[node])

const isDetected = ({ active, black, token }: TokenRing): boolean =>
  token.at === 0 && !token.black && !black[0] && !active[0]

/**
 * Node 0 has the token. If the token or node 0 is black, the round has shown nothing: the node
 * sends the token round once more, white.
 */
const initiateProbe =
  (count: number): Action<TokenRing> =>
  ({ black, token }) =>
    token.at === 0
      ? forEach([token.black, black[0]], {
          token: { at: count - 1, black: false },
          black: { 0: false }
        })
      : []

/**
 * A node that is passive or black, or that holds a black token, passes the token on; a black node
 * blackens it.
 */
const passToken =
  (node: number): Action<TokenRing> =>
  ({ active, black, token }) =>
    token.at === node
      ? forEach([!active[node], black[node], token.black], {
          token: { at: node - 1, black: token.black || black[node] === true },
          black: { [node]: false }
        })
      : []

/**
 * The same successor once for each reason: TLC counts a state that a disjunction generates once for
 * each true part.
 */
const forEach = <Successor>(
  reasons: ReadonlyArray<boolean | undefined>,
  successor: Successor
): ReadonlyArray<Successor> => reasons.filter(Boolean).map(() => successor)

/**
 * An active node makes another one active, and becomes black if the token has already passed the
 * other.
 */
const send =
  (node: number, nodes: ReadonlyArray<number>): Action<TokenRing> =>
  ({ active, black }) =>
    active[node]
      ? nodes
          .filter((other) => other !== node)
          .map((other) => ({
            active: { [other]: true },
            black: { [node]: other > node || black[node] === true }
          }))
      : []
