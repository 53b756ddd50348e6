/**
 * The evaluator agrees with a plain reading of the formulas, and a transition changes a structure
 * as its weakest preconditions say. Tested on the sentences and the transitions of the models, in
 * random structures.
 */
import { describe, expect, it } from "vitest"
import { consensus } from "../../../proofs/consensus/model.ts"
import type { Formula, Term, Variable } from "../../../proofs/logic/formula.ts"
import { type Model, symbolsOf, weakestPrecondition } from "../../../proofs/logic/model.ts"
import { majority } from "../../../proofs/majority/model.ts"
import { rambo } from "../../../proofs/rambo/model.ts"
import { compile } from "../../../proofs/structure/evaluate.ts"
import { take } from "../../../proofs/structure/step.ts"
import {
  copyOf,
  type Row,
  type Structure,
  Table,
  tableOf
} from "../../../proofs/structure/structure.ts"
import { randomFrom } from "../../../proofs/tie/run.ts"

type Values = ReadonlyMap<Variable, number>

const valueIn = (structure: Structure, term: Term, values: Values): number =>
  term._tag === "Variable"
    ? (values.get(term) as number)
    : (structure.functions.get(term.function.name)?.(
        term.arguments.map((one) => valueIn(structure, one, values))
      ) as number)

/** What a formula says, word by word. */
const isTrue = (structure: Structure, formula: Formula, values: Values): boolean => {
  switch (formula._tag) {
    case "Atom":
      return tableOf(structure, formula.relation.name).has(
        formula.arguments.map((term) => valueIn(structure, term, values))
      )
    case "Equal":
      return valueIn(structure, formula.left, values) === valueIn(structure, formula.right, values)
    case "Not":
      return !isTrue(structure, formula.of, values)
    case "And":
      return formula.of.every((part) => isTrue(structure, part, values))
    case "Or":
      return formula.of.some((part) => isTrue(structure, part, values))
    case "Forall":
    case "Exists": {
      const [first, ...rest] = formula.variables
      if (first === undefined) return isTrue(structure, formula.body, values)
      const inner: Formula = { ...formula, variables: rest }
      const elements = Array.from(
        { length: structure.sizes.get(first.sort) ?? 0 },
        (_, element) => element
      )
      const holds = (element: number) =>
        isTrue(structure, inner, new Map([...values, [first, element]]))
      return formula._tag === "Forall" ? elements.every(holds) : elements.some(holds)
    }
  }
}

/**
 * A structure with this many elements of each sort, and each tuple with a probability of `full`
 * percent.
 */
const randomStructure = (
  model: Model,
  random: (below: number) => number,
  full: number
): Structure => {
  const { sorts, relations, functions } = symbolsOf(model)
  const size = (sort: string) => (sort === "server" || sort === "index" ? 2 : 1 + random(2))
  const sizes = new Map([...sorts].map((sort) => [sort, size(sort)]))
  const rowsOf = (of: ReadonlyArray<string>): ReadonlyArray<Row> =>
    of.reduce<ReadonlyArray<Row>>(
      (rows, sort) =>
        rows.flatMap((row) =>
          Array.from({ length: sizes.get(sort) ?? 0 }, (_, element) => [...row, element])
        ),
      [[]]
    )
  return {
    sizes,
    relations: new Map(
      [...relations.values()].map((relation) => {
        const table = new Table()
        for (const row of rowsOf(relation.sorts)) if (random(100) < full) table.add(row)
        return [relation.name, table]
      })
    ),
    functions: new Map(
      [...functions.values()].map((symbol) => {
        const results = new Map(
          rowsOf(symbol.sorts).map((row) => [row.join(), random(sizes.get(symbol.result) ?? 1)])
        )
        return [symbol.name, (row: Row) => results.get(row.join()) ?? 0]
      })
    )
  }
}

const models = [majority, consensus, rambo]

describe("the evaluator", () => {
  it("agrees with a plain reading of every sentence", () => {
    const random = randomFrom(1)
    let [holds, fails] = [0, 0]
    for (const model of models) {
      const sentences = Object.values({ ...model.axioms, ...model.invariant, ...model.safety })
      const ready = sentences.map((sentence) => compile(sentence))
      for (const full of [5, 30, 80]) {
        const structure = randomStructure(model, random, full)
        sentences.forEach((sentence, place) => {
          const expected = isTrue(structure, sentence, new Map())
          expect(ready[place]?.(structure)).toBe(expected)
          if (expected) holds++
          else fails++
        })
      }
    }
    expect(Math.min(holds, fails)).toBeGreaterThan(50)
  })

  it("does what weakest preconditions say", () => {
    const random = randomFrom(2)
    let changes = 0
    for (const model of [majority, consensus]) {
      const sentences = Object.values(model.invariant).map((sentence) => ({
        sentence,
        holds: compile(sentence)
      }))
      const transitions = Object.values(model.transitions)
      for (const transition of [...transitions, ...transitions, ...transitions]) {
        const structure = randomStructure(model, random, 40)
        const parameters = Object.entries(transition.parameters).map(
          ([name, { sort }]) => [name, random(structure.sizes.get(sort) ?? 1)] as const
        )
        const after = copyOf(structure)
        take(transition, after, Object.fromEntries(parameters))
        for (const { sentence, holds } of sentences) {
          const holdsAfter = holds(after)
          const before = compile(
            weakestPrecondition(transition, sentence),
            Object.values(transition.parameters)
          )
          expect(
            before(
              structure,
              parameters.map(([, element]) => element)
            )
          ).toBe(holdsAfter)
          if (holds(structure) !== holdsAfter) changes++
        }
      }
    }
    expect(changes).toBeGreaterThan(20)
  })
})
