/**
 * Temporarily breaks parts of the checker on purpose.
 */
import type { Reduction } from "../../../checker/network/reduction.ts"
import { noFaults } from "../../../spec/kernel/fault.ts"

type Methods = Record<string, (...given: never) => unknown>

/** Runs something while a method of a class, even a private one, is replaced. */
export const whileReplaced = (
  owner: { readonly prototype: unknown },
  method: string,
  by: Methods[string],
  run: () => void
): void => {
  const methods = owner.prototype as Methods
  const original = methods[method] as Methods[string]
  methods[method] = by
  try {
    run()
  } finally {
    methods[method] = original
  }
}

/** Runs something while a reduction ignores the possible faults. */
export const whileFearless = (reduction: Reduction, run: () => void): void => {
  const { loses } = reduction
  const fearless: Reduction["loses"] = (model, checksDeadlock) =>
    loses({ ...model, faults: noFaults }, checksDeadlock)
  whileReplaced({ prototype: reduction }, "loses", fearless, run)
}
