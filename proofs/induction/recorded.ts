/**
 * Counterexamples to induction as data. With such data a test needs no solver to see that a
 * transition does not preserve a sentence: the evaluator finds that all assumptions hold in it, and
 * that the claim does not hold afterwards.
 */
import * as Schema from "effect/Schema"
import { mentioned } from "../logic/formula.ts"
import { type Row, type Structure, Table } from "../structure/structure.ts"
import { type Counterexample, refutes, rowsOf } from "./counterexample.ts"
import type { Obligation } from "./obligations.ts"

/** Rows of elements, as a text: `0,1 2,0`. */
const Rows = Schema.Record(Schema.String, Schema.String)
const Numbers = Schema.Record(Schema.String, Schema.Int)

export const Recorded = Schema.Struct({
  /** The number of elements of each sort. */
  sizes: Numbers,
  relations: Rows,
  /** For each function, its arguments and then its result. */
  functions: Rows,
  parameters: Numbers
})
export type Recorded = typeof Recorded.Type

/**
 * The counterexamples of a protocol's mutants: by mutant, and by the obligation that each refutes.
 */
export const RecordedOfMutants = Schema.Record(
  Schema.String,
  Schema.Record(Schema.String, Recorded)
)
export type RecordedOfMutants = typeof RecordedOfMutants.Type

/** The key of an obligation. */
export const nameOf = ({ transition, sentence }: Obligation): string => `${transition}: ${sentence}`

const textOf = (rows: Iterable<Row>): string => [...rows].map((row) => row.join()).join(" ")
/** (A row of a relation without places is an empty text.) */
const rowsIn = (text: string): ReadonlyArray<Row> =>
  text.split(" ").map((row) => (row === "" ? [] : row.split(",").map(Number)))

export const record = ({ obligation, before, parameters }: Counterexample): Recorded => {
  const { functions } = mentioned([...obligation.assumed, ...obligation.denied])
  const size = (sort: string) => before.sizes.get(sort) ?? 0
  return {
    sizes: Object.fromEntries(before.sizes),
    relations: Object.fromEntries(
      [...before.relations].flatMap(([name, table]) =>
        table.size === 0 ? [] : [[name, textOf(table.rows)]]
      )
    ),
    functions: Object.fromEntries(
      [...functions.values()].map(({ name, sorts }) => [
        name,
        textOf(rowsOf(sorts, size).map((row) => [...row, before.functions.get(name)?.(row) ?? 0]))
      ])
    ),
    parameters
  }
}

const structureOf = ({ sizes, relations, functions }: Recorded): Structure => ({
  sizes: new Map(Object.entries(sizes)),
  relations: new Map(
    Object.entries(relations).map(([name, text]) => {
      const table = new Table()
      for (const row of rowsIn(text)) table.add(row)
      return [name, table]
    })
  ),
  functions: new Map(
    Object.entries(functions).map(([name, text]) => {
      const results = new Map(rowsIn(text).map((row) => [row.slice(0, -1).join(), row.at(-1) ?? 0]))
      return [name, (row: Row) => results.get(row.join()) ?? 0]
    })
  )
})

/** Whether the evaluator confirms that the record refutes the obligation. */
export const isConfirmed = (obligation: Obligation, recorded: Recorded): boolean =>
  refutes(obligation)(structureOf(recorded), recorded.parameters)
