/**
 * How `spec/rds/` is tied to its model: like `spec/rambo/`, with the reports of votes in addition.
 */
import type { Configuration } from "../../spec/configuration/configuration.ts"
import { equals } from "../../spec/kernel/data.ts"
import type { ServerSet } from "../../spec/nodes/nodes.ts"
import { lengthOf } from "../../spec/rambo/configuration-map.ts"
import type { Message as RamboMessage } from "../../spec/rambo/messages.ts"
import type { ServerState } from "../../spec/rambo/server.ts"
import { inPhase, type ClientState as RamboState, type Stage } from "../../spec/rambo/state.ts"
import type { Message } from "../../spec/rds/messages.ts"
import type { ClientState, Deciding } from "../../spec/rds/state.ts"
import { labelOfBallot } from "../consensus/tie.ts"
import { type Answering, ClientFollower, tieOf as tieOfSequence } from "../rambo/follow.ts"
import { configurationAt, instanceRelations, isKnown } from "../rambo/sequence.ts"
import { mapOf } from "../rambo/state.ts"
import {
  type FollowedSequence,
  knowQuorum,
  labelOfConfiguration,
  labelOfPhase,
  type Memory,
  oldestIn
} from "../rambo/tie.ts"
import { labelOfOperation, labelsOfPair } from "../register/tie.ts"
import type { Fact, Tie } from "../tie/tie.ts"
import { Departure, type Labels, type View, type World } from "../tie/world.ts"
import {
  after,
  awaitsToGet,
  awaitsToSet,
  getTells,
  held,
  setTells,
  votePair,
  votesFor
} from "./state.ts"

const { accept, decidedIn } = instanceRelations

/** The decision for this place, and a ballot that decided it. */
const decisionAt = (world: World, place: string): { b: string; k: string } | undefined => {
  for (const [i, b = ""] of world.rows(decidedIn)) {
    if (i !== place) continue
    const [k] = world.valueOf(accept, place, b) ?? []
    if (k !== undefined) return { b, k }
  }
  return undefined
}

/** The configuration with this label: a label is the configuration's text. */
const configurationOf = (label: string): Configuration => JSON.parse(label) as Configuration

class Follower extends ClientFollower {
  /** How far the phase has heard from quorums, and why no farther. */
  protected override atFixedPoint(
    o: string,
    l: string,
    h: string,
    activity: Answering
  ): Readonly<Record<string, string>> {
    const isGetting = activity._tag === "Getting"
    const awaits = isGetting ? awaitsToGet : awaitsToSet
    for (const configuration of activity.phase.configurations) {
      this.knowQuorumOf(configuration, isGetting ? "read" : "write", activity.phase.answered)
    }
    let x = h
    let decision = decisionAt(this.world, x)
    while (decision !== undefined && this.world.holds(awaits, o, decision.k)) {
      const next = String(Number(x) + 1)
      if (!this.world.holds(isKnown, next)) break
      x = next
      decision = decisionAt(this.world, x)
    }
    const [anyBallot = ""] = this.world.labels("ballot")
    const [anyConfiguration = ""] = this.world.labels("configuration")
    const { b, k } = decision ?? { b: anyBallot, k: anyConfiguration }
    if (!isGetting) return { x, b, k }
    this.world.take("endGet", { o, l, h, x, b, k })
    return {}
  }

  protected knowQuorumOf(
    configuration: Configuration,
    access: "read" | "write",
    nodes: ServerSet
  ): string {
    return knowQuorum(this.world, this.followed, 0, configuration, access, nodes)
  }

  protected override beginning(deciding: Deciding): string {
    return deciding.pair === undefined ? "startBallot" : "startBallotAndCollect"
  }

  protected override ofVote(
    i: string,
    b: string,
    _from: string,
    message: Message
  ): Readonly<Record<string, string>> {
    if (message._tag !== "BallotReply" || message.pair === undefined) return {}
    const [t, x] = labelsOfPair(message.pair)
    const [had = "", hadValue = ""] = this.world.valueOf(held, i, b) ?? []
    return { t, x, had, hadValue }
  }

  /**
   * A storage node that receives two requests to accept may report a larger pair the second time.
   */
  protected override inInstance(
    deciding: Deciding,
    from: ServerSet[number],
    reply: Extract<RamboMessage, { readonly _tag: "BallotReply" }>
  ): void {
    const { instance, proposer } = deciding
    const isTold = lengthOf(reply.map) > instance + 1
    const isAgain =
      proposer._tag === "Accepting" &&
      proposer.phase.answered.includes(from) &&
      equals(reply.message.ballot, proposer.ballot)
    if (!isAgain || isTold || reply.message._tag !== "Accepted") {
      super.inInstance(deciding, from, reply)
      return
    }
    const [i, b] = [String(instance), labelOfBallot(proposer.ballot)]
    const v = labelOfConfiguration(proposer.phase.answer)
    this.world.take("receiveAccepted", { i, s: from, b, v, ...this.ofVote(i, b, from, reply) })
  }

  /** With the deciding votes, or as in RAMBO. */
  protected override startTransfer(stage: Stage, heard: ServerSet): void {
    const { activity } = this.before
    if (activity._tag !== "Deciding") {
      super.startTransfer(stage, heard)
      return
    }
    const { proposer } = activity
    const { input } = this.taken
    if (proposer._tag === "Preempted" || input._tag !== "Receive")
      throw new Departure("a transfer began without votes")
    const [l = "", h = ""] = this.world.valueOf(mapOf, this.p) ?? []
    const b = labelOfBallot(proposer.ballot)
    const [t = "", v = ""] = this.world.valueOf(held, l, b) ?? []
    const voters = [...proposer.phase.answered, input.from as ServerSet[number]]
    const [k = ""] = this.world.valueOf(configurationAt, l) ?? []
    const r = this.knowQuorumOf(configurationOf(k), "read", voters)
    const w = this.knowQuorumOf(configurationOf(k), "write", voters)
    const n = this.goalOf(stage)
    this.memory.transfers.set(labelOfPhase(this.p, inPhase(this.after)), {
      n,
      t: labelsOfPair(stage.phase.answer)[0]
    })
    this.world.take("startTransferOfVotes", { p: this.p, l, h, n, b, r, w, t, v })
  }

  /** The ballot that has decided and in which a quorum has voted. */
  protected override ofRetirement(l: string): Readonly<Record<string, string>> {
    const [k = ""] = this.world.valueOf(configurationAt, l) ?? []
    const configuration = configurationOf(k)
    for (const [i, b = ""] of this.world.rows(decidedIn)) {
      if (i !== l) continue
      const voters = configuration.members.filter((s) => this.world.holds(after, s, l, b))
      try {
        return { b, q: this.knowQuorumOf(configuration, "write", voters) }
      } catch (error) {
        if (!(error instanceof Departure)) throw error
      }
    }
    throw new Departure(`configuration ${l} is retired without a forward pointer`)
  }
}

const viewsOfServer = (s: string, { instances }: ServerState): ReadonlyArray<View> =>
  instances.flatMap(({ instance, acceptor: { vote } }) =>
    vote === null
      ? []
      : [
          {
            relation: votesFor,
            mine: ([i, node]: Labels) => i === String(instance) && node === s,
            rows: [[String(instance), s, labelOfConfiguration(vote.value)]]
          }
        ]
  )

const viewsOfClient = (c: string, state: RamboState): ReadonlyArray<View> => {
  const { begun, map, activity } = state as ClientState
  if (activity._tag === "Getting" || activity._tag === "Setting") {
    const o = labelOfOperation(c, begun)
    const active = map.active.map(labelOfConfiguration)
    const others = activity.phase.configurations
      .map(labelOfConfiguration)
      .filter((k) => !active.includes(k))
    return [
      {
        relation: activity._tag === "Getting" ? awaitsToGet : awaitsToSet,
        mine: ([a, k = ""]: Labels) => a === o && !active.includes(k),
        rows: others.map((k) => [o, k])
      }
    ]
  }
  if (activity._tag !== "Deciding") return []
  const { pair, proposer, instance } = activity
  if (pair === undefined || proposer._tag === "Preempted") return []
  const [i, b] = [String(instance), labelOfBallot(proposer.ballot)]
  return [
    {
      relation: held,
      mine: ([j, a]: Labels) => j === i && a === b,
      rows: [[i, b, ...labelsOfPair(pair)]]
    }
  ]
}

/** The additional contents of answers. */
const sent = (
  memory: Memory,
  from: string,
  to: string,
  given: RamboMessage
): ReadonlyArray<Fact> => {
  const message = given as Message
  switch (message._tag) {
    case "GetReply":
    case "SetReply": {
      const o = labelOfOperation(to, message.operation)
      if (!memory.accesses.has(o)) return []
      const e = oldestIn(memory, to, message)
      const tells = message._tag === "GetReply" ? getTells : setTells
      return message.accepted.map((k) => [tells, o, e, from, labelOfConfiguration(k)] as const)
    }
    case "BallotReply": {
      if (message.pair === undefined || message.message._tag !== "Accepted") return []
      const { ballot } = message.message
      const pair = labelsOfPair(message.pair)
      return [[votePair, String(message.instance), labelOfBallot(ballot), from, ...pair]]
    }
    default:
      return []
  }
}

export const tieOf = (followed: FollowedSequence, memory?: Memory): Tie =>
  tieOfSequence(
    followed,
    {
      Follower,
      viewsOfServer,
      viewsOfClient,
      sent,
      ofVote: ({ pair }) => {
        const [t, x] = labelsOfPair(pair)
        return { t, x }
      }
    },
    memory
  )
