/**
 * What an adversary's derivation caches from one question to the next (`adversary.ts`).
 *
 * The cache does not change the result. A caller that asks once needs no cache. A search asks about
 * every state of knowledge, which differs little from the previous one, and passes a cache.
 */
import type * as SchemaAST from "effect/SchemaAST"
import { canonical, setOf } from "./data.ts"
import type { Knowledge, Known } from "./knowledge.ts"
import { accepts } from "./schema-shape.ts"

/** The knowledge, by the places where it may occur. */
export interface Shelves {
  at(place: string): ReadonlyArray<unknown>
}

type Values = ReadonlyArray<unknown>

export interface Keeping {
  /** What the adversary hears from this value of this type in this field. */
  heard(
    type: SchemaAST.AST,
    field: string,
    value: unknown,
    listen: (value: unknown) => Knowledge
  ): Knowledge
  /** The knowledge after this is also heard. */
  joined(knowledge: Knowledge, heard: Knowledge): Knowledge
  shelves(knowledge: Knowledge): Shelves
  /**
   * The values of this type that can be built for this field. The result of `build` depends only on
   * the shelves that it reads.
   */
  built(shelves: Shelves, type: SchemaAST.AST, field: string, build: () => Values): Values
  /** The record with one more field. */
  extended(record: object, name: string, value: unknown): object
  /** The values, each once. */
  distinct(values: Values): Values
  /** The values that are of this type. */
  ofType(type: SchemaAST.AST, values: Values): Values
}

const shelvesOf = (knowledge: Knowledge): Shelves => {
  const shelves = new Map<string, Array<unknown>>()
  for (const { at, value } of knowledge) {
    const shelf = shelves.get(at)
    if (shelf === undefined) shelves.set(at, [value])
    else shelf.push(value)
  }
  return { at: (place) => shelves.get(place) ?? [] }
}

/** Keeps nothing. */
export const keepsNothing: Keeping = {
  heard: (_type, _field, value, listen) => listen(value),
  joined: (knowledge, heard): Knowledge => setOf<Known>([...knowledge, ...heard]),
  shelves: shelvesOf,
  built: (_shelves, _type, _field, build) => build(),
  extended: (record, name, value) => ({ ...record, [name]: value }),
  distinct: (values) => [...new Map(values.map((value) => [canonical(value), value])).values()],
  ofType: (type, values) => values.filter(accepts(type))
}
