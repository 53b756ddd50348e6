/**
 * Frozen records that read their fields on demand. To the author's functions they look plain:
 * fields can be listed, spread and destructured.
 *
 * Each call whose answer is not known gets a new record. The records of a shape share their
 * getters, so that the JavaScript engine shares their layout: creating a record with getters of its
 * own takes four times as long.
 */
import type { Fields, Shape } from "./shape.ts"

/** A call of one of the author's functions, during which the function may read its state. */
export interface Call {
  readonly value: (component: number) => unknown
}

/** Creates the record of a shape, for a call. */
export type LazyRecord = (call: Call) => object

/** Lets a class add its fields to an existing object. */
class Given {
  constructor(record: object) {
    // biome-ignore lint/correctness/noConstructorReturn: so a plain object gets a private field
    return record
  }
}

/** What a record needs to know, hidden from the author's functions. */
class Knowing extends Given {
  readonly #call: Call
  /** The records inside this one that have been read. */
  #within: Map<LazyRecord, object> | undefined

  private constructor(record: object, call: Call) {
    super(record)
    this.#call = call
  }

  static give(record: object, call: Call): void {
    new Knowing(record, call)
  }

  /** The value of a component, for a record or for an object that inherits from one. */
  static value(record: object, component: number): unknown {
    return Knowing.of(record).#call.value(component)
  }

  /** The record inside another one, created at its first read. */
  static within(record: object, make: LazyRecord): object {
    const knowing = Knowing.of(record)
    knowing.#within ??= new Map()
    const known = knowing.#within.get(make)
    if (known !== undefined) return known
    const made = make(knowing.#call)
    knowing.#within.set(make, made)
    return made
  }

  private static of(record: object): Knowing {
    let at = record
    while (!(#call in at)) at = Object.getPrototypeOf(at)
    return at
  }
}

export const lazyRecordOf = ({ fields }: Fields): LazyRecord => {
  const properties = [...fields].map(([key, shape]) => [key, propertyOf(shape)] as const)
  return (call) => {
    const record = {}
    Knowing.give(record, call)
    for (const [key, property] of properties) Object.defineProperty(record, key, property)
    // All properties are getters that cannot be redefined: this freezes the record.
    return Object.preventExtensions(record)
  }
}

const propertyOf = (shape: Shape): PropertyDescriptor => {
  if ("component" in shape) {
    const { component } = shape
    return {
      get() {
        return Knowing.value(this, component)
      },
      enumerable: true
    }
  }
  const make = lazyRecordOf(shape)
  return {
    get() {
      return Knowing.within(this, make)
    },
    enumerable: true
  }
}
