/**
 * How `spec/rambo/` and `spec/rambo-ii/` are tied to their models: what states and messages
 * represent. (`follow.ts` gives the transitions for a step.)
 */
import { type Configuration, isQuorum } from "../../spec/configuration/configuration.ts"
import type { Message as BallotMessage } from "../../spec/consensus/messages.ts"
import type { Proposer } from "../../spec/consensus/proposer.ts"
import { canonical } from "../../spec/kernel/data.ts"
import type { ServerSet } from "../../spec/nodes/nodes.ts"
import { type ConfigurationMap, lengthOf } from "../../spec/rambo/configuration-map.ts"
import type { InPhase, Message } from "../../spec/rambo/messages.ts"
import type { ServerState } from "../../spec/rambo/server.ts"
import type { ClientState } from "../../spec/rambo/state.ts"
import {
  ballotArrives,
  ballotsUpTo,
  labelOfBallot,
  sentInInstance,
  viewsOfAcceptor,
  viewsOfProposer
} from "../consensus/tie.ts"
import type { Model } from "../logic/model.ts"
import type { Followed } from "../majority/tie.ts"
import { chose, done, getting, invoked, setting } from "../register/history.ts"
import {
  type Arguments,
  bottomLabel,
  clientOfLabel,
  fixedOf,
  labelOfOperation,
  labelsOfPair,
  zeroLabel
} from "../register/tie.ts"
import type { Fact } from "../tie/tie.ts"
import { Departure, type Labels, type Named, type View, World } from "../tie/world.ts"
import { instanceRelations, readQuorumOf, writeQuorumOf } from "./sequence.ts"
import {
  acknowledged,
  answered,
  collected,
  found,
  getAsked,
  getReply,
  holder,
  holds,
  inRead,
  inWrite,
  isNext,
  mapAt,
  mapOf,
  pointerAsked,
  pointerReply,
  pointerStored,
  readOf,
  retireSent,
  setAsked,
  setReply,
  stateStored,
  storingPointer,
  told,
  transfer,
  transferReply,
  transferringState,
  writeOf
} from "./state.ts"

/** What is followed: with which model, and how far the sequence can go. */
export interface FollowedSequence extends Followed {
  readonly model: Model
  /** Whether consensus decides on the sequence. */
  readonly isDecided: boolean
  /** The configuration that is to be the oldest active one, by its index. */
  readonly nextOldest: (retired: number, goal: number) => number
  readonly maxConfigurations: number
  readonly maxRounds: number
}

export const labelOfConfiguration = (configuration: unknown): string => canonical(configuration)
/** The indices of the oldest active and of the latest known configuration. */
export const labelsOfMap = (map: ConfigurationMap): [string, string] => [
  String(map.retired),
  String(lengthOf(map) - 1)
]

/** A transfer: its target and its timestamp. */
export interface Transferred {
  readonly n: string
  readonly t: string
}

/** What the tie remembers of a run besides the structure: no formula mentions it. */
export interface Memory {
  /** The values of writes, by operation. */
  readonly written: Arguments
  /** The operations that are reads or writes. */
  readonly accesses: Set<string>
  /**
   * The oldest active configuration at the beginning of a phase, by its index. Messages carry the
   * phase; the model has this index.
   */
  readonly oldest: Map<string, string>
  /** The transfers, by the phase in which they are sent. */
  readonly transfers: Map<string, Transferred>
  /**
   * The promises counted in a ballot before the client began it again, by instance and ballot: an
   * earlier operation only asked with it for a successor.
   */
  readonly promised: Map<string, ReadonlyArray<Labels>>
}

export const noMemory = (): Memory => ({
  written: new Map(),
  accesses: new Set(),
  oldest: new Map(),
  transfers: new Map(),
  promised: new Map()
})

/** A ballot of an instance of consensus. */
export const labelOfInstance = (i: string, b: string): string => `${i} ${b}`

export const labelOfPhase = (client: string, { operation, phase }: InPhase): string =>
  `${client}#${operation}#${phase}`

/** The oldest active configuration when this phase of the client began. */
export const oldestIn = ({ oldest }: Memory, client: string, message: InPhase): string => {
  const index = oldest.get(labelOfPhase(client, message))
  if (index === undefined) throw new Departure(`${client} has begun no phase ${message.phase}`)
  return index
}

/** The transfer that this phase of the client sends. */
export const transferIn = (
  { transfers }: Memory,
  client: string,
  message: InPhase
): Transferred => {
  const transferred = transfers.get(labelOfPhase(client, message))
  if (transferred === undefined) throw new Departure(`${client} transfers without having begun to`)
  return transferred
}

const atMostIndex: Named = { symbol: { name: "atMostIndex", sorts: ["index", "index"] } }

export const worldOf = (followed: FollowedSequence, { written }: Memory): World => {
  const { model, isDecided, servers, clients, configuration } = followed
  const indices = Array.from({ length: followed.maxConfigurations }, (_, place) => String(place))
  const register = fixedOf(written, (world, sort, label) => {
    ballotArrives(world, sort, label)
    if (sort === "index") {
      for (const other of world.labels(sort)) {
        if (Number(other) <= Number(label)) world.suppose(atMostIndex, other, label)
        if (Number(other) + 1 === Number(label)) world.suppose(isNext, other, label)
      }
    }
    if (sort !== "readQuorum" && sort !== "writeQuorum") return
    const [of = "", members = ""] = label.split("|")
    const [isIn, belongs] =
      sort === "readQuorum"
        ? [inRead, isDecided ? readQuorumOf : readOf]
        : [inWrite, isDecided ? writeQuorumOf : writeOf]
    for (const member of members.split(",")) world.suppose(isIn, member, label)
    world.suppose(belongs, label, of)
  })
  const first = labelOfConfiguration(configuration)
  return new World(
    model,
    {
      ...register,
      functions: {
        ...register.functions,
        first: () => ["index", "0"],
        ...(isDecided && { firstConfiguration: () => ["configuration", first] as const })
      }
    },
    {
      client: ["", ...clients],
      server: servers,
      timestamp: [zeroLabel],
      value: [bottomLabel],
      index: indices,
      ...(isDecided && {
        configuration: [first],
        ballot: ballotsUpTo(followed.maxRounds, clients)
      })
    }
  )
}

/** Adds this configuration's quorum among the nodes to the structure; otherwise, a departure. */
export const knowQuorum = (
  world: World,
  { isDecided }: FollowedSequence,
  index: number,
  configuration: Configuration,
  access: "read" | "write",
  nodes: ServerSet
): string => {
  const among = configuration.members.filter((member) => nodes.includes(member))
  if (!isQuorum(configuration, access, among)) {
    throw new Departure(`{${nodes.join()}} has no ${access} quorum of configuration ${index}`)
  }
  const label = `${isDecided ? labelOfConfiguration(configuration) : index}|${among.join()}`
  world.element(access === "read" ? "readQuorum" : "writeQuorum", label)
  return label
}

export const viewsOfServer = (
  followed: FollowedSequence,
  s: string,
  { pair, map, instances }: ServerState
): ReadonlyArray<View> => {
  const mine = ([node]: Labels) => node === s
  const ballots = ballotsUpTo(followed.maxRounds, followed.clients)
  return [
    { relation: holds, mine, rows: [[s, ...labelsOfPair(pair)]] },
    { relation: mapAt, mine, rows: [[s, ...labelsOfMap(map)]] },
    ...instances.flatMap(({ instance, acceptor }) =>
      viewsOfAcceptor(
        instanceRelations,
        { ballots },
        [String(instance), s],
        acceptor,
        labelOfConfiguration
      )
    )
  ]
}

export const viewsOfClient = (
  followed: FollowedSequence,
  { accesses, promised }: Memory,
  c: string,
  { begun, map, activity }: ClientState
): ReadonlyArray<View> => {
  const current = labelOfOperation(c, begun)
  const ofClient = ([o]: Labels) => clientOfLabel(o ?? "") === c
  const ofCurrent = ([o]: Labels) => o === current
  const mine = ([p]: Labels) => p === c
  const all = [...accesses].filter((o) => clientOfLabel(o) === c)
  const isAccess = activity._tag === "Getting" || activity._tag === "Setting"
  const [n, pair] =
    activity._tag === "StoringPointer" || activity._tag === "TransferringState"
      ? [
          String(followed.nextOldest(activity.retired, activity.goal)),
          labelsOfPair(activity.phase.answer)
        ]
      : ["", []]
  const views: ReadonlyArray<View> = [
    { relation: mapOf, mine, rows: [[c, ...labelsOfMap(map)]] },
    { relation: invoked, mine: ofClient, rows: all.map((o) => [o]) },
    { relation: getting, mine: ofClient, rows: activity._tag === "Getting" ? [[current]] : [] },
    { relation: setting, mine: ofClient, rows: activity._tag === "Setting" ? [[current]] : [] },
    {
      relation: done,
      mine: ofClient,
      rows: all.filter((o) => !isAccess || o !== current).map((o) => [o])
    },
    { relation: storingPointer, mine, rows: activity._tag === "StoringPointer" ? [[c, n]] : [] },
    {
      relation: transferringState,
      mine,
      rows: activity._tag === "TransferringState" ? [[c, n, ...pair]] : []
    }
  ]
  switch (activity._tag) {
    case "Getting":
      return [
        ...views,
        {
          relation: answered,
          mine: ofCurrent,
          rows: activity.phase.answered.map((s) => [current, s])
        },
        {
          relation: found,
          mine: ofCurrent,
          rows: [[current, ...labelsOfPair(activity.phase.answer)]]
        },
        ...(activity.holders === undefined
          ? []
          : [
              { relation: holder, mine: ofCurrent, rows: activity.holders.map((s) => [current, s]) }
            ])
      ]
    case "Setting":
      return [
        ...views,
        {
          relation: acknowledged,
          mine: ofCurrent,
          rows: activity.phase.answered.map((s) => [current, s])
        },
        {
          relation: chose,
          mine: ofCurrent,
          rows: [[current, ...labelsOfPair(activity.phase.answer)]]
        }
      ]
    case "StoringPointer":
      return [
        ...views,
        { relation: pointerStored, mine, rows: activity.phase.answered.map((s) => [c, s]) },
        { relation: collected, mine, rows: [[c, ...pair]] }
      ]
    case "TransferringState":
      return [
        ...views,
        { relation: stateStored, mine, rows: activity.phase.answered.map((s) => [c, s]) }
      ]
    case "Deciding": {
      const { instance, proposer } = activity
      const i = String(instance)
      const earlier =
        proposer._tag === "Preempted"
          ? []
          : (promised.get(labelOfInstance(i, labelOfBallot(proposer.ballot))) ?? [])
      const ofProposer = viewsOfProposer(
        instanceRelations,
        i,
        proposer as Proposer<unknown>,
        labelOfConfiguration
      )
      return [
        ...views,
        ...ofProposer.map((view) =>
          view.relation === instanceRelations.promises
            ? {
                ...view,
                rows: [
                  ...new Map([...earlier, ...view.rows].map((row) => [row.join(), row])).values()
                ]
              }
            : view
        )
      ]
    }
    default:
      return views
  }
}

/** What must have happened if this message was sent. */
export const sent = (
  memory: Memory,
  from: string,
  to: string,
  message: Message
): ReadonlyArray<Fact> => {
  const { accesses } = memory
  switch (message._tag) {
    case "Get":
      return [
        [getAsked, labelOfOperation(from, message.operation), oldestIn(memory, from, message)]
      ]
    case "GetReply": {
      const { operation, pair, map } = message
      const o = labelOfOperation(to, operation)
      const e = oldestIn(memory, to, message)
      return [[getReply, o, e, from, ...labelsOfPair(pair), ...labelsOfMap(map)]]
    }
    case "Set": {
      const o = labelOfOperation(from, message.operation)
      const pair = labelsOfPair(message.pair)
      return accesses.has(o)
        ? [
            [setAsked, o, oldestIn(memory, from, message)],
            [chose, o, ...pair]
          ]
        : [[transfer, from, transferIn(memory, from, message).n, ...pair]]
    }
    case "SetReply": {
      const o = labelOfOperation(to, message.operation)
      const map = labelsOfMap(message.map)
      if (accesses.has(o)) return [[setReply, o, oldestIn(memory, to, message), from, ...map]]
      const { n, t } = transferIn(memory, to, message)
      return [[transferReply, to, n, from, t, ...map]]
    }
    case "StorePointer":
      return [[pointerAsked, from, ...labelsOfMap(message.map)]]
    case "PointerStored": {
      const { pair, map } = message
      const e = oldestIn(memory, to, message)
      return [[pointerReply, to, e, from, ...labelsOfPair(pair), ...labelsOfMap(map)]]
    }
    case "Retire":
      return [[retireSent, ...labelsOfMap(message.map)]]
    case "Retired":
    case "MapReply":
      return [[told, ...labelsOfMap(message.map)]]
    case "Ballot":
    case "BallotReply": {
      const inside = message.message as BallotMessage<unknown>
      const facts = sentInInstance(
        instanceRelations,
        String(message.instance),
        from,
        inside,
        labelOfConfiguration
      )
      return message._tag === "Ballot" ? facts : [[told, ...labelsOfMap(message.map)], ...facts]
    }
    case "AskMap":
    case "Announce":
    case "Announced":
    case "Hint":
      return []
  }
}
