/**
 * A host that drives the processes of reconfiguration with consensus through random runs, and keeps
 * every transition.
 */
import * as fc from "fast-check"
import { majority } from "../../../spec/configuration/configuration.ts"
import { type Directory, directory, directoryIn } from "../../../spec/directory/directory.ts"
import type { NodeId, Role } from "../../../spec/kernel/node.ts"
import type { AnyProcess, Input, Step } from "../../../spec/kernel/process.ts"
import { variantOf } from "../../../spec/kernel/protocol.ts"
import { client, servers } from "../../../spec/nodes/nodes.ts"
import type { StorageProtocol } from "../../../spec/protocols.ts"
import { rambo } from "../../../spec/rambo/protocol.ts"
import type { Rules } from "../../../spec/rambo/rules.ts"
import type { ServerState } from "../../../spec/rambo/server.ts"
import type { Choice } from "../../../spec/rambo/state.ts"
import { ramboII } from "../../../spec/rambo-ii/protocol.ts"
import type { Message } from "../../../spec/rds/messages.ts"
import { rds } from "../../../spec/rds/protocol.ts"
import type { ClientState } from "../../../spec/rds/state.ts"
import { type StorageParameters, serversAndClients } from "../../../spec/storage/parameters.ts"
import type { StorageObservation, StorageOperation } from "../../../spec/storage/reconfiguration.ts"

/** The protocols of this family. They share states and messages, except where one adds fields. */
const protocols: ReadonlyArray<StorageProtocol> = [rambo, ramboII, rds]

/** A variant of one of the protocols, by the names of both: `rds fused-pair-ignored`. */
export interface System {
  readonly context: StorageParameters & { readonly rules: Rules }
  readonly processOf: (role: Role) => AnyProcess
}
export type RamboInput = Input<StorageOperation, Message, Choice>
export type RamboStep = Step<ServerState | ClientState | Directory, StorageObservation, Message>

/** What a node in some state was given. */
export interface Transition {
  readonly self: NodeId
  readonly role: Role
  readonly state: ServerState | ClientState | Directory
  readonly input: RamboInput
}

/** The names of the variants of all of them. */
export const names: ReadonlyArray<string> = protocols.flatMap(({ name, variants }) =>
  variants.map((variant) => `${name} ${variant.name}`)
)

/** The variant with these parameters. */
export const systemWith = (parameters: StorageParameters, name: string): System => {
  const [ofProtocol, ofVariant] = name.split(" ")
  const protocol = protocols.find((one) => one.name === ofProtocol)
  const variant = protocol && variantOf(protocol, ofVariant ?? "")
  if (protocol === undefined || variant === undefined) throw new Error(`there is no ${name}`)
  return {
    context: { ...parameters, rules: variant.rules as Rules },
    processOf: (role) => protocol.roles[role] as AnyProcess
  }
}

/**
 * Four storage nodes, the first three of which are the configuration; three clients, and a
 * directory.
 */
export const systemOf = (name: string): System =>
  systemWith(
    {
      servers: servers("s1", "s2", "s3", "s4"),
      clients: [client("c1"), client("c2"), client("c3")],
      directory: directory("d"),
      configuration: majority(servers("s1", "s2", "s3"))
    },
    name
  )

const reconfigure = (add: string, remove: string): StorageOperation => ({
  _tag: "Reconfigure",
  add: servers(add),
  remove: servers(remove)
})

/** A change that would leave no members. */
const everybodyRemoved: StorageOperation = {
  _tag: "Reconfigure",
  add: [],
  remove: servers("s1", "s2", "s3", "s4")
}

/** A change that the first configuration already has. */
const nothingNew = reconfigure("s1", "s4")

/**
 * What each client asks for; a second one reconfigures where the sequence is agreed upon by
 * consensus.
 */
const scriptsOf = ({
  sequence
}: Rules): Readonly<Record<string, ReadonlyArray<StorageOperation>>> => ({
  c1: [reconfigure("s4", "s2"), reconfigure("s2", "s3")],
  c2: [
    { _tag: "Write", value: 1 },
    { _tag: "Read" },
    { _tag: "Write", value: 2 },
    { _tag: "Read" }
  ],
  c3:
    sequence === "consensus"
      ? [everybodyRemoved, nothingNew, reconfigure("s4", "s3")]
      : [{ _tag: "Read" }, { _tag: "Write", value: 3 }]
})

/** Which of all things that could happen next does, modulo how many there are. */
export const movesOf = (length: number): fc.Arbitrary<ReadonlyArray<number>> =>
  fc.array(fc.nat(1000), { minLength: length, maxLength: length })

export const stepOf = (
  { context, processOf }: System,
  { self, role, state, input }: Transition
): RamboStep =>
  processOf(role).step(context, self, state, input as Input<never, unknown, unknown>) as RamboStep

/** The transitions of the run that these moves make. */
export const drive = (system: System, moves: ReadonlyArray<number>): ReadonlyArray<Transition> => {
  const { context, processOf } = system
  const nodes = [...serversAndClients(context), ...directoryIn(context)]
  const roleOf = new Map(nodes.map(({ id, role }) => [id, role]))
  const states = new Map(nodes.map(({ id, role }) => [id, processOf(role).initial(context, id)]))
  const scripts = new Map(
    Object.entries(scriptsOf(context.rules)).map(([id, script]) => [id, [...script]])
  )
  const underway: Array<{ readonly from: NodeId; readonly to: NodeId; readonly message: Message }> =
    []
  const transitions: Array<Transition> = []

  const give = (self: NodeId, input: RamboInput): void => {
    const role = roleOf.get(self) as Role
    const transition = { self, role, state: states.get(self) as Transition["state"], input }
    const step = stepOf(system, transition)
    transitions.push(transition)
    states.set(self, step.state)
    for (const { to, message } of step.sends) underway.push({ from: self, to, message })
  }

  for (const move of moves) {
    const possible = [
      ...context.clients.flatMap((id) => {
        const [operation] = scripts.get(id) ?? []
        const isReady =
          operation !== undefined && processOf("client").ready(context, id, states.get(id))
        const choices = processOf("client").choices(
          context,
          id,
          states.get(id)
        ) as ReadonlyArray<Choice>
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
