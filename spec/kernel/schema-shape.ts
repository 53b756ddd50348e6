/**
 * The shape of a Schema, for those who walk values along it: annotations, and the members of unions.
 */
import type * as SchemaAST from "effect/SchemaAST"
import * as SchemaParser from "effect/SchemaParser"

/** The annotation of a Schema, wherever in its chain of checks it was made. */
export const annotation = (ast: SchemaAST.AST, key: string): unknown =>
  [ast, ...(ast.checks ?? [])]
    .map(({ annotations }) => annotations?.[key])
    .find((found) => found !== undefined)

/** Whether a value is one of this type. */
export const accepts = (ast: SchemaAST.AST): ((value: unknown) => boolean) =>
  SchemaParser.is({ ast } as never) as (value: unknown) => boolean

/** The members of a union, and of the unions among them. */
export const alternatives = (ast: SchemaAST.AST): ReadonlyArray<SchemaAST.AST> =>
  ast._tag === "Union" ? ast.types.flatMap(alternatives) : [ast]

/** The function that finds what goes with the member of a union that a value belongs to. */
export const byMember = <A>(
  ast: SchemaAST.Union,
  make: (member: SchemaAST.AST) => A
): ((value: unknown) => A | undefined) => {
  const members = alternatives(ast).map((type) => ({
    tag: tagLiteral(type),
    accepts: accepts(type),
    made: make(type)
  }))
  const byTag = new Map(members.map((member) => [member.tag, member]))
  const isTagged = byTag.size === members.length && !byTag.has(undefined)
  // The member with the value's tag, or else the first that accepts it.
  return (value) =>
    isTagged
      ? byTag.get((value as { readonly _tag?: string } | null)?._tag)?.made
      : members.find((member) => member.accepts(value))?.made
}

/** The literal that a tagged record has for its tag. */
const tagLiteral = (ast: SchemaAST.AST): string | undefined => {
  if (ast._tag !== "Objects") return undefined
  const type = ast.propertySignatures.find(({ name }) => name === "_tag")?.type
  return type?._tag === "Literal" ? String(type.literal) : undefined
}
