/**
 * A reconfiguration that requires a quorum of the new configuration to answer. The client checks
 * this when it proposes the successor, also after another client's change came first.
 */
import { expect, it } from "vitest"
import { majority } from "../../../spec/configuration/configuration.ts"
import { client, servers } from "../../../spec/nodes/nodes.ts"
import { continueSequence } from "../../../spec/rambo/next-configuration.ts"
import { withConsensus } from "../../../spec/rambo/rules.ts"
import { initial } from "../../../spec/rambo/state.ts"
import { refused, unanswered } from "../../../spec/storage/reconfiguration.ts"

const context = { rules: withConsensus, bounds: { ballots: 2 } }
const self = client("c1")
const from = (...members: ReadonlyArray<string>) => initial(majority(servers(...members)))
const resultOf = (
  members: ReadonlyArray<string>,
  remove: ReadonlyArray<string>,
  answering: ReadonlyArray<string> | undefined
) => {
  const operation = {
    _tag: "Reconfigure",
    add: [],
    remove: servers(...remove),
    ...(answering === undefined ? {} : { answering: servers(...answering) })
  } as const
  const step = continueSequence(context, self, from(...members), operation)
  const [response] = step.observations
  return response?._tag === "Response" ? response.result : step.state.activity._tag
}

it("is proposed with a quorum among the nodes that answer, or if the operation names none", () => {
  const members = ["s1", "s2", "s3"]
  expect(resultOf(members, ["s3"], ["s1", "s2"])).toBe("Deciding")
  expect(resultOf(members, ["s2"], undefined)).toBe("Deciding")
})

it("is refused without one, before the client asks any node", () => {
  const members = ["s1", "s2", "s3"]
  expect(resultOf(members, ["s2"], ["s1", "s2"])).toBe(unanswered)
  expect(resultOf(members, ["s1", "s2", "s3"], ["s1", "s2", "s3"])).toBe(refused)
  // As it is after another client has removed s3 meanwhile.
  expect(resultOf(["s1", "s2"], ["s2"], ["s2"])).toBe(unanswered)
})
