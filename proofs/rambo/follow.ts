/**
 * The transitions of the model for a step of `spec/rambo/`.
 */
import type { Configuration } from "../../spec/configuration/configuration.ts"
import type { Message as BallotMessage } from "../../spec/consensus/messages.ts"
import type { Proposer } from "../../spec/consensus/proposer.ts"
import { equals } from "../../spec/kernel/data.ts"
import type { ServerSet } from "../../spec/nodes/nodes.ts"
import { activeAt, type ConfigurationMap, lengthOf } from "../../spec/rambo/configuration-map.ts"
import type { Message } from "../../spec/rambo/messages.ts"
import type { ServerState } from "../../spec/rambo/server.ts"
import { type ClientState, type Deciding, inPhase, type Stage } from "../../spec/rambo/state.ts"
import type { Access } from "../../spec/register/operation.ts"
import { followAcceptor, followProposer, labelOfBallot } from "../consensus/tie.ts"
import { done } from "../register/history.ts"
import { labelOfOperation, labelOfValue, labelsOfPair } from "../register/tie.ts"
import type { Taken } from "../tie/run.ts"
import type { Fact, Tie } from "../tie/tie.ts"
import { Departure, type View, type World } from "../tie/world.ts"
import { instanceRelations } from "./sequence.ts"
import { collected, found, mapOf, transferringState } from "./state.ts"
import {
  type FollowedSequence,
  knowQuorum,
  labelOfConfiguration,
  labelOfInstance,
  labelOfPhase,
  labelsOfMap,
  type Memory,
  noMemory,
  oldestIn,
  sent,
  transferIn,
  viewsOfClient,
  viewsOfServer,
  worldOf
} from "./tie.ts"

const larger = (one: string, other: string): string => (Number(one) >= Number(other) ? one : other)

const followServer = (
  world: World,
  memory: Memory,
  taken: Taken,
  alsoOfVote: (state: ServerState) => Readonly<Record<string, string>>
): void => {
  const { node: s, input, step } = taken
  if (input._tag !== "Receive") return
  const before = taken.before as ServerState
  const message = input.message as Message
  const [had, hadValue] = labelsOfPair(before.pair)
  const [l, h] = labelsOfMap(before.map)
  const from = input.from
  switch (message._tag) {
    case "Get": {
      const o = labelOfOperation(from, message.operation)
      world.take("receiveGet", {
        o,
        e: oldestIn(memory, from, message),
        s,
        t: had,
        v: hadValue,
        l,
        h
      })
      return
    }
    case "Set": {
      const [t, v] = labelsOfPair(message.pair)
      const o = labelOfOperation(from, message.operation)
      if (memory.accesses.has(o)) {
        const e = oldestIn(memory, from, message)
        world.take("receiveSet", { o, e, s, t, v, had, hadValue, l, h })
        return
      }
      const { n } = transferIn(memory, from, message)
      world.take("receiveSetOfTransfer", { p: from, n, s, t, v, had, hadValue, l, h })
      return
    }
    case "StorePointer":
    case "Retire": {
      const [e, g] = labelsOfMap(message.map)
      const [newLow, newHigh] = [larger(e, l), larger(g, h)]
      const given = { e, g, s, l, h, newLow, newHigh }
      if (message._tag === "Retire") world.take("receiveRetire", given)
      else world.take("receiveStorePointer", { ...given, p: from, t: had, v: hadValue })
      return
    }
    case "Ballot": {
      world.take("receiveAskMap", { s, l, h })
      const instance = before.instances.find((one) => one.instance === message.instance)
      followAcceptor(
        world,
        [String(message.instance), s],
        instance?.acceptor ?? { promised: null, vote: null },
        message.message as BallotMessage<unknown>,
        step.sends.some((send) => {
          const reply = send.message as Message
          return reply._tag === "BallotReply" && reply.message._tag === "Rejected"
        }),
        labelOfConfiguration,
        alsoOfVote(before)
      )
      return
    }
    case "AskMap":
      world.take("receiveAskMap", { s, l, h })
  }
}

/** The cmap of a client, as the model has it. */
const mapIn = (world: World, p: string): readonly [string, string] => {
  const [l, h] = world.valueOf(mapOf, p) ?? []
  if (l === undefined || h === undefined) throw new Departure(`${p} has no map`)
  return [l, h]
}

/**
 * A cmap arrives: the client learns its contents, and its phase restarts if a configuration is
 * retired.
 */
const learnMap = (world: World, p: string, map: ConfigurationMap): void => {
  const [l, h] = mapIn(world, p)
  const [toldLow, toldHigh] = labelsOfMap(map)
  if (Number(toldLow) > Number(l)) {
    world.take("restart", { p, l, h, toldLow, toldHigh, high: larger(h, toldHigh) })
  } else if (Number(toldHigh) > Number(h)) world.take("learn", { p, l, h, toldLow, toldHigh })
}

export type Answering = Extract<ClientState["activity"], { readonly phase: unknown }>
const isAnswering = (activity: ClientState["activity"]): activity is Answering =>
  "phase" in activity

/** True when the client is still in the same phase. */
const isSamePhase = (before: ClientState, after: ClientState): boolean =>
  before.activity._tag === after.activity._tag &&
  before.begun === after.begun &&
  before.phase === after.phase

/** Follows one client, together with the history that the tie remembers. */
export class ClientFollower {
  protected readonly world: World
  protected readonly followed: FollowedSequence
  protected readonly memory: Memory
  protected readonly p: string
  protected readonly before: ClientState
  protected readonly after: ClientState
  protected readonly taken: Taken

  constructor(world: World, followed: FollowedSequence, memory: Memory, taken: Taken) {
    this.world = world
    this.followed = followed
    this.memory = memory
    this.p = taken.node
    this.before = taken.before as ClientState
    this.after = taken.step.state as ClientState
    this.taken = taken
  }

  follow(): void {
    const { input } = this.taken
    const { activity } = this.after
    if ("retired" in activity) {
      this.memory.oldest.set(labelOfPhase(this.p, inPhase(this.after)), String(activity.retired))
    }
    switch (input._tag) {
      case "Invoke":
        if (input.operation._tag === "Reconfigure") this.goOnReconfiguring([])
        else this.invoke(input.operation as Access)
        return
      case "Choose":
        if (this.before.activity._tag === "Deciding") this.startBallot()
        else this.goOn()
        return
      case "Receive":
        this.receive(input.from as ServerSet[number], input.message as Message)
    }
  }

  protected invoke(access: Access): void {
    const o = labelOfOperation(this.p, this.after.begun)
    this.memory.accesses.add(o)
    if (access._tag === "Write") this.memory.written.set(o, labelOfValue(access.value))
    const [l, h] = mapIn(this.world, this.p)
    this.world.take("invoke", { o, l, h })
  }

  /** A phase has reached its fixed point: a quorum of each active configuration has answered. */
  protected goOn(): void {
    const { activity, map, begun } = this.before
    if (activity._tag !== "Getting" && activity._tag !== "Setting") return
    const isGetting = activity._tag === "Getting"
    map.active.forEach((configuration, place) => {
      const nodes = activity.phase.answered
      this.quorum(map.retired + place, configuration, isGetting ? "read" : "write", nodes)
    })
    const o = labelOfOperation(this.p, begun)
    const [l, h] = labelsOfMap(map)
    if (!isGetting) {
      const [t, v] = labelsOfPair(activity.phase.answer)
      this.returns(v, activity.operation)
      this.world.take("finish", { o, l, h, t, v, ...this.atFixedPoint(o, l, h, activity) })
      return
    }
    const after = this.after.activity
    if (after._tag === "Idle") {
      const [t = "", v = ""] = this.world.valueOf(found, o) ?? []
      const holders = activity._tag === "Getting" ? (activity.holders ?? []) : []
      map.active.forEach((configuration, place) => {
        this.quorum(map.retired + place, configuration, "write", holders)
      })
      this.returns(v, activity.operation)
      this.world.take("finishAtOnce", { o, l, h, t, v })
      return
    }
    if (after._tag !== "Setting") throw new Departure("a Get phase ended, and no Set phase began")
    const [t, v] = labelsOfPair(after.phase.answer)
    this.atFixedPoint(o, l, h, activity)
    if (activity.operation._tag === "Read") this.world.take("startSetOfRead", { o, l, h, t, v })
    else {
      const [had = "", hadValue = ""] = this.world.valueOf(found, o) ?? []
      this.world.take("startSetOfWrite", { o, l, h, had, hadValue, t })
    }
  }

  /** Further parameters for a phase that has reached its fixed point. */
  protected atFixedPoint(
    _o: string,
    _l: string,
    _h: string,
    _activity: Answering
  ): Readonly<Record<string, string>> {
    return {}
  }
  /** The same for a vote, and for a retirement. */
  protected ofVote(
    _i: string,
    _b: string,
    _from: string,
    _message: Message
  ): Readonly<Record<string, string>> {
    return {}
  }
  protected ofRetirement(_l: string): Readonly<Record<string, string>> {
    return {}
  }
  /** How a ballot begins. */
  protected beginning(_deciding: Deciding): string {
    return "startBallot"
  }

  protected quorum(
    index: number,
    configuration: Configuration,
    access: "read" | "write",
    nodes: ServerSet
  ): string {
    return knowQuorum(this.world, this.followed, index, configuration, access, nodes)
  }

  protected returns(chosen: string, { _tag }: Access): void {
    for (const observation of this.taken.step.observations) {
      if (observation._tag !== "Response" || _tag !== "Read") continue
      const returned = labelOfValue((observation as { readonly result?: unknown }).result)
      if (returned !== chosen)
        throw new Departure(`a read that chose ${chosen} returned ${returned}`)
    }
  }

  protected receive(from: ServerSet[number], message: Message): void {
    const { activity } = this.before
    if (!("map" in message) || message._tag === "StorePointer" || message._tag === "Retire") {
      this.goOnReconfiguring([])
      return
    }
    learnMap(this.world, this.p, message.map)
    const isOver = message.map.retired > this.before.map.retired
    const heard = isAnswering(activity) ? [...new Set([...activity.phase.answered, from])] : []
    if (activity._tag === "Deciding" && message._tag === "BallotReply") {
      this.inInstance(activity, from, message)
    } else if (!isOver && isAnswering(activity) && !activity.phase.answered.includes(from)) {
      this.count(activity, from, message)
    }
    this.goOnReconfiguring(heard)
  }

  /** The answer counts in the phase. */
  protected count(activity: Answering, s: ServerSet[number], message: Message): void {
    const { activity: after } = this.after
    // Its cmap may have introduced the configuration that contains the storage node.
    const learned =
      isAnswering(after) && isSamePhase(this.before, this.after) ? after.phase.configurations : []
    const asked = [...activity.phase.configurations, ...learned]
    if (!("map" in message) || !asked.some(({ members }) => members.includes(s))) return
    const { begun } = this.before
    const p = this.p
    const o = labelOfOperation(p, begun)
    const [l, h] = mapIn(this.world, p)
    const [toldLow, toldHigh] = labelsOfMap(message.map)
    const common = { s, l, h, toldLow, toldHigh }
    const [had, hadValue] = labelsOfPair(activity.phase.answer)
    if (activity._tag === "Getting" && message._tag === "GetReply") {
      const [t, v] = labelsOfPair(message.pair)
      this.world.take("receiveGetReply", { o, t, v, had, hadValue, ...common })
    } else if (activity._tag === "Setting" && message._tag === "SetReply") {
      this.world.take("receiveSetReply", { o, ...common })
    } else if (activity._tag === "StoringPointer" && message._tag === "PointerStored") {
      const [t, v] = labelsOfPair(message.pair)
      const n = this.goalOf(activity)
      this.world.take("receivePointerStored", { p, n, t, v, had, hadValue, ...common })
    } else if (activity._tag === "TransferringState" && message._tag === "SetReply") {
      const n = this.goalOf(activity)
      this.world.take("receiveSetReplyOfTransfer", { p, n, t: had, v: hadValue, ...common })
    }
  }

  protected goalOf({ retired, goal }: Pick<Stage, "retired" | "goal">): string {
    return String(this.followed.nextOldest(retired, goal))
  }

  /** An acceptor has answered in an instance of consensus, which may have decided. */
  protected inInstance(
    { instance, proposer }: Deciding,
    from: ServerSet[number],
    reply: Extract<Message, { readonly _tag: "BallotReply" }>
  ): void {
    const message = reply.message as BallotMessage<unknown>
    const i = String(instance)
    const wasTold = lengthOf(reply.map) > instance + 1
    if (wasTold || proposer._tag === "Preempted" || !equals(message.ballot, proposer.ballot)) return
    if (proposer.phase.answered.includes(from)) return
    const { activity } = this.after
    const isStill = activity._tag === "Deciding" && activity.instance === instance
    const [configuration] = proposer.phase.configurations
    if (configuration === undefined) return
    const decided = followProposer(
      this.world,
      instanceRelations,
      i,
      proposer as Proposer<unknown>,
      isStill ? (activity.proposer as Proposer<unknown>) : undefined,
      from,
      message,
      {
        read: (nodes) => this.quorum(instance, configuration, "read", nodes),
        write: (nodes) => this.quorum(instance, configuration, "write", nodes)
      },
      labelOfConfiguration,
      this.ofVote(i, labelOfBallot(proposer.ballot), from, reply)
    )
    if (decided === undefined) return
    const b = labelOfBallot(proposer.ballot)
    this.world.take("learnDecision", { i, b, k: decided, j: String(instance + 1) })
  }

  protected startBallot(): void {
    const { activity } = this.after
    if (activity._tag !== "Deciding" || activity.proposer._tag !== "Preparing") {
      throw new Departure("no ballot was begun")
    }
    const { instance, proposer } = activity
    const i = String(instance)
    this.world.take("propose", { i, v: labelOfConfiguration(proposer.value) })
    const b = labelOfBallot(proposer.ballot)
    // An earlier operation of this client only asked with this ballot, and proposed nothing.
    if (this.world.holds(instanceRelations.preparing, i, b)) {
      const rows = this.world.rows(instanceRelations.promises)
      const counted = rows.filter(([instance, ballot]) => instance === i && ballot === b)
      this.memory.promised.set(labelOfInstance(i, b), counted)
      return
    }
    this.world.take(this.beginning(activity), { i, b })
  }

  /**
   * The next step of a reconfigurer: it appends the decision, and begins a stage, or another
   * instance. `heard`: the nodes that have answered in the finished stage.
   */
  protected goOnReconfiguring(heard: ServerSet): void {
    const { activity: before, map: oldMap } = this.before
    const { activity: after, map } = this.after
    const p = this.p
    const isNewPhase = !isSamePhase(this.before, this.after)
    for (
      let [l, h] = mapIn(this.world, p);
      Number(h) < lengthOf(map) - 1;
      [l, h] = mapIn(this.world, p)
    ) {
      this.world.take("append", { p, l, h, n: String(Number(h) + 1) })
    }
    const isRetirement =
      before._tag === "TransferringState" &&
      this.world.rows(transferringState).some(([q]) => q === p)
    if (isRetirement && map.retired > oldMap.retired && isNewPhase) this.startRetire(before, heard)
    if (after._tag === "Deciding") {
      const isNew =
        before._tag !== "Deciding" ||
        before.instance !== after.instance ||
        this.taken.input._tag === "Invoke"
      if (isNew) this.startBallot()
    }
    if (after._tag === "StoringPointer" && isNewPhase) {
      const [l, h] = mapIn(this.world, p)
      this.world.take("startPointer", { p, l, h, n: this.goalOf(after) })
    }
    if (after._tag === "TransferringState" && isNewPhase) this.startTransfer(after, heard)
  }

  protected startTransfer(after: Stage, heard: ServerSet): void {
    const p = this.p
    const { map } = this.after
    const n = this.goalOf(after)
    for (let index = map.retired; index < Number(n); index++) {
      const configuration = activeAt(map, index)
      if (configuration === undefined) continue
      this.quorum(index, configuration, "read", heard)
      this.quorum(index, configuration, "write", heard)
    }
    const [l, h] = mapIn(this.world, p)
    const [t, v] = labelsOfPair(after.phase.answer)
    this.memory.transfers.set(labelOfPhase(p, inPhase(this.after)), { n, t })
    if (this.world.valueOf(collected, p) === undefined)
      throw new Departure(`${p} has collected nothing`)
    this.world.take("startTransfer", { p, l, h, n, t, v })
  }

  protected startRetire(before: Stage, heard: ServerSet): void {
    const p = this.p
    const n = this.goalOf(before)
    const configuration = activeAt(this.after.map, Number(n))
    if (configuration === undefined) throw new Departure(`configuration ${n} is not active`)
    const r = this.quorum(Number(n), configuration, "read", heard)
    const w = this.quorum(Number(n), configuration, "write", heard)
    const [l, h] = mapIn(this.world, p)
    const [t, v] = labelsOfPair(before.phase.answer)
    this.world.take("startRetire", { p, l, h, n, t, v, r, w, ...this.ofRetirement(l) })
  }
}

/** Further parameters for protocols that extend RAMBO. */
export interface Beside {
  readonly Follower: typeof ClientFollower
  readonly viewsOfServer: (node: string, state: ServerState) => ReadonlyArray<View>
  readonly viewsOfClient: (node: string, state: ClientState) => ReadonlyArray<View>
  readonly sent: (memory: Memory, from: string, to: string, message: Message) => ReadonlyArray<Fact>
  readonly ofVote: (state: ServerState) => Readonly<Record<string, string>>
}

const nothingBeside: Beside = {
  Follower: ClientFollower,
  viewsOfServer: () => [],
  viewsOfClient: () => [],
  sent: () => [],
  ofVote: () => ({})
}

export const tieOf = (
  followed: FollowedSequence,
  beside: Beside = nothingBeside,
  memory: Memory = noMemory()
): Tie => {
  return {
    world: () => worldOf(followed, memory),
    views: (node, role, given) => {
      if (role === "server") {
        const state = given as ServerState
        return [...viewsOfServer(followed, node, state), ...beside.viewsOfServer(node, state)]
      }
      if (role !== "client") return []
      const state = given as ClientState
      return [...viewsOfClient(followed, memory, node, state), ...beside.viewsOfClient(node, state)]
    },
    sent: (from, to, given) => {
      const message = given as Message
      return [...sent(memory, from, to, message), ...beside.sent(memory, from, to, message)]
    },
    observed: ({ node, before, step }) => {
      const o = labelOfOperation(node, (before as { readonly begun?: number }).begun ?? 0)
      return step.observations.flatMap(({ _tag }) =>
        _tag === "Response" && memory.accesses.has(o) ? [[done, o] as const] : []
      )
    },
    follow: (world, taken) => {
      if (taken.role === "server") followServer(world, memory, taken, beside.ofVote)
      if (taken.role === "client") new beside.Follower(world, followed, memory, taken).follow()
    }
  }
}
