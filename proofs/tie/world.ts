/**
 * A finite structure that grows with a run of the executable specification, and that only the
 * model's own transitions change. Labels identify its elements: the name of a node, the text of a
 * timestamp.
 */
import { type Model, symbolsOf } from "../logic/model.ts"
import { begin, falseIn, hindrances, take } from "../structure/step.ts"
import { type Row, type Structure, Table, tableOf } from "../structure/structure.ts"

/**
 * The executable has done something that the model does not allow, or its state differs from the
 * model's.
 */
export class Departure extends Error {}

export type Labels = ReadonlyArray<string>

/**
 * The fixed facts of a model, by labels: the values of functions, and the tuples of fixed
 * relations.
 */
export interface Fixed {
  readonly functions: Readonly<
    Record<string, (...labels: Labels) => readonly [sort: string, label: string]>
  >
  /** The fixed relations of a new element of this sort: called for each new one. */
  readonly arrives: (world: World, sort: string, label: string) => void
}

export class World {
  readonly model: Model
  readonly structure: Structure
  readonly #relations: Map<string, Table>
  readonly #labels = new Map<string, Array<string>>()
  readonly #elements = new Map<string, Map<string, number>>()
  readonly #sizes = new Map<string, number>()
  readonly #fixed: Fixed
  /** The number of times that each transition was taken. */
  readonly taken = new Map<string, number>()

  constructor(model: Model, fixed: Fixed, elements: Readonly<Record<string, Labels>>) {
    this.model = model
    this.#fixed = fixed
    const functions = new Map(
      Object.entries(fixed.functions).map(([name, of]) => [
        name,
        (row: Row) => {
          const inputs = row.map((element, place) =>
            this.label(this.#sortsOf(name)[place] ?? "", element)
          )
          return this.element(...of(...inputs))
        }
      ])
    )
    this.#relations = new Map()
    this.structure = { sizes: this.#sizes, relations: this.#relations, functions }
    for (const { name, sorts } of symbolsOf(model).functions.values())
      this.#functionSorts.set(name, sorts)
    for (const [sort, labels] of Object.entries(elements))
      for (const label of labels) this.element(sort, label)
    for (const [name, table] of begin(model, this.structure).relations)
      this.#relations.set(name, table)
  }

  readonly #functionSorts = new Map<string, Labels>()
  #sortsOf(name: string): Labels {
    return this.#functionSorts.get(name) ?? []
  }

  /** The element with this label; a new one if there is none. */
  element(sort: string, label: string): number {
    let elements = this.#elements.get(sort)
    let labels = this.#labels.get(sort)
    if (elements === undefined || labels === undefined) {
      elements = new Map()
      labels = []
      this.#elements.set(sort, elements)
      this.#labels.set(sort, labels)
    }
    const known = elements.get(label)
    if (known !== undefined) return known
    const element = elements.size
    elements.set(label, element)
    labels.push(label)
    this.#sizes.set(sort, element + 1)
    this.#fixed.arrives(this, sort, label)
    return element
  }
  label(sort: string, element: number): string {
    return this.#labels.get(sort)?.[element] ?? "?"
  }
  labels(sort: string): Labels {
    return this.#labels.get(sort) ?? []
  }

  #row({ symbol }: Named, labels: Labels): Row {
    return labels.map((label, place) => this.element(symbol.sorts[place] ?? "", label))
  }

  /** Adds a tuple directly: of a fixed relation, or to assume that something has happened. */
  suppose(relation: Named, ...labels: Labels): void {
    const { name } = relation.symbol
    const row = this.#row(relation, labels)
    let table = this.#relations.get(name)
    if (table === undefined) {
      table = new Table()
      this.#relations.set(name, table)
    }
    table.add(row)
  }

  /** Removes the tuples that are `mine`, and assumes these instead. */
  supposeInstead({ relation, mine, rows }: View): void {
    const table = tableOf(this.structure, relation.symbol.name)
    for (const row of [...table.rows]) if (mine(this.#labelsOf(relation, row))) table.remove(row)
    for (const labels of rows) this.suppose(relation, ...labels)
  }

  holds(relation: Named, ...labels: Labels): boolean {
    return tableOf(this.structure, relation.symbol.name).has(this.#row(relation, labels))
  }

  #labelsOf({ symbol }: Named, row: Row): Labels {
    return row.map((element, place) => this.label(symbol.sorts[place] ?? "", element))
  }

  rows(relation: Named): ReadonlyArray<Labels> {
    return [...tableOf(this.structure, relation.symbol.name).rows].map((row) =>
      this.#labelsOf(relation, row)
    )
  }

  /**
   * The last labels of the tuple that begins with these, if there is one: the value of a partial
   * function.
   */
  valueOf(relation: Named, ...of: Labels): Labels | undefined {
    return this.rows(relation)
      .find((row) => of.every((label, place) => row[place] === label))
      ?.slice(of.length)
  }

  /**
   * Takes a transition of the model with these parameters; departs if the model does not allow it.
   */
  take(name: string, given: Readonly<Record<string, string>>): void {
    const transition = this.model.transitions[name]
    if (transition === undefined) throw new Departure(`the model has no transition ${name}`)
    const parameters = Object.fromEntries(
      Object.entries(transition.parameters).map(([parameter, { sort }]) => {
        const label = given[parameter]
        if (label === undefined)
          throw new Departure(`${name}: there is no element for ${parameter}`)
        return [parameter, this.element(sort, label)]
      })
    )
    const [hindrance] = hindrances(transition, this.structure, parameters)
    if (hindrance !== undefined) {
      throw new Departure(
        `${name} cannot be taken with ${JSON.stringify(given)}: condition ${hindrance + 1}`
      )
    }
    take(transition, this.structure, parameters)
    this.taken.set(name, (this.taken.get(name) ?? 0) + 1)
  }

  /** The structure has exactly the tuples of the view. */
  check({ relation, mine, rows }: View): void {
    const is = this.rows(relation)
      .filter(mine)
      .map((row) => row.join(" "))
      .toSorted()
    const has = rows.map((row) => row.join(" ")).toSorted()
    if (is.join() === has.join()) return
    throw new Departure(
      `${relation.symbol.name}: the model has {${is.join(", ")}}, the executable {${has.join(", ")}}`
    )
  }

  /** All sentences of the model hold here. */
  checkSentences(): void {
    const { axioms, invariant, keptAlone = {}, safety } = this.model
    const wrong = falseIn(this.structure, { ...axioms, ...invariant, ...keptAlone, ...safety })
    if (wrong.length > 0) throw new Departure(`false here: ${wrong.join("; ")}`)
  }
}

export interface Named {
  readonly symbol: { readonly name: string; readonly sorts: Labels }
}

/** Some tuples of a relation, and those among them that the executable's state implies. */
export interface View {
  readonly relation: Named
  readonly mine: (labels: Labels) => boolean
  readonly rows: ReadonlyArray<Labels>
}
