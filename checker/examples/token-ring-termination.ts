/**
 * Termination detection on a ring: a token goes round to find out whether all nodes are passive (E.
 * W. Dijkstra, W. H. J. Feijen, A. J. M. van Gasteren, "Derivation of a termination detection
 * algorithm for distributed computations", EWD840).
 *
 * After Merz's TLA+ specification EWD840, state for state, so that the counts are those of TLC:
 * activity and colours are arbitrary at the beginning, and so is where the token is; the token is
 * black. Fair are the steps of the detection, all as one; nobody need ever become passive.
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

/** Every way in which each of the nodes is true or false. */
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

/** Node 0 has the token, and it has told nothing: it is sent round once more, white. */
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
 * A node that is passive, or has nothing to hide any more, passes the token on; a black node
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
 * An active node makes another one active, and becomes black if the token has passed the other
 * already.
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
