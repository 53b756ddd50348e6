/**
 * A run that goes on for ever and leaves an operation pending, in words: who waits, and why no step that has to be taken
 * helps.
 */
import type { NodeId } from "../../spec/kernel/node.ts"
import type { Counterexample, InFlight, Snapshot } from "./trace.ts"

/** What repeats for ever, at the end of the run; undefined for a run that ends. */
export const describeLoop = ({ steps, loop }: Counterexample): string | undefined => {
  if (loop === undefined) return undefined
  if (loop === steps.length) return "nothing happens any more"
  return loop + 1 === steps.length
    ? `step ${loop + 1} again and again, for ever`
    : `steps ${loop + 1} to ${steps.length} again and again, for ever`
}

/** Why nothing has to happen that would end the wait; undefined for a run that ends. */
export const explainLoop = ({ steps, loop }: Counterexample): string | undefined => {
  if (loop === undefined) return undefined
  if (loop === steps.length) {
    return "Nothing that has to happen is left: what was sent between nodes that have not crashed was received, as far as it has an effect, and no node can take a step of its own."
  }
  return `Steps ${loop + 1} to ${steps.length} can repeat for ever, and that is fair: in them whatever is on its way between nodes that have not crashed is received, as far as it has an effect, and each step that a node can take all the time is taken.`
}

/** What nodes sent before they crashed, and was never received: nothing says that it arrives. */
export const perhapsLost = ({ initial, steps, loop }: Counterexample): ReadonlyArray<InFlight> =>
  loop === undefined ? [] : lostIn(steps.at(-1)?.after ?? initial)

/** The messages on their way from nodes that have crashed. */
export const lostIn = ({ nodes, inFlight }: Snapshot): ReadonlyArray<InFlight> =>
  inFlight.filter(({ from }) => hasCrashed(nodes, from))

const hasCrashed = (nodes: Snapshot["nodes"], id: NodeId): boolean =>
  nodes.some((node) => node.id === id && node.state === undefined)
