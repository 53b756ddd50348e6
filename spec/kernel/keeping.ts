/**
 * What an adversary's derivation keeps from one question to the next (`adversary.ts`).
 *
 * It derives the same whatever is kept. Whoever asks once needs nothing; a search asks of every
 * state of knowledge, which differs little from the one before, and hands in something that
 * remembers.
 */
import type * as SchemaAST from "effect/SchemaAST"
import { canonical, setOf } from "./data.ts"
import type { Knowledge, Known } from "./knowledge.ts"
import { accepts } from "./schema-shape.ts"

/** What is known, by where it may stand. */
export interface Shelves {
  at(place: string): ReadonlyArray<unknown>
}

type Values = ReadonlyArray<unknown>

export interface Keeping {
  /** What is heard of this value of this type, which stands in this field. */
  heard(
    type: SchemaAST.AST,
    field: string,
    value: unknown,
    listen: (value: unknown) => Knowledge
  ): Knowledge
  /** What is known once this was heard as well. */
  joined(knowledge: Knowledge, heard: Knowledge): Knowledge
  shelves(knowledge: Knowledge): Shelves
  /**
   * What can be built of this type to stand in this field. What `build` makes depends on the
   * shelves that it looks at, and on nothing else.
   */
  built(shelves: Shelves, type: SchemaAST.AST, field: string, build: () => Values): Values
  /** The record with one more field. */
  extended(record: object, name: string, value: unknown): object
  /** The values, each once. */
  distinct(values: Values): Values
  /** Those of the values that are of this type. */
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
