/**
 * What each step of a relation's run changed: field by field, with nested records flattened; of a
 * long list, the items that were added and removed.
 */
import { canonical, equals } from "../../spec/kernel/data.ts"

/** A field by its path, with its old and new value. */
export interface FieldChange {
  readonly path: string
  readonly before: unknown
  readonly after: unknown
}

/** The fields in which two states differ, in the order of the model. */
export const changesBetween = (
  before: unknown,
  after: unknown,
  path = ""
): ReadonlyArray<FieldChange> => {
  if (equals(before, after)) return []
  if (!isRecord(before) || !isRecord(after) || tagged(before) || tagged(after))
    return [{ path, before, after }]
  const keys = [
    ...Object.keys(before),
    ...Object.keys(after).filter((key) => !Object.hasOwn(before, key))
  ]
  return keys.flatMap((key) =>
    changesBetween(before[key], after[key], path === "" ? key : `${path}.${key}`)
  )
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const tagged = (value: Readonly<Record<string, unknown>>): boolean => Object.hasOwn(value, "_tag")

/** Plain data as an author would write it. */
export const written = (value: unknown): string => {
  if (value === undefined) return "nothing"
  if (Array.isArray(value)) return `[${value.map(written).join(", ")}]`
  if (!isRecord(value)) return JSON.stringify(value)
  const fields = Object.entries(value).map(([key, field]) => `${nameOf(key)}: ${written(field)}`)
  return fields.length === 0 ? "{}" : `{ ${fields.join(", ")} }`
}

const nameOf = (key: string): string => (/^[A-Za-z_$][\w$]*$/.test(key) ? key : JSON.stringify(key))

/** For lists longer than this, reports show only the items added and removed. */
const longestList = 3

/** A change of a value: `3 → 4`, or for a longer list `+ "x", - "y"`. */
export const became = (
  { before, after }: Pick<FieldChange, "before" | "after">,
  paint: Paint = plain
): string => {
  if (
    Array.isArray(before) &&
    Array.isArray(after) &&
    Math.max(before.length, after.length) > longestList
  ) {
    const [came, went] = [without(after, before), without(before, after)]
    if (came.length + went.length > 0)
      return [
        ...came.map((item) => paint.new(`+ ${written(item)}`)),
        ...went.map((item) => paint.old(`- ${written(item)}`))
      ].join(", ")
  }
  return `${paint.old(written(before))} → ${paint.new(written(after))}`
}

/** The colours of the parts of a text. */
export interface Paint {
  readonly old: (text: string) => string
  readonly new: (text: string) => string
  readonly strong: (text: string) => string
  readonly faint: (text: string) => string
}

const asItIs = (text: string): string => text
export const plain: Paint = { old: asItIs, new: asItIs, strong: asItIs, faint: asItIs }

const coloured = (code: number) => (text: string) => `\u001b[${code}m${text}\u001b[0m`
export const inColour: Paint = {
  old: coloured(31),
  new: coloured(32),
  strong: coloured(1),
  faint: coloured(2)
}

/** The items of the first list without those of the second, counting equal items. */
const without = (
  items: ReadonlyArray<unknown>,
  others: ReadonlyArray<unknown>
): ReadonlyArray<unknown> => {
  const left = new Map<string, number>()
  for (const other of others) left.set(canonical(other), (left.get(canonical(other)) ?? 0) + 1)
  return items.filter((item) => {
    const count = left.get(canonical(item)) ?? 0
    if (count > 0) left.set(canonical(item), count - 1)
    return count === 0
  })
}
