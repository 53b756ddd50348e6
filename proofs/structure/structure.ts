/**
 * Finite structures: for each sort its elements, for each relation its tuples, for each function
 * its table. Elements are numbers, counted from 0 in each sort.
 */

export type Element = number
/** Elements, one for each place of a relation. */
export type Row = ReadonlyArray<Element>

/** The text of a row, as `join` writes it, which takes twice as long. */
const keyOf = (row: Row): string => {
  let key = ""
  for (let place = 0; place < row.length; place++)
    key += place === 0 ? row[place] : `,${row[place]}`
  return key
}

/** The tuples of a relation, indexed by some of their elements. */
export class Table {
  readonly #rows = new Map<string, Row>()
  readonly #indexes = new Map<number, Map<string, Array<Row>>>()

  has(row: Row): boolean {
    return this.#rows.has(keyOf(row))
  }
  get rows(): Iterable<Row> {
    return this.#rows.values()
  }
  get size(): number {
    return this.#rows.size
  }
  add(row: Row): void {
    const key = keyOf(row)
    if (this.#rows.has(key)) return
    this.#rows.set(key, row)
    for (const [places, index] of this.#indexes) push(index, partOf(row, places), row)
  }
  remove(row: Row): void {
    if (this.#rows.delete(keyOf(row))) this.#indexes.clear()
  }
  /** The rows that have these elements in these places; the bits of `places` select the places. */
  matching(places: number, elements: Row): Iterable<Row> {
    if (places === 0) return this.#rows.values()
    let index = this.#indexes.get(places)
    if (index === undefined) {
      index = new Map()
      for (const row of this.#rows.values()) push(index, partOf(row, places), row)
      this.#indexes.set(places, index)
    }
    return index.get(keyOf(elements)) ?? []
  }
  copy(): Table {
    const table = new Table()
    for (const [key, row] of this.#rows) table.#rows.set(key, row)
    return table
  }
}

const partOf = (row: Row, places: number): string =>
  keyOf(row.filter((_, place) => (places & (1 << place)) !== 0))

const push = (index: Map<string, Array<Row>>, key: string, row: Row): void => {
  const rows = index.get(key)
  if (rows === undefined) index.set(key, [row])
  else rows.push(row)
}

export interface Structure {
  /** The number of elements of each sort. */
  readonly sizes: ReadonlyMap<string, number>
  readonly relations: ReadonlyMap<string, Table>
  /** The value of each function at these elements. */
  readonly functions: ReadonlyMap<string, (row: Row) => Element>
}

const empty = new Table()
export const tableOf = ({ relations }: Structure, name: string): Table =>
  relations.get(name) ?? empty
export const sizeOf = ({ sizes }: Structure, sort: string): number => sizes.get(sort) ?? 0

/** A separate structure with the same elements and tuples. */
export const copyOf = ({ sizes, relations, functions }: Structure): Structure => ({
  sizes: new Map(sizes),
  relations: new Map([...relations].map(([name, table]) => [name, table.copy()])),
  functions
})
