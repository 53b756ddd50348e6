/**
 * Hash consing: of equal plain data there is one object, and it has a number.
 *
 * A part that is already the one object is found by identity, anything else by the numbers of its
 * parts. So a state that differs from an earlier one in one field costs the time and the memory of
 * that field, while its canonical text costs those of the whole state.
 */
import { namesOf } from "../../spec/kernel/data.ts"

type Values = ReadonlyArray<unknown>

export class HashConsing {
  /** The one object for all values with these parts, and the numbers of these objects. */
  private readonly byParts = new Map<string, object>()
  private readonly numbers = new Map<object, number>()
  private readonly nameWords = new Map<string, number>()
  private readonly copies = new WeakMap<object, object>()
  private arrayParts = 0

  /** The amount of data: an array with dozens of parts counts as several objects. */
  get size(): number {
    return this.numbers.size + Math.ceil(this.arrayParts / partsOfOne)
  }

  /** The one object that represents all values equal to this one. */
  kept<A>(value: A): A {
    if (typeof value !== "object" || value === null || this.numbers.has(value)) return value
    const known = this.copies.get(value)
    if (known !== undefined) return known as A
    const one = Array.isArray(value)
      ? this.keptArray(value)
      : this.keptRecord(value as Readonly<Record<string, unknown>>)
    this.copies.set(value, one)
    return one as A
  }

  /** The number of the one object that represents this value. */
  numberOf(value: object): number {
    return this.numbers.get(value) ?? (this.numbers.get(this.kept(value)) as number)
  }

  /** Distinguishes a value from all others: the number of its object, or its text. */
  wordOf(value: unknown): string {
    return typeof value === "object" && value !== null
      ? `#${this.numberOf(value)}`
      : JSON.stringify(value ?? null)
  }

  private keptArray(parts: Values): object {
    const ones = parts.map((part) => this.kept(part))
    const words = `[${ones.map((one) => this.wordOf(one)).join(" ")}`
    const known = this.byParts.get(words)
    if (known !== undefined) return known
    this.arrayParts += ones.length
    return this.added(words, ones)
  }

  private keptRecord(record: Readonly<Record<string, unknown>>): object {
    let words = "{"
    let isWhole = true
    for (const name of namesOf(record)) {
      const part = record[name]
      const one = this.kept(part)
      isWhole &&= one === part
      words += `${this.nameWord(name)}:${this.wordOf(one)} `
    }
    return (
      this.byParts.get(words) ?? this.added(words, isWhole ? record : this.withKeptParts(record))
    )
  }

  /** The record with the one objects as its parts, in the order in which a trace shows them. */
  private withKeptParts(record: Readonly<Record<string, unknown>>): object {
    const parts = Object.entries(record).filter(([, part]) => part !== undefined)
    return Object.fromEntries(parts.map(([name, part]) => [name, this.kept(part)]))
  }

  /** A number for each name of a field: names may have any characters. */
  private nameWord(name: string): number {
    const known = this.nameWords.get(name)
    if (known !== undefined) return known
    this.nameWords.set(name, this.nameWords.size)
    return this.nameWords.size - 1
  }

  /** Frozen: a step that changed what others hold too, in place, would change their states. */
  private added(words: string, fresh: object): object {
    Object.freeze(fresh)
    this.byParts.set(words, fresh)
    this.numbers.set(fresh, this.numbers.size)
    return fresh
  }
}

/** This many parts of an array take about as much memory as an object. */
const partsOfOne = 8
