/**
 * Numbers in states and messages are counts, unless they are users' values. Their Schemas bound
 * them, so that counting stays exact.
 */
import * as Schema from "effect/Schema"
import type * as SchemaAST from "effect/SchemaAST"
import { describe, expect, it } from "vitest"
import { maxCounted } from "../../spec/kernel/node.ts"
import { accepts } from "../../spec/kernel/schema-shape.ts"
import { protocols } from "../../spec/protocols.ts"

/** The fields with a number that is not bounded on both sides. */
const unbounded = (
  ast: SchemaAST.AST,
  field = "",
  seen = new Set<SchemaAST.AST>()
): ReadonlyArray<string> => {
  if (ast._tag === "Number") {
    const isOf = accepts(ast)
    return isOf(-1) || isOf(maxCounted + 1) ? [field] : []
  }
  if (seen.has(ast)) return []
  seen.add(ast)
  switch (ast._tag) {
    case "Union":
      return ast.types.flatMap((type) => unbounded(type, field, seen))
    case "Suspend":
      return unbounded(ast.thunk(), field, seen)
    case "Arrays":
      return [...ast.elements, ...ast.rest].flatMap((type) => unbounded(type, field, seen))
    case "Objects":
      return [
        ...ast.propertySignatures.flatMap(({ name, type }) => unbounded(type, String(name), seen)),
        ...ast.indexSignatures.flatMap(({ type }) => unbounded(type, `${field}{}`, seen))
      ]
    default:
      return []
  }
}

/**
 * The values of users, in operations and results, and what signs a value alone: any whole number.
 */
const ofUsers = ["value", "content", "entries"]

describe("every number is a count, or a user's", () => {
  it.each(protocols.map((protocol) => [protocol.name, protocol] as const))(
    "%s",
    (_, { Message, roles }) => {
      const schemas = [Message, ...Object.values(roles).map(({ State }) => State)]
      const found = schemas.flatMap(({ ast }) => unbounded(ast))
      expect([...new Set(found)].filter((field) => !ofUsers.includes(field))).toEqual([])
    }
  )

  it("fails for a number that is not", () => {
    const Mistaken = Schema.Struct({
      begun: Schema.Int,
      deep: Schema.Array(Schema.NullOr(Schema.Int))
    })
    expect(unbounded(Mistaken.ast)).toEqual(["begun", "deep"])
  })
})
