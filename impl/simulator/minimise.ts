/**
 * Minimises a failing run: leaves out faults that it fails without, and ends it as early as
 * possible.
 */
import { faultsOf, type Plan } from "./plan.ts"
import type { Verdict } from "./simulation.ts"

/**
 * The smallest plan found that still ends with this verdict. `verdictOf` runs a plan; it is called
 * some dozen times.
 */
export const minimise = (
  plan: Plan,
  verdict: Verdict,
  verdictOf: (plan: Plan) => Verdict
): Plan => {
  const fails = (smaller: Plan): boolean => verdictOf(smaller) === verdict
  let smallest = plan
  for (let operations = plan.operations >> 1; operations > 0; operations >>= 1) {
    const smaller = { ...smallest, operations }
    if (!fails(smaller)) break
    smallest = smaller
  }
  const numbers = (of: Plan): ReadonlyArray<number> => faultsOf(of).map(({ number }) => number)
  for (
    let size = numbers(smallest).length;
    size >= 1;
    size = size === 1 ? 0 : Math.ceil(size / 2)
  ) {
    for (let end = numbers(smallest).length; end > 0; end -= size) {
      const faults = numbers(smallest)
      const fewer = {
        ...smallest,
        faults: faults.filter((_, index) => index < end - size || index >= end)
      }
      if (fewer.faults.length < faults.length && fails(fewer)) smallest = fewer
    }
  }
  return smallest
}

/** The command that repeats a run. */
export const commandOf = (plan: Plan): string =>
  [
    "quorate simulate",
    `--protocol ${plan.protocol}`,
    `--variant ${plan.variant}`,
    `--seed ${plan.seed}`,
    `--servers ${plan.servers}`,
    ...(plan.spares === 0 ? [] : [`--spares ${plan.spares}`]),
    ...(plan.reconfigurations === 0 ? [] : [`--reconfigurations ${plan.reconfigurations}`]),
    `--clients ${plan.clients}`,
    `--registers ${plan.registers}`,
    `--operations ${plan.operations}`,
    `--fault-milliseconds ${plan.faultMilliseconds}`,
    ...(plan.liars === undefined ? [] : [`--liars ${plan.liars}`]),
    ...(plan.faults === undefined ? [] : [`--faults ${plan.faults.join(",") || "none"}`]),
    ...(plan.lyingDisks === true ? ["--lying-disks"] : [])
  ].join(" ")
