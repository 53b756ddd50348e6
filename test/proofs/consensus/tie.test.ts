/**
 * Single-decree Paxos: the executable specification does what the model says, and no mutant does.
 */
import { describe, expect, it } from "vitest"
import { consensus as model, relations } from "../../../proofs/consensus/model.ts"
import { labelOfBallot, tieOf } from "../../../proofs/consensus/tie.ts"
import { followLocally, type Tie } from "../../../proofs/tie/tie.ts"
import { majority } from "../../../spec/configuration/configuration.ts"
import type { ClientState } from "../../../spec/consensus/client.ts"
import type { Message } from "../../../spec/consensus/messages.ts"
import { consensus } from "../../../spec/consensus/protocol.ts"
import type { AnyOperation } from "../../../spec/kernel/observation.ts"
import { servers } from "../../../spec/nodes/nodes.ts"
import { followRuns, names, parametersOf, systemUnder } from "../ties.ts"
import { localSteps } from "./local-steps.ts"

/**
 * The last round in which a proposer begins again; each proposes five times at most, one round
 * above the last.
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

const mutants = consensus.variants.filter(({ kind }) => kind === "mutant").map(({ name }) => name)

describe("consensus is tied to its model", () => {
  it("follows random runs, in which every transition is taken and every sentence holds", () => {
    const { departure, judged, taken } = followed("correct")
    expect(departure).toBeUndefined()
    expect(judged).toBeGreaterThan(100)
    expect([...taken].toSorted()).toEqual(Object.keys(model.transitions).toSorted())
  })

  it.each(mutants)("does not follow %s", (variant) => {
    expect(followed(variant).departure).toBeDefined()
  })

  describe("in every state of a small domain, reachable or not", () => {
    const configuration = majority(servers(...names("s", 3)))
    /**
     * The further assumptions: that the value of the proposer was proposed, that an acceptor which
     * says that it has accepted has accepted what was asked for, and that a vote was among those
     * that came if one is the highest.
     */
    const tie = (role: string): Tie => {
      const all = { servers: names("s", 3), clients: names("c", 2), configuration }
      const base = tieOf(model, all, 3)
      return {
        ...base,
        world: () => {
          const world = base.world()
          world.suppose(relations.proposed, "0", '"own"')
          return world
        },
        views: (node, role, given) => {
          const views = base.views(node, role, given)
          const state = given as ClientState
          if (role === "server" || state._tag !== "Preparing" || state.phase.answer === null)
            return views
          const row = ["0", labelOfBallot(state.ballot)]
          const mine = (labels: ReadonlyArray<string>) => labels.join() === row.join()
          return [...views, { relation: relations.hasHighest, mine, rows: [row] }]
        },
        sent: (from, to, given) => {
          const message = given as Message<never>
          const facts = base.sent(from, to, message)
          const b = labelOfBallot(message.ballot)
          return message._tag === "Accepted" && role === "client"
            ? [...facts, [relations.accepted, "0", from, b, '"own"']]
            : facts
        }
      }
    }
    const departures = (variant: string) =>
      localSteps(configuration, variant).flatMap(
        (taken) => followLocally(tie(taken.role), taken) ?? []
      )

    it("follows every step", () => {
      expect(localSteps(configuration, "correct").length).toBe(1056)
      expect(departures("correct")).toEqual([])
    })

    it.each(mutants)("does not follow some step of %s", (variant) => {
      expect(departures(variant).length).toBeGreaterThan(0)
    })
  })
})
