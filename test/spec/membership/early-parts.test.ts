/**
 * Two claims of the move of the membership service that searches rely on: who may receive the parts
 * of a share the moment they are sent, and which messages a scenario without epochs never has.
 */
import { expect, it } from "vitest"
import { configurationOf } from "../../../spec/administrator/view.ts"
import { symbolic } from "../../../spec/kernel/cryptography.ts"
import { logOf } from "../../../spec/membership/log.ts"
import { log } from "../../../spec/membership/move/log.ts"
import { membershipMove } from "../../../spec/membership/move/protocol.ts"
import { type ReplicaState, replica } from "../../../spec/membership/move/replica.ts"
import { correct } from "../../../spec/membership/move/rules.ts"
import * as Nodes from "../../../spec/nodes/nodes.ts"

const members = Nodes.servers("a", "b", "c", "d")
const parameters = {
  ...{ servers: members, clients: [Nodes.client("c1")], administrator: logOf({}) },
  configuration: configurationOf({ number: 0, members })
}
const context = { ...parameters, cryptography: symbolic, rules: correct }

it("the time at which a replica that stays reads the parts dealt to it can be observed", () => {
  const a = Nodes.server("a")
  const waiting: ReplicaState = {
    ...replica.initial(context, a),
    ...{ view: { number: 1, members }, serving: null }
  }
  const dealt = { _tag: "Dealt", number: 1, sealed: [] } as const
  const isWelcome = (state: ReplicaState) =>
    replica.promises?.isWelcome?.(context, a, state, logOf({}), dealt)
  expect(waiting.shares).toMatchObject([{ dealing: 0 }])
  expect([isWelcome(waiting), isWelcome({ ...waiting, shares: [] })]).toEqual([false, true])
})

it.each([
  [undefined, true],
  [{ epochs: 1 }, true],
  [{ epochs: 2 }, false]
])("with the bounds %j, that no epoch of the system begins is declared: %s", (bounds, isNever) => {
  const bounded = bounds === undefined ? {} : { bounds }
  const admin = logOf({})
  const choices = log.choices({ ...context, ...bounded }, admin, log.initial(context, admin))
  expect(choices.length === 0).toBe(isNever)
  const unused = membershipMove.unused?.({ ...parameters, ...bounded }) ?? []
  expect(unused.includes("Advance")).toBe(isNever)
})
