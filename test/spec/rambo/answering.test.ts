/**
 * A reconfiguration that requires a quorum of the new configuration to answer. The client checks
 * this when it proposes the successor, also after another client's change came first.
 */
import { expect, it } from "vitest"
import { majority } from "../../../spec/configuration/configuration.ts"
import { client, server, servers } from "../../../spec/nodes/nodes.ts"
import type { ConfigurationMap } from "../../../spec/rambo/configuration-map.ts"
import type { BallotReply } from "../../../spec/rambo/messages.ts"
import { continueSequence, receiveBallotReply } from "../../../spec/rambo/next-configuration.ts"
import { withConsensus } from "../../../spec/rambo/rules.ts"
import { initial } from "../../../spec/rambo/state.ts"
import { refused, unanswered } from "../../../spec/storage/reconfiguration.ts"

const context = { rules: withConsensus, bounds: { ballots: 2 } }
const self = client("c1")
const from = (...members: ReadonlyArray<string>) => initial(majority(servers(...members)))
/** The answer of a storage node that joins the client's ballot and knows this cmap. */
const promise = (map: ConfigurationMap): BallotReply => ({
  ...({ _tag: "BallotReply", operation: 0, phase: 1, instance: 0, map } as const),
  message: { _tag: "Promise", ballot: { round: 1, proposer: self }, vote: null }
})
/** The result after a quorum of promises, or what the client does then. */
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
  const asking = continueSequence(context, self, from(...members), operation)
  const { activity } = asking.state
  if (activity._tag !== "Deciding") return activity._tag
  const { state, observations } = members.reduce((step, member) => {
    const { activity: deciding } = step.state
    return deciding._tag === "Deciding" && deciding.proposer._tag === "Preparing"
      ? receiveBallotReply(
          context,
          self,
          step.state,
          deciding,
          server(member),
          promise(step.state.map)
        )
      : step
  }, asking)
  const response = observations.find(({ _tag }) => _tag === "Response")
  if (response?._tag === "Response") return response.result
  return state.activity._tag === "Deciding" ? state.activity.proposer._tag : state.activity._tag
}

it("is proposed with a quorum among the nodes that answer, or if the operation names none", () => {
  const members = ["s1", "s2", "s3"]
  expect(resultOf(members, ["s3"], ["s1", "s2"])).toBe("Accepting")
  expect(resultOf(members, ["s2"], undefined)).toBe("Accepting")
})

it("is refused without one, once a quorum of the latest configuration knows no successor", () => {
  const members = ["s1", "s2", "s3"]
  expect(resultOf(members, ["s2"], ["s1", "s2"])).toBe(unanswered)
  expect(resultOf(members, ["s1", "s2", "s3"], ["s1", "s2", "s3"])).toBe(refused)
  // As it is after another client has removed s3 meanwhile.
  expect(resultOf(["s1", "s2"], ["s2"], ["s2"])).toBe(unanswered)
})
