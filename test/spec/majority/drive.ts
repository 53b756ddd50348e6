/**
 * A host that drives the processes of majority replication through random runs: clients invoke, and
 * any message in flight is received next. It keeps every transition, so that a test can check all
 * of them.
 */
import * as fc from "fast-check"
import type { NodeId } from "../../../spec/kernel/node.ts"
import type { Input, NoChoice, Step } from "../../../spec/kernel/process.ts"
import type { ContextOf } from "../../../spec/kernel/protocol.ts"
import { type ClientState, client } from "../../../spec/majority/client.ts"
import type { Message } from "../../../spec/majority/messages.ts"
import type { Rules } from "../../../spec/majority/rules.ts"
import { type ServerState, server } from "../../../spec/majority/server.ts"
import { variants } from "../../../spec/majority/variants.ts"
import type { ClientId, ServerId } from "../../../spec/nodes/nodes.ts"
import type { Access, AccessObservation } from "../../../spec/register/operation.ts"
import type { StorageParameters } from "../../../spec/storage/parameters.ts"

export type Context = ContextOf<StorageParameters, Rules>

/** The rules of the variant with this name. */
export const rulesOf = (name: string): Rules => {
  const variant = variants.find((one) => one.name === name)
  if (variant === undefined) throw new Error(`no variant ${name}`)
  return variant.rules
}

export type MajorityInput = Input<Access, Message, NoChoice>

/** One process, by its role, in one state. */
export type Situation =
  | { readonly role: "server"; readonly self: ServerId; readonly state: ServerState }
  | { readonly role: "client"; readonly self: ClientId; readonly state: ClientState }

export type Transition = Situation & {
  readonly input: MajorityInput
  readonly step: Step<ServerState | ClientState, AccessObservation, Message>
}

export const stepOf = (
  context: Context,
  situation: Situation,
  input: MajorityInput
): Step<ServerState | ClientState, AccessObservation, Message> =>
  situation.role === "server"
    ? server.step(
        context,
        situation.self,
        situation.state,
        input as Input<never, Message, NoChoice>
      )
    : client.step(context, situation.self, situation.state, input)

/** A client that is ready invokes; otherwise some message is received, if there is one. */
export interface Move {
  readonly invokes: boolean
  readonly operation: Access
  /** Which client, or which message; taken modulo how many there are. */
  readonly which: number
}

/**
 * Runs of this many moves. Some values look like names of nodes: nothing may take them for such.
 */
export const movesOf = (length: number): fc.Arbitrary<ReadonlyArray<Move>> =>
  fc.array(
    fc.record({
      invokes: fc.constantFrom(true, false, false, false),
      operation: fc.constantFrom<Access>(
        { _tag: "Read" },
        { _tag: "Write", value: 1 },
        { _tag: "Write", value: null },
        { _tag: "Write", value: "s1" },
        { _tag: "Write", value: "s2" }
      ),
      which: fc.nat(1000)
    }),
    { minLength: length, maxLength: length }
  )

/** The transitions of the run that these moves make. */
export const drive = (context: Context, moves: ReadonlyArray<Move>): ReadonlyArray<Transition> => {
  const situations = new Map<NodeId, Situation>([
    ...context.servers.map((self): [NodeId, Situation] => [
      self,
      { role: "server", self, state: server.initial(context, self) }
    ]),
    ...context.clients.map((self): [NodeId, Situation] => [
      self,
      { role: "client", self, state: client.initial(context, self) }
    ])
  ])
  const underway: Array<{ readonly from: NodeId; readonly to: NodeId; readonly message: Message }> =
    []
  const transitions: Array<Transition> = []

  const give = (to: NodeId, input: MajorityInput): void => {
    const situation = situations.get(to)
    if (situation === undefined) throw new Error(`no node ${to}`)
    const step = stepOf(context, situation, input)
    transitions.push({ ...situation, input, step })
    situations.set(to, { ...situation, state: step.state } as Situation)
    for (const { to: next, message } of step.sends) underway.push({ from: to, to: next, message })
  }

  for (const { invokes, operation, which } of moves) {
    const ready = [...situations.values()].filter(
      (situation) =>
        situation.role === "client" && client.ready(context, situation.self, situation.state)
    )
    const invoker = ready[which % ready.length]
    if (invoker !== undefined && (invokes || underway.length === 0)) {
      give(invoker.self, { _tag: "Invoke", operation })
      continue
    }
    const [received] = underway.splice(which % underway.length, 1)
    if (received !== undefined) {
      give(received.to, { _tag: "Receive", from: received.from, message: received.message })
    }
  }
  return transitions
}
