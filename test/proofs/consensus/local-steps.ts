/**
 * Every step that an acceptor or a proposer of an instance of Paxos can take from any state of a
 * small domain with any message, reachable or not.
 */
import type { Taken } from "../../../proofs/tie/run.ts"
import { type Configuration, isQuorum } from "../../../spec/configuration/configuration.ts"
import { subsets } from "../../../spec/configuration/quorums.ts"
import { type Acceptor, receive } from "../../../spec/consensus/acceptor.ts"
import { type Ballot, isHigher } from "../../../spec/consensus/ballot.ts"
import { type ClientState, client as clientProcess } from "../../../spec/consensus/client.ts"
import type { Message } from "../../../spec/consensus/messages.ts"
import { variants } from "../../../spec/consensus/variants.ts"
import { equals } from "../../../spec/kernel/data.ts"
import { client } from "../../../spec/nodes/nodes.ts"

const [self, other] = [client("c1"), client("c2")]
const ballots: ReadonlyArray<Ballot> = [1, 2].flatMap((round) =>
  [self, other].map((proposer) => ({ round, proposer }))
)
const values = ["a", "b"]
const votes = [
  null,
  ...ballots.flatMap((ballot) => values.map((value) => ({ ballot, value: value as never })))
]
/** The ballot that the proposer is in, and its value. */
const [mine, own] = [{ round: 2, proposer: self }, "own" as never]

const acceptors: ReadonlyArray<Acceptor<never>> = [null, ...ballots].flatMap((promised) =>
  votes
    // What was voted for was promised.
    .filter((vote) => vote === null || (promised !== null && !isHigher(vote.ballot, promised)))
    .map((vote) => ({ promised, vote }))
)
const asking: ReadonlyArray<Message<never>> = ballots.flatMap(
  (ballot): ReadonlyArray<Message<never>> => [
    { _tag: "Prepare", ballot },
    ...values.map((value): Message<never> => ({ _tag: "Accept", ballot, value: value as never }))
  ]
)

const proposers = (configuration: Configuration): ReadonlyArray<ClientState> => {
  const { members } = configuration
  const waiting = (access: "read" | "write") =>
    [...members.keys()]
      .flatMap((size) => subsets(members, size))
      .filter((answered) => !isQuorum(configuration, access, answered))
  const below = votes.filter((vote) => vote === null || isHigher(mine, vote.ballot))
  return [
    { _tag: "Idle", round: 2 },
    { _tag: "Preempted", value: own, round: 2 },
    ...waiting("read").flatMap((answered) =>
      below
        .filter((answer) => answer === null || answered.length > 0)
        .map(
          (answer): ClientState => ({
            ...{ _tag: "Preparing", ballot: mine, value: own },
            phase: { configurations: [configuration], answered, answer }
          })
        )
    ),
    ...waiting("write").map(
      (answered): ClientState => ({
        ...{ _tag: "Accepting", ballot: mine, value: own },
        phase: { configurations: [configuration], answered, answer: own }
      })
    )
  ]
}
/** A reply goes to the proposer of its ballot. (Rounds are all that the proposer compares.) */
const ballotsOfMine = ballots.filter(({ proposer }) => proposer === self)
const answering: ReadonlyArray<Message<never>> = ballotsOfMine.flatMap(
  (ballot): ReadonlyArray<Message<never>> => [
    { _tag: "Accepted", ballot },
    ...(["Prepare", "Accept"] as const).map(
      (refused): Message<never> => ({
        ...{ _tag: "Rejected", ballot, refused },
        promised: { round: 3, proposer: other }
      })
    ),
    ...votes
      .filter((vote) => vote === null || isHigher(ballot, vote.ballot))
      .map((vote): Message<never> => ({ _tag: "Promise", ballot, vote }))
  ]
)

/** Two votes in one ballot are for one value, as ballots have one. */
const isConsistentWith =
  (before: ClientState) =>
  (message: Message<never>): boolean => {
    if (message._tag !== "Promise" || before._tag !== "Preparing") return true
    const [told, had] = [message.vote, before.phase.answer]
    return (
      told === null || had === null || told.value === had.value || !equals(told.ballot, had.ballot)
    )
  }

export const localSteps = (configuration: Configuration, variant: string): ReadonlyArray<Taken> => {
  const found = variants.find(({ name }) => name === variant)
  if (found === undefined) throw new Error(`no variant ${variant}`)
  const { rules } = found
  const { members } = configuration
  const [node] = members
  if (node === undefined) return []
  const context = { configuration, rules, servers: members, clients: [self, other] }
  const ofAcceptor = acceptors.flatMap((before) =>
    asking.map((message): Taken => {
      const input = {
        _tag: "Receive",
        from: message.ballot.proposer as typeof self,
        message
      } as const
      const step = receive<never>(rules, before, input.from, message)
      return { node, role: "server", before, input, step }
    })
  )
  const ofProposer = proposers(configuration).flatMap((before) =>
    members.flatMap((from) =>
      answering.filter(isConsistentWith(before)).map((message): Taken => {
        const input = { _tag: "Receive", from, message } as const
        const step = clientProcess.step(context, self, before, input)
        return { node: self, role: "client", before, input, step }
      })
    )
  )
  return [...ofAcceptor, ...ofProposer]
}
