/**
 * Tiny handmade protocols; each shows one aspect of the reductions. The state of a process is a
 * word.
 */
import * as Schema from "effect/Schema"
import type { Model } from "../../../checker/network/model.ts"
import { type FaultModel, noFaults } from "../../../spec/kernel/fault.ts"
import { NodeId, type Role, SetOf } from "../../../spec/kernel/node.ts"
import type { AnyNote, AnyOperation } from "../../../spec/kernel/observation.ts"
import type { AnyProcess, Process, Promises } from "../../../spec/kernel/process.ts"
import type { AnyProperty, ProcessInvariant } from "../../../spec/kernel/property.ts"
import { type Access, register } from "../../../spec/register/operation.ts"

/** What a process does: `to` stands for its next state. */
export interface Reaction {
  readonly to?: string
  readonly sends?: ReadonlyArray<readonly [to: string, message: string]>
  readonly notes?: ReadonlyArray<string>
}
export interface TinyRole {
  readonly first: string
  /** Its reaction to a message, by state and message; none without an entry. */
  readonly receives?: (
    state: string,
    message: string,
    from: string,
    self: string
  ) => Reaction | undefined
  /** Its reaction to an invocation; it is ready if there is an entry. */
  readonly invokes?: (
    state: string,
    invoke: "invoke",
    operation: "Write" | "Read"
  ) => Reaction | undefined
  /** What it may do by itself. */
  readonly chooses?: (state: string, self: string) => ReadonlyArray<Reaction>
  readonly promises?: Partial<
    Record<keyof Promises<unknown, unknown, unknown>, (state: string, message: string) => boolean>
  >
}

const messageOf = (message: unknown): string => (message as { readonly _tag: string })._tag

const promisesOf = ({ promises = {} }: TinyRole): Promises<unknown, string, unknown> =>
  Object.fromEntries(
    Object.entries(promises).map(([name, promise]) => [
      name,
      (_context: unknown, _self: unknown, state: string, _node: unknown, message: unknown) =>
        promise(state, messageOf(message))
    ])
  )

/** The process that a tiny role describes. */
export const tinyProcess = (tiny: TinyRole): AnyProcess => {
  const process: Process<unknown, string, AnyOperation, AnyNote, unknown, Reaction> = {
    State: Schema.String,
    durable: false,
    initial: () => tiny.first,
    ready: (_context, _self, state) => tiny.invokes?.(state, "invoke", "Read") !== undefined,
    choices: (_context, self, state) => tiny.chooses?.(state, self) ?? [],
    step: (_context, self, state, input) => {
      const reaction: Reaction | undefined =
        input._tag === "Invoke"
          ? tiny.invokes?.(state, "invoke", input.operation._tag as "Write" | "Read")
          : input._tag === "Choose"
            ? input.choice
            : tiny.receives?.(state, messageOf(input.message), input.from, self)
      const { to = state, sends = [], notes = [] } = reaction ?? {}
      return {
        state: to,
        sends: sends.map(([node, message]) => ({
          to: NodeId.make(node),
          message: { _tag: message }
        })),
        observations: notes.map((name) => ({ _tag: "Note", name, detail: null }))
      }
    },
    promises: promisesOf(tiny)
  }
  return process
}

/** No process of a role is ever in a state with this name. */
export const never = (role: Role, bad: string): AnyProperty => {
  const property: ProcessInvariant<unknown, Role, string> = {
    _tag: "Process",
    name: `never ${bad}`,
    about: `no ${role} ever comes to ${bad}`,
    isSymmetric: true,
    role,
    holds: (_context, _self, state) => state !== bad
  }
  return property as AnyProperty
}

/** What each client c1, c2, … invokes. */
export type TinyScripts = ReadonlyArray<ReadonlyArray<Access>>

interface TinySetup {
  /** How many servers there are: s1, s2, … */
  readonly servers: number
  /** How many operations c1 invokes, if it is the only client. */
  readonly operations?: number
  readonly scripts?: TinyScripts
  readonly faults?: FaultModel
}
const reads = (count: number) => Array.from({ length: count }, (): Access => ({ _tag: "Read" }))

export const Parameters = Schema.Struct({ servers: SetOf(NodeId), clients: Schema.Array(NodeId) })

/** The nodes s1, s2, … or c1, c2, … */
export const named = (letter: string, count: number): ReadonlyArray<NodeId> =>
  Array.from({ length: count }, (_, index) => NodeId.make(`${letter}${index + 1}`))

/** A model of a tiny protocol. */
export const tinyModel = (
  roles: Record<"server" | "client", TinyRole>,
  { servers: count, operations = 0, scripts = [reads(operations)], faults = noFaults }: TinySetup,
  properties: ReadonlyArray<AnyProperty>
): Model => {
  const parameters = { servers: named("s", count), clients: named("c", scripts.length) }
  const processes = { server: tinyProcess(roles.server), client: tinyProcess(roles.client) }
  return {
    protocol: {
      name: "tiny",
      about: "shows one thing",
      objects: [register],
      Message: Schema.Struct({ _tag: Schema.String }),
      Parameters,
      properties,
      describe: String
    },
    system: {
      nodes: [
        ...parameters.servers.map((id) => ({ id, role: "server", process: processes.server })),
        ...parameters.clients.map((id) => ({ id, role: "client", process: processes.client }))
      ],
      context: parameters,
      parameters
    },
    scripts: Object.fromEntries(parameters.clients.map((id, index) => [id, scripts[index] ?? []])),
    faults,
    properties
  }
}
