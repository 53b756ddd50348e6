/**
 * Functions that read a field which no state has: a misspelt name gives `undefined`, and a verdict
 * about something else. A few extra calls, with states that notice such reads, find them.
 */
import type { Fields } from "./shape.ts"

/** Properties that every object has, and those that the language looks up in any object. */
const isCommon = (key: string): boolean =>
  key in Object.prototype || ["toJSON", "then"].includes(key)

/** A state like this one that reports the fields that were read and that it lacks. */
export const noticing = (
  record: Readonly<Record<string, unknown>>,
  { fields, path }: Fields,
  tell: (unknown: string) => void
): object => {
  const prototype = new Proxy(Object.prototype, {
    get: (target, key, receiver) => {
      if (typeof key === "string" && !isCommon(key)) tell([...path, key].join("."))
      return Reflect.get(target, key, receiver)
    }
  })
  const copy = Object.create(prototype)
  for (const [key, shape] of fields) {
    const value = record[key]
    const own =
      "fields" in shape ? noticing(value as Readonly<Record<string, unknown>>, shape, tell) : value
    Object.defineProperty(copy, key, { value: own, enumerable: true })
  }
  return Object.preventExtensions(copy)
}
