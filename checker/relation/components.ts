/**
 * The components of a record: nested records are taken apart, and every leaf is a separate number.
 *
 * A leaf is any value that is not a record in the first initial state, or a record there without
 * fields or with a tag. It is compared as a whole, by its canonical text.
 */
import type { Read } from "../engine/dependency-memo.ts"
import { type Decoder, decoderOf, slowDecoderOf } from "./decoder.ts"
import { RelationIllFormed } from "./ill-formed.ts"
import { type LazyRecord, lazyRecordOf } from "./lazy-record.ts"
import { refuseUnprintable } from "./parts.ts"
import { hasSymbols, isRecord, nameOf } from "./plain.ts"
import type { Fields, Path, Shape } from "./shape.ts"
import { noticing } from "./unknown-fields.ts"
import { unreadable, Values } from "./values.ts"

/** A component and the number of its new value. */
export type Change = readonly [component: number, value: number]

export class Components<State extends object> {
  readonly shape: Fields
  readonly values: Array<Values> = []
  private readonly lazyRecord: LazyRecord
  private decoder: Decoder
  private decoded = 0

  /** The components of records like this one. */
  constructor(initial: State, where: string) {
    if (!isRecord(initial)) {
      throw new RelationIllFormed({
        where,
        problem: `it is ${nameOf(initial)}`,
        mend: "make it a record with a field for each variable"
      })
    }
    this.shape = this.fieldsAt([], initial)
    this.lazyRecord = lazyRecordOf(this.shape)
    this.decoder = slowDecoderOf(this.shape, this.values)
  }

  get width(): number {
    return this.values.length
  }

  /** The names of all components. */
  get fieldNames(): ReadonlyArray<string> {
    return this.values.map(({ path }) => path.join("."))
  }

  /** The memory of the values, roughly. */
  get bytes(): number {
    return this.values.reduce((sum, { bytes }) => sum + bytes, 0)
  }

  /**
   * Calls `ask` with a state that reads its fields on demand and reports each read to `read`;
   * returns the answer. Each call receives a new state, so that a cache keyed by the identity of a
   * state never hits.
   */
  reading<Result>(read: Read, ask: (state: State) => Result): Result {
    let isOver = false
    const value = (component: number) => {
      if (isOver) throw new Error("a state was read after the call that received it")
      return (this.values[component] as Values).value(read(component))
    }
    try {
      return ask(this.lazyRecord({ value }) as State)
    } finally {
      isOver = true
    }
  }

  /**
   * The fields that a record mentions, as components and numbers. Throws if the record is not part
   * of a state.
   */
  changes(record: unknown, where: string): ReadonlyArray<Change> {
    const changes: Array<Change> = []
    this.collect(this.shape, record, where, (component, value) => changes.push([component, value]))
    return changes
  }

  /** Applies to a state the changes that a record mentions. */
  change(state: Int32Array, record: unknown, where: string): void {
    this.collect(this.shape, record, where, (component, value) => {
      state[component] = value
    })
  }

  /**
   * The numbers of a whole state; undefined if it lacks some field. Throws if it has fields that
   * the first state lacks.
   */
  vector(record: unknown, where: string): Int32Array | undefined {
    const state = new Int32Array(this.width).fill(absent)
    this.change(state, record, where)
    return state.includes(absent) ? undefined : state
  }

  /** The name of a component: the path of fields to it. */
  nameOf(component: number): string {
    return (this.values[component] as Values).path.join(".")
  }

  /** The canonical text of a component's value, and the number of the value with that text. */
  content(component: number, value: number): string {
    return (this.values[component] as Values).text(value)
  }
  numberFor(component: number, content: string): number {
    return (this.values[component] as Values).numberOfText(content)
  }

  /** The state as its author wrote it, deeply frozen: a new object for each call. */
  decode(state: Int32Array): State {
    if (++this.decoded === manyStates) this.decoder = decoderOf(this.shape, this.values)
    return this.decoder(state) as State
  }

  /** The same, but notices when a function reads a field that no state has. */
  noticing(state: Int32Array, tell: (unknown: string) => void): State {
    const record = this.decode(state) as Readonly<Record<string, unknown>>
    return noticing(record, this.shape, tell) as State
  }

  private shapeAt(path: Path, value: unknown): Shape {
    if (isRecord(value) && Object.keys(value).length > 0 && !Object.hasOwn(value, "_tag"))
      return this.fieldsAt(path, value)
    return { path, component: this.values.push(new Values(path)) - 1 }
  }

  private fieldsAt(path: Path, record: Readonly<Record<string, unknown>>): Fields {
    const fields = Object.entries(record).map(([key, value]) => {
      refuseUnprintable(`field ${JSON.stringify([...path, key].join("."))}`, key)
      return [key, this.shapeAt([...path, key], value)] as const
    })
    return { path, fields: new Map(fields) }
  }

  private collect(
    { fields, path }: Fields,
    record: unknown,
    where: string,
    take: (component: number, value: number) => void
  ): void {
    if (!isRecord(record)) throw notARecord(record, path, where)
    if (hasSymbols(record)) throw symbolic(path, where)
    for (const key of Object.keys(record)) {
      const shape = fields.get(key)
      if (shape === undefined) throw unknownField(fields, [...path, key], where)
      const value = fieldIn(record, key, path, where)
      if ("fields" in shape) this.collect(shape, value, where, take)
      else take(shape.component, (this.values[shape.component] as Values).number(value, where))
    }
  }
}

const fieldIn = (
  record: Readonly<Record<string, unknown>>,
  key: string,
  path: Path,
  where: string
): unknown => {
  try {
    return record[key]
  } catch (error) {
    throw unreadable([...path, key], error, where)
  }
}

const absent = -1
/** From this many states on, generating a function for them pays off. */
const manyStates = 200

/** The vector, with these changes made in it. */
export const changed = (vector: Int32Array, changes: ReadonlyArray<Change>): Int32Array => {
  for (const [component, value] of changes) vector[component] = value
  return vector
}

const named = (path: Path): string => `"${path.join(".")}"`

const notARecord = (value: unknown, path: Path, where: string): RelationIllFormed =>
  path.length === 0
    ? new RelationIllFormed({
        where,
        problem: `a successor is ${nameOf(value)}`,
        mend: "make it a record of the fields that change"
      })
    : new RelationIllFormed({
        where,
        problem: `field ${named(path)} is ${nameOf(value)}, but a record in the initial state`,
        mend: "return only the changed fields of the record, or start it as null or as an array"
      })

const symbolic = (path: Path, where: string): RelationIllFormed =>
  new RelationIllFormed({
    where,
    problem: `${path.length === 0 ? "a state" : `field ${named(path)}`} has a field named by a symbol`,
    mend: "name fields by strings: states are compared as text"
  })

const unknownField = (
  fields: ReadonlyMap<string, Shape>,
  path: Path,
  where: string
): RelationIllFormed =>
  new RelationIllFormed({
    where,
    problem: `there is no field ${named(path)} in the initial state`,
    mend: `use one of ${[...fields.keys()].join(", ") || "no fields at all"}, or add it to every initial state`
  })
