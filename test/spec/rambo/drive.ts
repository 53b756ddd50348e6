/**
 * A host that drives the processes of reconfiguration with consensus through random runs, and keeps every transition.
 */
import * as fc from "fast-check"
import { majority } from "../../../spec/configuration/configuration.ts"
import { client, directory, type NodeId, type Role, servers } from "../../../spec/kernel/node.ts"
import type { Input, Step } from "../../../spec/kernel/process.ts"
import { processFor, type Setup } from "../../../spec/kernel/protocol.ts"
import type { Message } from "../../../spec/rambo/messages.ts"
import { rambo } from "../../../spec/rambo/protocol.ts"
import type { ServerState } from "../../../spec/rambo/server.ts"
import type { Choice, ClientState } from "../../../spec/rambo/state.ts"
import { decidesByConsensus, type VariantName } from "../../../spec/rambo/variants.ts"
import type { StorageOperation } from "../../../spec/register/operation.ts"

export type Context = Setup<VariantName>
export type RamboInput = Input<StorageOperation, Message, Choice>
export type RamboStep = Step<ServerState | ClientState, StorageOperation, Message>

/** What a node in some state was given. */
export interface Transition {
  readonly self: NodeId
  readonly role: Role
  readonly state: ServerState | ClientState
  readonly input: RamboInput
}

/** Four storage nodes, of which the first three are the configuration; three clients, and a directory. */
export const contextOf = (variant: VariantName): Context => ({
  servers: servers("s1", "s2", "s3", "s4"),
  clients: [client("c1"), client("c2"), client("c3")],
  directory: directory("d"),
  configuration: majority(servers("s1", "s2", "s3")),
  variant
})

const reconfigure = (add: string, remove: string): StorageOperation => ({
  _tag: "Reconfigure",
  add: servers(add),
  remove: servers(remove)
})

/** What each client asks for; a second one reconfigures where the sequence is agreed upon by consensus. */
const scriptsOf = (variant: VariantName): Readonly<Record<string, ReadonlyArray<StorageOperation>>> => ({
  c1: [reconfigure("s4", "s2"), reconfigure("s2", "s3")],
  c2: [{ _tag: "Write", value: 1 }, { _tag: "Read" }, { _tag: "Write", value: 2 }, { _tag: "Read" }],
  c3: decidesByConsensus(variant)
    ? [reconfigure("s4", "s3")]
    : [{ _tag: "Read" }, { _tag: "Write", value: 3 }]
})

/** Which of all things that could happen next does, modulo how many there are. */
export const movesOf = (length: number): fc.Arbitrary<ReadonlyArray<number>> =>
  fc.array(fc.nat(1000), { minLength: length, maxLength: length })

export const stepOf = (context: Context, { self, role, state, input }: Transition): RamboStep =>
  processFor(rambo, role).step(context, self, state, input)

/** The transitions of the run that these moves make. */
export const drive = (context: Context, moves: ReadonlyArray<number>): ReadonlyArray<Transition> => {
  const roleOf = new Map<NodeId, Role>([
    ...context.servers.map((id): [NodeId, Role] => [id, "server"]),
    ...context.clients.map((id): [NodeId, Role] => [id, "client"]),
    [context.directory as NodeId, "directory"]
  ])
  const states = new Map([...roleOf].map(([id, role]) => [id, processFor(rambo, role).initial(context, id)]))
  const scripts = new Map(Object.entries(scriptsOf(context.variant)).map(([id, script]) => [id, [...script]]))
  const underway: Array<{ readonly from: NodeId; readonly to: NodeId; readonly message: Message }> = []
  const transitions: Array<Transition> = []

  const give = (self: NodeId, input: RamboInput): void => {
    const transition = { self, role: roleOf.get(self) as Role, state: states.get(self), input }
    const step = stepOf(context, transition)
    transitions.push(transition)
    states.set(self, step.state)
    for (const { to, message } of step.sends) underway.push({ from: self, to, message })
  }

  for (const move of moves) {
    const possible = [
      ...context.clients.flatMap((id) => {
        const [operation] = scripts.get(id) ?? []
        const isReady = operation !== undefined && rambo.client.ready(context, id, states.get(id))
        const choices = rambo.client.choices(context, id, states.get(id))
        return [
          ...(isReady
            ? [() => give(id, { _tag: "Invoke", operation: scripts.get(id)?.shift() as never })]
            : []),
          ...choices.map((choice) => () => give(id, { _tag: "Choose", choice }))
        ]
      }),
      ...underway.map(({ from, to, message }, index) => () => {
        underway.splice(index, 1)
        give(to, { _tag: "Receive", from, message })
      })
    ]
    possible[move % possible.length]?.()
  }
  return transitions
}
