/**
 * The adversary: whoever speaks in the name of the nodes that have been taken over.
 *
 * It is derived, not written. It knows what it has heard, and what the nodes knew that it took
 * over; it sends any message of the protocol's Schema that can be built from that. It overhears
 * everything that is sent, if nothing else is said: links are authentic, not secret. Cryptography
 * is symbolic (`cryptography.ts`): a signed term is there to be repeated once it was heard, and can
 * be made only with the key; what is encrypted can be read once the key is known, or one of which
 * hashing makes it. With shares of a key (`threshold.ts`) it signs what any holder could, and what
 * enough of one dealing sign together is signed.
 *
 * It answers on demand. A node that is taken over needs no state and no messages on their way to
 * it: where a correct process would take a message from it, each one that can be built is a step.
 * What is known only grows.
 */
import * as Schema from "effect/Schema"
import type * as SchemaAST from "effect/SchemaAST"
import {
  type Encrypted,
  forged,
  type Signed,
  type SigningKey,
  type SymmetricKey,
  secretKinds,
  type TermKind,
  termAnnotation
} from "./cryptography.ts"
import { canonical, equals, setOf } from "./data.ts"
import { identityAnnotation } from "./node.ts"
import { type Renaming, renamer } from "./renaming.ts"
import { accepts, alternatives, annotation, byMember, tagLiteral } from "./schema-shape.ts"
import {
  areEnough,
  type JointlySigned,
  type Partial,
  type Share,
  type SubShare,
  sharesOf
} from "./threshold.ts"

/**
 * How strong an adversary is; each can do what those before can.
 *
 *  - `silent`: the nodes send nothing.
 *  - `stale`: they repeat records that somebody sent, each whole, as parts of new messages.
 *  - `equivocating`: they also put records together from parts that were sent, and sign with the
 *    keys that they know.
 *  - `arbitrary`: they also make up values, from the adversary's domain, and signatures, which
 *    verify nowhere.
 */
export const strengths = ["silent", "stale", "equivocating", "arbitrary"] as const
export type Strength = (typeof strengths)[number]

/**
 * What an adversary overhears:
 *
 *  - `everything` that is sent;
 *  - what nodes are sent that `may be corrupted`, from the moment when it is sent, and nothing that
 *    others are;
 *  - what nodes are sent that `are corrupted`: what comes to them later, and what is on its way to
 *    them in that moment.
 */
export const hearings = ["everything", "may be corrupted", "are corrupted"] as const
export type Hearing = (typeof hearings)[number]

export interface Adversary {
  readonly strength: Strength
  /** Without it, everything. */
  readonly overhears?: Hearing
  /**
   * The values that an arbitrary adversary makes up, by the name of the field; `usualLies` for
   * fields not named.
   */
  readonly domain?: Readonly<Record<string, ReadonlyArray<unknown>>>
}

/** What is made up where a domain says nothing: a number and a text that no scenario writes. */
export const usualLies: ReadonlyArray<unknown> = [9, "lie"]

/** Something that the adversary knows: a value, and where it may stand. */
export interface Known {
  readonly at: string
  readonly value: unknown
}

/** All that the adversary knows, as a set. */
export type Knowledge = ReadonlyArray<Known>

/** The terms of a kind that are known. */
export const knownTerms = (knowledge: Knowledge, kind: TermKind): ReadonlyArray<unknown> =>
  knowledge.flatMap(({ at, value }) => (at === kind ? [value] : []))

/** What is known but for keys: as if nobody had told any. */
export const withoutSecrets = (knowledge: Knowledge): Knowledge =>
  knowledge.filter(({ at }) => !secretKinds.includes(at))

/** What an adversary can do with what it knows. */
export interface Derivation {
  /** What is known once this value has been heard as well. */
  learn(knowledge: Knowledge, schema: Schema.Top, value: unknown): Knowledge
  /**
   * All values of the Schema that can be built, each once; of these tags only, if any are named.
   */
  derivable(
    knowledge: Knowledge,
    schema: Schema.Top,
    tags?: ReadonlyArray<string>
  ): ReadonlyArray<unknown>
  /**
   * Whether a larger knowledge allows for nothing more: all that it has besides is a term that a
   * known key signs, of parts that are known, or a value that is made up anyway.
   */
  isNoMore(knowledge: Knowledge, larger: Knowledge): boolean
  /** The same knowledge with nodes renamed. */
  rename(renaming: Renaming, knowledge: Knowledge): Knowledge
}

/**
 * What an adversary can do; `schemas` are those of all that is ever learned, as far as it is not
 * learned here.
 */
export const derivation = (
  adversary: Adversary,
  schemas: ReadonlyArray<Schema.Top> = []
): Derivation => {
  const types = new Types(schemas)
  // Who puts records together needs none whole: it has heard their parts.
  const isNeeded = (at: string) => !putsTogether(adversary) || !at.endsWith(placeOf.record(""))
  return {
    learn: (knowledge, { ast }, value) => {
      types.add(ast, "")
      const heard: Array<Known> = []
      listenerFor(ast)(value, "", (at, part) => heard.push({ at, value: part }))
      return opened(types, setOf([...knowledge, ...heard.filter(({ at }) => isNeeded(at))]))
    },
    derivable: (knowledge, { ast }, tags) => {
      if (adversary.strength === "silent") return []
      const building = new Building(adversary, knowledge)
      const wanted = alternatives(ast).filter((member) => {
        const tag = tagLiteral(member)
        return tags === undefined || tag === undefined || tags.includes(tag)
      })
      return distinct(wanted.flatMap((member) => building.build(member, "", 0)))
    },
    isNoMore: (knowledge, larger) => {
      const known = new Set(knowledge.map(canonical))
      return larger
        .filter((one) => !known.has(canonical(one)))
        .every((one) => isMade(adversary, knowledge, one))
    },
    rename: (renaming, knowledge) =>
      setOf(knowledge.map(({ at, value }) => ({ at, value: types.rename(renaming, at, value) })))
  }
}

/** Whether it puts records together from parts that it knows. */
const putsTogether = ({ strength }: Adversary): boolean =>
  strength === "equivocating" || strength === "arbitrary"

/**
 * Whether the adversary makes this of what it knows, if it makes the parts: which are known by
 * themselves to whoever knows the whole.
 */
const isMade = (adversary: Adversary, knowledge: Knowledge, { at, value }: Known): boolean => {
  if (at !== placeOf.term("signed"))
    return (
      adversary.strength === "arbitrary" && liesAt(adversary, at).some((lie) => equals(lie, value))
    )
  const { signer, signature } = value as Signed<unknown, unknown>
  const keys = knownTerms(knowledge, "signing key") as ReadonlyArray<SigningKey<unknown>>
  return (
    putsTogether(adversary) &&
    signature === undefined &&
    keys.some(({ owner }) => equals(owner, signer))
  )
}

/** What is made up for a field of this name. */
const liesAt = ({ domain }: Adversary, field: string): ReadonlyArray<unknown> =>
  domain?.[field] ?? usualLies

/**
 * What is known once everything has been read that can be decrypted, and the parts of shares were
 * put together.
 */
const opened = (types: Types, knowledge: Knowledge): Knowledge => {
  const keys = knownTerms(knowledge, "symmetric key") as ReadonlyArray<SymmetricKey<unknown>>
  const parts = knownTerms(knowledge, "sub-share") as ReadonlyArray<SubShare<unknown>>
  if (keys.length === 0 && parts.length === 0) return knowledge
  const read: Array<Known> = sharesOf(parts).map((value) => ({ at: placeOf.term("share"), value }))
  for (const term of knownTerms(knowledge, "encrypted") as ReadonlyArray<
    Encrypted<unknown, unknown>
  >) {
    const content = types.contentOf(term)
    if (content !== undefined && keys.some((key) => opens(key, term)))
      listenerFor(content)(term.content, "content", (at, value) => read.push({ at, value }))
  }
  const all = setOf([...knowledge, ...read])
  return all.length === knowledge.length ? knowledge : opened(types, all)
}

/** Whether hashing this key gives the one with which this was encrypted. */
const opens = (
  { owner, times }: SymmetricKey<unknown>,
  term: Encrypted<unknown, unknown>
): boolean => times <= term.times && equals(owner, term.owner)

/** The types of what may stand where something is known. */
class Types {
  private readonly at = new Map<string, Set<SchemaAST.AST>>()
  private readonly seen = new WeakMap<SchemaAST.AST, Set<string>>()

  constructor(schemas: ReadonlyArray<Schema.Top>) {
    for (const { ast } of schemas) this.add(ast, "")
  }

  /**
   * Notes the types of all that a value of this type consists of, which stands in the field of this
   * name.
   */
  add(ast: SchemaAST.AST, field: string): void {
    const fields = this.seen.get(ast) ?? new Set()
    if (fields.has(field)) return
    this.seen.set(ast, fields.add(field))
    if (annotation(ast, identityAnnotation) !== undefined) return
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
        // What stands under names that are no fields keeps its place.
        for (const { type } of ast.indexSignatures) this.add(type, field)
      }
    }
  }

  /** The type of what is encrypted; undefined if there is nothing to be read. */
  contentOf(term: Encrypted<unknown, unknown>): SchemaAST.AST | undefined {
    const type =
      term.content === undefined ? undefined : this.typeOf(placeOf.term("encrypted"), term)
    return type === undefined ? undefined : fieldOf(type, "content")
  }

  rename(renaming: Renaming, at: string, value: unknown): unknown {
    if (at.startsWith(placeOf.identity(""))) return renaming.get(value as string) ?? value
    if (typeof value !== "object" || value === null) return value
    const type = this.typeOf(at, value)
    return type === undefined
      ? value
      : renamer(Schema.make<Schema.Codec<unknown>>(type))(renaming, value)
  }

  private typeOf(at: string, value: unknown): SchemaAST.Objects | SchemaAST.Arrays | undefined {
    const types = [...(this.at.get(at) ?? [])] as ReadonlyArray<
      SchemaAST.Objects | SchemaAST.Arrays
    >
    return types.find((type) => accepts(type)(value))
  }

  private note(place: string, ast: SchemaAST.AST): void {
    this.at.set(place, (this.at.get(place) ?? new Set()).add(ast))
  }
}

/** The type of the field of this name. */
const fieldOf = (ast: SchemaAST.AST, field: string): SchemaAST.AST | undefined =>
  ast._tag === "Objects"
    ? ast.propertySignatures.find(({ name }) => name === field)?.type
    : undefined

type Note = (at: string, value: unknown) => void
/** Takes a value apart that stands in the field of this name. */
type Listen = (value: unknown, field: string, note: Note) => void

const listeners = new WeakMap<SchemaAST.AST, Listen>()

const listenerFor = (ast: SchemaAST.AST): Listen => {
  const known = listeners.get(ast)
  if (known !== undefined) return known
  // A recursive Schema reaches itself again while its listener is being made: let it find this
  // forwarding one.
  listeners.set(ast, (value, field, note) => made(value, field, note))
  const made = listener(ast)
  listeners.set(ast, made)
  return made
}

/**
 * Where what is known may stand: identities by their kind, terms by theirs, all else by the name of
 * a field.
 */
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
 * What makes a term hold is no value of its own, and what is encrypted is not heard with the term.
 */
const isSecret = (term: TermKind | undefined, field: string): boolean =>
  term !== undefined &&
  (["signature", "secret", "ciphertext"].includes(field) ||
    (term === "encrypted" && field === "content"))

/** What can be built from one state of knowledge. */
class Building {
  private readonly adversary: Adversary
  private readonly known = new Map<string, Array<unknown>>()

  constructor(adversary: Adversary, knowledge: Knowledge) {
    this.adversary = adversary
    for (const { at, value } of knowledge)
      this.known.set(at, [...(this.known.get(at) ?? []), value])
  }

  /**
   * All values of this type that can be built, to stand in this field at this depth of a message.
   */
  build(ast: SchemaAST.AST, field: string, depth: number): ReadonlyArray<unknown> {
    const identity = annotation(ast, identityAnnotation)
    if (identity !== undefined) return this.at(placeOf.identity(identity), ast)
    const term = annotation(ast, termAnnotation) as TermKind | undefined
    if (term !== undefined) return this.term(term, ast as SchemaAST.Objects, depth)
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

  private term(kind: TermKind, ast: SchemaAST.Objects, depth: number): ReadonlyArray<unknown> {
    switch (kind) {
      case "signed":
        return this.signed(ast, depth)
      case "symmetric key":
        return this.keys(ast)
      case "encrypted":
        return this.encrypted(ast, depth)
      case "partial":
        return this.partial(ast, depth)
      case "jointly signed":
        return this.jointlySigned(ast, depth)
      case "signing key":
      case "share":
      case "sub-share":
        return this.at(placeOf.term(kind), ast)
    }
  }

  private get putsTogether(): boolean {
    return putsTogether(this.adversary)
  }

  /** What is known to stand there, as far as it is of this type. */
  private at(place: string, ast: SchemaAST.AST): ReadonlyArray<unknown> {
    return (this.known.get(place) ?? []).filter(accepts(ast))
  }

  private lies(field: string, ast: SchemaAST.AST): ReadonlyArray<unknown> {
    return this.adversary.strength === "arbitrary"
      ? liesAt(this.adversary, field).filter(accepts(ast))
      : []
  }

  /**
   * A stale adversary repeats the records within a message as they were; a stronger one puts them
   * together.
   */
  private record(ast: SchemaAST.Objects, field: string, depth: number): ReadonlyArray<unknown> {
    const heard = this.at(placeOf.record(field), ast)
    if (depth > 0 && !this.putsTogether) return heard
    const built = ast.propertySignatures.reduce<ReadonlyArray<Record<string, unknown>>>(
      (records, { name, type }) => {
        const values = this.build(type, String(name), depth + 1)
        const choices = type.context?.isOptional === true ? [undefined, ...values] : values
        return records.flatMap((record) =>
          choices.map((value) =>
            value === undefined ? record : { ...record, [String(name)]: value }
          )
        )
      },
      [{}]
    )
    const sound = ast.checks === undefined ? built : built.filter(accepts(ast))
    return depth > 0 ? distinct([...heard, ...sound]) : sound
  }

  /**
   * Signed terms that were heard; those that a known key makes; and, made up, those whose signature
   * verifies nowhere.
   */
  private signed(ast: SchemaAST.Objects, depth: number): ReadonlyArray<unknown> {
    const heard = this.at(placeOf.term("signed"), ast)
    if (!this.putsTogether) return heard
    const typeOf = (field: string) => fieldOf(ast, field) as SchemaAST.AST
    const isSigner = accepts(typeOf("signer"))
    const keys = (this.known.get(placeOf.term("signing key")) ?? []) as ReadonlyArray<
      SigningKey<unknown>
    >
    const signers = keys.map(({ owner }) => owner).filter(isSigner)
    const isArbitrary = this.adversary.strength === "arbitrary"
    if (signers.length === 0 && !isArbitrary) return heard
    const contents = this.build(typeOf("content"), "content", depth + 1)
    const made = signers.flatMap((signer) => contents.map((content) => ({ signer, content })))
    if (!isArbitrary) return distinct([...heard, ...made])
    const madeUp = this.build(typeOf("signer"), "signer", depth + 1).flatMap((signer) =>
      contents.map((content) => ({ signer, content, signature: forged }))
    )
    return distinct([...heard, ...made, ...madeUp])
  }

  private get shares(): ReadonlyArray<Share<unknown>> {
    return (this.known.get(placeOf.term("share")) ?? []) as ReadonlyArray<Share<unknown>>
  }

  /**
   * What was signed with a share and heard; what a known share signs; and, made up, what verifies
   * nowhere.
   */
  private partial(ast: SchemaAST.Objects, depth: number): ReadonlyArray<unknown> {
    const heard = this.at(placeOf.term("partial"), ast)
    const shares = this.shares.filter(({ holder }) =>
      accepts(fieldOf(ast, "holder") as SchemaAST.AST)(holder)
    )
    const isArbitrary = this.adversary.strength === "arbitrary"
    if (!this.putsTogether || (shares.length === 0 && !isArbitrary)) return heard
    const contents = this.build(fieldOf(ast, "content") as SchemaAST.AST, "content", depth + 1)
    const signedWith = (share: Share<unknown>, rest: { readonly signature?: string }) => {
      const { dealing, threshold, holder } = share
      return contents.map((content) => ({ dealing, threshold, holder, content, ...rest }))
    }
    const made = shares.flatMap((share) => signedWith(share, {}))
    const madeUp = isArbitrary
      ? (this.at(placeOf.term("partial"), ast) as ReadonlyArray<Partial<unknown, unknown>>).flatMap(
          (one) => signedWith(one, { signature: forged })
        )
      : []
    return distinct([...heard, ...made, ...madeUp])
  }

  /**
   * What was jointly signed and heard; what enough have signed, as far as that was heard and known
   * shares can; and, made up, what verifies nowhere.
   */
  private jointlySigned(ast: SchemaAST.Objects, depth: number): ReadonlyArray<unknown> {
    const heard = this.at(placeOf.term("jointly signed"), ast)
    if (!this.putsTogether) return heard
    const { shares } = this
    const partials = (this.known.get(placeOf.term("partial")) ?? []) as ReadonlyArray<
      Partial<unknown, unknown>
    >
    const isArbitrary = this.adversary.strength === "arbitrary"
    const anything =
      isArbitrary || areEnough(shares)
        ? this.build(fieldOf(ast, "content") as SchemaAST.AST, "content", depth + 1)
        : []
    const candidates = distinct([...anything, ...partials.map(({ content }) => content)])
    const made: ReadonlyArray<JointlySigned<unknown>> = candidates
      .filter((content) => {
        const signed = partials.filter((one) => one.signature === undefined)
        return areEnough([...shares, ...signed.filter((one) => equals(one.content, content))])
      })
      .map((content) => ({ content }))
    const madeUp = isArbitrary ? anything.map((content) => ({ content, signature: forged })) : []
    return distinct([...heard, ...[...made, ...madeUp].filter(accepts(ast))])
  }

  /**
   * Keys that are known, and what hashing makes of them: as often as some key is known to have been
   * hashed.
   */
  private keys(ast?: SchemaAST.AST): ReadonlyArray<SymmetricKey<unknown>> {
    const known = (this.known.get(placeOf.term("symmetric key")) ?? []) as ReadonlyArray<
      SymmetricKey<unknown>
    >
    const times = (this.known.get(placeOf.leaf("times")) ?? []) as ReadonlyArray<number>
    const hashed = known.flatMap((key) =>
      times.flatMap((count) => (count > key.times ? [{ ...key, times: count }] : []))
    )
    const keys = distinct([...known, ...(this.putsTogether ? hashed : [])])
    return (ast === undefined ? keys : keys.filter(accepts(ast))) as ReadonlyArray<
      SymmetricKey<unknown>
    >
  }

  /** What was heard encrypted, and what a known key encrypts. */
  private encrypted(ast: SchemaAST.Objects, depth: number): ReadonlyArray<unknown> {
    const heard = this.at(placeOf.term("encrypted"), ast)
    const content = fieldOf(ast, "content") as SchemaAST.AST
    const keys = this.putsTogether ? this.keys() : []
    if (keys.length === 0) return heard
    const made = keys.flatMap(({ owner, times }) =>
      this.build(content, "content", depth + 1).map((one) => ({ owner, times, content: one }))
    )
    return distinct([...heard, ...made.filter(accepts(ast))])
  }
}

/** The values, each once. */
const distinct = (values: ReadonlyArray<unknown>): ReadonlyArray<unknown> => [
  ...new Map(values.map((value) => [canonical(value), value])).values()
]
