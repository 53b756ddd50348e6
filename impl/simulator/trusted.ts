/**
 * What a simulated system with an administrator has besides: keys, all of them by the seed; storage
 * nodes that lie; and the administrator, which may crash as others do.
 */
import * as Result from "effect/Result"
import type { View } from "../../spec/administrator/view.ts"
import { byzantineFaults } from "../../spec/configuration/tolerated-faults.ts"
import type { AnyPart } from "../../spec/kernel/keyed.ts"
import { type ServerSet, server, servers } from "../../spec/nodes/nodes.ts"
import { type AdministratorState, administrator } from "../byzantine/administrator.ts"
import {
  type Authority,
  credentialsFrom,
  endpointOfClient,
  givenTo,
  newAuthority,
  takeGiven,
  trustOfAdministrator,
  trustOfClient,
  trustOfNode
} from "../byzantine/given.ts"
import { handlesIn, Keyring, secretBytes } from "../byzantine/keyring.ts"
import { Secrets } from "../byzantine/secrets.ts"
import type { Trust } from "../byzantine/trust.ts"
import { Endpoint } from "../host/endpoint.ts"
import type { Hosted } from "../host/hosted.ts"
import type { EndpointOptions } from "../host/options.ts"
import { type Lie, type LieName, lieNames, lieOf, lying } from "./lies.ts"
import type { Plan } from "./plan.ts"
import { Random } from "./random.ts"

/** A keyring of a machine that may lose its power: what was not kept is then gone. */
class SimulatedKeyring extends Keyring {
  private readonly kept = new Map<string, Buffer>()
  private readonly isLiar: () => boolean

  constructor(isLiar: () => boolean = () => false) {
    super()
    this.isLiar = isLiar
  }

  override keep(handles: Iterable<string>): void {
    for (const handle of handles) {
      const secret = this.get(handle)
      if (secret !== undefined) this.kept.set(handle, Buffer.from(secret))
    }
  }

  /** A liar says that it has erased a key, and keeps it. */
  override erase(handles: Iterable<string>): void {
    const all = [...handles]
    if (this.isLiar()) {
      this.keep(all)
      return
    }
    for (const handle of all) this.kept.delete(handle)
    super.erase(all)
  }

  override eraseUnkept(handles: ReadonlySet<string>): void {
    this.erase(this.handles.filter((one) => !this.kept.has(one) && !handles.has(one)))
  }

  crash(): void {
    const kept = [...this.kept.values()].map((secret) => Buffer.from(secret))
    super.erase(this.handles)
    for (const secret of kept) this.add(secret)
  }
}

interface Given {
  readonly trust: Trust
  readonly keyring: SimulatedKeyring
  readonly secrets: Secrets
}

/** The lies that do harm where a rule is weakened; the others are for what must bear them. */
const dangerous = ["forgetful", "forgetful", "replay", "equivocate"] as const

/** How much slower than others a link may be, and how long it stays so. */
const slownesses = [0.5, 1, 1, 1, 20, 60]
const weatherMilliseconds = 300

export class Trusted {
  private readonly random: Random
  private readonly authority: Authority
  private readonly first: ServerSet
  private readonly given = new Map<string, Given>()
  private readonly clients = new Map<string, Trust>()
  private readonly liars = new Map<string, Lie>()
  private readonly own = new SimulatedKeyring()
  private readonly links = new Map<string, { readonly slowness: number; readonly until: number }>()
  private readonly linkRandom: Random
  private process: Hosted | undefined
  /** Who was a member once. */
  private readonly former = new Set<string>()

  constructor({ seed, liars = 0, servers: size }: Plan, names: ReadonlyArray<string>) {
    this.random = new Random(seed, "keys")
    this.linkRandom = new Random(seed, "links")
    this.authority = newAuthority(this.own, "administrator", this.bytes(secretBytes))
    this.own.keep(this.own.handles)
    this.first = servers(...names.slice(0, size))
    // So many of the first configuration, and as many of each that may come, as `mayFollow` sees
    // to.
    const random = new Random(seed, "liars")
    const shuffled = (all: ReadonlyArray<string>) =>
      all
        .map((name) => [random.fraction(), name] as const)
        .sort(([left], [right]) => left - right)
        .map(([, name]) => name)
    const spares = names.slice(size)
    const share = Math.ceil((spares.length * liars) / Math.max(1, size))
    for (const name of [
      ...shuffled(this.first).slice(0, liars),
      ...shuffled(spares).slice(0, share)
    ])
      this.turn(name, random)
    for (const name of this.first) this.give(name, { number: 0, members: this.first })
  }

  private bytes(count: number): Buffer {
    return Buffer.from(Array.from({ length: count }, () => this.random.below(256)))
  }

  /**
   * An adversary is faster than others, and what others say to each other takes it as long as suits
   * it: with even delays a set reaches all correct ones before anybody reads, and lies do no harm.
   */
  slowness(from: string, to: string, now: number): number {
    if (this.isLiar(from) || this.isLiar(to)) return 0.1
    const pair = `${from}>${to}`
    const known = this.links.get(pair)
    if (known !== undefined && known.until > now) return known.slowness
    const slowness = this.linkRandom.pick(slownesses)
    this.links.set(pair, { slowness, until: now + this.linkRandom.delay(weatherMilliseconds) })
    return slowness
  }

  /** From now on this storage node lies, in this way. */
  turn(
    name: string,
    random: Random = this.random,
    lie: LieName = random.pick([...lieNames, ...dangerous])
  ): void {
    if (!this.liars.has(name))
      this.liars.set(
        name,
        lieOf(lie, (bound) => random.below(bound))
      )
  }

  /** A storage node that was removed says that it still works here. */
  hijack(name: string): void {
    this.turn(name, this.random, "forgetful")
  }

  isLiar(name: string): boolean {
    return this.liars.has(name)
  }

  /** Whether fewer than a third of these would lie, and all of them may be members. */
  mayFollow(members: ReadonlyArray<string>): boolean {
    const liars = members.filter((name) => this.liars.has(name))
    return (
      liars.length <= byzantineFaults.maxFaulty(members.length) &&
      !members.some((name) => this.former.has(name))
    )
  }

  /** Whether this storage node has been given its keys. */
  has(name: string): boolean {
    return this.given.has(name)
  }

  private give(name: string, view: View): void {
    const keyring = new SimulatedKeyring(() => this.isLiar(name))
    const given = takeGiven(keyring, givenTo(this.authority, server(name), view))
    keyring.keep(handlesIn(given))
    this.given.set(name, {
      ...{ trust: trustOfNode(keyring, given), keyring, secrets: new Secrets(keyring) }
    })
  }

  /** What a storage node runs, and with what. */
  node(name: string): { readonly part: AnyPart; readonly trust: Trust; readonly secrets: Secrets } {
    const { trust, secrets } = this.given.get(name) as Given
    return { part: lying(() => this.liars.get(name)) as AnyPart, trust, secrets }
  }

  crash(name: string): void {
    this.given.get(name)?.keyring.crash()
  }

  /** The endpoint of a new client of this name, which knows the first configuration. */
  client(name: string): string {
    const credentials = credentialsFrom(
      this.authority,
      name,
      this.first,
      { number: 0, members: this.first },
      this.bytes(secretBytes)
    )
    const endpoint = endpointOfClient(credentials, this.bytes(9))
    this.clients.set(endpoint, trustOfClient(credentials))
    return endpoint
  }

  trustOf(endpoint: string): Trust {
    return this.clients.get(endpoint) as Trust
  }

  get administrator(): string {
    return this.authority.id
  }

  /** Starts the administrator, or starts it again; says what is wrong with its log, if anything. */
  startAdministrator(
    options: Omit<EndpointOptions, "name">,
    rules: unknown
  ): Endpoint | { readonly problem: string } {
    this.own.crash()
    const endpoint = new Endpoint({
      ...{ ...options, name: this.authority.id },
      secrets: new Secrets(this.own)
    })
    this.process = endpoint.add({
      ...{ id: this.authority.id, role: "administrator", part: administrator as AnyPart },
      context: {
        rules,
        configuration: { members: this.first },
        trust: trustOfAdministrator(this.authority, { number: 0, members: this.first })
      }
    })
    const opened = endpoint.open()
    return Result.isFailure(opened) ? { problem: opened.failure.message } : endpoint
  }

  private get state(): AdministratorState {
    return this.process?.state("") as AdministratorState
  }

  get view(): View {
    return this.state.view
  }

  get isBusy(): boolean {
    return this.state.activity !== null
  }

  /** Nodes that are to be added have been given keys, at this time. */
  prepare(members: ReadonlyArray<string>): ReadonlyArray<string> {
    const added = members.filter((name) => !this.has(name))
    for (const name of added) this.give(name, this.view)
    return added
  }

  /** These are no members any more, and never will be. */
  retire(names: ReadonlyArray<string>): void {
    for (const name of names) this.former.add(name)
  }
}
