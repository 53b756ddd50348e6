/**
 * Hand-made tiny protocols, each to show one thing about the reductions. The state of a process is a word.
 */
import * as Schema from "effect/Schema"
import type { AnyProperty, Model } from "../../../checker/network/model.ts"
import { majority } from "../../../spec/configuration/configuration.ts"
import { client, type NodeId, type Role, server } from "../../../spec/kernel/node.ts"
import type { Note, Promises, Step } from "../../../spec/kernel/process.ts"
import type { AnyProtocol } from "../../../spec/kernel/protocol.ts"
import type { Operation } from "../../../spec/register/operation.ts"

/** What a process does: `to` stands for its next state. */
export interface Reaction {
  readonly to?: string
  readonly sends?: ReadonlyArray<readonly [to: string, message: string]>
  readonly notes?: ReadonlyArray<string>
}
export interface TinyRole {
  readonly first: string
  /** What it does when it receives a message, by state and message; nothing where nothing is said. */
  readonly receives?: (state: string, message: string, from: string, self: string) => Reaction | undefined
  /** What it does when an operation is invoked; it is ready where something is said. */
  readonly invokes?: (state: string, invoke: "invoke", operation: "Write" | "Read") => Reaction | undefined
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
      (_setup: unknown, _self: unknown, state: string, _node: unknown, message: unknown) =>
        promise(state, messageOf(message))
    ])
  )

const processOf = (role: Role, tiny: TinyRole): AnyProtocol["client"] => ({
  role,
  State: Schema.String,
  durable: false,
  perRegister: [],
  initial: () => tiny.first,
  ready: (_setup, _self, state: string) => tiny.invokes?.(state, "invoke", "Read") !== undefined,
  choices: (_setup, self, state: string) => tiny.chooses?.(state, self) ?? [],
  step: (_setup, self, state: string, input) => {
    const reaction: Reaction | undefined =
      input._tag === "Invoke"
        ? tiny.invokes?.(state, "invoke", input.operation._tag)
        : input._tag === "Choose"
          ? input.choice
          : tiny.receives?.(state, messageOf(input.message), input.from, self)
    const { to = state, sends = [], notes = [] } = reaction ?? {}
    const step: Step<string, Operation, unknown> = {
      state: to,
      sends: sends.map(([node, message]) => ({ to: node as NodeId, message: { _tag: message } })),
      observations: notes.map((name): Note => ({ _tag: "Note", name, detail: null }))
    }
    return step
  },
  promises: promisesOf(tiny)
})

/** No process of a role is ever in a state with this name. */
export const never = (role: Role, bad: string): AnyProperty =>
  ({
    _tag: "Process",
    name: `never ${bad}`,
    about: `no ${role} ever comes to ${bad}`,
    isSymmetric: true,
    role,
    holds: (_setup: unknown, _self: unknown, state: string) => state !== bad
  }) as AnyProperty

interface TinySetup {
  /** How many servers there are: s1, s2, … */
  readonly servers: number
  /** How many operations c1 invokes, if it is the only client. */
  readonly operations?: number
  /** What each client c1, c2, … invokes. */
  readonly scripts?: Model["scripts"]
}
const reads = (count: number) => Array.from({ length: count }, (): Operation => ({ _tag: "Read" }))

/** A model of a tiny protocol. */
export const tinyModel = (
  roles: Record<"server" | "client", TinyRole>,
  { servers, operations = 0, scripts = [reads(operations)] }: TinySetup,
  properties: ReadonlyArray<AnyProperty>
): Model => {
  const ids = Array.from({ length: servers }, (_, index) => server(`s${index + 1}`))
  return {
    protocol: {
      name: "tiny",
      about: "shows one thing",
      variants: [{ name: "correct", kind: "correct", about: "the only one" }],
      operations: [],
      Message: Schema.Struct({ _tag: Schema.String }),
      server: processOf("server", roles.server),
      client: processOf("client", roles.client),
      properties,
      describe: String
    },
    setup: {
      servers: ids,
      clients: scripts.map((_, index) => client(`c${index + 1}`)),
      configuration: majority(ids),
      variant: "correct"
    },
    scripts,
    crashes: { server: 0, client: 0 },
    properties
  }
}
