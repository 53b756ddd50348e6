/**
 * A minimal simulator: one seeded run of a protocol's processes, in which every message takes about one unit of time.
 *
 * Time is counted in message delays: a message takes one unit on average (at least half a unit and less than one and a
 * half, unless `delayOf` says otherwise). Nothing is lost and nobody fails. Processes take no time.
 */
import { draw, fraction } from "../../checker/walk/random.ts"
import type { ClientId, NodeId } from "../../spec/kernel/node.ts"
import type { Input, Observation, Step } from "../../spec/kernel/process.ts"
import type { AnyProtocol, Setup } from "../../spec/kernel/protocol.ts"
import type { Operation } from "../../spec/register/operation.ts"

/** What a client does: it waits until the time has come (in message delays), then takes its operations one by one. */
export interface Script {
  readonly client: ClientId
  readonly at: number
  readonly operations: ReadonlyArray<Operation>
}

/** A step of a node, with when it was taken. */
export interface Taken {
  readonly time: number
  readonly node: NodeId
  readonly before: unknown
  readonly after: unknown
  readonly observations: ReadonlyArray<Observation<Operation>>
}

type AnyInput = Input<Operation, unknown, unknown>
interface Due {
  readonly time: number
  readonly node: NodeId
  readonly input: AnyInput
}

/** The run of this seed, to its end: every step of every node in the order of time. */
export const simulate = (
  protocol: AnyProtocol,
  setup: Setup<string>,
  scripts: ReadonlyArray<Script>,
  seed: number,
  delayOf: (fraction: number) => number = (fraction) => 0.5 + fraction
): ReadonlyArray<Taken> => {
  const states = new Map<NodeId, unknown>([
    ...setup.servers.map((id) => [id, protocol.server.initial(setup, id)] as const),
    ...setup.clients.map((id) => [id, protocol.client.initial(setup, id)] as const)
  ])
  const left = new Map(scripts.map(({ client, operations }) => [client as NodeId, [...operations]]))
  const due: Array<Due> = scripts.flatMap(({ client, at, operations: [first] }) =>
    first === undefined ? [] : [{ time: at, node: client, input: { _tag: "Invoke", operation: first } }]
  )
  const taken: Array<Taken> = []
  let sent = 0

  const take = ({ time, node, input }: Due): void => {
    const role = (setup.servers as ReadonlyArray<NodeId>).includes(node) ? "server" : "client"
    const before = states.get(node)
    const step: Step<unknown, Operation, unknown> = protocol[role].step(setup, node, before, input)
    states.set(node, step.state)
    taken.push({ time, node, before, after: step.state, observations: step.observations })
    for (const { to, message } of step.sends) {
      const delay = delayOf(fraction(draw(seed, sent++, "delay of a message")))
      due.push({ time: time + delay, node: to, input: { _tag: "Receive", from: node, message } })
    }
    if (step.observations.some(({ _tag }) => _tag === "Response")) {
      const [, next] = left.get(node) ?? []
      left.get(node)?.shift()
      if (next !== undefined) due.push({ time, node, input: { _tag: "Invoke", operation: next } })
    }
  }

  while (due.length > 0) {
    const next = due.reduce((first, one, index) => (one.time < (due[first] as Due).time ? index : first), 0)
    take(due.splice(next, 1)[0] as Due)
  }
  return taken
}

/** An operation that ended, and how long it took, in message delays. */
export interface Latency {
  readonly operation: Operation
  readonly delays: number
}

/** The operations of a run that ended, with their latencies. */
export const latenciesOf = (taken: ReadonlyArray<Taken>): ReadonlyArray<Latency> => {
  const begun = new Map<NodeId, number>()
  return taken.flatMap(({ time, node, observations }) =>
    observations.flatMap((observation) => {
      if (observation._tag === "Invocation") begun.set(node, time)
      if (observation._tag !== "Response") return []
      return [{ operation: observation.operation, delays: time - (begun.get(node) ?? time) }]
    })
  )
}
