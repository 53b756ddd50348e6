/**
 * Masking replication, with a storage node that lies in any way: the executable specification does
 * what the model says, and no mutant that loses safety does.
 */
import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"
import { masking as model } from "../../../proofs/masking/model.ts"
import { tieOf } from "../../../proofs/masking/tie.ts"
import type { Plan } from "../../../proofs/tie/run.ts"
import { configure, masking } from "../../../spec/masking/protocol.ts"
import { server, servers } from "../../../spec/nodes/nodes.ts"
import { accesses, followRuns, names, parametersOf, systemUnder } from "../ties.ts"

const liars = [server("s5")]

/** A liar acknowledges and stores nothing; it reports any pair that it has seen, or makes up. */
const answer: NonNullable<Plan["lies"]>["answer"] = (asked, sent, random) => {
  const { _tag, operation } = asked as { readonly _tag: string; readonly operation: number }
  if (_tag === "Set") return { _tag: "SetReply", operation }
  const seen = sent.flatMap((message) => {
    const { pair } = message as { readonly pair?: unknown }
    return pair === undefined ? [] : [pair]
  })
  const madeUp = { value: 1000 + random(9), timestamp: { number: 1 + random(5), client: "c1" } }
  const all = [...seen.slice(-6), madeUp]
  return { _tag: "GetReply", operation, pair: all[random(all.length)] }
}

const followed = (variant: string, judgedEvery = 1000, count = 5) => {
  const all = servers(...names("s", count))
  const configuration = Result.getOrThrow(configure(all))
  return followRuns(
    () =>
      tieOf(model, { servers: names("s", count), liars, clients: names("c", 3), configuration }),
    systemUnder(masking, parametersOf(count, 3, configuration), variant),
    { runs: 40, steps: 150, operations: accesses, judgedEvery, lies: { liars, answer } }
  )
}

const departures: ReadonlyArray<readonly [variant: string, why: RegExp]> = [
  ["highest-vouched", /^startSet cannot be taken/],
  ["one-voucher-short", /too few vouchers/],
  ["silent-not-counted", /^startSet cannot be taken/],
  ["read-without-write-back", /^setting: the model has {c1#1}, the executable {}/],
  ["quorum-one-short", /is no read quorum/]
]
/** A write that exceeds every timestamp it received exceeds all that it has to. */
const safe = ["highest-timestamp", "asked-once"]
/** Of five storage nodes it believes what the protocol does: a quarter of five is one. */
const ofFour = "quarter-masked"

describe("masking replication is tied to its model", () => {
  it("follows random runs, in which every transition is taken and every sentence holds", () => {
    const { departure, judged, taken } = followed("correct", 40)
    expect(departure).toBeUndefined()
    expect(judged).toBeGreaterThan(50)
    expect([...taken].toSorted()).toEqual(Object.keys(model.transitions).toSorted())
  })

  it("leaves out no mutant", () => {
    const mutants = masking.variants.filter(({ kind }) => kind === "mutant")
    const known = [...departures.map(([name]) => name), ...safe, ofFour]
    expect(known.toSorted()).toEqual(mutants.map(({ name }) => name).toSorted())
  })

  it.each(departures)("does not follow %s", (variant, why) => {
    expect(followed(variant).departure).toMatch(why)
  })

  it.each([...safe, ofFour])("follows %s, which is as safe here", (variant) => {
    expect(followed(variant).departure).toBeUndefined()
  })
})
