/**
 * A step is total: a choice that the client does not offer has no effect.
 */
import * as fc from "fast-check"
import { expect, it } from "vitest"
import { equals } from "../../../spec/kernel/data.ts"
import { ignore } from "../../../spec/kernel/process.ts"
import type { Choice } from "../../../spec/rambo/state.ts"
import { drive, movesOf, stepOf, systemOf } from "./drive.ts"

const choices: ReadonlyArray<Choice> = [{ _tag: "Continue" }, { _tag: "Retry" }]

it.each(["rambo with-consensus", "rambo-ii correct", "rds correct"])(
  "of a client of %s",
  (name) => {
    const system = systemOf(name)
    const { choices: choicesOf } = system.processOf("client")
    const seen = new Set<string>()
    fc.assert(
      fc.property(movesOf(160), (moves) => {
        for (const { self, role, state } of drive(system, moves)) {
          if (role !== "client") continue
          const offered = choicesOf(system.context, self, state)
          for (const choice of choices.filter((one) => !offered.some((has) => equals(has, one)))) {
            const step = stepOf(system, { self, role, state, input: { _tag: "Choose", choice } })
            expect(step).toEqual(ignore(state))
            if ("activity" in state) seen.add(`${choice._tag} while ${state.activity._tag}`)
          }
        }
      }),
      { numRuns: 12, endOnFailure: true }
    )
    expect([...seen]).toContain("Continue while Getting")
    expect([...seen]).toContain("Retry while Deciding")
  }
)
