/**
 * A compact encoding, derived from a Schema: its fields in order, without their names. The reader
 * needs the same Schema as the writer, so the two compare their *layouts* first, and use JSON if
 * these differ. Tests compare everything with JSON.
 *
 * Input is checked as the Schema says, with every bound in its place. (Bounds are not part of the
 * layout: a reader applies its own.)
 */
import { createHash } from "node:crypto"
import * as SchemaAST from "effect/SchemaAST"
import { identityAnnotation, setAnnotation } from "../../spec/kernel/node.ts"
import { accepts, alternatives, annotation, tagLiteral } from "../../spec/kernel/schema-shape.ts"
import {
  boolean,
  list,
  literal,
  maxOptional,
  number,
  type Part,
  recalledRecord,
  recalledText,
  record,
  text,
  tuple,
  union,
  unknown
} from "./parts.ts"
import { Malformed, Reader } from "./reader.ts"
import { NotCompact, Writer } from "./writer.ts"

/** The result of decoding bytes. */
export type Decoded =
  | { readonly _tag: "Value"; readonly value: unknown }
  /** Plain data of the right form that breaks a bound. */
  | { readonly _tag: "Unchecked"; readonly data: unknown }
  | { readonly _tag: "Malformed"; readonly reason: string }

export interface Compact {
  /** Equal for encodings that can read each other. */
  readonly layout: string
  /** What is written, as plain data: enough to read it without the Schema (`described.ts`). */
  readonly description: unknown
  /** The bytes, with some free in front; undefined if the value has no compact form. */
  readonly encode: (value: unknown, free: number) => Buffer | undefined
  /** The bytes as text of a character each; undefined if the value has no compact form. */
  readonly encodeText: (value: unknown) => string | undefined
  /** Reads the bytes from the offset to their end. */
  readonly decode: (bytes: Uint8Array, offset: number) => Decoded
}

export interface CompactOptions {
  /** The maximum number of items of all arrays together. */
  readonly maxParts: number
  /** Reads JSON of unknown content; throws if it is not JSON, or too large. */
  readonly parse: (json: string) => unknown
}

/** Changes when the encoding of a Schema changes. */
const version = 1

/** The compact encoding of the values of a Schema; undefined if the Schema's kind has none. */
export const compactOf = (
  ast: SchemaAST.AST,
  { maxParts, parse }: CompactOptions
): Compact | undefined => {
  const part = new Derivation(parse).part(ast)
  if (part === undefined) return undefined
  const writer = new Writer()
  const reader = new Reader()
  const read = (bytes: Uint8Array, offset: number, isChecked: boolean): unknown => {
    reader.isChecked = isChecked
    reader.begin(bytes, offset, maxParts)
    const value = part.read(reader)
    reader.finish()
    return value
  }
  const write = (value: unknown, free: number): boolean => {
    writer.begin(free, maxParts)
    try {
      part.write(writer, value)
      return true
    } catch (error) {
      if (error instanceof NotCompact) return false
      throw error
    }
  }
  return {
    description: part.layout,
    layout: createHash("sha256")
      .update(JSON.stringify([version, part.layout]))
      .digest("hex")
      .slice(0, 16),
    encode: (value, free) => (write(value, free) ? writer.end() : undefined),
    encodeText: (value) => (write(value, 0) ? writer.endText() : undefined),
    decode: (bytes, offset) => {
      try {
        return { _tag: "Value", value: read(bytes, offset, true) }
      } catch (error) {
        if (error instanceof Malformed) return { _tag: "Malformed", reason: error.message }
        if (!(error instanceof BreaksBound)) throw error
      }
      try {
        return { _tag: "Unchecked", data: read(bytes, offset, false) }
      } catch (error) {
        if (error instanceof Malformed) return { _tag: "Malformed", reason: error.message }
        throw error
      }
    }
  }
}

/** A value breaks a check of its Schema, although its form is right. */
class BreaksBound extends Error {}

/** Thrown for each such value: recording the place would cost more than reading the value again. */
const breaksBound = new BreaksBound()

class Derivation {
  private readonly parse: CompactOptions["parse"]
  private readonly made = new Map<SchemaAST.AST, Part | undefined>()

  constructor(parse: CompactOptions["parse"]) {
    this.parse = parse
  }

  part(ast: SchemaAST.AST): Part | undefined {
    if (this.made.has(ast)) return this.made.get(ast)
    const plain = ast.encoding === undefined ? this.unchecked(ast) : undefined
    const part = plain && recalled(ast, checked(ast, plain))
    this.made.set(ast, part)
    return part
  }

  /** The parts of all of these; undefined if one of them has none. */
  private parts(asts: ReadonlyArray<SchemaAST.AST>): ReadonlyArray<Part> | undefined {
    const parts = asts.map((ast) => this.part(ast))
    return parts.every((part) => part !== undefined) ? parts : undefined
  }

  private unchecked(ast: SchemaAST.AST): Part | undefined {
    switch (ast._tag) {
      case "Null":
        return literal(null)
      case "Literal":
        return typeof ast.literal === "bigint" ? undefined : literal(ast.literal)
      case "Boolean":
        return boolean
      case "Number":
        return number
      case "String":
        return text
      case "Unknown":
        return unknown(this.parse)
      case "Arrays":
        return this.array(ast)
      case "Objects":
        return this.record(ast)
      case "Union":
        return this.union(ast)
      default:
        return undefined
    }
  }

  private array({ elements, rest }: SchemaAST.Arrays): Part | undefined {
    const parts = this.parts([...elements, ...rest])
    const [item] = parts ?? []
    if (parts === undefined || elements.some(SchemaAST.isOptional)) return undefined
    if (rest.length === 0) return tuple(parts)
    return elements.length === 0 && rest.length === 1 && item !== undefined ? list(item) : undefined
  }

  private record({ propertySignatures, indexSignatures }: SchemaAST.Objects): Part | undefined {
    const parts = this.parts(propertySignatures.map(({ type }) => type))
    const fields = parts?.map((part, index) => {
      const { name, type } = propertySignatures[index] as SchemaAST.PropertySignature
      return { name: String(name), part, isOptional: SchemaAST.isOptional(type) }
    })
    const isKnown =
      indexSignatures.length === 0 &&
      propertySignatures.every(({ name }) => typeof name === "string" && name !== "__proto__")
    if (!isKnown || fields === undefined) return undefined
    return fields.filter(({ isOptional }) => isOptional).length <= maxOptional
      ? record(fields)
      : undefined
  }

  private union(ast: SchemaAST.Union): Part | undefined {
    // A union within a union that has checks of its own is one member.
    const asts = ast.types.flatMap((type) =>
      type.checks === undefined && type.encoding === undefined ? alternatives(type) : [type]
    )
    const members = asts.length <= 256 ? this.parts(asts) : undefined
    return members && union(members, choiceAmong(asts))
  }
}

/** Reads like the part, and refuses a value that breaks a check. */
const checked = (ast: SchemaAST.AST, part: Part): Part => {
  const { checks } = ast
  if (checks === undefined) return part
  return {
    ...part,
    read: (reader) => {
      const value = part.read(reader)
      if (reader.isChecked && !passes(checks, value, ast)) throw breaksBound
      return value
    }
  }
}

const noOptions: SchemaAST.ParseOptions = {}

const passes = (checks: SchemaAST.Checks, value: unknown, ast: SchemaAST.AST): boolean => {
  for (const check of checks) {
    const isRight =
      check._tag === "FilterGroup"
        ? passes(check.checks, value, ast)
        : check.run(value, ast, noOptions) === undefined
    if (!isRight) return false
  }
  return true
}

/**
 * Recalls repeated values: names of nodes, and records with a set of names, such as configurations.
 */
const recalled = (ast: SchemaAST.AST, part: Part): Part => {
  if (ast._tag === "String" && annotation(ast, identityAnnotation) !== undefined)
    return recalledText(part)
  const hasSet =
    ast._tag === "Objects" &&
    ast.propertySignatures.some(({ type }) => annotation(type, setAnnotation) !== undefined)
  return hasSet ? recalledRecord(part) : part
}

/**
 * Decides which of these a value is: by tag, literal or type, and by its Schema if several remain.
 */
const choiceAmong = (asts: ReadonlyArray<SchemaAST.AST>): ((value: unknown) => number) => {
  const byTag = new Map<unknown, number>()
  const byLiteral = new Map<unknown, number>()
  const byType = new Map<string, Array<number>>()
  asts.forEach((ast, index) => {
    const tag = tagLiteral(ast)
    if (tag !== undefined && !byTag.has(tag)) byTag.set(tag, index)
    else if (ast._tag === "Literal") byLiteral.set(ast.literal, index)
    else for (const type of typesOf(ast)) byType.set(type, [...(byType.get(type) ?? []), index])
  })
  const hasLiterals = byLiteral.size > 0
  return (value) => {
    const type = typeOf(value)
    const known =
      type === "object"
        ? byTag.get((value as { readonly _tag?: unknown })._tag)
        : hasLiterals
          ? byLiteral.get(value)
          : undefined
    if (known !== undefined) return known
    const others = byType.get(type) ?? []
    return others.length === 1
      ? (others[0] as number)
      : (others.find((index) => accepts(asts[index] as SchemaAST.AST)(value)) ?? -1)
  }
}

const typeOf = (value: unknown): string =>
  value === null ? "null" : Array.isArray(value) ? "array" : typeof value

/** The types of the values that a Schema has. */
const typesOf = (ast: SchemaAST.AST): ReadonlyArray<string> => {
  switch (ast._tag) {
    case "Null":
    case "Boolean":
    case "Number":
    case "String":
      return [ast._tag.toLowerCase()]
    case "Arrays":
      return ["array"]
    case "Objects":
      return ["object"]
    default:
      return ["null", "boolean", "number", "string", "array", "object"]
  }
}
