/**
 * The values of one component, by number: equal values have the same number, counted from 0.
 */
import { canonical } from "../../spec/kernel/data.ts"
import { RelationIllFormed } from "./ill-formed.ts"
import { frozenCopy, NotPlain } from "./plain.ts"

/** The minimum size of an entry of a map, of a short text and of a value. */
const bytesPerValue = 100

export class Values {
  readonly path: ReadonlyArray<string>
  /** The values by their numbers. */
  readonly all: Array<unknown> = []
  /** Of values that are distinguished without their text. */
  private readonly ofPrimitives = new Map<unknown, number>()
  private readonly ofTexts = new Map<string, number>()
  /** Of our own copies, which authors return when they copy a state. */
  private readonly ofCopies = new WeakMap<object, number>()
  private textLength = 0

  constructor(path: ReadonlyArray<string>) {
    this.path = path
  }

  get size(): number {
    return this.all.length
  }

  get bytes(): number {
    return this.all.length * bytesPerValue + this.textLength * 2
  }

  value(number: number): unknown {
    return this.all[number]
  }

  /** The number of a value; throws if it is not plain data. */
  number(value: unknown, where: string): number {
    const isObject = typeof value === "object" && value !== null
    const known = isObject ? this.ofCopies.get(value) : this.ofPrimitives.get(value)
    return known ?? this.meet(value, where)
  }

  text(number: number): string {
    return canonical(this.all[number])
  }

  numberOfText(text: string): number {
    return this.number(JSON.parse(text), "a state")
  }

  private meet(value: unknown, where: string): number {
    const copy = this.copy(value, where)
    if (typeof copy !== "object" || copy === null) {
      const known = this.ofPrimitives.get(copy)
      if (known !== undefined) return known
      this.ofPrimitives.set(copy, this.all.length)
      return this.all.push(copy) - 1
    }
    const text = canonical(copy)
    const known = this.ofTexts.get(text)
    if (known !== undefined) return known
    this.ofTexts.set(text, this.all.length)
    this.ofCopies.set(copy, this.all.length)
    this.textLength += text.length
    return this.all.push(copy) - 1
  }

  private copy(value: unknown, where: string): unknown {
    try {
      return frozenCopy(value, this.path)
    } catch (error) {
      if (!(error instanceof NotPlain)) throw unreadable(this.path, error, where)
      throw new RelationIllFormed({
        where,
        problem: `field "${error.path.join(".")}" is ${error.message}, which is not plain data`,
        mend: "use finite numbers up to 2^53 - 1, strings, booleans, null, arrays and records"
      })
    }
  }
}

/** Reading a value ran code of the author's (a getter), which threw. */
export const unreadable = (
  path: ReadonlyArray<string>,
  error: unknown,
  where: string
): RelationIllFormed =>
  new RelationIllFormed({
    where,
    problem: `reading the field "${path.join(".")}" threw ${error}`,
    mend: "make it a plain value, not a getter"
  })
