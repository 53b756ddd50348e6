/**
 * An answer counts in the operation that asked for it, and in no later one.
 */
import { describe, expect, it } from "vitest"
import { majority } from "../../../spec/configuration/configuration.ts"
import type { NodeId } from "../../../spec/kernel/node.ts"
import { type ClientState, client as process } from "../../../spec/naive/client.ts"
import type { Message } from "../../../spec/naive/messages.ts"
import { variants } from "../../../spec/naive/variants.ts"
import { client, server, servers } from "../../../spec/nodes/nodes.ts"
import { begin } from "../../../spec/phase/phase.ts"
import { initialPair } from "../../../spec/register/pair.ts"
import { changeOf } from "../../../spec/storage/reconfiguration.ts"

const [c1, c2] = [client("c1"), client("c2")]
const [old, next] = [majority(servers("s1")), majority(servers("s1", "s2"))]
const operation = { _tag: "Reconfigure", ...changeOf(["+s2"]) } as const
const common = { begun: 2, operation, from: old, to: next }
const phase = begin([old, next], initialPair)
const [pair, s1] = [initialPair, server("s1")]
type Answered = readonly [ClientState["activity"], from: NodeId, (operation: number) => Message]
const stages: ReadonlyArray<Answered> = [
  [
    { _tag: "Pausing", ...common, missing: [c2] },
    c2,
    (operation) => ({ _tag: "Paused", operation })
  ],
  [{ _tag: "Locking", ...common, phase }, s1, (operation) => ({ _tag: "Locked", operation, pair })],
  [
    { _tag: "Collecting", ...common, phase },
    s1,
    (operation) => ({ _tag: "GetReply", operation, pair })
  ],
  [{ _tag: "Populating", ...common, phase }, s1, (operation) => ({ _tag: "SetReply", operation })],
  [
    { _tag: "Informing", ...common, missing: [c2] },
    c2,
    (operation) => ({ _tag: "Informed", operation })
  ]
]

describe.each(stages)("a client that is $_tag", (activity, from, answer) => {
  const rules = variants[0]?.rules
  if (rules === undefined) throw new Error("naive reconfiguration has variants")
  const state: ClientState = { configuration: old, pauses: [], activity }
  const context = { clients: [c1, c2], configuration: old, rules }
  const told = (operation: number) =>
    process.step(context, c1, state, {
      ...{ _tag: "Receive", from, message: answer(operation) }
    })

  it("takes an answer to this operation, and ignores one to the operation before", () => {
    expect(told(2).state).not.toEqual(state)
    expect(told(1)).toEqual({ state, sends: [], observations: [] })
  })

  it("promises that only an answer to the operation before is obsolete", () => {
    const isObsolete = (operation: number) =>
      process.promises?.isObsolete?.(context, c1, state, from, answer(operation))
    expect([1, 2, 3].map(isObsolete)).toEqual([true, false, false])
  })
})
