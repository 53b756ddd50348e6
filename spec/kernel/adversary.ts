/**
 * The adversary: whoever speaks in the name of the nodes that have been taken over.
 *
 * It is derived, not written. It knows what it has heard, and what the nodes knew that it took over; it sends any message of
 * the protocol's Schema that can be built from that. It overhears everything that is sent: links are authentic, not secret.
 * Cryptography is symbolic (`cryptography.ts`): a signed term is there to be repeated once it was heard, and can be made only
 * with the key.
 *
 * It answers on demand. A node that is taken over needs no state and no messages on their way to it: where a correct process
 * would take a message from it, each one that can be built is a step. What is known only grows.
 */
import type * as Schema from "effect/Schema"
import type * as SchemaAST from "effect/SchemaAST"
import { forged, type SigningKey, type TermKind, termAnnotation } from "./cryptography.ts"
import { canonical, setOf } from "./data.ts"
import { identityAnnotation } from "./node.ts"
import { accepts, alternatives, annotation, byMember } from "./schema-shape.ts"

/**
 * How strong an adversary is; each can do what those before can.
 *
 *  - `silent`: the nodes send nothing.
 *  - `stale`: they repeat records that somebody sent, each whole, as parts of new messages.
 *  - `equivocating`: they also put records together from parts that were sent, and sign with the keys that they know.
 *  - `arbitrary`: they also make up values, from the adversary's domain, and signatures, which verify nowhere.
 */
export const strengths = ["silent", "stale", "equivocating", "arbitrary"] as const
export type Strength = (typeof strengths)[number]

export interface Adversary {
  readonly strength: Strength
  /** The values that an arbitrary adversary makes up, by the name of the field; `usualLies` for fields not named. */
  readonly domain?: Readonly<Record<string, ReadonlyArray<unknown>>>
}

/** What is made up where a domain says nothing: a number and a text that no scenario writes. */
export const usualLies: ReadonlyArray<unknown> = [9, "lie"]

/** Something that the adversary knows: a value, and where it may stand. */
interface Known {
  readonly at: string
  readonly value: unknown
}

/** All that the adversary knows, as a set. */
export type Knowledge = ReadonlyArray<Known>

/** What an adversary can do with what it knows. */
export interface Derivation {
  /** What is known once this value has been heard as well. */
  learn(knowledge: Knowledge, schema: Schema.Top, value: unknown): Knowledge
  /** All values of the Schema that can be built, each once. */
  derivable(knowledge: Knowledge, schema: Schema.Top): ReadonlyArray<unknown>
}

export const derivation = (adversary: Adversary): Derivation => ({
  learn: (knowledge, { ast }, value) => {
    const heard: Array<Known> = []
    listenerFor(ast)(value, "", (at, part) => heard.push({ at, value: part }))
    return setOf([...knowledge, ...heard])
  },
  derivable: (knowledge, { ast }) =>
    adversary.strength === "silent" ? [] : new Building(adversary, knowledge).build(ast, "", 0)
})

type Note = (at: string, value: unknown) => void
/** Takes a value apart that stands in the field of this name. */
type Listen = (value: unknown, field: string, note: Note) => void

const listeners = new WeakMap<SchemaAST.AST, Listen>()

const listenerFor = (ast: SchemaAST.AST): Listen => {
  const known = listeners.get(ast)
  if (known !== undefined) return known
  // A recursive Schema reaches itself again while its listener is being made: let it find this forwarding one.
  listeners.set(ast, (value, field, note) => made(value, field, note))
  const made = listener(ast)
  listeners.set(ast, made)
  return made
}

/** Where what is known may stand: identities by their kind, terms by theirs, all else by the name of a field. */
const placeOf = {
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
      if (part !== undefined && !isSecret(term, String(name))) listenerFor(type)(part, String(name), note)
    }
    if (other === undefined) return
    const named = new Set(fields.map(({ name }) => String(name)))
    for (const [name, part] of Object.entries(record))
      if (!named.has(name)) listenerFor(other)(part, name, note)
  }
}

/** What makes a term hold is no value of its own. */
const isSecret = (term: TermKind | undefined, field: string): boolean =>
  term !== undefined && (field === "signature" || field === "secret")

/** What can be built from one state of knowledge. */
class Building {
  private readonly adversary: Adversary
  private readonly known = new Map<string, Array<unknown>>()

  constructor(adversary: Adversary, knowledge: Knowledge) {
    this.adversary = adversary
    for (const { at, value } of knowledge) this.known.set(at, [...(this.known.get(at) ?? []), value])
  }

  /** All values of this type that can be built, to stand in this field at this depth of a message. */
  build(ast: SchemaAST.AST, field: string, depth: number): ReadonlyArray<unknown> {
    const identity = annotation(ast, identityAnnotation)
    if (identity !== undefined) return this.at(placeOf.identity(identity), ast)
    const term = annotation(ast, termAnnotation) as TermKind | undefined
    if (term === "signing key") return this.at(placeOf.term(term), ast)
    if (term === "signed") return this.signed(ast as SchemaAST.Objects, depth)
    switch (ast._tag) {
      case "Literal":
        return [ast.literal]
      case "Null":
        return [null]
      case "Undefined":
        return [undefined]
      case "Boolean":
        return [false, true]
      case "Union":
        return distinct(alternatives(ast).flatMap((member) => this.build(member, field, depth)))
      case "Suspend":
        return this.build(ast.thunk(), field, depth)
      case "Arrays":
        return distinct([...this.at(placeOf.array(field), ast), ...this.lies(field, ast)])
      case "Objects":
        return this.record(ast, field, depth)
      default:
        return distinct([...this.at(placeOf.leaf(field), ast), ...this.lies(field, ast)])
    }
  }

  private get putsTogether(): boolean {
    return this.adversary.strength === "equivocating" || this.adversary.strength === "arbitrary"
  }

  /** What is known to stand there, as far as it is of this type. */
  private at(place: string, ast: SchemaAST.AST): ReadonlyArray<unknown> {
    return (this.known.get(place) ?? []).filter(accepts(ast))
  }

  private lies(field: string, ast: SchemaAST.AST): ReadonlyArray<unknown> {
    const { strength, domain } = this.adversary
    return strength === "arbitrary" ? (domain?.[field] ?? usualLies).filter(accepts(ast)) : []
  }

  /** A stale adversary repeats the records within a message as they were; a stronger one puts them together. */
  private record(ast: SchemaAST.Objects, field: string, depth: number): ReadonlyArray<unknown> {
    const heard = this.at(placeOf.record(field), ast)
    if (depth > 0 && !this.putsTogether) return heard
    const built = ast.propertySignatures.reduce<ReadonlyArray<Record<string, unknown>>>(
      (records, { name, type }) => {
        const values = this.build(type, String(name), depth + 1)
        const choices = type.context?.isOptional === true ? [undefined, ...values] : values
        return records.flatMap((record) =>
          choices.map((value) => (value === undefined ? record : { ...record, [String(name)]: value }))
        )
      },
      [{}]
    )
    return depth > 0 ? distinct([...heard, ...built]) : built
  }

  /** Signed terms that were heard; those that a known key makes; and, made up, those whose signature verifies nowhere. */
  private signed(ast: SchemaAST.Objects, depth: number): ReadonlyArray<unknown> {
    const heard = this.at(placeOf.term("signed"), ast)
    if (!this.putsTogether) return heard
    const typeOf = (field: string) => {
      const found = ast.propertySignatures.find(({ name }) => name === field)
      return (found as SchemaAST.PropertySignature).type
    }
    const contents = this.build(typeOf("content"), "content", depth + 1)
    const isSigner = accepts(typeOf("signer"))
    const keys = (this.known.get(placeOf.term("signing key")) ?? []) as ReadonlyArray<SigningKey<unknown>>
    const signers = keys.map(({ owner }) => owner).filter(isSigner)
    const made = signers.flatMap((signer) => contents.map((content) => ({ signer, content })))
    if (this.adversary.strength !== "arbitrary") return distinct([...heard, ...made])
    const madeUp = this.build(typeOf("signer"), "signer", depth + 1).flatMap((signer) =>
      contents.map((content) => ({ signer, content, signature: forged }))
    )
    return distinct([...heard, ...made, ...madeUp])
  }
}

/** The values, each once. */
const distinct = (values: ReadonlyArray<unknown>): ReadonlyArray<unknown> => [
  ...new Map(values.map((value) => [canonical(value), value])).values()
]
