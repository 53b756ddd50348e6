/**
 * Which sentences of each invariant are load-bearing, tried one by one.
 *
 * `npm run bench -- load-bearing [PROTOCOL/VARIANT…] [--slice K/N] [--native] [--resources N]`: of
 * all protocols by default; every Nth sentence from the Kth on; with `--native`, by the Z3 on the
 * PATH; `--resources`: the limit of work for one question, in Z3's own count. (Most answers take a
 * hundredth of the default.)
 */
import { parseArgs } from "node:util"
import { weigh } from "../../proofs/induction/load-bearing.ts"
import { protocols } from "../../proofs/protocols.ts"
import { nativeSolver, z3Within } from "../../proofs/solver/native.ts"
import { wasmSolver } from "../../proofs/solver/wasm.ts"

export const loadBearing = async (given: ReadonlyArray<string>): Promise<void> => {
  const { positionals, values } = parseArgs({
    args: [...given],
    allowPositionals: true,
    options: {
      slice: { type: "string", default: "1/1" },
      native: { type: "boolean", default: false },
      resources: { type: "string", default: "2000000" }
    }
  })
  const [first = 1, slices = 1] = values.slice.split("/").map(Number)
  const maxResources = Number(values.resources)
  const solver = values.native ? nativeSolver(z3Within(maxResources)) : wasmSolver(maxResources)
  const wanted = protocols.flatMap(({ name, variants, reasons }) =>
    variants
      .filter((variant, place) =>
        positionals.length === 0 ? place === 0 : positionals.includes(`${name}/${variant.name}`)
      )
      .map(({ name: variant, model }) => ({ name: `${name}/${variant}`, model, reasons }))
  )
  for (const { name, model, reasons } of wanted) {
    console.log(`${name}: without`)
    const sentences = Object.keys(model.invariant).filter(
      (_, place) => place % slices === first - 1
    )
    const started = performance.now()
    await weigh(
      solver,
      model,
      reasons,
      ({ sentence, needed, isCertain }) => {
        const when = needed?.transition === undefined ? "" : ` when ${needed.transition} is taken`
        const why =
          needed === undefined
            ? "nothing fails"
            : `"${needed.sentence}" ${isCertain ? "fails" : "may fail"}${when}`
        console.log(`  "${sentence}": ${why}`)
      },
      sentences
    )
    console.log(`${name}: ${((performance.now() - started) / 1000).toFixed(0)} s`)
  }
  solver.close()
}
