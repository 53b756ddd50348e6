/**
 * The components of a record: nested records taken apart, every leaf a number of its own.
 *
 * A leaf is whatever is not a record in the initial state: it is compared as a whole, by its canonical text.
 */
import type { Read } from "../engine/dependency-memo.ts"
import { Interner } from "../engine/interner.ts"
import { frozenCopy, isRecord, NotPlain, nameOf } from "./plain.ts"
import { RelationIllFormed } from "./relation.ts"

/** A leaf of the record, or a nested record. */
type Shape = { readonly component: number } | { readonly fields: ReadonlyMap<string, Shape> }

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
  private readonly shape: Shape

  /** The components of records like this one. */
  constructor(initial: State, where: string) {
    if (!isRecord(initial)) {
      throw new RelationIllFormed({
        where,
        problem: `it is ${nameOf(initial)}`,
        mend: "make it a record with a field for each variable"
      })
    }
    this.shape = this.shapeOf(initial)
    this.view = this.built(this.shape, (component) => this.values[component]?.value(this.read(component)))
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
    this.collect(this.shape, record, [], where, changes)
    return changes
  }

  /** The state as its author wrote it, deeply frozen. */
  decode(state: Int32Array): State {
    const leaf = (component: number) => this.values[component]?.value(state[component] as number)
    const plain = (shape: Shape): unknown =>
      "component" in shape
        ? leaf(shape.component)
        : Object.freeze(Object.fromEntries([...shape.fields].map(([key, field]) => [key, plain(field)])))
    return plain(this.shape) as State
  }

  private shapeOf(value: unknown): Shape {
    if (!isRecord(value)) return { component: this.values.push(new Interner()) - 1 }
    return { fields: new Map(Object.entries(value).map(([key, field]) => [key, this.shapeOf(field)])) }
  }

  /** A frozen record whose leaves are getters. */
  private built(shape: Shape, leaf: (component: number) => unknown): State {
    if ("component" in shape) throw new Error("a state is a record")
    const record = {}
    for (const [key, field] of shape.fields) {
      const property =
        "component" in field ? { get: () => leaf(field.component) } : { value: this.built(field, leaf) }
      Object.defineProperty(record, key, { ...property, enumerable: true })
    }
    return Object.freeze(record) as State
  }

  private collect(
    shape: Shape,
    value: unknown,
    path: ReadonlyArray<string>,
    where: string,
    into: Array<Change>
  ): void {
    if ("component" in shape) {
      into.push([shape.component, this.numberOf(shape.component, value, path, where)])
      return
    }
    if (!isRecord(value)) throw notARecord(value, path, where)
    for (const [key, field] of Object.entries(value)) {
      const known = shape.fields.get(key)
      if (known === undefined) throw unknownField(shape.fields, [...path, key], where)
      this.collect(known, field, [...path, key], where, into)
    }
  }

  private numberOf(component: number, value: unknown, path: ReadonlyArray<string>, where: string): number {
    try {
      return (this.values[component] as Interner<unknown>).number(frozenCopy(value, path))
    } catch (error) {
      if (!(error instanceof NotPlain)) throw error
      throw new RelationIllFormed({
        where,
        problem: `field ${named(error.path)} is ${error.message}, which is no plain data`,
        mend: "use finite numbers, strings, booleans, null, arrays and records"
      })
    }
  }
}

/** The vector, with these changes made in it. */
export const changed = (vector: Int32Array, changes: ReadonlyArray<Change>): Int32Array => {
  for (const [component, value] of changes) vector[component] = value
  return vector
}

/**
 * The fields of a record and of the records in it, as paths; one that is a record itself ends in a dot.
 */
export const fieldsOf = (record: object, prefix = ""): ReadonlyArray<string> =>
  Object.entries(record).flatMap(([key, field]) =>
    isRecord(field) ? [`${prefix}${key}.`, ...fieldsOf(field, `${prefix}${key}.`)] : [`${prefix}${key}`]
  )

const named = (path: ReadonlyArray<string>): string => `"${path.join(".")}"`

const notARecord = (value: unknown, path: ReadonlyArray<string>, where: string): RelationIllFormed =>
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

const unknownField = (
  fields: ReadonlyMap<string, Shape>,
  path: ReadonlyArray<string>,
  where: string
): RelationIllFormed =>
  new RelationIllFormed({
    where,
    problem: `there is no field ${named(path)} in the initial state`,
    mend: `use one of ${[...fields.keys()].join(", ") || "no fields at all"}, or add it to every initial state`
  })

const outsideOfCall: Read = () => {
  throw new Error("a state was looked at after the call that it was given to")
}
