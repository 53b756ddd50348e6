/**
 * What an adversary can build from what it knows (`adversary.ts`).
 */
import type * as SchemaAST from "effect/SchemaAST"
import {
  forged,
  type SigningKey,
  type SymmetricKey,
  type TermKind,
  termAnnotation
} from "./cryptography.ts"
import { equals } from "./data.ts"
import type { Keeping, Shelves } from "./keeping.ts"
import { fieldOf, placeOf } from "./knowledge.ts"
import { identityAnnotation } from "./node.ts"
import { accepts, alternatives, annotation } from "./schema-shape.ts"
import { type Adversary, liesAt, putsTogether } from "./strength.ts"
import { areEnough, type Partial, type Share } from "./threshold.ts"

/** What can be built from one state of knowledge. */
export class Building {
  private readonly adversary: Adversary
  private readonly keeping: Keeping
  private readonly known: Shelves

  constructor(adversary: Adversary, keeping: Keeping, known: Shelves) {
    this.adversary = adversary
    this.keeping = keeping
    this.known = known
  }

  /**
   * All values of this type that can be built for this field of a message; a whole message has no
   * field name.
   */
  build(ast: SchemaAST.AST, field: string): ReadonlyArray<unknown> {
    return this.keeping.built(this.known, ast, field, () => this.make(ast, field))
  }

  private make(ast: SchemaAST.AST, field: string): ReadonlyArray<unknown> {
    const { keeping } = this
    const identity = annotation(ast, identityAnnotation)
    if (identity !== undefined) return this.at(placeOf.identity(identity), ast)
    const term = annotation(ast, termAnnotation) as TermKind | undefined
    if (term !== undefined) return this.term(term, ast as SchemaAST.Objects)
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
        return keeping.distinct(alternatives(ast).flatMap((member) => this.build(member, field)))
      case "Suspend":
        return this.build(ast.thunk(), field)
      case "Arrays":
        return keeping.distinct([...this.at(placeOf.array(field), ast), ...this.lies(field, ast)])
      case "Objects":
        return field === "" ? this.assembled(ast) : this.record(ast, field)
      default:
        return keeping.distinct([...this.at(placeOf.leaf(field), ast), ...this.lies(field, ast)])
    }
  }

  private term(kind: TermKind, ast: SchemaAST.Objects): ReadonlyArray<unknown> {
    switch (kind) {
      case "signed":
        return this.signed(ast)
      case "symmetric key":
        return this.keys(ast)
      case "encrypted":
        return this.encrypted(ast)
      case "partial":
        return this.partial(ast)
      case "jointly signed":
        return this.jointlySigned(ast)
      case "signing key":
      case "share":
      case "sub-share":
        return this.at(placeOf.term(kind), ast)
    }
  }

  private get putsTogether(): boolean {
    return putsTogether(this.adversary)
  }

  private get isArbitrary(): boolean {
    return this.adversary.strength === "arbitrary"
  }

  /** The values of this type that are known to occur in this field. */
  private at(place: string, ast: SchemaAST.AST): ReadonlyArray<unknown> {
    return this.keeping.ofType(ast, this.known.at(place))
  }

  private lies(field: string, ast: SchemaAST.AST): ReadonlyArray<unknown> {
    return this.isArbitrary ? liesAt(this.adversary, field).filter(accepts(ast)) : []
  }

  /**
   * A stale adversary repeats the records within a message unchanged; a stronger one assembles
   * them.
   */
  private record(ast: SchemaAST.Objects, field: string): ReadonlyArray<unknown> {
    return this.putsTogether ? this.assembled(ast) : this.at(placeOf.record(field), ast)
  }

  /** The records of this type with fields that can be built. */
  private assembled(ast: SchemaAST.Objects): ReadonlyArray<unknown> {
    const built = this.records(
      ast.propertySignatures.map(({ name, type }) => {
        const values = this.build(type, String(name))
        return [String(name), type.context?.isOptional === true ? [undefined, ...values] : values]
      })
    )
    return ast.checks === undefined ? built : this.keeping.ofType(ast, built)
  }

  /**
   * The records with one of these values in each of these fields; an undefined value omits the
   * field.
   */
  private records(
    columns: ReadonlyArray<readonly [name: string, values: ReadonlyArray<unknown>]>
  ): ReadonlyArray<object> {
    const { keeping } = this
    return columns.reduce<ReadonlyArray<object>>(
      (records, [name, values]) =>
        records.flatMap((record) =>
          values.map((value) =>
            value === undefined ? record : keeping.extended(record, name, value)
          )
        ),
      [{}]
    )
  }

  /**
   * Signed terms that were heard; those that a known key makes; and made-up ones, whose signature
   * never verifies.
   */
  private signed(ast: SchemaAST.Objects): ReadonlyArray<unknown> {
    const heard = this.at(placeOf.term("signed"), ast)
    if (!this.putsTogether) return heard
    const typeOf = (field: string) => fieldOf(ast, field) as SchemaAST.AST
    const keys = this.known.at(placeOf.term("signing key")) as ReadonlyArray<SigningKey<unknown>>
    const signers = this.keeping.ofType(
      typeOf("signer"),
      keys.map(({ owner }) => owner)
    )
    const signedBy = (signer: unknown, signatures: ReadonlyArray<string>) =>
      this.records([
        ["signer", [signer]],
        ["content", this.build(typeOf("content"), "content")],
        ...signatures.map((signature) => ["signature", [signature]] as const)
      ])
    const made = signers.flatMap((signer) => signedBy(signer, []))
    const pretended = this.isArbitrary ? this.build(typeOf("signer"), "signer") : []
    const madeUp = pretended.flatMap((signer) => signedBy(signer, [forged]))
    return this.keeping.distinct([...heard, ...made, ...madeUp])
  }

  private get shares(): ReadonlyArray<Share<unknown>> {
    return this.known.at(placeOf.term("share")) as ReadonlyArray<Share<unknown>>
  }

  /**
   * Partial signatures that were heard; those that a known share makes; and made-up ones, which
   * never verify.
   */
  private partial(ast: SchemaAST.Objects): ReadonlyArray<unknown> {
    const heard = this.at(placeOf.term("partial"), ast)
    const shares = this.shares.filter(({ holder }) =>
      accepts(fieldOf(ast, "holder") as SchemaAST.AST)(holder)
    )
    if (!this.putsTogether) return heard
    const signedWith = (
      { dealing, threshold, holder }: Share<unknown> | Partial<unknown, unknown>,
      signatures: ReadonlyArray<string>
    ) =>
      this.records([
        ["dealing", [dealing]],
        ["threshold", [threshold]],
        ["holder", [holder]],
        ["content", this.build(fieldOf(ast, "content") as SchemaAST.AST, "content")],
        ...signatures.map((signature) => ["signature", [signature]] as const)
      ])
    const made = shares.flatMap((share) => signedWith(share, []))
    const pretended = (this.isArbitrary ? heard : []) as ReadonlyArray<Partial<unknown, unknown>>
    const madeUp = pretended.flatMap((one) => signedWith(one, [forged]))
    return this.keeping.distinct([...heard, ...made, ...madeUp])
  }

  /**
   * Joint signatures that were heard; those that enough partial signatures form, heard or made with
   * known shares; and made-up ones, which never verify.
   */
  private jointlySigned(ast: SchemaAST.Objects): ReadonlyArray<unknown> {
    const heard = this.at(placeOf.term("jointly signed"), ast)
    if (!this.putsTogether) return heard
    const { shares } = this
    const partials = this.known.at(placeOf.term("partial")) as ReadonlyArray<
      Partial<unknown, unknown>
    >
    const anything =
      this.isArbitrary || areEnough(shares)
        ? this.build(fieldOf(ast, "content") as SchemaAST.AST, "content")
        : []
    const candidates = this.keeping.distinct([
      ...anything,
      ...partials.map(({ content }) => content)
    ])
    const signed = partials.filter((one) => one.signature === undefined)
    const made = candidates.filter((content) =>
      areEnough([...shares, ...signed.filter((one) => equals(one.content, content))])
    )
    const madeUp = this.isArbitrary ? anything : []
    const built = [
      ...this.records([["content", made]]),
      ...this.records([
        ["content", madeUp],
        ["signature", [forged]]
      ])
    ]
    return this.keeping.distinct([...heard, ...this.keeping.ofType(ast, built)])
  }

  /**
   * Known keys and their hashes, hashed at most as often as some known key.
   */
  private keys(ast?: SchemaAST.AST): ReadonlyArray<SymmetricKey<unknown>> {
    const known = this.known.at(placeOf.term("symmetric key")) as ReadonlyArray<
      SymmetricKey<unknown>
    >
    const times = this.known.at(placeOf.leaf("times")) as ReadonlyArray<number>
    const hashed = known.flatMap((key) =>
      times.flatMap((count) => (count > key.times ? [{ ...key, times: count }] : []))
    )
    const keys = this.keeping.distinct([...known, ...(this.putsTogether ? hashed : [])])
    return (ast === undefined ? keys : this.keeping.ofType(ast, keys)) as ReadonlyArray<
      SymmetricKey<unknown>
    >
  }

  /** Encrypted terms that were heard, and those that a known key makes. */
  private encrypted(ast: SchemaAST.Objects): ReadonlyArray<unknown> {
    const heard = this.at(placeOf.term("encrypted"), ast)
    const content = fieldOf(ast, "content") as SchemaAST.AST
    const keys = this.putsTogether ? this.keys() : []
    const made = keys.flatMap(({ owner, times }) =>
      this.records([
        ["owner", [owner]],
        ["times", [times]],
        ["content", this.build(content, "content")]
      ])
    )
    return this.keeping.distinct([...heard, ...this.keeping.ofType(ast, made)])
  }
}
