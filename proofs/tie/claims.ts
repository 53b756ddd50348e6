/**
 * What a state of an executable system says of the structure that goes with it, as claims about relations; together they are
 * the relation of a forward simulation.
 */
import { type Row, type Structure, Table, tableOf } from "../structure/structure.ts"

/** These tuples are in the relation, each `key` and then one of `rest`; with `isAll`, no others that begin with `key`. */
export interface Claim {
  readonly relation: string
  readonly key: Row
  readonly rest: ReadonlyArray<Row>
  readonly isAll: boolean
}

export const exactly = (relation: string, key: Row, rest: ReadonlyArray<Row>): Claim => ({
  ...{ relation, key, rest },
  isAll: true
})
export const including = (relation: string, key: Row, rest: ReadonlyArray<Row>): Claim => ({
  ...{ relation, key, rest },
  isAll: false
})

/** Each of these elements; and the tuple itself, or not. */
export const each = (elements: Iterable<number>): ReadonlyArray<Row> => [...elements].map((one) => [one])
export const provided = (holds: boolean): ReadonlyArray<Row> => (holds ? [[]] : [])

/** Whether the claim is true. */
export const isSo = (structure: Structure, { relation, key, rest, isAll }: Claim): boolean => {
  const table = tableOf(structure, relation)
  if (!rest.every((row) => table.has([...key, ...row]))) return false
  return !isAll || [...table.matching((1 << key.length) - 1, key)].length === rest.length
}

export const tableWith = (rows: Iterable<Row>): Table => {
  const table = new Table()
  for (const row of rows) table.add(row)
  return table
}

export const subsetsOf = <A>(elements: ReadonlyArray<A>): ReadonlyArray<ReadonlyArray<A>> =>
  elements.reduce<ReadonlyArray<ReadonlyArray<A>>>(
    (some, one) => [...some, ...some.map((others) => [...others, one])],
    [[]]
  )

/** Why a step is not what the model allows. */
export class NotFollowed extends Error {}
