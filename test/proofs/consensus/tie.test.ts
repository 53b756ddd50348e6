/**
 * Single-decree Paxos: the executable specification does what the model says, and no mutant does.
 */
import { describe, expect, it } from "vitest"
import { consensus as model } from "../../../proofs/consensus/model.ts"
import { tieOf } from "../../../proofs/consensus/tie.ts"
import { consensus } from "../../../spec/consensus/protocol.ts"
import type { AnyOperation } from "../../../spec/kernel/observation.ts"
import { followRuns, names, parametersOf, systemUnder } from "../ties.ts"

/**
 * The last round in which somebody begins again; each proposes five times at most, one round above
 * the last.
 */
const ballots = 4
const rounds = ballots + 6

const followed = (variant: string, runs = 60) => {
  const parameters = { ...parametersOf(3, 3), bounds: { ballots } }
  return followRuns(
    () =>
      tieOf(
        model,
        { servers: names("s", 3), clients: names("c", 3), configuration: parameters.configuration },
        rounds
      ),
    systemUnder(consensus, parameters, variant),
    {
      runs,
      steps: 90,
      judgedEvery: 10,
      operations: () => {
        const left = new Map<string, number>()
        return (client) => {
          const count = left.get(client) ?? 5
          left.set(client, count - 1)
          return count <= 0
            ? undefined
            : ({ _tag: "Propose", value: `${client}${count}` } as AnyOperation)
        }
      }
    }
  )
}

describe("consensus is tied to its model", () => {
  it("follows random runs, in which every transition is taken and every sentence holds", () => {
    const { departure, judged, taken } = followed("correct")
    expect(departure).toBeUndefined()
    expect(judged).toBeGreaterThan(100)
    expect([...taken].toSorted()).toEqual(Object.keys(model.transitions).toSorted())
  })

  it.each(["quorum-one-short", "promise-forgotten", "highest-vote-ignored"])(
    "does not follow %s",
    (variant) => {
      expect(followed(variant).departure).toBeDefined()
    }
  )
})
