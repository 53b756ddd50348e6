/**
 * The shape of a Schema, for walks of values along it: annotations, and the members of unions.
 */
import * as Exit from "effect/Exit"
import * as Schema from "effect/Schema"
import * as SchemaAST from "effect/SchemaAST"

/** The annotation of a Schema, anywhere in its chain of checks. */
export const annotation = (ast: SchemaAST.AST, key: string): unknown =>
  [ast, ...(ast.checks ?? [])]
    .map(({ annotations }) => annotations?.[key])
    .find((found) => found !== undefined)

type Test = (value: unknown) => boolean

const tests = new WeakMap<SchemaAST.AST, Test>()

/** Whether a value is of this type. The test of a type is built once. */
export const accepts = (ast: SchemaAST.AST): Test => {
  const test = tests.get(ast) ?? Schema.is(Schema.make<Schema.Codec<unknown>>(ast))
  tests.set(ast, test)
  return test
}

/**
 * Whether a value has the shape of this type, regardless of further checks.
 */
const hasShape = (ast: SchemaAST.AST): ((value: unknown) => boolean) => {
  const shape = Schema.make<Schema.Codec<unknown>>(SchemaAST.toType(ast))
  const decode = Schema.decodeUnknownExit(shape, { disableChecks: true })
  return (value) => Exit.isSuccess(decode(value))
}

/** The members of a union, and of the unions among them. */
export const alternatives = (ast: SchemaAST.AST): ReadonlyArray<SchemaAST.AST> =>
  ast._tag === "Union" ? ast.types.flatMap(alternatives) : [ast]

/** The function that looks up the entry of the union member that a value belongs to. */
export const byMember = <A>(
  ast: SchemaAST.Union,
  make: (member: SchemaAST.AST) => A
): ((value: unknown) => A | undefined) => {
  const members = alternatives(ast).map((type) => ({
    tag: tagLiteral(type),
    accepts: accepts(type),
    hasShape: hasShape(type),
    made: make(type)
  }))
  const byTag = new Map(members.map((member) => [member.tag, member]))
  const isTagged = byTag.size === members.length && !byTag.has(undefined)
  // The member with the value's tag, or else the first that accepts it. A value made by a mutant
  // may fail every member's checks but still has parts: it belongs to the first member with its
  // shape.
  return (value) => {
    if (isTagged) return byTag.get((value as { readonly _tag?: string } | null)?._tag)?.made
    const found =
      members.find((member) => member.accepts(value)) ??
      members.find((member) => member.hasShape(value))
    return found?.made
  }
}

/** The literal tag of a tagged record. */
export const tagLiteral = (ast: SchemaAST.AST): string | undefined => {
  if (ast._tag !== "Objects") return undefined
  const type = ast.propertySignatures.find(({ name }) => name === "_tag")?.type
  return type?._tag === "Literal" ? String(type.literal) : undefined
}
