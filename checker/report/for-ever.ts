/**
 * Describes an infinite run that leaves an operation pending: which client waits, and why no step
 * that has to be taken helps.
 */
import type { AnyProperty } from "../../spec/kernel/property.ts"
import type { Model } from "../network/model.ts"
import type { Counterexample, InFlight, NodeSnapshot, Snapshot } from "./trace.ts"

/** What repeats forever, at the end of the run; undefined for a finite run. */
export const describeLoop = ({ steps, loop }: Counterexample): string | undefined => {
  if (loop === undefined) return undefined
  if (loop === steps.length) return "nothing happens any more"
  return loop + 1 === steps.length
    ? `step ${loop + 1} repeats forever`
    : `steps ${loop + 1} to ${steps.length} repeat forever`
}

/** Why nothing has to happen that would end the wait; undefined for a finite run. */
export const explainLoop = ({ steps, loop }: Counterexample): string | undefined => {
  if (loop === undefined) return undefined
  if (loop === steps.length) {
    return "Nothing is left that must happen: every message with an effect between nodes that have not crashed was received, and no node can take a step of its own."
  }
  return `Steps ${loop + 1} to ${steps.length} can repeat forever, and that is fair: in them every message with an effect that is in flight between nodes that have not crashed is received, and each step that a node can take all the time is taken.`
}

type Live = Extract<AnyProperty, { readonly _tag: "Live" }>

/**
 * Which of the protocol's definitions of liveness does not demand that the wait ends, and since
 * when and why its premise is broken; undefined if all of them demand it.
 */
export const excuse = (
  { protocol, system }: Model,
  { initial, steps }: Pick<Counterexample, "initial" | "steps">
): string | undefined => {
  const snapshots = [initial, ...steps.map(({ after }) => after)]
  const seenBy = (property: Live) =>
    snapshots.map(({ observers }) => observers[property.observer(system.context).name])
  const isOwed = (property: Live, state: unknown) => state === undefined || property.owes(state)
  const excusing = protocol.properties.find(
    (property): property is Live =>
      property._tag === "Live" && !isOwed(property, seenBy(property).at(-1))
  )
  if (excusing === undefined) return undefined
  const seen = seenBy(excusing)
  const step = seen.findIndex((state) => !isOwed(excusing, state))
  return `excused by ${excusing.name}: from step ${step} on its premise is broken. ${excusing.excuse?.(seen[step]) ?? ""}`
}

/**
 * The messages that nodes sent before a fault, and that were never received: nothing guarantees
 * that they arrive.
 */
export const perhapsLost = ({ initial, steps, loop }: Counterexample): ReadonlyArray<InFlight> =>
  loop === undefined ? [] : lostIn(steps.at(-1)?.after ?? initial)

/** The messages in flight from faulty nodes. */
export const lostIn = ({ nodes, inFlight }: Snapshot): ReadonlyArray<InFlight> =>
  inFlight.filter(({ from }) => nodes.some((node) => node.id === from && !isCorrect(node)))

export const isCorrect = ({ state, fault }: NodeSnapshot): boolean =>
  state !== undefined && fault === undefined
