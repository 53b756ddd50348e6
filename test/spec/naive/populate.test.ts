/**
 * Step 1 of naive reconfiguration: the client populates the new configuration with the largest pair
 * that a majority of the old one answers with, or reports when locked.
 */
import { expect, it } from "vitest"
import { majority } from "../../../spec/configuration/configuration.ts"
import { receiveGetReply, receiveLocked } from "../../../spec/naive/reconfigurer.ts"
import { server as process } from "../../../spec/naive/server.ts"
import { variants } from "../../../spec/naive/variants.ts"
import { client, server, servers } from "../../../spec/nodes/nodes.ts"
import { begin } from "../../../spec/phase/phase.ts"
import { initialPair, type Pair } from "../../../spec/register/pair.ts"
import { changeOf } from "../../../spec/storage/reconfiguration.ts"

const c1 = client("c1")
const pair = (number: number, name: string): Pair => ({
  value: `${number} ${name}`,
  timestamp: { number, client: client(name) }
})
const from = majority(servers("s1", "s2", "s3"))
const to = majority(servers("s1"))
const reconfiguration = {
  begun: 1,
  operation: { _tag: "Reconfigure", ...changeOf(["-s2", "-s3"]) },
  ...{ from, to }
} as const

const unequal = [
  [pair(1, "c1"), pair(2, "c1"), pair(2, "c1")],
  [pair(2, "c1"), pair(1, "c2"), pair(2, "c1")],
  [pair(1, "c1"), pair(1, "c2"), pair(1, "c2")],
  [pair(1, "c2"), pair(1, "c1"), pair(1, "c2")]
] as const

it.each(unequal)("of %j and %j: %j", (first, second, larger) => {
  const getting = {
    _tag: "Collecting",
    ...reconfiguration,
    phase: begin([from], initialPair)
  } as const
  const asked = receiveGetReply(getting, server("s1"), {
    _tag: "GetReply",
    operation: 1,
    pair: first
  })
  const after = receiveGetReply(asked.state as typeof getting, server("s2"), {
    ...{ _tag: "GetReply", operation: 1, pair: second }
  } as never)
  expect(after.sends).toEqual([{ to: "s1", message: { _tag: "Set", operation: 1, pair: larger } }])
})

it.each(unequal)("of %j and %j that are locked: %j", (first, second, larger) => {
  const context = { rules: { ...variants[0].rules, collectsFromLocked: true }, clients: [c1] }
  const locking = {
    ...{ _tag: "Locking", ...reconfiguration },
    phase: begin([from, to], initialPair)
  } as never
  const locked = (held: Pair) => ({ _tag: "Locked", operation: 1, pair: held }) as const
  const one = receiveLocked(context, locking, server("s1"), locked(first))
  const after = receiveLocked(context, one.state as never, server("s2"), locked(second))
  expect(after.sends).toEqual([{ to: "s1", message: { _tag: "Set", operation: 1, pair: larger } }])
})

it.each(unequal)("a storage node that has %j and receives %j keeps %j", (held, sent, larger) => {
  const state = { ...process.initial({}, server("s1")), pair: held }
  const message = { _tag: "Set", operation: 1, pair: sent } as const
  const step = process.step({}, server("s1"), state, { _tag: "Receive", from: c1, message })
  expect(step.state.pair).toEqual(larger)
})

it("a locked storage node holds back every write, and answers it when unlocked", () => {
  const inputs = [
    [c1, { _tag: "Lock", operation: 1 }],
    [client("c2"), { _tag: "Set", operation: 1, pair: pair(1, "c2") }],
    [client("c3"), { _tag: "Set", operation: 1, pair: pair(1, "c3") }],
    [c1, { _tag: "Unlock", operation: 1 }]
  ] as const
  const last = inputs.reduce(
    ({ state }, [sender, message]) =>
      process.step({}, server("s1"), state, { _tag: "Receive", from: sender, message }),
    { state: process.initial({}, server("s1")) } as ReturnType<typeof process.step>
  )
  expect(last.sends.map(({ to }) => to)).toEqual(["c2", "c3"])
  expect(last.state.pair).toEqual(pair(1, "c3"))
})
