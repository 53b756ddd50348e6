/**
 * A host that drives the processes of a protocol through random runs in which some storage nodes
 * lie: clients invoke, any message in flight is received next, and a liar sends a client what the
 * test specifies. It keeps every transition of the correct nodes.
 */
import * as fc from "fast-check"
import type { NodeId } from "../../../spec/kernel/node.ts"
import type { Input, Process, Step } from "../../../spec/kernel/process.ts"
import type { ClientId, ServerId, ServerSet } from "../../../spec/nodes/nodes.ts"
import type { Access } from "../../../spec/register/operation.ts"

/** The processes of a protocol of a register, as a host knows them. */
export interface Processes<Context, ServerState, ClientState, Observation, Message> {
  readonly server: Process<Context, ServerState, never, never, Message>
  readonly client: Process<Context, ClientState, Access, Observation, Message, undefined, ClientId>
}

export type DriveInput<Message> = Input<Access, Message, undefined>

/** One step of a process, by its role. */
export type Transition<ServerState, ClientState, Observation, Message> =
  | {
      readonly role: "server"
      readonly self: ServerId
      readonly state: ServerState
      readonly input: Extract<DriveInput<Message>, { readonly _tag: "Receive" }>
      readonly step: Step<ServerState, never, Message>
    }
  | {
      readonly role: "client"
      readonly self: ClientId
      readonly state: ClientState
      readonly input: DriveInput<Message>
      readonly step: Step<ClientState, Observation, Message>
    }

/** A client that is ready invokes, a liar speaks, or some message is received, if there is one. */
export interface Move {
  readonly kind: "invoke" | "lie" | "receive"
  readonly operation: Access
  /** Which client, which lie or which message; taken modulo how many there are. */
  readonly which: number
}

/** Runs of this many moves. */
export const movesOf = (length: number): fc.Arbitrary<ReadonlyArray<Move>> =>
  fc.array(
    fc.record({
      kind: fc.constantFrom(
        ...(["invoke", "lie", "lie", "receive", "receive", "receive", "receive"] as const)
      ),
      operation: fc.constantFrom<Access>(
        { _tag: "Read" },
        { _tag: "Write", value: 1 },
        { _tag: "Write", value: 2 },
        { _tag: "Write", value: "s1" }
      ),
      which: fc.nat(100_000)
    }),
    { minLength: length, maxLength: length }
  )

export interface System {
  readonly servers: ServerSet
  readonly clients: ReadonlyArray<ClientId>
}

/**
 * The transitions of the run that these moves make. `lies` are what liars may say once these
 * messages were sent.
 */
export const drive = <Context extends System, ServerState, ClientState, Observation, Message>(
  { server, client }: Processes<Context, ServerState, ClientState, Observation, Message>,
  context: Context,
  liars: ServerSet,
  lies: (sent: ReadonlyArray<Message>) => ReadonlyArray<Message>,
  moves: ReadonlyArray<Move>
): ReadonlyArray<Transition<ServerState, ClientState, Observation, Message>> => {
  const correct = context.servers.filter((id) => !liars.includes(id))
  const holding = new Map(correct.map((id) => [id, server.initial(context, id)]))
  const standing = new Map(context.clients.map((id) => [id, client.initial(context, id)]))
  const underway: Array<{ readonly from: NodeId; readonly to: NodeId; readonly message: Message }> =
    []
  const sent: Array<Message> = []
  const transitions: Array<Transition<ServerState, ClientState, Observation, Message>> = []

  const send = (from: NodeId, sends: Step<unknown, unknown, Message>["sends"]): void => {
    for (const { to, message } of sends) {
      underway.push({ from, to, message })
      sent.push(message)
    }
  }
  const giveClient = (self: ClientId, input: DriveInput<Message>): void => {
    const state = standing.get(self) as ClientState
    const step = client.step(context, self, state, input)
    transitions.push({ role: "client", self, state, input, step })
    standing.set(self, step.state)
    send(self, step.sends)
  }
  const deliver = (from: NodeId, to: NodeId, message: Message): void => {
    const input = { _tag: "Receive", from, message } as const
    const receiver = context.clients.find((id) => id === to)
    if (receiver !== undefined) giveClient(receiver, input)
    const self = correct.find((id) => id === to)
    if (self === undefined) return
    const state = holding.get(self) as ServerState
    const step = server.step(context, self, state, input)
    transitions.push({ role: "server", self, state, input, step })
    holding.set(self, step.state)
    send(self, step.sends)
  }

  for (const { kind, operation, which } of moves) {
    const ready = context.clients.filter((id) =>
      client.ready(context, id, standing.get(id) as ClientState, operation)
    )
    const invoker = ready[which % Math.max(1, ready.length)]
    if (kind === "invoke" && invoker !== undefined)
      giveClient(invoker, { _tag: "Invoke", operation })
    if (kind === "lie") {
      const said = lies(sent)
      const [liar, message] = [
        liars[which % liars.length],
        said[(which >> 3) % Math.max(1, said.length)]
      ]
      const to = context.clients[(which >> 1) % context.clients.length]
      if (liar !== undefined && to !== undefined && message !== undefined)
        deliver(liar, to, message)
    }
    if (kind !== "receive" || underway.length === 0) continue
    const [received] = underway.splice(which % underway.length, 1)
    if (received !== undefined) deliver(received.from, received.to, received.message)
  }
  return transitions
}
