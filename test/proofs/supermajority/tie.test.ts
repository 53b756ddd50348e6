/**
 * Super-majority replication, with a storage node that lies: the executable specification does what
 * the model says, and no mutant does.
 */

import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"
import { written } from "../../../proofs/register/history.ts"
import { labelsOfPair } from "../../../proofs/register/tie.ts"
import { tieOf } from "../../../proofs/supermajority/tie.ts"
import { protocol as modelled } from "../../../proofs/supermajority/variants.ts"
import type { Plan, Taken } from "../../../proofs/tie/run.ts"
import { followLocally } from "../../../proofs/tie/tie.ts"
import { forged } from "../../../spec/kernel/cryptography.ts"
import { server, servers } from "../../../spec/nodes/nodes.ts"
import { configure, supermajority } from "../../../spec/supermajority/protocol.ts"
import { pairOf } from "../../../spec/supermajority/signed-pair.ts"
import { accesses, followRuns, names, parametersOf, systemUnder } from "../ties.ts"
import { genuine, localSteps } from "./local-steps.ts"

const liars = [server("s5")]

interface Said {
  readonly _tag: string
  readonly operation: number
  readonly written?: unknown
}

/**
 * A liar acknowledges and stores nothing; it reports any pair that it has seen, none, or one that
 * it makes up.
 */
const answer: NonNullable<Plan["lies"]>["answer"] = (asked, sent, random) => {
  const { _tag, operation } = asked as Said
  if (_tag === "Set") return { _tag: "SetReply", operation }
  const seen = sent.flatMap((message) => {
    const { written } = message as Said
    return written === undefined ? [] : [written]
  })
  const timestamp = { number: 1 + random(9), client: "c1" }
  const madeUp = { signer: "c1", content: { value: "lie", timestamp }, signature: forged }
  const signed = seen.find(
    (one) => (one as { readonly signed?: unknown } | null)?.signed !== undefined
  )
  const restamped =
    signed === undefined
      ? []
      : [{ ...(signed as object), timestamp: { ...timestamp, client: signerOf(signed) } }]
  const all = [...seen, null, madeUp, ...restamped]
  return { _tag: "GetReply", operation, written: all[random(all.length)] }
}
const signerOf = (written: unknown): string =>
  (written as { readonly signed: { readonly signer: string } }).signed.signer

const modelOf = (by: string) => {
  const model = modelled.variants.find(({ name }) => name === by)?.model
  if (model === undefined) throw new Error(`no model ${by}`)
  return model
}

const followed = (variant: string, by = "correct") => {
  const all = servers(...names("s", 5))
  const configuration = Result.getOrThrow(configure(all))
  const model = modelOf(by)
  return {
    model,
    ...followRuns(
      () => tieOf(model, { servers: names("s", 5), liars, clients: names("c", 3), configuration }),
      systemUnder(supermajority, parametersOf(5, 3, configuration), variant),
      { runs: 25, steps: 120, operations: accesses, lies: { liars, answer } }
    )
  }
}

const departures: ReadonlyArray<readonly [variant: string, by: string, why: RegExp]> = [
  ["plain-majorities", "correct", /is no read quorum/],
  ["supermajority-one-short", "correct", /is no read quorum/],
  ["read-without-write-back", "unanimous-reads-return-at-once", /is no write quorum/],
  ["unsigned-pairs-believed", "correct", /lieAboutPair cannot be taken/],
  ["timestamp-outside-signature", "correct", /lieAboutPair cannot be taken/]
]

describe("super-majority replication is tied to its model", () => {
  it("follows random runs, in which every transition is taken and every sentence holds", () => {
    const { departure, judged, taken, model } = followed("correct")
    expect(departure).toBeUndefined()
    expect(judged).toBeGreaterThan(50)
    expect([...taken].toSorted()).toEqual(Object.keys(model.transitions).toSorted())
  })

  it("follows unanimous reads, which return at once", () => {
    const variant = "unanimous-reads-return-at-once"
    const { departure, taken } = followed(variant, variant)
    expect(departure).toBeUndefined()
    expect(taken).toContain("finishAtOnce")
  })

  it("leaves out no mutant", () => {
    const mutants = supermajority.variants.filter(({ kind }) => kind === "mutant")
    expect(mutants.map(({ name }) => name)).toEqual([
      ...departures.map(([variant]) => variant),
      // It needs a client that lies, and the model has none.
      "ties-not-broken"
    ])
  })

  it.each(departures)("does not follow %s", (variant, by, why) => {
    expect(followed(variant, by).departure).toMatch(why)
  })

  describe("in every state of a small domain, reachable or not", () => {
    const four = Result.getOrThrow(configure(servers(...names("s", 4))))
    const [liar = ""] = four.members.slice(-1)
    const departureOf = (taken: Taken) => {
      const tie = tieOf(modelOf("correct"), {
        ...{ servers: four.members, liars: [liar], clients: names("c", 2), configuration: four }
      })
      // Whatever clients have signed was written.
      const world = () => {
        const known = tie.world()
        for (const one of genuine) known.suppose(written, ...labelsOfPair(pairOf(one)))
        return known
      }
      return followLocally({ ...tie, world }, taken)
    }

    it("follows every step", () => {
      const steps = localSteps(four, "correct")
      expect(steps.flatMap((taken) => departureOf(taken) ?? [])).toEqual([])
      expect(steps.length).toBe(9282)
    })

    // (Plain majorities of four are super-majorities.)
    it.each(["supermajority-one-short", "unsigned-pairs-believed", "timestamp-outside-signature"])(
      "does not follow some step of %s",
      (variant) => {
        expect(localSteps(four, variant).some((taken) => departureOf(taken) !== undefined)).toBe(
          true
        )
      }
    )
  })
})
