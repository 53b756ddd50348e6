/**
 * Every step that a reconfigurer, or an acceptor in an instance of consensus, can take from any
 * state of a small domain with any message, reachable or not: three configurations, some of which
 * are in cmaps, two ballots of each client, and two proposed configurations.
 */
import { configurationAt, instanceRelations, isKnown } from "../../../proofs/rambo/sequence.ts"
import { told } from "../../../proofs/rambo/state.ts"
import {
  labelOfConfiguration,
  labelOfPhase,
  labelsOfMap,
  type Memory,
  noMemory
} from "../../../proofs/rambo/tie.ts"
import { labelsOfPair } from "../../../proofs/register/tie.ts"
import type { AnyInput } from "../../../proofs/tie/run.ts"
import type { Fact } from "../../../proofs/tie/tie.ts"
import {
  type Configuration,
  isQuorum,
  majority
} from "../../../spec/configuration/configuration.ts"
import { subsets } from "../../../spec/configuration/quorums.ts"
import type { Acceptor } from "../../../spec/consensus/acceptor.ts"
import { type Ballot, isHigher } from "../../../spec/consensus/ballot.ts"
import type { Message as BallotMessage } from "../../../spec/consensus/messages.ts"
import type { Proposer } from "../../../spec/consensus/proposer.ts"
import { equals } from "../../../spec/kernel/data.ts"
import { type ServerSet, servers } from "../../../spec/nodes/nodes.ts"
import { asked } from "../../../spec/phase/phase.ts"
import type { ConfigurationMap } from "../../../spec/rambo/configuration-map.ts"
import { isDecided, lengthOf } from "../../../spec/rambo/configuration-map.ts"
import type { Message } from "../../../spec/rambo/messages.ts"
import type { ClientState, Stage } from "../../../spec/rambo/state.ts"
import { initialPair, type Pair } from "../../../spec/register/pair.ts"
import {
  all,
  begun,
  first,
  type LocalStep,
  other,
  second,
  self,
  type Tried
} from "./local-steps.ts"

export const third = majority(servers("s3"))
/** What another client proposes to come after the first. */
const rival = majority(servers("s1", "s2", "s3"))
/** From the first to the second, and from the rival to the second as well. */
const operation = { _tag: "Reconfigure", add: servers("s3"), remove: servers("s1") } as const

export const maps: ReadonlyArray<ConfigurationMap> = [
  { retired: 0, active: [first] },
  { retired: 0, active: [first, second] },
  { retired: 0, active: [first, second, third] },
  { retired: 1, active: [second] },
  { retired: 1, active: [second, third] },
  { retired: 2, active: [third] }
]
const pairs: ReadonlyArray<Pair> = [
  initialPair,
  { value: 1, timestamp: { number: 1, client: other } }
]
const phase = 3

/** What is so of the sequence, where consensus has decided on it. */
const sequence: ReadonlyArray<Fact> = [first, second, third].flatMap((configuration, place) => [
  [configurationAt, String(place), labelOfConfiguration(configuration)] as const,
  [isKnown, String(place)] as const
])
const toldMaps = maps.map((map): Fact => [told, ...labelsOfMap(map)])

/** The nodes that have answered, where not all that have to have done so. */
const waiting = (
  configurations: ReadonlyArray<Configuration>,
  isEnough: (configuration: Configuration, answered: ServerSet) => boolean
) => {
  const members = asked({ configurations, answered: [], answer: null })
  return [...members.keys(), members.length]
    .flatMap((size) => subsets(members, size))
    .filter((answered) => !configurations.every((one) => isEnough(one, answered)))
}
const hasBoth = (configuration: Configuration, answered: ServerSet): boolean =>
  isQuorum(configuration, "read", answered) && isQuorum(configuration, "write", answered)

/** Clients that retire what is before a goal, in each stage. */
const stages = ({ nextOldest }: Tried): ReadonlyArray<ClientState> =>
  maps.flatMap((map) =>
    [0, 1, 2].flatMap((goal) =>
      (["StoringPointer", "TransferringState", "Retiring"] as const).flatMap((_tag) => {
        const { retired, active } = map
        const isRetired = _tag === "Retiring"
        if (
          goal >= lengthOf(map) ||
          (isRetired ? retired === 0 || goal < retired : goal <= retired)
        )
          return []
        const next = nextOldest(retired, goal) - retired
        const configurations = isRetired
          ? active.slice(0, 1)
          : _tag === "StoringPointer"
            ? active.slice(0, next)
            : active.slice(next, next + 1)
        return waiting(configurations, hasBoth).flatMap((answered) =>
          (isRetired ? pairs.slice(0, 1) : pairs).map(
            (answer): ClientState => ({
              ...{ begun, phase, map },
              activity: {
                ...{ _tag, operation, goal, retired },
                phase: { configurations, answered, answer }
              }
            })
          )
        )
      })
    )
  )

/** What is remembered of a client in a stage, and of the phase before. */
const memoryOf = (tried: Tried, { activity }: ClientState): Memory => {
  const memory = noMemory()
  for (const number of [phase - 1, phase])
    memory.oldest.set(labelOfPhase(self, { operation: begun, phase: number }), "0")
  if (!("goal" in activity) || !("phase" in activity)) return memory
  const { retired, goal } = activity
  const label = labelOfPhase(self, { operation: begun, phase })
  memory.oldest.set(label, String(retired))
  const n = String(tried.nextOldest(retired, goal))
  const [t] = labelsOfPair(activity.phase.answer)
  memory.transfers.set(label, { n, t })
  memory.transfers.set(labelOfPhase(self, { operation: begun, phase: phase - 1 }), { n: "1", t })
  return memory
}

const numbers = [phase - 1, phase].map((number) => ({ operation: begun, phase: number }))

/** Answers to a stage. Who has stored a pointer knows of the goal. */
const repliesTo = (tried: Tried, { activity }: ClientState): ReadonlyArray<Message> => {
  const { retired, goal } = activity as Stage
  const knows = (map: ConfigurationMap) => lengthOf(map) > tried.nextOldest(retired, goal)
  return numbers.flatMap((numbered) =>
    maps.flatMap(
      (map): ReadonlyArray<Message> => [
        { _tag: "SetReply", ...numbered, map },
        { _tag: "Retired", ...numbered, map },
        ...(knows(map)
          ? pairs.map((pair): Message => ({ _tag: "PointerStored", ...numbered, map, pair }))
          : [])
      ]
    )
  )
}

export const ofStages = (tried: Tried): ReadonlyArray<LocalStep> =>
  stages(tried).flatMap((before) =>
    repliesTo(tried, before).flatMap((message) =>
      all.flatMap((from): ReadonlyArray<LocalStep> => {
        if (!tried.mayAnswer(before, from, message)) return []
        const input = { _tag: "Receive", from, message } as const
        const step = tried.step("client", before, input)
        const taken = { node: self, role: "client", before, input, step }
        const supposed = [...toldMaps, ...sequence, ...tried.history(before)]
        return [{ taken, memory: memoryOf(tried, before), supposed }]
      })
    )
  )

const ballots: ReadonlyArray<Ballot> = [1, 2].flatMap((round) =>
  [self, other].map((proposer) => ({ round, proposer }))
)
/** The ballot that the proposer is in. */
const mine: Ballot = { round: 2, proposer: self }
const proposals = [second, rival]
const votes: ReadonlyArray<Acceptor<Configuration>["vote"]> = [
  null,
  ...ballots.flatMap((ballot) => proposals.map((value) => ({ ballot, value })))
]
const below = votes.filter((vote) => vote === null || isHigher(mine, vote.ballot))

/** Proposers in the instance of the first configuration. */
const proposers = (isEnough: typeof hasBoth): ReadonlyArray<Proposer<Configuration>> => [
  { _tag: "Preempted", value: second, round: 2 },
  ...waiting([first], (one, answered) => isQuorum(one, "read", answered)).flatMap((answered) =>
    below
      .filter((answer) => answer === null || answered.length > 0)
      .map(
        (answer): Proposer<Configuration> => ({
          ...{ _tag: "Preparing", ballot: mine, value: second },
          phase: { configurations: [first], answered, answer }
        })
      )
  ),
  ...waiting([first], isEnough).flatMap((answered) =>
    proposals.map(
      (answer): Proposer<Configuration> => ({
        ...{ _tag: "Accepting", ballot: mine, value: second },
        phase: { configurations: [first], answered, answer }
      })
    )
  )
]

const answersInInstance: ReadonlyArray<BallotMessage<Configuration>> = ballots
  .filter(({ proposer }) => proposer === self)
  .flatMap(
    (ballot): ReadonlyArray<BallotMessage<Configuration>> => [
      { _tag: "Accepted", ballot },
      ...(["Prepare", "Accept"] as const).map(
        (refused): BallotMessage<Configuration> => ({
          ...{ _tag: "Rejected", ballot, refused },
          promised: { round: 2, proposer: other }
        })
      ),
      ...votes
        .filter((vote) => vote === null || isHigher(ballot, vote.ballot))
        .map((vote): BallotMessage<Configuration> => ({ _tag: "Promise", ballot, vote }))
    ]
  )

/** Two votes in one ballot are for one value, as ballots have one. */
const isConsistent = (
  proposer: Proposer<Configuration>,
  message: BallotMessage<Configuration>
): boolean => {
  if (message._tag !== "Promise" || proposer._tag !== "Preparing") return true
  const [heard, had] = [message.vote, proposer.phase.answer]
  return (
    heard === null || had === null || !equals(heard.ballot, had.ballot) || heard.value === had.value
  )
}

const label = (ballot: Ballot): string => `${ballot.round}@${ballot.proposer}`

/**
 * What has happened before an answer came to a proposer: its value was proposed; a vote was among
 * those that came, if one is the highest; and an acceptor that says it has accepted has accepted
 * what was asked for.
 */
const before = (proposer: Proposer<Configuration>, input: AnyInput): ReadonlyArray<Fact> => {
  const { proposed, hasHighest, accepted } = instanceRelations
  const own: Fact = [proposed, "0", labelOfConfiguration(second)]
  if (proposer._tag === "Preempted") return [own]
  const b = label(proposer.ballot)
  if (proposer._tag === "Preparing")
    return proposer.phase.answer === null ? [own] : [own, [hasHighest, "0", b]]
  if (input._tag !== "Receive") return [own]
  const message = input.message as Message
  if (message._tag !== "BallotReply" || message.message._tag !== "Accepted") return [own]
  const asked = labelOfConfiguration(proposer.phase.answer)
  return [own, [accepted, "0", input.from, label(message.message.ballot), asked]]
}

/**
 * Clients that wait for the instance of the first configuration to decide. What they decide is the
 * second or its rival: nothing is supposed of what comes after the first.
 */
export const ofProposers = (tried: Tried): ReadonlyArray<LocalStep> => {
  const memory = noMemory()
  for (const numbered of numbers) memory.oldest.set(labelOfPhase(self, numbered), "0")
  const [map] = maps
  return proposers(tried.isEnough).flatMap((proposer) => {
    if (map === undefined) return []
    const state: ClientState = {
      ...{ begun, phase, map },
      activity: { _tag: "Deciding", operation, instance: 0, proposer }
    }
    const answers = numbers.flatMap((numbered) =>
      answersInInstance
        .filter((message) => isConsistent(proposer, message))
        .flatMap((message) =>
          tried.answers({ _tag: "BallotReply", ...numbered, map, instance: 0, message })
        )
    )
    const inputs = [
      { _tag: "Choose", choice: { _tag: "Retry" } } as const,
      ...answers.flatMap((message) =>
        all
          .filter((from) => tried.mayAnswer(state, from, message))
          .map((from) => ({ _tag: "Receive", from, message }) as const)
      )
    ]
    return tried.deciding(state).flatMap((one) =>
      inputs.map((input): LocalStep => {
        const step = tried.step("client", one, input)
        const supposed = [
          ...[...toldMaps, ...sequence.slice(0, 2), ...tried.history(one)],
          ...before(proposer, input)
        ]
        return { taken: { node: self, role: "client", before: one, input, step }, memory, supposed }
      })
    )
  })
}

/** Storage nodes as acceptors, in the instance of the configuration that is theirs. */
export const ofAcceptors = (tried: Tried): ReadonlyArray<LocalStep> => {
  const memory = noMemory()
  const acceptors = [null, ...ballots].flatMap((promised) =>
    votes
      // What was voted for was promised.
      .filter((vote) => vote === null || (promised !== null && !isHigher(vote.ballot, promised)))
      .map((vote) => ({ promised, vote }))
  )
  const asking = ballots.flatMap(
    (ballot): ReadonlyArray<BallotMessage<Configuration>> => [
      { _tag: "Prepare", ballot },
      ...proposals.map((value) => ({ _tag: "Accept", ballot, value }) as const)
    ]
  )
  const [node] = all
  if (node === undefined) return []
  return maps.flatMap((map) =>
    acceptors.flatMap((acceptor) => {
      const instances =
        isDecided(map, 0) || acceptor.promised === null ? [] : [{ instance: 0, acceptor }]
      return asking.map((message): LocalStep => {
        const from = message.ballot.proposer as typeof self
        const ballot = { _tag: "Ballot", operation: begun, phase, instance: 0, message } as const
        const input = { _tag: "Receive", from, message: ballot } as const
        const before = { pair: pairs[1], map, instances }
        const step = tried.step("server", before, input)
        return {
          ...{ taken: { node, role: "server", before, input, step }, memory },
          supposed: sequence
        }
      })
    })
  )
}
