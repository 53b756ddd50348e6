/**
 * Puts the events of a run in an order that is easy to follow: the events of one client's operation
 * stand together where possible. The search finds one of many runs that differ only in the order of
 * independent events; hashes decide which one.
 *
 * The reordering keeps the order of what each node does, of each message's sending and its receipt,
 * of what the adversary sends after everything that it may have learned, and of everything that is
 * observed. So every process and every observer reaches the same state. The last step, in which the
 * property fails, stays the last, and the steps that a scenario gives stay the first.
 */
import { canonical } from "../../spec/kernel/data.ts"
import type { NodeId } from "../../spec/kernel/node.ts"
import type { Event } from "../network/model.ts"
import type { TraceStep } from "./trace.ts"

/** An event, the events that must precede it, and the client that it belongs to. */
interface Placed {
  readonly event: Event
  readonly before: ReadonlySet<number>
  readonly client: NodeId | undefined
}

/** The events of a run that follow its given steps, in a natural order. */
export const naturalOrder = (
  steps: ReadonlyArray<TraceStep>,
  given: number
): ReadonlyArray<Event> => {
  const left = new Map(placed(steps, given).entries())
  const done = new Set<number>()
  const ordered: Array<Event> = []
  let client: NodeId | undefined
  while (left.size > 0) {
    const ready = [...left].filter(([, { before }]) =>
      [...before].every((index) => done.has(index))
    )
    const [index, next] = (ready.find(([, one]) => one.client === client) ?? ready[0]) as [
      number,
      Placed
    ]
    left.delete(index)
    done.add(index)
    ordered.push(next.event)
    client = next.client
  }
  return ordered.slice(given)
}

const placed = (steps: ReadonlyArray<TraceStep>, given: number): ReadonlyArray<Placed> => {
  const isAsked = (node: NodeId) =>
    steps[0]?.after.nodes.some(({ id, isAsked }) => id === node && isAsked)
  const last = new Map<NodeId, number>()
  const sent = new Map<string, Array<number>>()
  const told: Array<number> = []
  const struck = new Set<NodeId>()
  let observed = -1
  return steps.map(({ node, action, sends, observations }, index) => {
    const before = new Set(Array.from({ length: Math.min(index, given) }, (_, first) => first))
    const own = last.get(node)
    if (own !== undefined) before.add(own)
    last.set(node, index)
    if (action._tag === "Receive") {
      const sender = sent.get(canonical([action.from, node, action.message]))?.shift()
      if (sender !== undefined) before.add(sender)
      // The adversary may have sent it, based on whatever it had overheard by then, in the name of
      // a node that it had taken over by then.
      if (sender === undefined || struck.has(action.from))
        for (const other of told) before.add(other)
    }
    for (const { to, message } of sends) {
      const key = canonical([node, to, message])
      sent.set(key, [...(sent.get(key) ?? []), index])
    }
    if (action._tag === "Fault") struck.add(node)
    if (sends.length > 0 || action._tag === "Fault") told.push(index)
    if (observations.length > 0 || action._tag === "Fault") {
      if (observed >= 0) before.add(observed)
      observed = index
    }
    if (index === steps.length - 1) for (let other = 0; other < index; other++) before.add(other)
    const client = isAsked(node) ? node : action._tag === "Receive" ? action.from : undefined
    return { event: { node, action }, before, client }
  })
}
