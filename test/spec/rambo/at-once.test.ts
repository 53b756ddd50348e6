/**
 * A read that needs no Set phase: every active configuration has a write quorum that holds the pair
 * the read found. (Not in the tutorial.)
 */
import { describe, expect, it } from "vitest"
import { majority } from "../../../spec/configuration/configuration.ts"
import { client as clientId, server, servers } from "../../../spec/nodes/nodes.ts"
import { client } from "../../../spec/rambo/client.ts"
import type { ConfigurationMap } from "../../../spec/rambo/configuration-map.ts"
import { correct, type Rules, readsAtOnce } from "../../../spec/rambo/rules.ts"
import { initialPair, type Pair } from "../../../spec/register/pair.ts"
import type { StorageOperation } from "../../../spec/storage/reconfiguration.ts"

const [c1, c2] = [clientId("c1"), clientId("c2")]
const [old, next] = [majority(servers("s1", "s2", "s3")), majority(servers("s1", "s3", "s4"))]
const before: ConfigurationMap = { retired: 0, active: [old] }
const both: ConfigurationMap = { retired: 0, active: [old, next] }
const after: ConfigurationMap = { retired: 1, active: [next] }
const one: Pair = { value: 1, timestamp: { number: 1, client: c2 } }

type Answer = readonly [from: string, held: Pair, map?: ConfigurationMap, phase?: number]

/** The step of a client with these answers when it continues. */
const goesOn = (operation: StorageOperation, rules: Rules, ...answers: ReadonlyArray<Answer>) => {
  const context = {
    ...{ servers: servers("s1", "s2", "s3", "s4"), clients: [c1, c2], configuration: old, rules }
  }
  let { state } = client.step(context, c1, client.initial(context, c1), {
    _tag: "Invoke",
    operation
  })
  for (const [from, pair, map = before, phase = 1] of answers)
    state = client.step(context, c1, state, {
      ...{ _tag: "Receive", from: server(from) },
      message: { _tag: "GetReply", operation: 1, phase, pair, map }
    }).state
  const step = client.step(context, c1, state, { _tag: "Choose", choice: { _tag: "Continue" } })
  return {
    sends: step.sends.map(({ to, message }) => `${message._tag} ${to}`),
    results: step.observations.flatMap((seen) => ("result" in seen ? [seen.result] : []))
  }
}
const atOnce: Rules = { ...correct, ...readsAtOnce }
const read: StorageOperation = { _tag: "Read" }
const returned = (result: number | null) => ({ sends: [], results: [result] })
const stores = (...to: ReadonlyArray<string>) => ({
  sends: to.map((one) => `Set ${one}`),
  results: []
})

describe("a read at the fixed point of its Get phase", () => {
  it("returns at once the value that a write quorum holds, also the initial one", () => {
    expect(goesOn(read, atOnce, ["s1", one], ["s2", one])).toEqual(returned(1))
    expect(goesOn(read, atOnce, ["s1", initialPair], ["s2", initialPair])).toEqual(returned(null))
  })

  it("stores a pair that fewer nodes hold, in any order of answers", () => {
    expect(goesOn(read, atOnce, ["s1", one], ["s2", initialPair])).toEqual(stores("s1", "s2", "s3"))
    expect(goesOn(read, atOnce, ["s1", initialPair], ["s2", one])).toEqual(stores("s1", "s2", "s3"))
  })

  it("returns at once when an answer after the quorum shows that the pair is stored", () => {
    const answers: ReadonlyArray<Answer> = [
      ["s1", one],
      ["s2", initialPair],
      ["s3", one]
    ]
    expect(goesOn(read, atOnce, ...answers)).toEqual(returned(1))
  })

  it("needs a write quorum of each active configuration", () => {
    const inOld: ReadonlyArray<Answer> = [
      ["s1", one, both],
      ["s2", one, both]
    ]
    const stored = stores("s1", "s2", "s3", "s4")
    expect(goesOn(read, atOnce, ...inOld, ["s4", initialPair, both])).toEqual(stored)
    expect(goesOn(read, atOnce, ...inOld, ["s4", one, both])).toEqual(returned(1))
  })

  it("counts no answers from before a restart", () => {
    const restarted: ReadonlyArray<Answer> = [
      ["s1", one, before],
      ["s2", one, after],
      ["s3", initialPair, after, 2],
      ["s4", one, after, 2]
    ]
    expect(goesOn(read, atOnce, ...restarted)).toEqual(stores("s1", "s3", "s4"))
  })

  it("never returns at once under the rules of section 5, and a write always stores", () => {
    const answers: ReadonlyArray<Answer> = [
      ["s1", one],
      ["s2", one]
    ]
    expect(goesOn(read, correct, ...answers)).toEqual(stores("s1", "s2", "s3"))
    expect(goesOn({ _tag: "Write", value: 2 }, atOnce, ...answers)).toEqual(
      stores("s1", "s2", "s3")
    )
  })
})
