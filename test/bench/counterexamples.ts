/**
 * A counterexample to induction for each place where a mutant of a model is pinned to fail, found
 * by a native Z3 and written into `test/proofs/counterexamples/`, where the tests confirm it by the
 * evaluator: `npm run bench -- counterexamples [PROTOCOL…]`. Existing ones are kept as long as they
 * are still counterexamples; those whose failure is no longer pinned are removed.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs"
import * as Schema from "effect/Schema"
import { counterexample, Unconfirmed } from "../../proofs/induction/counterexample.ts"
import { obligationsOf } from "../../proofs/induction/obligations.ts"
import {
  isConfirmed,
  nameOf,
  type Recorded,
  RecordedOfMutants,
  record
} from "../../proofs/induction/recorded.ts"
import type { ModelledProtocol } from "../../proofs/induction/variant.ts"
import { protocols } from "../../proofs/protocols.ts"
import { nativeSolver, z3Within } from "../../proofs/solver/native.ts"
import type { Solver } from "../../proofs/solver/solver.ts"

/** What Z3 may do for one question: a smaller counterexample that takes more is not waited for. */
const enoughResources = 20_000_000

const fileOf = ({ name }: ModelledProtocol): URL =>
  new URL(`../proofs/counterexamples/${name}.json`, import.meta.url)

/** Where a question took too long, the smallest was not found, and what was is none. */
const confirmed = async (...asked: Parameters<typeof counterexample>) => {
  try {
    return await counterexample(...asked)
  } catch (error) {
    if (error instanceof Unconfirmed) return undefined
    throw error
  }
}

const found = async (
  solver: Solver,
  { variants }: ModelledProtocol,
  known: RecordedOfMutants
): Promise<RecordedOfMutants> => {
  const all: Record<string, Record<string, Recorded>> = {}
  for (const { name: mutant, model, breaks } of variants) {
    const ofMutant: Record<string, Recorded> = {}
    for (const obligation of obligationsOf(model)) {
      const { kind, transition, sentence } = obligation
      const isPinned = breaks.some(
        (one) => one.transition === transition && one.sentence === sentence
      )
      if (kind !== "kept" || !isPinned) continue
      const name = nameOf(obligation)
      const before = known[mutant]?.[name]
      if (before !== undefined && isConfirmed(obligation, before)) ofMutant[name] = before
      else {
        const one = await confirmed(solver, model, obligation)
        if (one !== undefined) ofMutant[name] = record(one)
        console.log(`${mutant}, ${name}: ${one === undefined ? "none found" : "found"}`)
      }
    }
    if (breaks.length > 0) all[mutant] = ofMutant
  }
  return all
}

export const counterexamples = async (names: ReadonlyArray<string>): Promise<void> => {
  const solver = nativeSolver(z3Within(enoughResources))
  for (const protocol of protocols) {
    if (names.length > 0 && !names.includes(protocol.name)) continue
    const file = fileOf(protocol)
    const known = existsSync(file)
      ? Schema.decodeUnknownSync(RecordedOfMutants)(JSON.parse(readFileSync(file, "utf8")))
      : {}
    const all = await found(solver, protocol, known)
    writeFileSync(file, `${JSON.stringify(all, undefined, 1)}\n`)
    console.log(`${protocol.name}: ${readFileSync(file).length} bytes`)
  }
  solver.close()
}
