/**
 * One simulated run: the runtime's own endpoints, links and logs, over a simulated network, clock
 * and disks.
 *
 * A run has two phases, like those of TigerBeetle's VOPR. First faults occur, and every completed
 * operation must be atomic. Then all faults are healed, and every pending operation must complete.
 */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Configuration from "../../spec/configuration/configuration.ts"
import type { AnyNote } from "../../spec/kernel/observation.ts"
import {
  administrator as administratorNode,
  client as clientNode,
  server,
  servers
} from "../../spec/nodes/nodes.ts"
import type { Access, Value } from "../../spec/register/operation.ts"
import { judge } from "../../spec/register/written-once.ts"
import { isRefusal, type Reconfigure } from "../../spec/storage/reconfiguration.ts"
import { Operations } from "../client/operations.ts"
import { Endpoint } from "../host/endpoint.ts"
import type { Witness } from "../host/options.ts"
import type { SilentMilliseconds } from "../host/waits.ts"
import { frameDecoder } from "../link/wire.ts"
import { nodeOf, type RunnableProtocol, rulesOf, type Setup } from "../protocols.ts"
import { Changes } from "./changes.ts"
import { SimulatedDisk } from "./disk.ts"
import { calmDisk, calmNetwork, Inflicting, type Server } from "./inflicting.ts"
import { SimulatedNetwork } from "./network.ts"
import { faultsOf, type Plan } from "./plan.ts"
import { Random } from "./random.ts"
import { Trusted } from "./trusted.ts"
import { type Life, World } from "./world.ts"

/** An operation as seen from outside; its times are its places in the history. */
export interface Lived {
  readonly client: string
  readonly key: string
  readonly operation: Access
  readonly invoked: number
  responded: number
  result: Value
}

export type Verdict = "atomic" | "violated" | "stuck" | "damaged"

export interface Outcome {
  readonly verdict: Verdict
  /**
   * Why the history or the reconfigurations are not atomic, which client is stuck, or which log is
   * damaged; empty if nothing is wrong.
   */
  readonly reason: string
  readonly history: ReadonlyArray<Lived>
  /** The number of delivered frames. */
  readonly messages: number
  readonly completed: number
  /** Operations whose client crashed. */
  readonly unknown: number
  readonly crashes: number
  /** The number of completed replacements of the configuration. */
  readonly reconfigurations: number
  readonly simulatedMilliseconds: number
}

const thinkMilliseconds = 20
/** The time after healing until a pending operation counts as stuck. */
const healingMilliseconds = 120_000
/** The interval at which clients ask the directory for the storage nodes. */
const hintMilliseconds = 500
/** How long a configuration stays before the next replacement begins. */
const settledMilliseconds = 800
/** The number of concurrent operations of a client. */
const threads = 2

interface Client {
  readonly life: Life
  readonly operations: Operations
  readonly pending: Set<Lived>
}

export class Simulation {
  readonly world = new World()
  readonly history: Array<Lived> = []
  private readonly plan: Plan
  private readonly runnable: RunnableProtocol
  private readonly setup: Setup
  private readonly network: SimulatedNetwork
  private readonly inflicting: Inflicting
  private readonly servers: ReadonlyArray<Server>
  private readonly clients: Array<Client> = []
  private readonly workload: Random
  private readonly chance: Random
  private administrator: Client | undefined
  private reconfigured = 0
  /** The members after the last reconfiguration that returned. */
  private members: ReadonlyArray<string>
  private readonly changes = new Changes()
  /** The members that reconfigurations ask for that have not returned, and may never return. */
  private readonly unfinished = new Set<ReadonlyArray<string>>()
  /** Keys and liars, if the system has an administrator. */
  private readonly trusted: Trusted | undefined
  private readonly administratorDisk: SimulatedDisk
  private administratorLife: Life = { isAlive: false }
  private administratorEndpoint: Endpoint | undefined
  /** The members requested from the administrator. */
  private wanted: ReadonlyArray<string> | undefined
  private readonly witness: { readonly witness?: Witness }
  private events = 0
  private begun = 0
  private crashes = 0
  private madeClients = 0
  private isHealed = false
  private damage: string | undefined

  constructor(plan: Plan, runnable: RunnableProtocol, witness?: Witness) {
    this.plan = plan
    this.witness = witness === undefined ? {} : { witness }
    this.runnable = runnable
    this.chance = new Random(plan.seed, "chance")
    this.workload = new Random(plan.seed, "workload")
    const decode = frameDecoder(runnable.Message)
    this.network = new SimulatedNetwork(
      this.world,
      new Random(plan.seed, "network"),
      decode,
      calmNetwork()
    )
    const names = Array.from({ length: plan.servers + plan.spares }, (_, index) => `s${index + 1}`)
    this.members = names.slice(0, plan.servers)
    this.trusted = runnable.isTrusted === true ? new Trusted(plan, names) : undefined
    const { trusted } = this
    if (trusted !== undefined) {
      this.network.mayLie = (name) => trusted.isLiar(name)
      this.network.slowness = (from, to) => trusted.slowness(from, to, this.world.now)
    }
    this.administratorDisk = new SimulatedDisk(
      this.world,
      new Random(plan.seed, "disk of the administrator"),
      calmDisk(plan)
    )
    this.setup = {
      servers: servers(...names),
      configuration: Configuration.majority(servers(...this.members)),
      rules: rulesOf(runnable, plan.variant)
    }
    this.servers = names.map((name) => ({
      name,
      disk: new SimulatedDisk(this.world, new Random(plan.seed, `disk ${name}`), calmDisk(plan)),
      life: { isAlive: false },
      clockOffset: 0,
      isLost: false
    }))
    this.inflicting = new Inflicting({
      ...{ world: this.world, network: this.network, servers: this.servers },
      crash: (one, downMilliseconds) => this.crash(one, downMilliseconds),
      crashClient: (index) => this.crashClient(index),
      users: () => [
        ...this.clients.map(({ operations }) => operations.endpoint.name),
        ...(this.administrator ? [this.administrator.operations.endpoint.name] : [])
      ]
    })
  }

  /** Runs to the end. */
  run(): Outcome {
    for (const one of this.servers) if (this.trusted?.has(one.name) !== false) this.start(one)
    for (let index = 0; index < this.plan.clients; index++) this.startClient(index)
    if (this.trusted !== undefined) this.startTrustedAdministrator(this.trusted)
    else if (this.plan.reconfigurations > 0) this.startAdministrator()
    if (this.runnable.hint !== undefined) this.hint()
    for (const { atMilliseconds, fault } of faultsOf(this.plan)) {
      this.world.after(atMilliseconds, () => this.inflicting.inflict(fault))
    }
    this.world.after(this.plan.faultMilliseconds, () => this.heal())
    const end = this.plan.faultMilliseconds + healingMilliseconds
    while (this.damage === undefined && !this.isOver() && this.world.advance(end));
    return this.outcome()
  }

  private isOver(): boolean {
    return (
      this.isHealed &&
      this.begun >= this.plan.operations &&
      this.reconfigured >= this.plan.reconfigurations &&
      this.clients.every(({ pending }) => pending.size === 0)
    )
  }

  private outcome(): Outcome {
    const [verdict, reason] = this.judge()
    const completed = this.history.filter(
      ({ responded }) => responded !== Number.POSITIVE_INFINITY
    ).length
    return {
      verdict,
      reason,
      history: this.history,
      messages: this.network.delivered,
      completed,
      unknown: this.history.length - completed,
      crashes: this.crashes,
      reconfigurations: this.reconfigured,
      simulatedMilliseconds: this.world.now
    }
  }

  private judge(): readonly [Verdict, string] {
    if (this.damage !== undefined) return ["damaged", this.damage]
    for (const key of new Set(this.history.map((lived) => lived.key))) {
      const judgement = judge(this.history.filter((lived) => lived.key === key))
      if (judgement._tag === "Violation") return ["violated", `${key}: ${judgement.reason}`]
    }
    if (this.changes.violation !== undefined) return ["violated", this.changes.violation]
    const stuck = this.clients.flatMap(({ pending }) => [...pending])
    if (stuck.length === 0 && this.reconfigured < this.plan.reconfigurations)
      return ["stuck", `the reconfiguration after ${this.reconfigured} others`]
    if (stuck.length === 0 && this.begun >= this.plan.operations) return ["atomic", ""]
    const names = stuck.map(
      ({ client, key, operation }) => `${client}'s ${operation._tag} of ${key}`
    )
    return ["stuck", names.length === 0 ? "operations were never begun" : names.join(", ")]
  }

  private start(one: Server): void {
    const life: Life = { isAlive: true }
    one.life = life
    const own = this.trusted?.node(one.name)
    const endpoint = new Endpoint({
      name: one.name,
      // A liar's log contains anything that it has sent.
      Message: this.network.mayLie(one.name) ? Schema.Unknown : this.runnable.Message,
      ...this.patience(),
      clock: this.world.clock(life, () => one.clockOffset),
      disk: one.disk.mount(life),
      compactionBytes: 16 * 1024,
      ...(own === undefined ? {} : { secrets: own.secrets }),
      ...this.witness
    })
    const setup = own === undefined ? this.setup : { ...this.setup, trust: own.trust }
    const node = nodeOf(this.runnable, "server", server(one.name), setup)
    endpoint.add(own === undefined ? node : { ...node, part: own.part })
    const opened = endpoint.open()
    if (Result.isFailure(opened)) {
      this.damage = `${one.name}: ${opened.failure.message}`
      return
    }
    const others = this.servers.map(({ name }) => name).filter((name) => name !== one.name)
    this.network.join(
      endpoint,
      others.filter((name) => name > one.name)
    )
  }

  private crash(one: Server, downMilliseconds: number): void {
    if (!one.life.isAlive) return
    this.crashes += 1
    one.life.isAlive = false
    one.disk.crash()
    this.trusted?.crash(one.name)
    this.network.leave(one.name)
    this.world.after(downMilliseconds, () => {
      if (!one.life.isAlive && !one.isLost) this.start(one)
    })
  }

  private patience() {
    const { patience } = this.runnable
    return patience === undefined
      ? {}
      : {
          patience: (choice: unknown, waited: number, silent: SilentMilliseconds) =>
            patience(choice, waited, silent, this.chance.fraction())
        }
  }

  private makeClient(): Client {
    this.madeClients += 1
    const life: Life = { isAlive: true }
    const name = this.trusted?.client(`c${this.madeClients}`) ?? `c${this.madeClients}`
    const trust = this.trusted?.trustOf(name)
    const setup = trust === undefined ? this.setup : { ...this.setup, trust }
    const operations = new Operations({
      name,
      runnable: this.runnable,
      ...this.patience(),
      clock: this.world.clock(life, () => 0),
      setup: () => setup,
      ...this.witness
    })
    this.network.join(
      operations.endpoint,
      this.servers.map(({ name }) => name)
    )
    return { life, operations, pending: new Set() }
  }

  private startClient(index: number): void {
    const client = this.makeClient()
    this.clients[index] = client
    for (let thread = 1; thread <= threads; thread++)
      this.think(client, `c${this.madeClients}.${thread}`)
  }

  private crashClient(index: number): void {
    this.endClient(this.clients[index] as Client)
    this.startClient(index)
    if (this.trusted !== undefined && this.chance.chance(0.5))
      this.crashTrustedAdministrator(this.trusted)
    if (this.administrator !== undefined && this.chance.chance(0.5)) {
      this.endClient(this.administrator)
      this.startAdministrator()
    }
  }

  private endClient(client: Client): void {
    client.life.isAlive = false
    this.network.leave(client.operations.endpoint.name)
    client.operations.close()
  }

  /** From time to time clients receive the names of possible storage nodes. */
  private hint(): void {
    const there = this.servers
      .filter(({ name, isLost }) => !isLost && this.trusted?.has(name) !== false)
      .map(({ name }) => name)
    const hint = this.runnable.hint?.(servers(...there))
    for (const { operations, life } of [
      ...this.clients,
      ...(this.administrator ? [this.administrator] : [])
    ])
      if (life.isAlive) operations.hear(hint)
    this.world.after(hintMilliseconds, () => this.hint())
  }

  /**
   * The administrator of nodes that may lie: it keeps its state on a disk, and resumes from it.
   */
  private startTrustedAdministrator(trusted: Trusted): void {
    const life: Life = { isAlive: true }
    this.administratorLife = life
    const endpoint = trusted.startAdministrator(
      {
        Message: this.runnable.Message,
        clock: this.world.clock(life, () => 0),
        disk: this.administratorDisk.mount(life),
        compactionBytes: 16 * 1024
      },
      this.setup.rules
    )
    if ("problem" in endpoint) {
      this.damage = `the administrator: ${endpoint.problem}`
      return
    }
    this.administratorEndpoint = endpoint
    this.network.join(
      endpoint,
      this.servers.map(({ name }) => name)
    )
    this.replaceTrusted(trusted, life)
  }

  private crashTrustedAdministrator(trusted: Trusted): void {
    this.administratorLife.isAlive = false
    this.administratorDisk.crash()
    this.network.leave(trusted.administrator)
    this.world.after(this.chance.delay(settledMilliseconds), () =>
      this.startTrustedAdministrator(trusted)
    )
  }

  /** Checks from time to time whether the last change has completed, and then requests another. */
  private replaceTrusted(trusted: Trusted, life: Life): void {
    this.world.after(this.chance.delay(settledMilliseconds), () => {
      if (!life.isAlive) return
      if (!trusted.isBusy) {
        if (this.wanted !== undefined && trusted.view.number > this.reconfigured) {
          this.reconfigured += 1
          this.retire(trusted, this.wanted)
        }
        this.wanted = undefined
        if (this.reconfigured < this.plan.reconfigurations) this.askTrusted(trusted)
      }
      this.replaceTrusted(trusted, life)
    })
  }

  private askTrusted(trusted: Trusted): void {
    const fresh = this.servers.map(({ name }) => name).filter((name) => !trusted.has(name))
    // Removed nodes never come back, so each later change needs one of the remaining nodes.
    const later = this.plan.reconfigurations - this.reconfigured - 1
    const most = Math.min(this.members.length, Math.max(1, fresh.length - later))
    const count = this.chance.chance(0.3) ? most : 1 + this.chance.below(most)
    const kept = [...this.members]
    const goes = Array.from({ length: count }, () =>
      kept.splice(this.chance.below(kept.length), 1)
    ).flat()
    const comes = fresh.slice(0, count)
    const next = [...kept, ...comes]
    if (comes.length < count || !trusted.mayFollow(next)) return
    for (const name of trusted.prepare(next))
      this.start(this.servers.find((one) => one.name === name) as Server)
    this.wanted = next
    this.administratorEndpoint?.invoke(administratorNode(trusted.administrator), "", {
      ...{ _tag: "Reconfigure", add: servers(...comes), remove: servers(...goes) }
    } as Reconfigure)
  }

  /**
   * Removed nodes may lie in any way from now on. Now and then a client returns that has missed all
   * changes, and asks them.
   */
  private retire(trusted: Trusted, members: ReadonlyArray<string>): void {
    const removed = this.members.filter((name) => !members.includes(name))
    this.members = members
    trusted.retire(removed)
    const areLiars = this.plan.liars !== 0
    for (const name of removed) if (areLiars && this.chance.chance(0.8)) trusted.hijack(name)
    if (!this.isHealed && this.chance.chance(0.7)) {
      const index = this.chance.below(this.plan.clients)
      this.endClient(this.clients[index] as Client)
      this.startClient(index)
    }
  }

  /** A user who replaces the configuration repeatedly. */
  private startAdministrator(): void {
    const administrator = this.makeClient()
    this.administrator = administrator
    const self = clientNode(administrator.operations.endpoint.name)
    const reconfigure = (): void => {
      this.world.after(this.chance.delay(settledMilliseconds), () => {
        if (!administrator.life.isAlive || this.reconfigured >= this.plan.reconfigurations) return
        const next = this.nextMembers()
        this.unfinished.add(next)
        const operation = changeTo(next, this.servers)
        this.changes.begins(self, operation)
        const end = (result: unknown): void => {
          this.changes.ends(self, operation, result as Value)
          this.unfinished.delete(next)
          if (!isRefusal(result)) {
            this.reconfigured += 1
            this.members = next
            this.switchOff(next)
          }
          reconfigure()
        }
        const noted = (note: AnyNote): void => this.changes.notes(self, note)
        administrator.operations.invoke("", operation, end, { noted })
      })
    }
    reconfigure()
  }

  /**
   * As many live nodes as the first configuration has; now and then with as many new ones as
   * possible.
   */
  private nextMembers(): ReadonlyArray<string> {
    const prefersNew = this.chance.chance(0.6)
    return this.servers
      .filter(({ isLost }) => !isLost)
      .map(({ name }) => {
        const isLast = prefersNew && this.members.includes(name)
        return { name, order: this.chance.fraction() + (isLast ? 1 : 0) }
      })
      .sort((left, right) => left.order - right.order)
      .slice(0, this.plan.servers)
      .map(({ name }) => name)
  }

  /**
   * The reconfiguration has returned: a node that it removed may be lost permanently, as long as
   * others can take its place, and no other reconfiguration adds it. (Those of administrators that
   * crashed stay pending, and another client may complete them.)
   */
  private switchOff(members: ReadonlyArray<string>): void {
    const mayBeMember = (name: string): boolean =>
      members.includes(name) || [...this.unfinished].some((asked) => asked.includes(name))
    for (const one of this.servers) {
      const there = this.servers.filter(({ isLost }) => !isLost).length
      if (mayBeMember(one.name) || one.isLost || there <= this.plan.servers) continue
      if (!this.chance.chance(0.3)) continue
      one.isLost = true
      this.crash(one, Number.POSITIVE_INFINITY)
    }
  }

  /** After a while the user of a client begins an operation, and then another one. */
  private think(client: Client, name: string): void {
    this.world.after(this.workload.delay(thinkMilliseconds), () => {
      if (!client.life.isAlive || this.begun >= this.plan.operations) return
      this.begun += 1
      const key = `r${1 + this.workload.below(this.plan.registers)}`
      const operation: Access = this.workload.chance(0.5)
        ? { _tag: "Read" }
        : { _tag: "Write", value: this.begun }
      const lived: Lived = {
        client: name,
        key,
        operation,
        invoked: this.events++,
        responded: Number.POSITIVE_INFINITY,
        result: null
      }
      this.history.push(lived)
      client.pending.add(lived)
      client.operations.invoke(key, operation, (result) => {
        lived.responded = this.events++
        lived.result = result as Value
        client.pending.delete(lived)
        this.think(client, name)
      })
    })
  }

  /** The second phase begins: from now on nothing fails. */
  private heal(): void {
    this.isHealed = true
    this.network.unblock()
    Object.assign(this.network.ailments, calmNetwork())
    for (const one of this.servers) {
      Object.assign(one.disk.ailments, calmDisk(this.plan))
      if (!one.life.isAlive && !one.isLost && this.trusted?.has(one.name) !== false) this.start(one)
    }
  }
}

/** The operation that leads to these members, from any members. */
const changeTo = (members: ReadonlyArray<string>, all: ReadonlyArray<Server>): Reconfigure => ({
  _tag: "Reconfigure",
  add: servers(...members),
  remove: servers(...all.map(({ name }) => name).filter((name) => !members.includes(name)))
})
