/**
 * Packs the fields of an object into one text. A node may hold millions of objects and use few of
 * them: a text takes less memory than records within records, and the collection of garbage has
 * nothing to follow in it.
 */
import type * as Schema from "effect/Schema"
import type { Fields } from "../../spec/kernel/keyed.ts"
import { compactOf } from "../compact/compact.ts"

export interface Packing {
  /**
   * Undefined for fields that would not be unpacked as they are, or that take much space anyway.
   */
  readonly pack: (own: Fields) => string | undefined
  readonly unpack: (packed: string) => Fields
}

/** Longer texts would take long to unpack whenever they are read. */
const maxPacked = 4096
/** More than any object has that is packed. */
const maxParts = 2 ** 16

const packings = new WeakMap<object, Packing | undefined>()

/** Packs fields of this Schema; undefined if it has no compact form. */
export const packingOf = (Own: Schema.Codec<unknown, unknown>): Packing | undefined => {
  if (!packings.has(Own)) packings.set(Own, made(Own))
  return packings.get(Own)
}

const made = ({ ast }: Schema.Codec<unknown, unknown>): Packing | undefined => {
  const compact = compactOf(ast, { maxParts, parse: JSON.parse })
  if (compact === undefined || ast._tag !== "Objects") return undefined
  const names = ast.propertySignatures.map(({ name }) => String(name))
  return {
    pack: (own) => {
      for (const name in own) if (!names.includes(name)) return undefined
      const text = compact.encodeText(own)
      return text === undefined || text.length > maxPacked ? undefined : text
    },
    unpack: (packed) => {
      const found = compact.decode(Buffer.from(packed, "latin1"), 0)
      if (found._tag === "Malformed") throw new Error(`a packed object is damaged: ${found.reason}`)
      return (found._tag === "Value" ? found.value : found.data) as Fields
    }
  }
}
