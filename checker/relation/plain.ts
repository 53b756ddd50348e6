/**
 * Plain data from an author: distinguished from everything else, copied and frozen.
 */

/** A value that is not plain data; `path` leads to the offending part. */
export class NotPlain extends Error {
  override readonly name = "NotPlain"
  readonly path: ReadonlyArray<string>

  constructor(path: ReadonlyArray<string>, what: string) {
    super(what)
    this.path = path
  }
}

/** Whether the value is a record: an object without a class. */
export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => {
  if (value === null || typeof value !== "object") return false
  const prototype = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

/** Whether a symbol names some field of a record or an array: no text could represent it. */
export const hasSymbols = (value: object): boolean => Object.getOwnPropertySymbols(value).length > 0

const maxNesting = 100
const maxNestingShown = 5

/**
 * A deeply frozen copy; throws `NotPlain` if the value is not plain. `path` is the place of the
 * value.
 */
export const frozenCopy = (value: unknown, path: ReadonlyArray<string>): unknown => {
  if (path.length > maxNesting)
    throw new NotPlain(
      [...path.slice(0, maxNestingShown), "…"],
      "a value that is nested too deeply, or within itself"
    )
  if (value === null || typeof value === "boolean" || typeof value === "string") return value
  if (typeof value === "number") return plainNumber(value, path)
  if (Array.isArray(value)) {
    if (hasSymbols(value)) throw new NotPlain(path, "an array with a field named by a symbol")
    if (Object.keys(value).length > value.length)
      throw new NotPlain(path, "an array with a field that is not an index")
    // Unlike map, from also visits holes.
    return Object.freeze(
      Array.from(value, (item, index) => frozenCopy(item, [...path, `${index}`]))
    )
  }
  if (isRecord(value)) {
    if (hasSymbols(value)) throw new NotPlain(path, "a record with a field named by a symbol")
    const fields = Object.entries(value).map(
      ([key, field]) => [key, frozenCopy(field, [...path, key])] as const
    )
    return Object.freeze(Object.fromEntries(fields))
  }
  throw new NotPlain(path, nameOf(value))
}

/** A finite number as it is: beyond 2^53, adding one to a number may leave it unchanged. */
const plainNumber = (value: number, path: ReadonlyArray<string>): number => {
  if (!Number.isFinite(value)) throw new NotPlain(path, nameOf(value))
  if (Math.abs(value) > Number.MAX_SAFE_INTEGER)
    throw new NotPlain(path, `${value}, beyond the largest exact integer (2^53 - 1)`)
  // Minus zero has the canonical text of zero, so it must become zero.
  return value === 0 ? 0 : value
}

/** A word or two for a value of the wrong type. */
export const nameOf = (value: unknown): string => {
  if (value === null || value === undefined || typeof value === "number") return `${value}`
  if (Array.isArray(value)) return "an array"
  if (typeof value !== "object") return `a ${typeof value}`
  if (isRecord(value)) return "a record"
  const name = classOf(value)
  if (name === "Object") return "an object with a prototype"
  return `${/^[AEIOU]/.test(name) ? "an" : "a"} ${name}`
}

const classOf = (value: object): string => {
  const { constructor: made } = value as { readonly constructor?: unknown }
  const name = typeof made === "function" ? made.name : ""
  return name === "" ? Object.prototype.toString.call(value).slice(8, -1) : name
}
