/**
 * A client collects the acceptors' pairs only in the instance of the oldest active configuration.
 * This run shows why, with a separate writer; `rambo/mutants/fused-while-older-active` has a
 * shorter one. Only s1 stores a write, {s1} becomes {s1,s2,s3}, and that becomes {s2,s3,s4}. s2
 * sends its pair before the write has been copied to it; s3, which never receives the write, sends
 * its pair after {s1} was retired.
 */
import { expect, it } from "vitest"
import { majority } from "../../../spec/configuration/configuration.ts"
import type { NodeId } from "../../../spec/kernel/node.ts"
import { client, server, servers } from "../../../spec/nodes/nodes.ts"
import type { Message } from "../../../spec/rds/messages.ts"
import type { ClientState } from "../../../spec/rds/state.ts"
import { serversAndClients } from "../../../spec/storage/parameters.ts"
import type { StorageOperation } from "../../../spec/storage/reconfiguration.ts"
import { type RamboInput, stepOf, systemWith, type Transition } from "./drive.ts"

const [s1, s2, s3, s4] = [server("s1"), server("s2"), server("s3"), server("s4")]
const [c1, c2, c3] = [client("c1"), client("c2"), client("c3")]

/** A system in which the test chooses the next message to deliver. */
const system = (variant: string) => {
  const of = systemWith(
    {
      servers: servers("s1", "s2", "s3", "s4"),
      clients: [client("c1"), client("c2"), client("c3")],
      configuration: majority(servers("s1"))
    },
    `rds ${variant}`
  )
  const { context, processOf } = of
  const nodes = serversAndClients(context)
  const roleOf = new Map(nodes.map(({ id, role }) => [id, role]))
  const states = new Map(nodes.map(({ id, role }) => [id, processOf(role).initial(context, id)]))
  const underway: Array<{ readonly from: NodeId; readonly to: NodeId; readonly message: Message }> =
    []
  const results: Array<unknown> = []

  const give = (self: NodeId, input: RamboInput): void => {
    const state = states.get(self) as Transition["state"]
    const step = stepOf(of, { self, role: roleOf.get(self) ?? "", state, input })
    states.set(self, step.state)
    for (const { to, message } of step.sends) underway.push({ from: self, to, message })
    for (const seen of step.observations) if (seen._tag === "Response") results.push(seen.result)
  }
  /** The newest message in flight from one to the other is received. */
  const receive = (from: NodeId, to: NodeId): void => {
    const at = underway.findLastIndex((one) => one.from === from && one.to === to)
    const received = underway[at]
    if (received === undefined) throw new Error(`nothing is on its way from ${from} to ${to}`)
    underway.splice(at, 1)
    give(to, { _tag: "Receive", from, message: received.message })
  }
  return {
    results,
    invoke: (self: NodeId, operation: StorageOperation) =>
      give(self, { _tag: "Invoke", operation }),
    goOn: (self: NodeId) => give(self, { _tag: "Choose", choice: { _tag: "Continue" } }),
    receive,
    /** A question is received and answered, and the answer is received. */
    ask: (from: NodeId, ...to: ReadonlyArray<NodeId>) => {
      for (const one of to) {
        receive(from, one)
        receive(one, from)
      }
    },
    activity: (id: NodeId) => (states.get(id) as ClientState).activity._tag
  }
}

const run = (variant: string) => {
  const { ask, receive, ...system_ } = system(variant)
  const { invoke, goOn, activity } = system_
  invoke(c3, { _tag: "Write", value: 1 })
  ask(c3, s1)
  goOn(c3)
  ask(c3, s1)
  goOn(c3)
  // c1 brings about that {s1} is followed by {s1,s2,s3}. It knows the write, and is about to copy
  // it.
  invoke(c1, { _tag: "Reconfigure", add: servers("s2", "s3"), remove: [] })
  ask(c1, s1)
  ask(c1, s1)
  expect(activity(c1)).toBe("TransferringState")
  // c2 learns of it, and proposes {s2,s3,s4} to {s1,s2,s3}. s2 accepts, and holds nothing.
  invoke(c2, { _tag: "Reconfigure", add: servers("s4"), remove: servers("s1") })
  ask(c2, s1)
  ask(c2, s1)
  ask(c2, s2, s3)
  ask(c2, s2)
  // c1 copies the write to s2 and retires {s1}, as s3 learns. Then s3 accepts, and holds nothing
  // either.
  ask(c1, s1)
  ask(c1, s2)
  receive(c1, s3)
  receive(s3, c1)
  ask(c1, s1)
  ask(c2, s3)
  return { ...system_, ask }
}

it("a client that collects pairs while an older configuration is being retired loses a write", () => {
  const { invoke, ask, goOn, activity, results } = run("fused-while-older-active")
  expect(activity(c2)).toBe("TransferringState")
  ask(c2, s3, s4)
  ask(c2, s3, s4)
  invoke(c3, { _tag: "Read" })
  ask(c3, s1)
  ask(c3, s3)
  ask(c3, s3, s4)
  goOn(c3)
  ask(c3, s3, s4)
  goOn(c3)
  // The write and both reconfigurations return ok, and the read that begins after them returns the
  // initial value.
  expect(results).toEqual([null, null, null, null])
})

it("a client that does not collect them takes Action 1", () => {
  const { activity } = run("correct")
  expect(activity(c2)).toBe("StoringPointer")
})
