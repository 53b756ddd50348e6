/**
 * Functions that look at a field which no state has: a misspelt name gives `undefined`, and a
 * verdict about something else. Noticed by asking a few times more, of states that notice it.
 */
import type { Fields } from "./shape.ts"

/** What every object answers, and what is looked for in any. */
const isCommon = (key: string): boolean =>
  key in Object.prototype || ["toJSON", "then"].includes(key)

/** A state like this one that tells which fields it was looked at for, and has not. */
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
