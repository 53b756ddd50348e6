/**
 * When a group stops counting: once the new replicas of the next epoch have the data of that epoch,
 * not of another one.
 */
import { expect, it } from "vitest"
import { tolerating } from "../../../spec/configuration/configuration.ts"
import { byzantineFaults } from "../../../spec/configuration/tolerated-faults.ts"
import { boundedUntilCopied } from "../../../spec/dbqs/premises.ts"
import { correct } from "../../../spec/dbqs/rules.ts"
import { symbolic } from "../../../spec/kernel/cryptography.ts"
import * as Nodes from "../../../spec/nodes/nodes.ts"

const context = {
  servers: Nodes.servers("a", "b", "c", "d", "x", "y"),
  clients: [Nodes.client("c1")],
  administrator: Nodes.administrator("admin"),
  configuration: tolerating(byzantineFaults, Nodes.servers("a", "b", "c", "d")),
  successors: [Nodes.servers("b", "c", "d", "x"), Nodes.servers("c", "d", "x", "y")],
  cryptography: symbolic,
  rules: correct
}

/** Whether two liars of the first group are too many, after x has copied the data of this epoch. */
const isBroken = (number: number): boolean => {
  const { initial, observe } = boundedUntilCopied.observer(context)
  const detail = { number }
  const observation = { _tag: "Note", name: "copied", detail } as const
  const copied = observe(initial, { _tag: "Observed", node: Nodes.server("x"), observation })
  const turned = ["a", "b"].reduce(
    (state, name) =>
      observe(state, { _tag: "Fault", node: Nodes.server(name), fault: "corruption" }),
    copied
  )
  return !boundedUntilCopied.holds(turned)
}

it.each([
  [1, false],
  [2, true]
])(
  "once the new replica has copied the data of epoch %d, the first group counts: %s",
  (number, counts) => {
    expect(isBroken(number)).toBe(counts)
  }
)
