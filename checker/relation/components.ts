/**
 * The components of a record: nested records taken apart, every leaf a number of its own.
 *
 * A leaf is whatever is not a record in the initial state: it is compared as a whole, by its canonical text.
 */
import { canonical } from "../../spec/kernel/data.ts"
import type { Read } from "../engine/dependency-memo.ts"
import { Interner } from "../engine/interner.ts"
import { RelationIllFormed } from "./ill-formed.ts"
import { frozenCopy, isRecord, NotPlain, nameOf } from "./plain.ts"

type Path = ReadonlyArray<string>
interface Leaf {
  readonly path: Path
  readonly component: number
}
interface Fields {
  readonly path: Path
  readonly fields: ReadonlyMap<string, Shape>
}
/** A leaf of the record, or a nested record, and the way to it. */
type Shape = Leaf | Fields

/** A component and the number of its new value. */
export type Change = readonly [component: number, value: number]

export class Components<State extends object> {
  /**
   * A state that finds out what it holds when it is looked at, and has that noted. There is one for all calls: it
   * shows something only during `reading`.
   */
  readonly view: State
  private read: Read = outsideOfCall
  private readonly values: Array<Interner<unknown>> = []
  private readonly shape: Fields

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
    this.view = this.viewOf(this.shape) as State
  }

  get width(): number {
    return this.values.length
  }

  /** What `ask` answers while the view shows what `read` finds. */
  reading<Result>(read: Read, ask: (state: State) => Result): Result {
    this.read = read
    try {
      return ask(this.view)
    } finally {
      this.read = outsideOfCall
    }
  }

  /** The fields that a record mentions, as components and numbers. Throws if it is no part of a state. */
  changes(record: unknown, where: string): ReadonlyArray<Change> {
    const changes: Array<Change> = []
    this.collect(this.shape, record, where, changes)
    return changes
  }

  /** The canonical text of a value of a component, and the number of a value that is written so. */
  content(component: number, value: number): string {
    return canonical(this.interner(component).value(value))
  }
  numberFor(component: number, content: string): number {
    return this.interner(component).number(frozenCopy(JSON.parse(content), []))
  }

  /** The state as its author wrote it, deeply frozen. */
  decode(state: Int32Array): State {
    const plain = (shape: Shape): unknown => {
      if ("component" in shape) return this.interner(shape.component).value(state[shape.component] as number)
      return Object.freeze(Object.fromEntries([...shape.fields].map(([key, field]) => [key, plain(field)])))
    }
    return plain(this.shape) as State
  }

  private shapeAt(path: Path, value: unknown): Shape {
    if (isRecord(value)) return this.fieldsAt(path, value)
    return { path, component: this.values.push(new Interner()) - 1 }
  }

  private fieldsAt(path: Path, record: Readonly<Record<string, unknown>>): Fields {
    const fields = Object.entries(record).map(
      ([key, value]) => [key, this.shapeAt([...path, key], value)] as const
    )
    return { path, fields: new Map(fields) }
  }

  /** A frozen record whose leaves are getters. */
  private viewOf({ fields }: Fields): object {
    const record = {}
    for (const [key, shape] of fields) {
      const property = "fields" in shape ? { value: this.viewOf(shape) } : { get: () => this.valueIn(shape) }
      Object.defineProperty(record, key, { ...property, enumerable: true })
    }
    return Object.freeze(record)
  }

  private valueIn({ component }: Leaf): unknown {
    return this.interner(component).value(this.read(component))
  }

  private collect({ fields, path }: Fields, record: unknown, where: string, into: Array<Change>): void {
    if (!isRecord(record)) throw notARecord(record, path, where)
    for (const key of Object.keys(record)) {
      const shape = fields.get(key)
      if (shape === undefined) throw unknownField(fields, [...path, key], where)
      if ("fields" in shape) this.collect(shape, record[key], where, into)
      else into.push([shape.component, this.numberOf(shape, record[key], where)])
    }
  }

  private numberOf({ component, path }: Leaf, value: unknown, where: string): number {
    try {
      return this.interner(component).number(frozenCopy(value, path))
    } catch (error) {
      if (!(error instanceof NotPlain)) throw error
      throw new RelationIllFormed({
        where,
        problem: `field ${named(error.path)} is ${error.message}, which is no plain data`,
        mend: "use finite numbers, strings, booleans, null, arrays and records"
      })
    }
  }

  private interner(component: number): Interner<unknown> {
    return this.values[component] as Interner<unknown>
  }
}

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
        mend: "name the fields of the record that change, or let it begin as null or as an array"
      })

const unknownField = (fields: ReadonlyMap<string, Shape>, path: Path, where: string): RelationIllFormed =>
  new RelationIllFormed({
    where,
    problem: `there is no field ${named(path)} in the initial state`,
    mend: `use one of ${[...fields.keys()].join(", ") || "no fields at all"}, or add it to every initial state`
  })

const outsideOfCall: Read = () => {
  throw new Error("a state was looked at after the call that it was given to")
}
