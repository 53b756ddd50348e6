/**
 * The state of one process that serves many registers.
 *
 * The process says which fields of its state exist once per register (`perRegister`); all others exist once. The two
 * parts are kept apart here, and put together for the transition of one register at a time.
 */
import { equals } from "../../spec/kernel/data.ts"
import type { NodeId } from "../../spec/kernel/node.ts"
import type { Catalogue, Input, Observation, Process, Send } from "../../spec/kernel/process.ts"

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
  /** The names of all registers in order, but for those that are new since. */
  private ordered: Array<string> = []
  private unordered: Array<string> = []

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

  /** The fields of this register alone; without one, those that all registers share. */
  fields(key?: string): Fields {
    return key === undefined ? this.shared : (this.registers.get(key) ?? this.initialRegister)
  }

  /** Takes one step of one register, and keeps its state. */
  step(key: string, input: Input<unknown, unknown, unknown>): Outcome {
    const before = this.state(key)
    const { state, sends, observations } = this.process.step(
      this.context,
      this.self,
      before,
      input,
      this.catalogue
    )
    return { change: state === before ? undefined : this.keep(key, state), sends, observations }
  }

  /** Whether the process takes an `Invoke` for this register now. */
  isReady(key: string): boolean {
    return this.process.ready(this.context, this.self, this.state(key))
  }

  /** The steps that the process may take by itself now, on account of this register. */
  choices(key: string): ReadonlyArray<unknown> {
    return this.process.choices(this.context, this.self, this.state(key))
  }

  private readonly catalogue: Catalogue<unknown> = (after) => this.registersAfter(after)

  private *registersAfter(after: string | null): Generator<readonly [string, unknown]> {
    const names = this.inOrder()
    for (let at = after === null ? 0 : firstAfter(names, after); at < names.length; at++) {
      const name = names[at] as string
      yield [name, this.state(name)]
    }
  }

  private inOrder(): ReadonlyArray<string> {
    if (this.unordered.length > 0) {
      this.ordered = merged(this.ordered, this.unordered.sort(byName))
      this.unordered = []
    }
    return this.ordered
  }

  private put(key: string, register: Fields): void {
    if (!this.registers.has(key)) this.unordered.push(key)
    this.registers.set(key, register)
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
      this.put(key, without({ ...(known ?? this.initialRegister), ...register }, dropped))
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
    const changedShared = changed(this.shared, shared, equals)
    const before = { ...this.shared, ...(this.registers.get(key) ?? this.initialRegister) }
    const dropped = Object.keys(before).filter((field) => !(field in (state as Fields)))
    if (changedRegister === undefined && changedShared === undefined && dropped.length === 0) return undefined
    if (changedRegister !== undefined || dropped.length > 0) this.put(key, register)
    if (changedShared !== undefined || dropped.length > 0) this.shared = shared
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

/**
 * The fields that are not the values that they were; undefined if all are. An equal copy counts as another value, unless
 * something better can tell (which costs more).
 */
const changed = (
  before: Fields,
  after: Fields,
  same: (left: unknown, right: unknown) => boolean = Object.is
): Fields | undefined => {
  let fields: Record<string, unknown> | undefined
  for (const field in after) {
    if (after[field] === before[field] || same(after[field], before[field])) continue
    fields ??= {}
    fields[field] = after[field]
  }
  return fields
}

const byName = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0)

const merged = (left: ReadonlyArray<string>, right: ReadonlyArray<string>): Array<string> => {
  const names: Array<string> = []
  let at = 0
  for (const name of right) {
    while (at < left.length && (left[at] as string) < name) names.push(left[at++] as string)
    names.push(name)
  }
  while (at < left.length) names.push(left[at++] as string)
  return names
}

/** Where the names after this one begin. */
const firstAfter = (names: ReadonlyArray<string>, name: string): number => {
  let low = 0
  let high = names.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((names[middle] as string) <= name) low = middle + 1
    else high = middle
  }
  return low
}

const without = (fields: Fields, dropped: ReadonlyArray<string>): Fields =>
  dropped.length === 0
    ? fields
    : Object.fromEntries(Object.entries(fields).filter(([field]) => !dropped.includes(field)))
