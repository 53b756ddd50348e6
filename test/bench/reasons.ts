/**
 * The sentences that each sentence of the proofs relies on, found by a native Z3 and written next
 * to the models: `npm run bench -- reasons [PROTOCOL…]`. These files only affect the duration of
 * proofs.
 */
import { readFileSync, writeFileSync } from "node:fs"
import { reasonsOf } from "../../proofs/induction/reasons.ts"
import { protocols } from "../../proofs/protocols.ts"
import { nativeSolver, programs } from "../../proofs/solver/native.ts"

export const reasons = async (names: ReadonlyArray<string>): Promise<void> => {
  const solver = nativeSolver(programs.z3)
  for (const { name, reasons: known } of protocols) {
    // Some protocols share a file: it lies next to the first of them.
    const sharing = protocols.filter(({ reasons }) => reasons === known)
    if (sharing[0]?.name !== name) continue
    if (names.length > 0 && !sharing.some((one) => names.includes(one.name))) continue
    const models = sharing
      .flatMap(({ variants }) => variants)
      .filter(({ breaks }) => breaks.length === 0)
      .map(({ model }) => model)
    const found = await reasonsOf(solver, models, known)
    const file = new URL(`../../proofs/${name}/reasons.json`, import.meta.url)
    writeFileSync(file, `${JSON.stringify(found, undefined, 2)}\n`)
    console.log(`${name}: ${Object.keys(found).length} sentences rest on others`)
    console.log(`  proofs/${name}/reasons.json, ${readFileSync(file).length} bytes`)
  }
  solver.close()
}
