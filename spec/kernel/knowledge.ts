/**
 * What an adversary knows, and how it takes apart what it hears (`adversary.ts`).
 */
import * as Schema from "effect/Schema"
import type * as SchemaAST from "effect/SchemaAST"
import { type Encrypted, secretKinds, type TermKind, termAnnotation } from "./cryptography.ts"
import { identityAnnotation } from "./node.ts"
import { type Renaming, renamer } from "./renaming.ts"
import { accepts, annotation, byMember } from "./schema-shape.ts"

/** One item of the adversary's knowledge: a value, and the place where it may occur. */
export interface Known {
  readonly at: string
  readonly value: unknown
}

/** All that the adversary knows, as a set. */
export type Knowledge = ReadonlyArray<Known>

/** The known terms of a kind. */
export const knownTerms = (knowledge: Knowledge, kind: TermKind): ReadonlyArray<unknown> =>
  knowledge.flatMap(({ at, value }) => (at === kind ? [value] : []))

/** The knowledge without keys, as if none had been sent. */
export const withoutSecrets = (knowledge: Knowledge): Knowledge =>
  knowledge.filter(({ at }) => !secretKinds.includes(at))

type Note = (at: string, value: unknown) => void
/** Takes apart a value in the field of this name. */
type Listen = (value: unknown, field: string, note: Note) => void

/** Everything that the adversary hears from a value of this type in this field. */
export const partsOf = (ast: SchemaAST.AST, field: string, value: unknown): Knowledge => {
  const parts: Array<Known> = []
  listenerFor(ast)(value, field, (at, part) => parts.push({ at, value: part }))
  return parts
}

const listeners = new WeakMap<SchemaAST.AST, Listen>()

/** The listener of a type is made once. (A recursive Schema reaches itself only in listening.) */
const listenerFor = (ast: SchemaAST.AST): Listen => {
  const listen = listeners.get(ast) ?? listener(ast)
  listeners.set(ast, listen)
  return listen
}

/**
 * The place where a known value may occur: identities and terms by their kind, everything else by
 * field name.
 */
export const placeOf = {
  identity: (kind: unknown) => `node ${String(kind)}`,
  term: (kind: TermKind) => kind,
  leaf: (field: string) => field,
  record: (field: string) => `${field}{}`,
  array: (field: string) => `${field}[]`
}

const listener = (ast: SchemaAST.AST): Listen => {
  const identity = annotation(ast, identityAnnotation)
  if (identity !== undefined) return (value, _, note) => note(placeOf.identity(identity), value)
  const term = annotation(ast, termAnnotation) as TermKind | undefined
  switch (ast._tag) {
    case "Literal":
    case "Null":
    case "Undefined":
    case "Boolean":
      return () => undefined
    case "Union": {
      const listenerOf = byMember(ast, listenerFor)
      return (value, field, note) => listenerOf(value)?.(value, field, note)
    }
    case "Suspend":
      return (value, field, note) => listenerFor(ast.thunk())(value, field, note)
    case "Arrays": {
      const item = ast.rest[0]
      return (value, field, note) => {
        note(placeOf.array(field), value)
        ;(value as ReadonlyArray<unknown>).forEach((part, index) => {
          const type = ast.elements[index] ?? item
          if (type !== undefined) listenerFor(type)(part, field, note)
        })
      }
    }
    case "Objects":
      return recordListener(ast, term)
    default:
      return (value, field, note) => note(placeOf.leaf(field), value)
  }
}

const recordListener = (ast: SchemaAST.Objects, term: TermKind | undefined): Listen => {
  const fields = ast.propertySignatures
  const other = ast.indexSignatures[0]?.type
  return (value, field, note) => {
    if (term !== undefined) note(placeOf.term(term), value)
    else if (field !== "") note(placeOf.record(field), value)
    const record = value as Readonly<Record<string, unknown>>
    for (const { name, type } of fields) {
      const part = record[String(name)]
      if (part !== undefined && !isSecret(term, String(name)))
        listenerFor(type)(part, String(name), note)
    }
    if (other === undefined) return
    const named = new Set(fields.map(({ name }) => String(name)))
    for (const [name, part] of Object.entries(record))
      if (!named.has(name)) listenerFor(other)(part, name, note)
  }
}

/**
 * The part that makes a term valid is not a value of its own, and encrypted content is not heard
 * with the term.
 */
const isSecret = (term: TermKind | undefined, field: string): boolean =>
  term !== undefined &&
  (["signature", "secret", "ciphertext"].includes(field) ||
    (term === "encrypted" && field === "content"))

/** The types of the values that may occur at a place of the knowledge. */
export class Types {
  private readonly at = new Map<string, Set<SchemaAST.AST>>()
  private readonly seen = new WeakMap<SchemaAST.AST, Set<string>>()
  private readonly typeAt = new WeakMap<object, Map<string, SchemaAST.Objects | SchemaAST.Arrays>>()

  constructor(schemas: ReadonlyArray<Schema.Top>) {
    for (const { ast } of schemas) this.add(ast, "")
  }

  /**
   * Records the types of all parts of a value of this type in the field of this name.
   */
  add(ast: SchemaAST.AST, field: string): void {
    const fields = this.seen.get(ast) ?? new Set()
    if (fields.has(field)) return
    this.seen.set(ast, fields.add(field))
    switch (ast._tag) {
      case "Union":
        for (const member of ast.types) this.add(member, field)
        return
      case "Suspend":
        this.add(ast.thunk(), field)
        return
      case "Arrays":
        this.note(placeOf.array(field), ast)
        for (const item of [...ast.elements, ...ast.rest]) this.add(item, field)
        return
      case "Objects": {
        const term = annotation(ast, termAnnotation) as TermKind | undefined
        this.note(term === undefined ? placeOf.record(field) : placeOf.term(term), ast)
        for (const { name, type } of ast.propertySignatures) this.add(type, String(name))
        // Values under names that are not fields keep their place.
        for (const { type } of ast.indexSignatures) this.add(type, field)
      }
    }
  }

  /** The type of the encrypted content; undefined if there is nothing to read. */
  contentOf(term: Encrypted<unknown, unknown>): SchemaAST.AST | undefined {
    const type =
      term.content === undefined ? undefined : this.typeOf(placeOf.term("encrypted"), term)
    return type === undefined ? undefined : fieldOf(type as SchemaAST.Objects, "content")
  }

  rename(renaming: Renaming, at: string, value: unknown): unknown {
    if (at.startsWith(placeOf.identity(""))) return renaming.get(value as string) ?? value
    const type = this.typeOf(at, value as object)
    return type === undefined
      ? value
      : renamer(Schema.make<Schema.Codec<unknown>>(type))(renaming, value)
  }

  /** Undefined for what is neither a record nor an array. */
  private typeOf(at: string, value: object): SchemaAST.Objects | SchemaAST.Arrays | undefined {
    const types = [...(this.at.get(at) ?? [])] as ReadonlyArray<
      SchemaAST.Objects | SchemaAST.Arrays
    >
    const found = this.typeAt.get(value)?.get(at) ?? types.find((type) => accepts(type)(value))
    // A type that is added later may accept a value that no type accepts yet.
    if (found !== undefined)
      this.typeAt.set(value, (this.typeAt.get(value) ?? new Map()).set(at, found))
    return found
  }

  private note(place: string, ast: SchemaAST.AST): void {
    this.at.set(place, (this.at.get(place) ?? new Set()).add(ast))
  }
}

/** The type of the field of this name. */
export const fieldOf = (ast: SchemaAST.Objects, field: string): SchemaAST.AST | undefined =>
  ast.propertySignatures.find(({ name }) => name === field)?.type
