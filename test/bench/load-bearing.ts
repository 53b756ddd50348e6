/**
 * Which sentences of each invariant are load-bearing, tried one by one with a native Z3.
 * `npm run bench -- load-bearing`, with names of protocols in `QUORATE_MODELS`.
 */
import { weigh } from "../../proofs/induction/load-bearing.ts"
import { protocols } from "../../proofs/protocols.ts"
import { nativeSolver, programs } from "../../proofs/solver/native.ts"

export const loadBearing = async (): Promise<void> => {
  const wanted = process.env.QUORATE_MODELS?.split(",")
  const solver = nativeSolver(programs.z3)
  for (const { name, variants } of protocols) {
    if (wanted !== undefined && !wanted.includes(name)) continue
    const [{ model }] = variants
    console.log(`${name}: without`)
    await weigh(solver, model, ({ sentence, needed }) => {
      const why =
        needed === undefined
          ? "nothing fails"
          : `"${needed.sentence}" fails${needed.transition === undefined ? "" : ` when ${needed.transition} is taken`}`
      console.log(`  "${sentence}": ${why}`)
    })
  }
  solver.close()
}
