/**
 * The state of one process that serves many registers.
 *
 * The process says which fields of its state exist once per register (`perRegister`); all others exist once. The two
 * parts are kept apart here, and put together for the transition of one register at a time.
 */
import type { NodeId } from "../../spec/kernel/node.ts"
import type { Input, Observation, Process, Send } from "../../spec/kernel/process.ts"

/** Fields of a state by name. */
export type Fields = Readonly<Record<string, unknown>>

/**
 * What a step changed: of its register, and of what all registers share. Absent where nothing changed.
 */
export interface Change {
  readonly key: string
  readonly register?: Fields
  readonly shared?: Fields
  /** The fields, of either part, that the state no longer has. */
  readonly dropped?: ReadonlyArray<string>
}

/** What is to be done about a step. */
export interface Outcome {
  readonly change: Change | undefined
  readonly sends: ReadonlyArray<Send<unknown>>
  readonly observations: ReadonlyArray<Observation<unknown>>
}

/** A process of which nothing more is known. */
// biome-ignore lint/suspicious/noExplicitAny: the parameters occur on both sides of functions
export type AnyProcess = Process<any, any, any, any, any>

export class Registers {
  readonly process: AnyProcess
  readonly context: unknown
  readonly self: NodeId
  private readonly isPerRegister: ReadonlySet<string>
  private readonly initialRegister: Fields
  private shared: Fields
  private readonly registers = new Map<string, Fields>()

  constructor(process: AnyProcess, context: unknown, self: NodeId) {
    this.process = process
    this.context = context
    this.self = self
    this.isPerRegister = new Set(process.perRegister)
    const [register, shared] = this.split(process.initial(context, self))
    this.initialRegister = register
    this.shared = shared
  }

  /** The state that a transition of this register is shown. */
  state(key: string): unknown {
    return { ...this.shared, ...(this.registers.get(key) ?? this.initialRegister) }
  }

  /** Takes one step of one register, and keeps its state. */
  step(key: string, input: Input<unknown, unknown, unknown>): Outcome {
    const before = this.state(key)
    const { state, sends, observations } = this.process.step(this.context, this.self, before, input)
    return { change: state === before ? undefined : this.keep(key, state), sends, observations }
  }

  /** The steps that the process may take by itself now, for one register. */
  choices(key: string): ReadonlyArray<unknown> {
    return this.process.choices(this.context, this.self, this.state(key))
  }

  /** Whether the process takes an `Invoke` for this register now. */
  isReady(key: string): boolean {
    return this.process.ready(this.context, this.self, this.state(key))
  }

  /** Whether this register was ever changed. */
  has(key: string): boolean {
    return this.registers.has(key)
  }

  /** How many registers differ, or did once, from their initial state. */
  get size(): number {
    return this.registers.size
  }

  /** Everything there is now, as the changes that lead to it from the initial state. */
  snapshot(): ReadonlyArray<Change> {
    const registers = [...this.registers].map(([key, register]) => ({ key, register }))
    return [{ key: "", shared: this.shared }, ...registers]
  }

  /** Takes over what a step changed once. */
  restore({ key, register, shared, dropped = [] }: Change): void {
    const known = this.registers.get(key)
    if (register !== undefined || (known !== undefined && dropped.length > 0)) {
      this.registers.set(key, without({ ...(known ?? this.initialRegister), ...register }, dropped))
    }
    this.shared = without({ ...this.shared, ...shared }, dropped)
  }

  /** The keys of all registers that were ever changed. */
  keys(): Iterable<string> {
    return this.registers.keys()
  }

  /** The first key whose state is not accepted. */
  firstIllFormed(isState: (state: unknown) => boolean): string | undefined {
    if (!isState(this.state(""))) return ""
    for (const key of this.registers.keys()) if (!isState(this.state(key))) return key
    return undefined
  }

  /** Puts the parts of the new state where they belong; says which fields changed, undefined if none did. */
  private keep(key: string, state: unknown): Change | undefined {
    const [register, shared] = this.split(state)
    const changedRegister = changed(this.registers.get(key) ?? this.initialRegister, register)
    const changedShared = changed(this.shared, shared)
    const before = { ...this.shared, ...(this.registers.get(key) ?? this.initialRegister) }
    const dropped = Object.keys(before).filter((field) => !(field in (state as Fields)))
    if (changedRegister === undefined && changedShared === undefined && dropped.length === 0) return undefined
    if (changedRegister !== undefined || dropped.length > 0) this.registers.set(key, register)
    this.shared = shared
    return {
      key,
      ...(changedRegister === undefined ? {} : { register: changedRegister }),
      ...(changedShared === undefined ? {} : { shared: changedShared }),
      ...(dropped.length === 0 ? {} : { dropped })
    }
  }

  private split(state: unknown): readonly [register: Fields, shared: Fields] {
    const fields = state as Fields
    const register: Record<string, unknown> = {}
    const shared: Record<string, unknown> = {}
    for (const field in fields) (this.isPerRegister.has(field) ? register : shared)[field] = fields[field]
    return [register, shared]
  }
}

/** The fields that are not the values that they were; undefined if all are. (An equal copy counts as another value.) */
const changed = (before: Fields, after: Fields): Fields | undefined => {
  let fields: Record<string, unknown> | undefined
  for (const field in after) {
    if (after[field] === before[field]) continue
    fields ??= {}
    fields[field] = after[field]
  }
  return fields
}

const without = (fields: Fields, dropped: ReadonlyArray<string>): Fields =>
  dropped.length === 0
    ? fields
    : Object.fromEntries(Object.entries(fields).filter(([field]) => !dropped.includes(field)))
