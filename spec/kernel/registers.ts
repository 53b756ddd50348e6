/**
 * A process that serves several registers, made of one that is shown one register at a time: what a runtime does with
 * `perRegister`, in small and as plain data, so that it can be checked.
 */
import type { NodeId } from "./node.ts"
import type { Catalogue, Input, Observation, Process, Send } from "./process.ts"

type Fields = Readonly<Record<string, unknown>>

/** The state of a process with several registers: the fields that exist once, and those of each register. */
export interface Several {
  readonly shared: Fields
  readonly registers: Readonly<Record<string, Fields>>
}

/** A message says which register it is about. */
export type About<Message> = Message & { readonly register: string }

// biome-ignore lint/suspicious/noExplicitAny: the parameters occur on both sides of functions
type AnyProcess = Process<any, any, any, any, any>

/** The state with which a process begins that serves these registers. */
export const initially = (
  process: AnyProcess,
  context: unknown,
  self: NodeId,
  names: ReadonlyArray<string>
): Several => {
  const { shared, register } = split(process, process.initial(context, self))
  return { shared, registers: Object.fromEntries(names.map((name) => [name, register])) }
}

/** The state that a transition of this register is shown. */
export const shown = <State>({ shared, registers }: Several, name: string): State =>
  ({ ...shared, ...registers[name] }) as State

/** The state after a transition of this register led to `state`. */
const kept = (process: AnyProcess, { registers }: Several, name: string, state: unknown): Several => {
  const { shared, register } = split(process, state)
  return { shared, registers: { ...registers, [name]: register } }
}

const split = (
  { perRegister }: AnyProcess,
  state: unknown
): { readonly shared: Fields; readonly register: Fields } => {
  const entries = Object.entries(state as Fields)
  return {
    shared: Object.fromEntries(entries.filter(([field]) => !perRegister.includes(field))),
    register: Object.fromEntries(entries.filter(([field]) => perRegister.includes(field)))
  }
}

/** The step of one register, with what it sends marked with the register that it is about. */
export const stepOf = <Message>(
  process: AnyProcess,
  context: unknown,
  self: NodeId,
  several: Several,
  name: string,
  input: Input<unknown, unknown, unknown>
): {
  readonly state: Several
  readonly sends: ReadonlyArray<Send<About<Message>>>
  readonly observations: ReadonlyArray<Observation<never>>
} => {
  const before = shown(several, name)
  const { state, sends, observations } = process.step(context, self, before, input, catalogueOf(several))
  return {
    state: state === before ? several : kept(process, several, name, state),
    sends: sends.map(({ to, message, register = name }) => ({
      to,
      message: { ...(message as Message), register }
    })),
    observations: observations as ReadonlyArray<Observation<never>>
  }
}

const catalogueOf =
  (several: Several): Catalogue<unknown> =>
  (after) =>
    Object.keys(several.registers)
      .sort()
      .filter((name) => after === null || name > after)
      .map((name) => [name, shown(several, name)] as const)
