/**
 * Reads what was written compactly with another Schema, by the description that its writer left
 * (`Compact.description`). The result is plain data of the described form, as JSON would give it;
 * no bound is checked, so the reader decodes it by its own Schema.
 */
import type { CompactOptions } from "./compact.ts"
import {
  boolean,
  counted,
  list,
  literal,
  maxOptional,
  number,
  type Part,
  record,
  text,
  tuple,
  union,
  unknown
} from "./parts.ts"
import { Malformed, Reader } from "./reader.ts"

/** The result of reading by a description. */
export type Read =
  | { readonly _tag: "Data"; readonly data: unknown }
  | { readonly _tag: "Malformed"; readonly reason: string }

/** No description of a Schema is deeper. */
const maxDepth = 200

/** Reads bytes from the offset to their end; undefined if this describes nothing. */
export const described = (
  description: unknown,
  { maxParts, parse }: CompactOptions
): ((bytes: Uint8Array, offset: number) => Read) | undefined => {
  const part = partOf(description, parse, maxDepth)
  if (part === undefined) return undefined
  const reader = new Reader()
  reader.isChecked = false
  return (bytes, offset) => {
    reader.begin(bytes, offset, maxParts)
    try {
      const data = part.read(reader)
      reader.finish()
      return { _tag: "Data", data }
    } catch (error) {
      if (error instanceof Malformed) return { _tag: "Malformed", reason: error.message }
      throw error
    }
  }
}

const simple: Readonly<Record<string, Part>> = { boolean, number, text }

const partOf = (
  description: unknown,
  parse: CompactOptions["parse"],
  depth: number
): Part | undefined => {
  if (depth === 0) return undefined
  if (description === "json") return unknown(parse)
  if (typeof description === "string") return simple[description]
  if (!Array.isArray(description)) return undefined
  const [kind, ...rest] = description as ReadonlyArray<unknown>
  if (kind === "literal") return literal(rest[0])
  if (kind === "record") return recordOf(rest, parse, depth)
  const parts = all(rest.map((one) => partOf(one, parse, depth - 1)))
  const [first] = parts ?? []
  if (parts === undefined) return undefined
  switch (kind) {
    case "list":
      return first && list(first)
    case "counted":
      return first && counted(first)
    case "tuple":
      return tuple(parts)
    case "union":
      return union(parts, () => -1)
    default:
      return undefined
  }
}

const recordOf = (
  groups: ReadonlyArray<unknown>,
  parse: CompactOptions["parse"],
  depth: number
): Part | undefined => {
  const fields = groups.flatMap((group, at) =>
    (Array.isArray(group) ? group : [undefined]).map((field: unknown) => {
      const [name, described] = Array.isArray(field) ? field : []
      const part = partOf(described, parse, depth - 1)
      return typeof name !== "string" || name === "__proto__" || part === undefined
        ? undefined
        : { name, part, isOptional: at === 1 }
    })
  )
  const known = all(fields)
  const optional = known?.filter(({ isOptional }) => isOptional).length ?? 0
  return groups.length === 2 && known !== undefined && optional <= maxOptional
    ? record(known)
    : undefined
}

/** All of these; undefined if one of them is. */
const all = <A>(some: ReadonlyArray<A | undefined>): ReadonlyArray<A> | undefined =>
  some.every((one) => one !== undefined) ? (some as ReadonlyArray<A>) : undefined
