/**
 * How `spec/consensus/` is tied to its model. The proposer and the acceptor have separate functions
 * that follow them, since reconfiguration has one of each in every instance.
 */
import type { Acceptor } from "../../spec/consensus/acceptor.ts"
import { type Ballot, isHigher } from "../../spec/consensus/ballot.ts"
import type { ClientState } from "../../spec/consensus/client.ts"
import type { Message } from "../../spec/consensus/messages.ts"
import type { Propose } from "../../spec/consensus/operation.ts"
import type { Proposer } from "../../spec/consensus/proposer.ts"
import type { ServerSet } from "../../spec/nodes/nodes.ts"
import type { Model } from "../logic/model.ts"
import { type Followed, quorumArrives, quorumOf } from "../majority/tie.ts"
import { labelOfValue } from "../register/tie.ts"
import type { Taken } from "../tie/run.ts"
import type { Fact, Tie } from "../tie/tie.ts"
import { Departure, type Labels, type Named, type View, World } from "../tie/world.ts"
import { readOf, relations, writeOf } from "./model.ts"

/** The relations of an instance of Paxos, as far as ties use them. */
export type Relations = Readonly<Record<keyof typeof relations, Named>>

export const labelOfBallot = ({ round, proposer }: Ballot): string => `${round}@${proposer}`
const ballotOf = (label: string): Ballot => {
  const at = label.indexOf("@")
  return { round: Number(label.slice(0, at)), proposer: label.slice(at + 1) as Ballot["proposer"] }
}

/**
 * All ballots of these proposers up to a round: a ballot must exist in the structure for an
 * acceptor to leave it.
 */
export const ballotsUpTo = (rounds: number, proposers: Labels): Labels =>
  Array.from({ length: rounds }, (_, place) => place + 1).flatMap((round) =>
    proposers.map((proposer) => `${round}@${proposer}`)
  )

export const ballotArrives = (world: World, sort: string, label: string): void => {
  if (sort !== "ballot") return
  for (const other of world.labels(sort)) {
    const isAbove = isHigher(ballotOf(other), ballotOf(label))
    if (!isAbove) world.suppose(atMostBallot, other, label)
    if (isAbove || other === label) world.suppose(atMostBallot, label, other)
  }
}
const atMostBallot: Named = { symbol: { name: "atMostBallot", sorts: ["ballot", "ballot"] } }

type LabelOf = (value: unknown) => string

/** What an acceptor's state represents in the instance. */
export const viewsOfAcceptor = (
  { left, hasVoted, vote }: Relations,
  world: { readonly ballots: Labels },
  [i, s]: readonly [string, string],
  acceptor: Acceptor<unknown>,
  labelOf: LabelOf
): ReadonlyArray<View> => {
  const mine = ([instance, node]: Labels) => instance === i && node === s
  const { promised, vote: last } = acceptor
  return [
    {
      relation: left,
      mine,
      rows: world.ballots
        .filter((label) => promised !== null && isHigher(promised, ballotOf(label)))
        .map((label) => [i, s, label])
    },
    { relation: hasVoted, mine, rows: last === null ? [] : [[i, s]] },
    {
      relation: vote,
      mine,
      rows: last === null ? [] : [[i, s, labelOfBallot(last.ballot), labelOf(last.value)]]
    }
  ]
}

/** What a proposer's state represents in its ballot. */
export const viewsOfProposer = (
  { preparing, promises, highest, accept, counted }: Relations,
  i: string,
  proposer: Proposer<unknown>,
  labelOf: LabelOf
): ReadonlyArray<View> => {
  if (proposer._tag === "Preempted") return []
  const b = labelOfBallot(proposer.ballot)
  const mine = ([instance, ballot]: Labels) => instance === i && ballot === b
  if (proposer._tag === "Accepting") {
    const { answered, answer } = proposer.phase
    return [
      { relation: preparing, mine, rows: [] },
      { relation: accept, mine, rows: [[i, b, labelOf(answer)]] },
      { relation: counted, mine, rows: answered.map((s) => [i, b, s]) }
    ]
  }
  const { answered, answer } = proposer.phase
  return [
    { relation: preparing, mine, rows: [[i, b]] },
    { relation: accept, mine, rows: [] },
    { relation: promises, mine, rows: answered.map((s) => [i, b, s]) },
    {
      relation: highest,
      mine,
      rows: answer === null ? [] : [[i, b, labelOfBallot(answer.ballot), labelOf(answer.value)]]
    }
  ]
}

/** What must have happened if a node sent this to another. */
export const sentInInstance = (
  { prepare, accept, promiseNone, promiseVote, acceptedIn }: Relations,
  i: string,
  from: string,
  message: Message<unknown>,
  labelOf: LabelOf
): ReadonlyArray<Fact> => {
  const b = labelOfBallot(message.ballot)
  switch (message._tag) {
    case "Prepare":
      return [[prepare, i, b]]
    case "Accept":
      return [[accept, i, b, labelOf(message.value)]]
    case "Promise":
      return message.vote === null
        ? [[promiseNone, i, from, b]]
        : [
            [
              promiseVote,
              i,
              from,
              b,
              labelOfBallot(message.vote.ballot),
              labelOf(message.vote.value)
            ]
          ]
    case "Accepted":
      return [[acceptedIn, i, from, b]]
    case "Rejected":
      return []
  }
}

/** Parameters of votes, in models where votes contain more. */
type Given = Readonly<Record<string, string>>

/** An acceptor has answered: with a promise, or with its vote. */
export const followAcceptor = (
  world: World,
  [i, s]: readonly [string, string],
  before: Acceptor<unknown>,
  message: Message<unknown>,
  isRejected: boolean,
  labelOf: LabelOf,
  alsoWith: Given = {}
): void => {
  if (isRejected) return
  const b = labelOfBallot(message.ballot)
  if (message._tag === "Accept")
    world.take("receiveAccept", { i, s, b, v: labelOf(message.value), ...alsoWith })
  if (message._tag !== "Prepare") return
  const { vote } = before
  if (vote === null) world.take("receivePrepare", { i, s, b })
  else {
    const [c, v] = [labelOfBallot(vote.ballot), labelOf(vote.value)]
    world.take("receivePrepareAndTellVote", { i, s, b, c, v })
  }
}

/** What following a proposer requires: the quorums that it may count as sufficient. */
export interface Quorums {
  readonly read: (nodes: ServerSet) => string
  readonly write: (nodes: ServerSet) => string
}

/**
 * A proposer has taken an answer. `after` is its new state in the same ballot; undefined if it has
 * decided. Returns the decision, if there is one.
 */
export const followProposer = (
  world: World,
  { hasHighest, highest }: Relations,
  i: string,
  before: Proposer<unknown>,
  after: Proposer<unknown> | undefined,
  from: string,
  message: Message<unknown>,
  quorums: Quorums,
  labelOf: LabelOf,
  alsoWith: Given = {}
): string | undefined => {
  if (before._tag === "Preempted" || after?._tag === "Preempted") return undefined
  const s = from as ServerSet[number]
  const b = labelOfBallot(before.ballot)
  const heard = [...new Set([...before.phase.answered, s])]
  if (before._tag === "Preparing") {
    if (message._tag !== "Promise") return undefined
    promise(world, { hasHighest, highest }, [i, b, s], message, labelOf)
    if (after?._tag !== "Accepting") return undefined
    const r = quorums.read(heard)
    const v = labelOf(after.phase.answer)
    const [c, told] = world.valueOf(highest, i, b) ?? []
    if (c === undefined || told === undefined) world.take("startAccept", { i, b, r, v })
    else world.take("startAcceptOfHighest", { i, b, r, c, v })
    return undefined
  }
  if (message._tag !== "Accepted") return undefined
  const v = labelOf(before.phase.answer)
  world.take("receiveAccepted", { i, s, b, v, ...alsoWith })
  if (after !== undefined) return undefined
  world.take("decide", { i, b, w: quorums.write(heard), v })
  return v
}

const promise = (
  world: World,
  { hasHighest, highest }: Pick<Relations, "hasHighest" | "highest">,
  [i, b, s]: readonly [string, string, string],
  { vote }: Extract<Message<unknown>, { readonly _tag: "Promise" }>,
  labelOf: LabelOf
): void => {
  if (vote === null) {
    world.take("receivePromise", { i, s, b })
    return
  }
  const [c, v] = [labelOfBallot(vote.ballot), labelOf(vote.value)]
  if (!world.holds(hasHighest, i, b)) {
    world.take("receivePromiseWithFirstVote", { i, s, b, c, v })
    return
  }
  const [had = "", hadDecree = ""] = world.valueOf(highest, i, b) ?? []
  world.take("receivePromiseWithVote", { i, s, b, c, v, had, hadDecree })
}

const only = "0"

/** The tie of one instance of consensus. */
export const tieOf = (
  model: Model,
  { servers, clients, configuration }: Followed,
  rounds: number
): Tie => {
  const all = configuration.members.join(",")
  const ballots = ballotsUpTo(rounds, clients)
  const quorums: Quorums = {
    read: (nodes) => quorumOf(configuration, "read", nodes),
    write: (nodes) => quorumOf(configuration, "write", nodes)
  }
  const followClient = (world: World, { input, node, step, ...taken }: Taken): void => {
    const before = taken.before as ClientState
    const after = step.state as ClientState
    if (input._tag !== "Receive") {
      const proposal = after._tag === "Idle" ? undefined : labelOfValue(after.value)
      if (input._tag === "Invoke") {
        world.take("propose", { i: only, v: labelOfValue((input.operation as Propose).value) })
      }
      if (after._tag !== "Preparing" || proposal === undefined)
        throw new Departure(`${node} has begun no ballot`)
      world.take("startBallot", { i: only, b: labelOfBallot(after.ballot) })
      return
    }
    if (before._tag === "Idle") return
    const decided = followProposer(
      world,
      relations,
      only,
      before,
      after._tag === "Idle" ? undefined : after,
      input.from,
      input.message as Message<unknown>,
      quorums,
      labelOfValue
    )
    for (const observation of step.observations) {
      const returned = labelOfValue((observation as { readonly result?: unknown }).result)
      if (returned !== decided)
        throw new Departure(`${node} returned ${returned}, and ${decided} was decided`)
    }
  }
  return {
    world: () =>
      new World(
        model,
        {
          functions: {},
          arrives: (world, sort, label) => {
            quorumArrives(world, sort, label)
            ballotArrives(world, sort, label)
            if (sort === "readQuorum") world.suppose(readOf, label, only)
            if (sort === "writeQuorum") world.suppose(writeOf, label, only)
          }
        },
        {
          instance: [only],
          server: servers,
          ballot: ballots,
          readQuorum: [all],
          writeQuorum: [all]
        }
      ),
    views: (node, role, state) =>
      role === "server"
        ? viewsOfAcceptor(
            relations,
            { ballots },
            [only, node],
            state as Acceptor<unknown>,
            labelOfValue
          )
        : (state as ClientState)._tag === "Idle"
          ? []
          : viewsOfProposer(relations, only, state as Proposer<unknown>, labelOfValue),
    sent: (from, _to, message) =>
      sentInInstance(relations, only, from, message as Message<unknown>, labelOfValue),
    observed: () => [],
    follow: (world, taken) => {
      if (taken.role !== "server") {
        followClient(world, taken)
        return
      }
      if (taken.input._tag !== "Receive") return
      const isRejected = taken.step.sends.some(
        ({ message }) => (message as Message<unknown>)._tag === "Rejected"
      )
      followAcceptor(
        world,
        [only, taken.node],
        taken.before as Acceptor<unknown>,
        taken.input.message as Message<unknown>,
        isRejected,
        labelOfValue
      )
    }
  }
}
