import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { counterexampleDocument } from "../../../checker/report/json.ts"
import { anyRun, majorityLost } from "./runs.ts"

describe("the document of a counterexample", () => {
  it("says what was broken, and how the run goes", () => {
    const document = counterexampleDocument(majorityLost())
    expect({ ...document, initial: {}, trace: document.trace.map(({ action }) => action) }).toEqual(
      {
        property: "deadlock-freedom",
        kind: "deadlock",
        reason: expect.stringContaining("not every client is done"),
        shortest: true,
        steps: 5,
        initial: {},
        trace: [
          { _tag: "Crash" },
          { _tag: "Crash" },
          { _tag: "Invoke", operation: { _tag: "Write", value: 1 } },
          { _tag: "Receive", from: "c1", message: { _tag: "Get", operation: 1 } },
          {
            _tag: "Receive",
            from: "s2",
            message: {
              _tag: "GetReply",
              operation: 1,
              pair: { value: null, timestamp: { number: 0, client: null } }
            }
          }
        ]
      }
    )
  })

  it("distinguishes a node that has crashed from one that has not", () => {
    const { initial, trace } = counterexampleDocument(majorityLost())
    const pair = { value: null, timestamp: { number: 0, client: null } }
    expect(initial.nodes[0]).toEqual({ id: "s1", role: "server", crashed: false, state: { pair } })
    expect(trace.at(-1)?.after.nodes[0]).toEqual({
      id: "s1",
      role: "server",
      crashed: true,
      state: null
    })
  })

  it("is what JSON makes of it, with every step", () => {
    fc.assert(
      fc.property(anyRun, (run) => {
        const document = counterexampleDocument(run)
        expect(JSON.parse(JSON.stringify(document))).toStrictEqual(document)
        expect(document.trace.map(({ step, node }) => [step, node])).toEqual(
          run.steps.map(({ node }, index) => [index + 1, node])
        )
      }),
      { numRuns: 100, seed: 1 }
    )
  })
})
