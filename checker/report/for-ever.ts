/**
 * A run that goes on for ever and leaves an operation pending, in words: who waits, and why no step that has to be taken
 * helps.
 */
import { listed } from "../../spec/configuration/configuration.ts"
import { union } from "../../spec/kernel/data.ts"
import type { NodeId } from "../../spec/kernel/node.ts"
import type { AnyProtocol } from "../../spec/kernel/protocol.ts"
import { type Omniscient, PremiseName } from "../../spec/liveness/liveness.ts"
import { addPending, removePending, type Sets } from "../../spec/liveness/sets.ts"
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

/**
 * Which definition of liveness that the protocol is held to does not demand that the wait ends, and since when and why its
 * premise is broken; undefined if all of them demand it.
 */
export const excuse = (
  { properties }: Pick<AnyProtocol, "properties">,
  { initial, steps }: Pick<Counterexample, "initial" | "steps">
): string | undefined => {
  const seen = [initial, ...steps.map(({ after }) => after)].map(
    ({ observers }) => observers.omniscient as Omniscient | undefined
  )
  const excusing = properties.find(
    ({ _tag, name }) => _tag === "Live" && isPremise(name) && seen.at(-1)?.held.includes(name) === false
  )
  if (excusing === undefined) return undefined
  const step = seen.findIndex((state) => state?.held.includes(excusing.name as PremiseName) === false)
  return `excused by ${excusing.name}: from step ${step} on its premise is broken. ${broken(seen[step]?.sets as Sets)}`
}

const isPremise = (name: string): name is PremiseName => PremiseName.literals.some((one) => one === name)

/** The four sets by which the premise is broken. */
const broken = (sets: Sets): string => {
  const [joining, leaving] = [addPending(sets), removePending(sets)]
  const inSystem = union(sets.current, joining)
  const lost = union(sets.failed, leaving).filter((node) => inSystem.includes(node))
  const members = [
    `Current is ${listed(sets.current)}`,
    ...(joining.length > 0 ? [`AddPending ${listed(joining)}`] : []),
    ...(sets.failed.length > 0 ? [`Failed ${listed(sets.failed)}`] : []),
    ...(leaving.length > 0 ? [`RemovePending ${listed(leaving)}`] : [])
  ]
  return `${members.join(", ")}: ${lost.length} of them failed or may be removed, not fewer than |Current|/2.`
}

/** What nodes sent before they crashed, and was never received: nothing says that it arrives. */
export const perhapsLost = ({ initial, steps, loop }: Counterexample): ReadonlyArray<InFlight> =>
  loop === undefined ? [] : lostIn(steps.at(-1)?.after ?? initial)

/** The messages on their way from nodes that have crashed. */
export const lostIn = ({ nodes, inFlight }: Snapshot): ReadonlyArray<InFlight> =>
  inFlight.filter(({ from }) => hasCrashed(nodes, from))

const hasCrashed = (nodes: Snapshot["nodes"], id: NodeId): boolean =>
  nodes.some((node) => node.id === id && node.state === undefined)
