/**
 * The membership service of a simulated system. It probes thousands of nodes, evicts dead ones,
 * admits others, and so advances from epoch to epoch. Every step is one of `spec/membership`. This
 * file only decides which nodes die, which are slow, and how one of the four replicas lies.
 */
import { symbolic } from "../../../spec/kernel/cryptography.ts"
import type { NodeId } from "../../../spec/kernel/node.ts"
import { type LogState, log } from "../../../spec/membership/tracking/log.ts"
import type { Message } from "../../../spec/membership/tracking/messages.ts"
import { correct } from "../../../spec/membership/tracking/rules.ts"
import { type ServerState, server } from "../../../spec/membership/tracking/server.ts"
import {
  type AdministratorId,
  administrator,
  type ServerId,
  type ServerSet
} from "../../../spec/nodes/nodes.ts"
import type { Random } from "../random.ts"

export interface Churn {
  /** The members of epoch 0, in the order of their names. The first four are the service. */
  readonly members: ServerSet
  /** The nodes that ask for membership, each from its epoch on. */
  readonly joins: ReadonlyArray<readonly [epoch: number, node: ServerId]>
  /** The epoch from which on each dying node is dead. */
  readonly dies: ReadonlyMap<ServerId, number>
  readonly epochs: number
  readonly random: Random
}

export interface Epochs {
  /** The members of each epoch. */
  readonly members: ReadonlyArray<ServerSet>
  /** The number of steps of the correct replicas. */
  readonly steps: number
  /** The live nodes that the lying replica wanted to evict. */
  readonly slandered: ReadonlyArray<ServerId>
}

const admin: AdministratorId = administrator("admin")
const liar = 3

/** The epochs that the service reaches. */
export const epochsOf = (churn: Churn): Epochs => new Service(churn).run()

class Service {
  private readonly churn: Churn
  private readonly context
  private readonly states = new Map<ServerId, ServerState>()
  private readonly replicas: ReadonlyArray<ServerId>
  private readonly correct: ReadonlyArray<ServerId>
  private readonly slandered: Array<ServerId> = []
  private logState: LogState
  private steps = 0

  constructor(churn: Churn) {
    this.churn = churn
    this.replicas = churn.members.slice(0, 4)
    this.correct = this.replicas.slice(0, liar)
    this.context = {
      rules: correct,
      cryptography: symbolic,
      servers: [...churn.members, ...churn.joins.map(([, node]) => node)],
      clients: [],
      administrator: admin,
      configuration: { members: churn.members }
    }
    for (const replica of this.replicas)
      this.states.set(replica, server.initial(this.context, replica))
    this.logState = log.initial(this.context, admin)
  }

  run(): Epochs {
    for (let epoch = 0; epoch + 1 < this.churn.epochs; epoch++) {
      this.join(epoch)
      this.probe(epoch)
      this.choose("NextEpoch")
    }
    return {
      members: this.logState.views.map(({ members }) => members),
      steps: this.steps,
      slandered: this.slandered
    }
  }

  private join(epoch: number): void {
    for (const [when, node] of this.churn.joins)
      if (when === epoch) {
        const state = server.initial(this.context, node)
        const step = server.step(this.context, node, state, {
          _tag: "Choose",
          choice: { _tag: "Join" }
        })
        for (const { to, message } of step.sends) this.deliver(node, to, message)
      }
  }

  /** A round of probing, of two intervals; slow nodes answer in the second. */
  private probe(epoch: number): void {
    const { random } = this.churn
    const pings = this.choose("NextRound")
    const late: Array<readonly [ServerId, ServerId, Message]> = []
    for (const [replica, node, message] of pings) {
      if ((this.churn.dies.get(node) ?? Number.POSITIVE_INFINITY) <= epoch) continue
      if (random.chance(0.001)) late.push([replica, node, message])
      else this.answer(replica, node, message)
    }
    this.wait()
    for (const [replica, node, message] of late) this.answer(replica, node, message)
    this.slander()
    this.wait()
  }

  /** A node answers a ping. */
  private answer(replica: ServerId, node: ServerId, ping: Message): void {
    const state = this.states.get(replica) as ServerState
    // A probed node's state does not matter to its answer.
    const step = server.step(this.context, node, state, {
      _tag: "Receive",
      from: replica,
      message: ping
    })
    for (const { to, message } of step.sends) this.deliver(node, to, message)
  }

  /** An interval ends: the replicas wait for another. */
  private wait(): void {
    for (const replica of this.correct)
      for (const choice of server.choices(
        this.context,
        replica,
        this.states.get(replica) as ServerState
      ))
        this.take(replica, { _tag: "Choose", choice })
  }

  /** The lying replica agrees to evict live nodes, and asks the other replicas to agree. */
  private slander(): void {
    const { random, members } = this.churn
    const self = this.replicas[liar] as ServerId
    for (let at = 0; at < 10; at++) {
      const node = random.pick(members.slice(this.replicas.length))
      const { view, round } = this.states.get(this.correct[0] as ServerId) as ServerState
      const about = { node, epoch: view.number, round }
      const agreement = symbolic.sign(symbolic.ownKey(self), about)
      if (!this.churn.dies.has(node)) this.slandered.push(node)
      for (const to of this.correct) this.deliver(self, to, { _tag: "Propose", ...about })
      this.deliver(self, admin, { _tag: "Agree", agreement })
    }
  }

  /** The log advances; its messages to the replicas cause these pings. */
  private choose(_tag: "NextRound" | "NextEpoch") {
    const pings: Array<readonly [ServerId, ServerId, Message]> = []
    const offered = log.choices(this.context, admin, this.logState)
    if (!offered.some((choice) => choice._tag === _tag)) return pings
    const step = log.step(this.context, admin, this.logState, { _tag: "Choose", choice: { _tag } })
    this.logState = step.state
    for (const { to, message } of step.sends) {
      const replica = this.correct.find((one) => one === to)
      if (replica === undefined) continue
      for (const sent of this.take(replica, { _tag: "Receive", from: admin, message }))
        pings.push([replica, sent.to as ServerId, sent.message])
    }
    return pings
  }

  private deliver(from: NodeId, to: NodeId, message: Message): void {
    if (to === admin) {
      const input = { _tag: "Receive", from, message } as const
      this.logState = log.step(this.context, admin, this.logState, input).state
      return
    }
    const replica = this.correct.find((one) => one === to)
    if (replica !== undefined) this.take(replica, { _tag: "Receive", from, message })
  }

  /** A replica takes a step. Returns its pings, and delivers all other messages. */
  private take(replica: ServerId, input: Parameters<typeof server.step>[3]) {
    this.steps += 1
    const state = this.states.get(replica) as ServerState
    const step = server.step(this.context, replica, state, input)
    this.states.set(replica, step.state)
    for (const { to, message } of step.sends)
      if (message._tag !== "Ping") this.deliver(replica, to, message)
    return step.sends.filter(({ message }) => message._tag === "Ping")
  }
}
