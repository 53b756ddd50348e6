/**
 * A read of dBQS returns what its Get phase found, which its Set phase has stored at 2f+1 replicas.
 * A replica may answer the Set with a pair that is newer: it is not stored at 2f+1 yet, and a later
 * read might not find it.
 */
import { expect, it } from "vitest"
import { tolerating } from "../../../spec/configuration/configuration.ts"
import { byzantineFaults } from "../../../spec/configuration/tolerated-faults.ts"
import { type ClientState, client, nonceOf } from "../../../spec/dbqs/client.ts"
import { correct } from "../../../spec/dbqs/rules.ts"
import { symbolic } from "../../../spec/kernel/cryptography.ts"
import * as Nodes from "../../../spec/nodes/nodes.ts"

const [c1, c2] = [Nodes.client("c1"), Nodes.client("c2")]
const replicas = Nodes.servers("a", "b", "c", "d")
const context = {
  servers: replicas,
  clients: [c1, c2],
  configuration: tolerating(byzantineFaults, replicas),
  cryptography: symbolic,
  rules: correct
}
const written = (value: number) =>
  symbolic.sign(symbolic.ownKey(c2), { value, timestamp: { number: value, client: c2 } })

it("a read does not return a newer pair that a replica answers its Set with", () => {
  const hears = (state: ClientState, from: Nodes.ServerId, value: number) => {
    if (state._tag === "Idle") throw new Error("the read has ended")
    const message = { _tag: "Answer", nonce: nonceOf(state), stored: written(value) } as const
    return client.step(context, c1, state, { _tag: "Receive", from, message })
  }
  const [a, b, c, d] = replicas as readonly [...Array<Nodes.ServerId>] as [
    Nodes.ServerId,
    Nodes.ServerId,
    Nodes.ServerId,
    Nodes.ServerId
  ]
  const operation = { _tag: "Read" } as const
  const begun = client.step(context, c1, client.initial(context, c1), {
    _tag: "Invoke",
    operation
  })
  // The answers differ, so the read stores the newest before it returns.
  const gets = [[a, 1] as const, [b, 2] as const, [c, 1] as const]
  const stored = gets.reduce((state, [from, value]) => hears(state, from, value).state, begun.state)
  expect(stored).toMatchObject({ stage: "set" })
  const sets = [[a, 2] as const, [b, 3] as const]
  const last = sets.reduce((state, [from, value]) => hears(state, from, value).state, stored)
  expect(hears(last, d, 2).observations).toEqual([{ _tag: "Response", operation, result: 2 }])
})
