/**
 * The additional parts of a simulated system with an administrator: keys, all derived from the
 * seed; storage nodes that lie; and the administrator, which may crash like other nodes.
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

/** The keyring of a machine that may lose its power; a secret that was not kept is lost then. */
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

  /** A liar claims to have erased a key, but keeps it. */
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

/**
 * The lies that break atomicity if a rule is weakened. The others test that correct nodes tolerate
 * them.
 */
const dangerous = ["forgetful", "forgetful", "replay", "equivocate"] as const

/** The possible slownesses of a link compared with others, and how long one lasts. */
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
  /** The former members. */
  private readonly former = new Set<string>()

  constructor({ seed, liars = 0, servers: size }: Plan, names: ReadonlyArray<string>) {
    this.random = new Random(seed, "keys")
    this.linkRandom = new Random(seed, "links")
    this.authority = newAuthority(this.own, "administrator", this.bytes(secretBytes))
    this.own.keep(this.own.handles)
    this.first = servers(...names.slice(0, size))
    // `liars` of the first members lie, and the same share of the spares. `mayFollow` bounds the
    // liars in later configurations.
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
   * Messages of an adversary are faster than others, and the delays of all other messages suit it.
   * With even delays a write reaches all correct nodes before any client reads, and lies do no
   * harm.
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

  /** Makes this storage node lie in this way from now on. */
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

  /** Makes a removed storage node claim that it still serves. */
  hijack(name: string): void {
    this.turn(name, this.random, "forgetful")
  }

  isLiar(name: string): boolean {
    return this.liars.has(name)
  }

  /** Whether fewer than a third of these nodes lie, and all of them may be members. */
  mayFollow(members: ReadonlyArray<string>): boolean {
    const liars = members.filter((name) => this.liars.has(name))
    return (
      liars.length <= byzantineFaults.maxFaulty(members.length) &&
      !members.some((name) => this.former.has(name))
    )
  }

  /** Whether this storage node has its keys. */
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

  /** The part that a storage node runs, and its parameters. */
  node(name: string): { readonly part: AnyPart; readonly trust: Trust; readonly secrets: Secrets } {
    const { trust, secrets } = this.given.get(name) as Given
    return { part: lying(() => this.liars.get(name)) as AnyPart, trust, secrets }
  }

  crash(name: string): void {
    this.given.get(name)?.keyring.crash()
  }

  /** The endpoint of a new client with this name, which starts with the first configuration. */
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

  /** Starts or restarts the administrator; returns what is wrong with its log, if anything is. */
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

  /** Gives keys to the added nodes that have none. Returns those nodes. */
  prepare(members: ReadonlyArray<string>): ReadonlyArray<string> {
    const added = members.filter((name) => !this.has(name))
    for (const name of added) this.give(name, this.view)
    return added
  }

  /** Records that these nodes are no longer members and never will be again. */
  retire(names: ReadonlyArray<string>): void {
    for (const name of names) this.former.add(name)
  }
}
