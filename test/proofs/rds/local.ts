/**
 * RDS in every state of a small domain: like RAMBO, with the additional fields of its messages and
 * states.
 */
import { configurationAt, instanceRelations, isKnown } from "../../../proofs/rambo/sequence.ts"
import { labelOfConfiguration } from "../../../proofs/rambo/tie.ts"
import { after, collects, held } from "../../../proofs/rds/state.ts"
import { labelsOfPair } from "../../../proofs/register/tie.ts"
import type { Fact } from "../../../proofs/tie/tie.ts"
import { isQuorum } from "../../../spec/configuration/configuration.ts"
import { setOf } from "../../../spec/kernel/data.ts"
import type { ServerId } from "../../../spec/nodes/nodes.ts"
import type { Message } from "../../../spec/rambo/messages.ts"
import type { ServerState } from "../../../spec/rambo/server.ts"
import type { ClientState } from "../../../spec/rambo/state.ts"
import { client } from "../../../spec/rds/client.ts"
import type { Rules } from "../../../spec/rds/rules.ts"
import { server } from "../../../spec/rds/server.ts"
import { initialPair, type Pair } from "../../../spec/register/pair.ts"
import { third } from "../rambo/local-reconfigurations.ts"
import { type Answer, all, begun, first, other, second, type Tried } from "../rambo/local-steps.ts"
import { triedUnder } from "../rambo/tried.ts"

const pairs: ReadonlyArray<Pair> = [
  initialPair,
  { value: 1, timestamp: { number: 1, client: other } }
]

/** RAMBO is tried with one pair more. */
const isMore = ({ value }: Pair): boolean => value === 2

/**
 * Only a node that was asked reports what it accepted. A proposer that prepares has asked no node
 * to accept, and one that accepts has asked only the members. (Answers to an earlier phase are
 * ignored as in RAMBO, and not tried again.)
 */
const mayAnswer = (state: ClientState, from: ServerId, message: Answer): boolean => {
  const { activity } = state
  if ("phase" in message && message.phase !== state.phase) return false
  if ("accepted" in message && "phase" in activity) {
    const isAsked = activity.phase.configurations.some(({ members }) => members.includes(from))
    return isAsked || message.accepted.length === 0
  }
  if (message._tag !== "BallotReply" || message.message._tag !== "Accepted") return true
  const isPreparing = activity._tag === "Deciding" && activity.proposer._tag === "Preparing"
  return first.members.includes(from) && !isPreparing
}

/** Storage nodes tell what they have accepted; a vote comes with the acceptor's pair. */
const answers = (message: Message): ReadonlyArray<Answer> => {
  switch (message._tag) {
    case "GetReply":
    case "SetReply":
      if (message.operation !== begun || ("pair" in message && isMore(message.pair))) return []
      return [[], [second]].map((accepted) => ({ ...message, accepted }))
    case "BallotReply":
      return message.message._tag === "Accepted"
        ? pairs.map((pair) => ({ ...message, pair }))
        : [message]
    default:
      return []
  }
}

/**
 * A storage node has accepted nothing, or the second configuration in the instance of the first.
 */
const accepting = (state: ServerState): ReadonlyArray<ServerState> => {
  const { retired, active } = state.map
  if (retired > 0 || active.length > 1) return [state]
  const vote = { ballot: { round: 1, proposer: other }, value: second }
  return [
    state,
    { ...state, instances: [{ instance: 0, acceptor: { promised: vote.ballot, vote } }] }
  ]
}

/** A client collects what acceptors hold, or does not. */
const deciding = (state: ClientState): ReadonlyArray<ClientState> =>
  [undefined, ...pairs].map((pair) => ({
    ...state,
    activity: { ...state.activity, ...(pair !== undefined && { pair }) } as ClientState["activity"]
  }))

/**
 * A phase waits for what its cmap says; or for the second configuration too, which was accepted.
 */
const asking = (state: ClientState): ReadonlyArray<ClientState> => {
  const { activity, map } = state
  if (!("phase" in activity)) return [state]
  if (isMore(activity.phase.answer)) return []
  if (map.retired > 0 || map.active.length > 1) return [state]
  const newcomer = all.filter((one) => !first.members.includes(one))
  return [
    state,
    ...[[], newcomer].map(
      (also): ClientState => ({
        ...state,
        activity: {
          ...activity,
          phase: {
            ...activity.phase,
            configurations: [first, second],
            answered: setOf([...activity.phase.answered, ...also])
          }
        }
      })
    )
  ]
}

const { accept, decidedIn } = instanceRelations
const ballot = `1@${other}`

/** What was decided, in one ballot, and the nodes that have voted in it. */
const decisions: ReadonlyArray<Fact> = [first, second].flatMap((configuration, place) => {
  const next = place === 0 ? second : third
  const i = String(place)
  return [
    [configurationAt, i, labelOfConfiguration(configuration)] as const,
    [isKnown, i] as const,
    [decidedIn, i, ballot] as const,
    [accept, i, ballot, labelOfConfiguration(next)] as const,
    ...configuration.members.map((s) => [after, s, i, ballot] as const)
  ]
})
const ofFirst = decisions.slice(0, 4 + first.members.length)

/** What has happened: where a client waits for a decision, whether it collects in its ballot. */
const history = ({ activity }: ClientState): ReadonlyArray<Fact> => {
  if (activity._tag !== "Deciding") return "goal" in activity ? decisions : accesses
  const { proposer } = activity
  if (proposer._tag === "Preempted") return []
  const b = `${proposer.ballot.round}@${proposer.ballot.proposer}`
  return "pair" in activity ? [[collects, "0", b]] : [[held, "0", b, ...labelsOfPair(initialPair)]]
}
const accesses: ReadonlyArray<Fact> = [
  ...ofFirst,
  [configurationAt, "1", labelOfConfiguration(second)],
  [isKnown, "1"]
]

export const triedRds = (rules: Rules): Tried => ({
  ...triedUnder(rules, { client, server }),
  isEnough: (configuration, voters) =>
    isQuorum(configuration, "read", voters) && isQuorum(configuration, "write", voters),
  ...{ answers, accepting, mayAnswer, deciding, asking, history }
})
