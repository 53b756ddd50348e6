/**
 * A client of DynaStore counts answers by sender: the first answer from each node it asked.
 */
import { describe, expect, it } from "vitest"
import { majority } from "../../../spec/configuration/configuration.ts"
import { client as process } from "../../../spec/dynastore/client.ts"
import type { Message } from "../../../spec/dynastore/messages.ts"
import { correct } from "../../../spec/dynastore/rules.ts"
import type { ClientState } from "../../../spec/dynastore/state.ts"
import { client, type ServerId, server, servers } from "../../../spec/nodes/nodes.ts"

const self = client("c1")
const context = { configuration: majority(servers("s1", "s2", "s3")), rules: correct }

const receive = (state: ClientState, from: ServerId, message: Message) =>
  process.step(context, self, state, { _tag: "Receive", from, message })

const collected = { _tag: "Collected", operation: 1, phase: 1, endorsements: [] } as const
const newer = { value: 7, timestamp: { number: 7, client: client("c2") } }
const got = { _tag: "GetReply", operation: 1, phase: 2, pair: newer } as const

/** A read that waits for answers to its first scan, and then to its Get. */
const scanning = process.step(context, self, process.initial(context, self), {
  _tag: "Invoke",
  operation: { _tag: "Read" }
}).state
const getting = ["s1", "s2"].reduce(
  (state, name) => receive(state, server(name), collected).state,
  scanning
)

describe("a client of DynaStore", () => {
  it("does not count an answer from a node it did not ask", () => {
    expect(receive(scanning, server("s9"), collected).state).toEqual(scanning)
    expect(getting).toMatchObject({ stage: { _tag: "Getting" } })
    expect(receive(getting, server("s9"), got).state).toEqual(getting)
  })

  it("counts only the first answer of a node", () => {
    const once = receive(scanning, server("s1"), collected)
    expect(once.state).not.toEqual(scanning)
    expect(receive(once.state, server("s1"), collected)).toEqual({
      state: once.state,
      sends: [],
      observations: []
    })
    const answered = receive(getting, server("s1"), got)
    expect(answered.state).toMatchObject({
      pair: newer,
      stage: { phase: { answered: servers("s1") } }
    })
    const larger = { ...got, pair: { value: 8, timestamp: { number: 8, client: client("c2") } } }
    expect(receive(answered.state, server("s1"), larger).state).toEqual(answered.state)
  })
})
