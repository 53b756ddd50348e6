/**
 * What bounds explain. A bound limits the search, not the protocol, so a node that stops at one
 * does not fail.
 *
 * The protocol owes nothing to a node that has stopped at a bound itself. A node that waits while
 * another has stopped at a bound may be waiting for that node, or it may wait whatever that node
 * does; the search cannot tell.
 */
import type { AnyOperation } from "../../spec/kernel/observation.ts"
import type { Cut } from "../engine/space.ts"
import type { Locals } from "./locals.ts"

/** How far bounds explain that a state has no transitions although some node has work left. */
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

/**
 * Whether every operation that the node has invoked and not completed stops at one of the node's
 * bounds.
 */
const standsStill = (locals: Locals, local: number): boolean => {
  const { slot, position } = locals.detail(local)
  const asked = locals.nodes[slot]?.script.slice(0, position + 1) ?? []
  return asked.every(
    (operation) => isReadyFor(locals, local, operation) || excuses(locals, local, operation)
  )
}

/** Whether the node is correct and would accept this operation now. */
export const isReadyFor = (locals: Locals, local: number, operation: AnyOperation): boolean => {
  const asked = correctAt(locals, local)
  return (
    asked?.process.ready(locals.model.system.context, asked.id, asked.state, operation) === true
  )
}

/**
 * Whether the node is correct and has reached a bound that keeps it from proceeding with this
 * operation, or at all.
 */
export const excuses = (
  locals: Locals,
  local: number,
  operation: AnyOperation | undefined
): boolean => {
  const asked = correctAt(locals, local)
  return asked?.process.atBound?.(locals.model.system.context, asked.state, operation) !== undefined
}

/** The node and its state; undefined if the node is faulty. */
const correctAt = (locals: Locals, local: number) => {
  const node = locals.nodes[locals.detail(local).slot]
  const content = locals.decode(local)
  if (node === undefined || content === undefined || content.mode !== undefined) return undefined
  return { id: node.id, process: node.process, state: content.state }
}
