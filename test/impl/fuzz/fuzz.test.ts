/**
 * All input from outside is accepted or refused: nothing throws, and nothing takes long.
 */
import { expect, it } from "vitest"
import { fuzzFrames, fuzzLogs, fuzzRequests, type Tally } from "./fuzz.ts"

it.each([
  ["frames", fuzzFrames],
  ["requests", fuzzRequests],
  ["logs", fuzzLogs]
] as const)(
  "damaged %s are taken or refused",
  (_name, run: (inputs: number, seed: number) => Tally) => {
    const { inputs, accepted, refused, slowestMilliseconds } = run(20_000, 1)
    expect(accepted + refused).toBe(inputs)
    // Both happen often, so that both ways were tried.
    expect(Math.min(accepted, refused)).toBeGreaterThan(inputs / 20)
    expect(slowestMilliseconds).toBeLessThan(1000)
  }
)
