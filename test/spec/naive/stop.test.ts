/**
 * Step 2 of naive reconfiguration: "stop the storage nodes that are to be removed", only those, and
 * permanently. Also the danger of differing clients, for which the protocol has a property.
 */
import { describe, expect, it } from "vitest"
import { majority } from "../../../spec/configuration/configuration.ts"
import type { GlobalState } from "../../../spec/kernel/system.ts"
import type { ClientState } from "../../../spec/naive/client.ts"
import type { Message } from "../../../spec/naive/messages.ts"
import { naive } from "../../../spec/naive/protocol.ts"
import { type Populating, receiveSetReply } from "../../../spec/naive/reconfigurer.ts"
import { server as process, type ServerState } from "../../../spec/naive/server.ts"
import { variants } from "../../../spec/naive/variants.ts"
import { client, server, servers } from "../../../spec/nodes/nodes.ts"
import { begin } from "../../../spec/phase/phase.ts"
import { initialPair, type Pair } from "../../../spec/register/pair.ts"
import { changeOf } from "../../../spec/storage/reconfiguration.ts"

const [c1, c2] = [client("c1"), client("c2")]
const correct = variants.filter(({ kind, name }) => kind === "correct" || name === "online")

/** The new configuration is populated except for s1, which acknowledges now. */
const populated = (change: string, ...members: ReadonlyArray<string>): Populating => {
  const to = majority(servers(...members))
  const operation = { _tag: "Reconfigure", ...changeOf(change.split(" ")) } as const
  const phase = { ...begin([to], initialPair), answered: servers("s3") }
  return {
    _tag: "Populating",
    begun: 1,
    operation,
    from: majority(servers("s1", "s2", "s3")),
    to,
    phase
  }
}

describe.each(correct)("a reconfigurer of $name", ({ rules }) => {
  const stopped = (state: Populating) =>
    receiveSetReply({ rules, clients: [c1, c2] }, c1, state, server("s1")).sends.flatMap(
      ({ to, message }) => (message._tag === "Stop" ? [[to, message.operation]] : [])
    )

  it("stops the storage nodes it removes, and no others", () => {
    expect(stopped(populated("+s4 -s2", "s1", "s3", "s4"))).toEqual([["s2", 1]])
    expect(stopped(populated("-s2 +s4 +s5", "s1", "s3", "s4"))).toEqual([["s2", 1]])
    expect(stopped(populated("+s4", "s1", "s2", "s3"))).toEqual([])
  })
})

describe("a stopped storage node", () => {
  const told = (state: ServerState, message: Message) =>
    process.step({}, server("s1"), state, { _tag: "Receive", from: c2, message })
  const running = process.initial({}, server("s1"))
  const pair: Pair = { value: 1, timestamp: { number: 1, client: c2 } }
  const requests: ReadonlyArray<Message> = [
    { _tag: "Get", operation: 1 },
    { _tag: "Set", operation: 1, pair },
    { _tag: "Lock", operation: 1 },
    { _tag: "Unlock", operation: 1 }
  ]
  const { state: stopped } = told(running, { _tag: "Stop", operation: 1 })

  it("sends no acknowledgement, and differs from one that was not stopped", () => {
    expect(told(running, { _tag: "Stop", operation: 1 }).sends).toEqual([])
    expect(stopped).toEqual({ ...running, stopped: true })
  })

  it.each(requests)("ignores a $_tag, which another node handles", (message) => {
    expect(told(stopped, message)).toEqual({ state: stopped, sends: [], observations: [] })
    const taken = told(running, message)
    expect(taken.sends.length > 0 || taken.state !== running).toBe(true)
  })
})

describe("clients-differ", () => {
  const property = naive.properties.find(({ name }) => name === "clients-differ")
  const clientOf = (...members: ReadonlyArray<string>): ClientState => ({
    configuration: majority(servers(...members)),
    pauses: [],
    activity: { _tag: "Idle", begun: 0 }
  })
  const holds = (...clients: ReadonlyArray<ClientState>) => {
    if (property?._tag !== "Sometimes")
      throw new Error("it says that something happens at some time")
    const named = Object.fromEntries(clients.map((state, at) => [`c${at + 1}`, state]))
    const nodes = { server: {}, client: named }
    return property.holds(
      {} as never,
      { nodes, network: [] } as unknown as GlobalState<never, never>
    )
  }

  it("holds once any two clients know different configurations, and never for a single client", () => {
    const [old, next] = [clientOf("s1"), clientOf("s2")]
    expect(holds(old, old, old)).toBe(false)
    expect(holds(old)).toBe(false)
    expect(holds(old, old, next)).toBe(true)
    expect(holds(next, old, old)).toBe(true)
    expect(holds(next, { ...next, activity: { _tag: "Idle", begun: 3 } })).toBe(false)
  })
})
