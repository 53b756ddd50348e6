/**
 * Renaming nodes, derived from the types.
 *
 * A Schema marks identities (`node.ts`). `renamer(schema)` walks a value along its Schema, replaces
 * every identity with its image, and restores the canonical form of sets. A protocol whose servers
 * are interchangeable commutes with it, which is what symmetry reduction rests on.
 */
import type * as Schema from "effect/Schema"
import type * as SchemaAST from "effect/SchemaAST"
import { setOf } from "./data.ts"
import { identityAnnotation, setAnnotation } from "./node.ts"
import { annotation, byMember } from "./schema-shape.ts"

/** The image of each identity; an identity that is not named stays the same. */
export type Renaming = ReadonlyMap<string, string>

/** The function that renames every identity in a value of this Schema. */
export const renamer = <S extends Schema.Top>(
  schema: S
): ((renaming: Renaming, value: S["Type"]) => S["Type"]) => {
  const walk = walker(schema.ast)
  return (renaming, value) => walk(renaming, value)
}

/** The function that lists every identity in a value of this Schema. */
export const identitiesIn = <S extends Schema.Top>(
  schema: S
): ((value: S["Type"]) => ReadonlyArray<string>) => {
  const walk = walker(schema.ast)
  return (value) => {
    const found: Array<string> = []
    walk(new Listing(found), value)
    return found
  }
}

/** A renaming that renames nothing and records the identities it meets. */
class Listing extends Map<string, string> {
  private readonly found: Array<string>

  constructor(found: Array<string>) {
    super()
    this.found = found
  }

  override get(identity: string): undefined {
    this.found.push(identity)
    return undefined
  }
}

type Walk = (renaming: Renaming, value: unknown) => unknown

const unchanged: Walk = (_, value) => value

const walkers = new WeakMap<SchemaAST.AST, Walk>()

/** The walk of a type is made once. (A recursive Schema reaches itself only in the walk.) */
const walker = (ast: SchemaAST.AST): Walk => {
  const walk = walkers.get(ast) ?? make(ast)
  walkers.set(ast, walk)
  return walk
}

const make = (ast: SchemaAST.AST): Walk => {
  if (annotation(ast, identityAnnotation) !== undefined) {
    return (renaming, value) => renaming.get(value as string) ?? value
  }
  switch (ast._tag) {
    case "Arrays":
      return arrayWalk(ast)
    case "Objects":
      return recordWalk(ast)
    case "Union":
      return unionWalk(ast)
    case "Suspend":
      return (renaming, value) => walker(ast.thunk())(renaming, value)
    default:
      return unchanged
  }
}

const arrayWalk = (ast: SchemaAST.Arrays): Walk => {
  const elements = ast.elements.map(walker)
  const rest = ast.rest.map(walker)
  const isSet = annotation(ast, setAnnotation) === true
  return (renaming, value) => {
    const renamed = (value as ReadonlyArray<unknown>).map((item, index) =>
      (elements[index] ?? rest[0] ?? unchanged)(renaming, item)
    )
    return isSet ? setOf(renamed) : renamed
  }
}

const recordWalk = (ast: SchemaAST.Objects): Walk => {
  const fields = new Map(ast.propertySignatures.map((field) => [field.name, walker(field.type)]))
  const index = ast.indexSignatures[0]
  const renameKey = index === undefined ? unchanged : walker(index.parameter)
  const other = index === undefined ? unchanged : walker(index.type)
  return (renaming, value) =>
    Object.fromEntries(
      Object.entries(value as Record<string, unknown>).map(([key, item]) => {
        const field = fields.get(key)
        return field === undefined
          ? [renameKey(renaming, key) as string, other(renaming, item)]
          : [key, field(renaming, item)]
      })
    )
}

/** The member of the union that the value belongs to determines the walk. */
const unionWalk = (ast: SchemaAST.Union): Walk => {
  const walkFor = byMember(ast, walker)
  return (renaming, value) => walkFor(value)?.(renaming, value) ?? value
}
