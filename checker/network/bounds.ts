/**
 * What is put down to bounds: a bound is no part of a protocol, so what stops at one is not the
 * protocol's fault.
 *
 * A node that waits because it stands at a bound itself is owed nothing. One that waits while
 * another stands there may wait for that one, or in vain whatever the other does: then nothing can
 * be said.
 */
import type { AnyOperation } from "../../spec/kernel/observation.ts"
import type { Cut } from "../engine/space.ts"
import type { Locals } from "./locals.ts"

/**
 * How far bounds account for it that nothing can happen in this state, in which some node has
 * something left to do.
 */
export const cutOf = (locals: Locals, state: Int32Array): Cut => {
  const isAnyAtBound = state
    .subarray(0, locals.nodes.length)
    .some((local) => locals.isAtBound(local))
  if (!isAnyAtBound) return "not"
  const isWhole = locals.nodes.every((_, slot) => {
    const local = state[slot] as number
    return locals.doneOf[local] === true || standsStill(locals, local)
  })
  return isWhole ? "wholly" : "partly"
}

/** Whether whatever the node has been asked, and is not done with, stops at a bound of its own. */
const standsStill = (locals: Locals, local: number): boolean => {
  const { slot, position } = locals.detail(local)
  const asked = locals.nodes[slot]?.script.slice(0, position + 1) ?? []
  return asked.every(
    (operation) => isReadyFor(locals, local, operation) || excuses(locals, local, operation)
  )
}

/** Whether the node is correct and would take this operation now. */
export const isReadyFor = (locals: Locals, local: number, operation: AnyOperation): boolean => {
  const asked = correctAt(locals, local)
  return (
    asked?.process.ready(locals.model.system.context, asked.id, asked.state, operation) === true
  )
}

/**
 * Whether the node is correct, and a bound keeps it from going on with this operation, or with
 * anything.
 */
export const excuses = (
  locals: Locals,
  local: number,
  operation: AnyOperation | undefined
): boolean => {
  const asked = correctAt(locals, local)
  return asked?.process.atBound?.(locals.model.system.context, asked.state, operation) !== undefined
}

/** The node with its state; undefined if a fault has befallen it. */
const correctAt = (locals: Locals, local: number) => {
  const node = locals.nodes[locals.detail(local).slot]
  const content = locals.decode(local)
  if (node === undefined || content === undefined || content.mode !== undefined) return undefined
  return { id: node.id, process: node.process, state: content.state }
}
