/**
 * Why liveness must assume finitely many reconfigurations (tutorial 3.3): a write, before it
 * completes, must be stored at a majority; "if other clients continually issue reconfiguration
 * operations … the write operation may never complete".
 *
 * The configuration consists of three neighbours on a ring of five storage nodes. A reconfiguration
 * removes one and adds the next, which is blank, as if it were a new node. The writer's message to
 * each member eventually arrives. But by the time that the second member has it, the first may have
 * been removed.
 */
import type { Relation } from "../relation/relation.ts"

const nodes = [0, 1, 2, 3, 4]
const members = (first: number): ReadonlyArray<number> =>
  [0, 1, 2].map((step) => (first + step) % nodes.length)

export interface ChasedWrite {
  /** The first member of the configuration. */
  readonly first: number
  /** The nodes that have stored the value. */
  readonly stored: Readonly<Record<string, boolean>>
  readonly isComplete: boolean
  /** The number of remaining reconfigurations; null for infinitely many. */
  readonly left: number | null
}

export const endlessReconfiguration = ({
  reconfigurations
}: {
  readonly reconfigurations: number | "endless"
}): Relation<ChasedWrite> => {
  const stores = nodes.map((node) => `store at ${node}`)
  return {
    initial: [
      {
        first: 0,
        stored: Object.fromEntries(nodes.map((node) => [node, false])),
        isComplete: false,
        left: reconfigurations === "endless" ? null : reconfigurations
      }
    ],
    actions: {
      ...Object.fromEntries(
        nodes.map((node) => [
          `store at ${node}`,
          ({ first, stored, isComplete }) =>
            !isComplete && members(first).includes(node) && !stored[node]
              ? [{ stored: { [node]: true } }]
              : []
        ])
      ),
      complete: ({ first, stored, isComplete }) =>
        !isComplete && members(first).filter((node) => stored[node]).length >= 2
          ? [{ isComplete: true }]
          : [],
      reconfigure: ({ first, left }) =>
        left === 0
          ? []
          : [
              {
                first: (first + 1) % nodes.length,
                stored: { [first]: false },
                left: left === null ? null : left - 1
              }
            ]
    },
    fairness: { weak: [...stores, "complete"] },
    eventually: { "the write completes": ({ isComplete }) => isComplete }
  }
}
