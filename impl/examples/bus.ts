/**
 * A runtime of one's own, in one process: RAMBO's transitions driven over a bus.
 *
 * A host keeps one state per node, gives it one input at a time, and passes on the messages that it
 * sends. The contract in `spec/kernel/process.ts` asks nothing more of a host whose nodes never
 * restart. In a program of yours the import is `import { … } from "quorate/spec"`.
 */
import {
  Configuration,
  type Node,
  Nodes,
  type Observation,
  type Process,
  Protocol,
  type Reconfiguration,
  rambo
} from "../../spec/index.ts"

type Input = Process.Input<Observation.AnyOperation, unknown, unknown>

const writer = Nodes.client("c1")
const reader = Nodes.client("c2")
const parameters = {
  servers: Nodes.servers("s1", "s2", "s3", "s4"),
  clients: [writer, reader],
  configuration: Configuration.majority(Nodes.servers("s1", "s2", "s3"))
}
const { context, nodes } = Protocol.systemOf(rambo, parameters, rambo.variants[0])
const running = new Map(
  nodes.map(({ id, process }) => [id, { process, state: process.initial(context, id) }])
)

/** Inputs in flight. Their order is free: this bus lets the newest overtake the others. */
const bus: Array<{ readonly to: Node.NodeId; readonly input: Input }> = []
/** The result of the last operation that ended. */
let result: unknown

const take = (to: Node.NodeId, input: Input): void => {
  const node = running.get(to)
  if (node === undefined) return
  const { state, sends, observations } = node.process.step(context, to, node.state, input)
  node.state = state
  for (const { to: receiver, message } of sends)
    bus.push({ to: receiver, input: { _tag: "Receive", from: to, message } })
  for (const observation of observations)
    if (observation._tag === "Response") result = observation.result
  const [choice] = node.process.choices(context, to, state)
  if (choice !== undefined) take(to, { _tag: "Choose", choice })
}

/** Invokes an operation on a client, and runs the bus until no input is in flight. */
const ask = (client: Node.NodeId, operation: Reconfiguration.StorageOperation): unknown => {
  take(client, { _tag: "Invoke", operation })
  for (let next = bus.pop(); next !== undefined; next = bus.pop()) take(next.to, next.input)
  return result
}

ask(writer, { _tag: "Write", value: "hello" })
ask(writer, { _tag: "Reconfigure", add: Nodes.servers("s4"), remove: Nodes.servers("s2") })
running.delete(Nodes.server("s2"))
console.log(ask(reader, { _tag: "Read" }))
