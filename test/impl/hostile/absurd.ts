/**
 * Data with the shape of a Schema, but with content that no honest sender would send: numbers at
 * their bounds, names of others and of fields that every record has, text that is empty, long or
 * odd, sets of one and sets of many.
 *
 * The Schema accepts most of it. Some of it breaks a bound; then the Schema has to detect that.
 */
import type * as SchemaAST from "effect/SchemaAST"
import * as fc from "fast-check"
import { compare, setOf } from "../../../spec/kernel/data.ts"
import { identityAnnotation, maxCounted, setAnnotation } from "../../../spec/kernel/node.ts"
import { annotation } from "../../../spec/kernel/schema-shape.ts"

const names = [
  "s1",
  "s2",
  "s3",
  "s9",
  "c/1",
  "hostile/1",
  "__proto__",
  "constructor",
  "toString",
  "é",
  "\u0000",
  "/",
  " "
]
const name = fc.oneof(
  { weight: 20, arbitrary: fc.constantFrom(...names) },
  { weight: 2, arbitrary: fc.string({ minLength: 1, maxLength: 200, unit: "binary" }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom("", "n".repeat(200), "\u{10ffff}".repeat(100), "n".repeat(201))
  }
)
const text = fc.oneof(
  { weight: 10, arbitrary: fc.constantFrom("", "v", "k1", "k2", "k3", ...names) },
  { weight: 4, arbitrary: fc.string({ maxLength: 100, unit: "binary" }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom("x".repeat(1400), '"'.repeat(1400), "\u0001".repeat(1400), "\ud800")
  }
)
const count = fc.oneof(
  { weight: 10, arbitrary: fc.nat({ max: 5 }) },
  {
    weight: 3,
    arbitrary: fc.constantFrom(maxCounted, maxCounted - 1, 2 ** 32, 2 ** 31, 1024, 128, 64)
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(-1, 0.5, maxCounted + 1, Number.MAX_SAFE_INTEGER, -0, 1e300)
  }
)

const known = new WeakMap<SchemaAST.AST, fc.Arbitrary<unknown>>()

/** Absurd data of this type. */
export const absurd = (ast: SchemaAST.AST): fc.Arbitrary<unknown> => {
  const made = known.get(ast) ?? make(ast)
  known.set(ast, made)
  return made
}

const make = (ast: SchemaAST.AST): fc.Arbitrary<unknown> => {
  if (annotation(ast, identityAnnotation) !== undefined) return name
  switch (ast._tag) {
    case "String":
      return text
    case "Number":
      return count
    case "Boolean":
      return fc.boolean()
    case "Null":
      return fc.constant(null)
    case "Literal":
      return fc.constant(ast.literal)
    case "Union":
      return fc.oneof(...ast.types.map(absurd))
    case "Suspend":
      return absurd(ast.thunk())
    case "Arrays":
      return arrays(ast)
    case "Objects":
      return records(ast)
    default:
      return fc.anything()
  }
}

const arrays = (ast: SchemaAST.Arrays): fc.Arbitrary<unknown> => {
  const item = ast.rest[0]
  const some = fc.array(item === undefined ? fc.constant(null) : absurd(item), {
    minLength: 0,
    maxLength: 6
  })
  if (annotation(ast, setAnnotation) === undefined) return some
  // Now and then a set that is none: out of order, or with an item twice.
  return fc
    .tuple(some, fc.nat({ max: 20 }))
    .map(([items, luck]) => (luck === 0 ? [...items].sort(compare).reverse() : setOf(items)))
}

const records = (ast: SchemaAST.Objects): fc.Arbitrary<unknown> => {
  const fields = ast.propertySignatures.map(({ name: field, type }) => {
    const value = absurd(type)
    const isOptional = type.context?.isOptional === true
    return [String(field), isOptional ? fc.option(value, { nil: undefined }) : value] as const
  })
  return fc
    .tuple(...fields.map(([, value]) => value))
    .map((values) =>
      Object.fromEntries(
        fields.flatMap(([field], at) => (values[at] === undefined ? [] : [[field, values[at]]]))
      )
    )
}
