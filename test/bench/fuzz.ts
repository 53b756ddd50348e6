/**
 * A million damaged inputs for each decoder of input from other processes.
 */
import { fuzzFrames, fuzzLogs, fuzzRequests } from "../impl/fuzz/fuzz.ts"

const inputs = 1_000_000

export const fuzz = (): void => {
  console.log(["reader", "inputs", "accepted", "refused", "slowest ms", "heap MB after"].join("\t"))
  for (const [name, run] of [
    ["frames", fuzzFrames],
    ["requests", fuzzRequests],
    ["logs", fuzzLogs]
  ] as const) {
    const { accepted, refused, slowestMilliseconds } = run(inputs, 1)
    const heap = process.memoryUsage().heapUsed / 2 ** 20
    console.log(
      [name, inputs, accepted, refused, slowestMilliseconds.toFixed(1), heap.toFixed(0)].join("\t")
    )
  }
}
