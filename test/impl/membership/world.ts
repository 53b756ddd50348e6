/**
 * A membership service and its storage nodes in memory: the processes of the runtime, with real
 * keys, over a queue of messages. Timers expire when a test says so.
 */
import { createHash } from "node:crypto"
import { withSecrets } from "../../../impl/byzantine/cryptography.ts"
import { credentialsFrom, endpointOfClient, newAuthority } from "../../../impl/byzantine/given.ts"
import { handlesIn, Keyring } from "../../../impl/byzantine/keyring.ts"
import { client } from "../../../impl/dbqs/client.ts"
import { trustOfDbqsClient } from "../../../impl/dbqs/credentials.ts"
import { dbqsCryptography } from "../../../impl/dbqs/cryptography.ts"
import {
  type Foundation,
  firstCertificate,
  givenToFirst,
  givenToReplica,
  givenToStorage,
  secretOf
} from "../../../impl/dbqs/foundation.ts"
import { freshness } from "../../../impl/dbqs/freshness.ts"
import type { GivenToReplica } from "../../../impl/dbqs/given.ts"
import { server } from "../../../impl/dbqs/server.ts"
import { Hosted } from "../../../impl/host/hosted.ts"
import { clockNode } from "../../../impl/membership/clockwork.ts"
import { serviceCryptography, signAsAuthority } from "../../../impl/membership/cryptography.ts"
import { systemOf } from "../../../impl/membership/log.ts"
import type { Half, LogState, Operation, Timer } from "../../../impl/membership/messages.ts"
import { replica } from "../../../impl/membership/replica.ts"
import { keyOfSlot } from "../../../impl/membership/slots.ts"
import type { ReplicaState } from "../../../impl/membership/state.ts"
import type { Trust } from "../../../impl/membership/trust.ts"
import { type Identity, mint } from "../../../impl/memory/identity.ts"
import { rulesOf, runnableNamed } from "../../../impl/protocols.ts"
import type { Certificate } from "../../../spec/dbqs/epoch.ts"
import type { AnyPart, KeyedStep } from "../../../spec/kernel/keyed.ts"
import type { NodeId } from "../../../spec/kernel/node.ts"
import type { AnyOperation } from "../../../spec/kernel/observation.ts"
import { patient } from "../../../spec/membership/tracking/rules.ts"
import {
  type ClientId,
  client as clientNode,
  type ServerId,
  type ServerSet,
  server as serverNode,
  servers
} from "../../../spec/nodes/nodes.ts"

export interface Message {
  readonly from: NodeId
  readonly to: NodeId
  readonly key: string
  readonly message: { readonly _tag: string }
}

/** The rules of what is run. */
const dbqs = runnableNamed("dbqs")
const rules = rulesOf(dbqs, dbqs.variant)

const bytesOf = (text: string): Buffer => createHash("sha256").update(text).digest()

export class World {
  readonly authority = newAuthority(new Keyring(), "authority", bytesOf("authority"))
  readonly foundation: Foundation
  readonly processes = new Map<NodeId, Hosted>()
  readonly keyrings = new Map<NodeId, Keyring>()
  readonly trusts = new Map<NodeId, Trust>()
  protected readonly dead = new Set<NodeId>()
  private queue: Array<Message> = []
  private readonly results = new Map<string, unknown>()
  private readonly random = bytesOf("first dealing")
  readonly ids: ReadonlyMap<string, ServerId>
  /** What does not arrive yet. */
  isOnItsWay = (_message: Message): boolean => false
  /** How much was said so far. */
  messages = 0
  bytes = 0

  constructor(
    replicas: ReadonlyArray<string>,
    storing: ReadonlyArray<string>,
    lies: Readonly<Record<string, (part: AnyPart) => AnyPart>> = {}
  ) {
    const identities = new Map([...replicas, ...storing].map((name) => [name, mint(name)]))
    const idsOf = (names: ReadonlyArray<string>): ServerSet =>
      servers(...names.map((name) => (identities.get(name) as Identity).id))
    this.ids = new Map([...identities].map(([name, { id }]) => [name, serverNode(id)]))
    const view = { number: 0, members: idsOf(replicas) }
    this.foundation = {
      ...firstCertificate(view.members, idsOf(storing), this.random),
      view
    }
    for (const name of replicas) {
      const identity = identities.get(name) as Identity
      const given = givenToFirst(
        this.authority,
        this.foundation,
        serverNode(identity.id),
        this.random
      )
      this.addReplica(identity, given, lies[name])
    }
    for (const name of storing) this.addStorage(identities.get(name) as Identity)
  }

  addReplica(
    identity: Identity,
    given: GivenToReplica,
    lie?: (part: AnyPart) => AnyPart
  ): ServerId {
    const id = serverNode(identity.id)
    const keyring = new Keyring()
    const { authority, service, certificate, view, share } = withSecrets(given, (secret) =>
      keyring.add(Buffer.from(secret, "base64url"))
    ) as GivenToReplica
    const trust: Trust = {
      ...{ authority, service, certificate, view, share },
      cryptography: serviceCryptography({
        ...{ keyring, authority, service },
        ...(share?.secret === undefined ? {} : { share: share.secret })
      }),
      key: { owner: id, secret: keyring.add(Buffer.from(identity.privateKey, "base64url")) },
      reading: { owner: id, times: 0, secret: keyring.add(bytesOf(`reading ${id}`)) }
    }
    this.keyrings.set(id, keyring)
    this.trusts.set(id, trust)
    const part = replica as AnyPart
    this.processes.set(
      id,
      new Hosted({ id, role: "server", part: lie?.(part) ?? part, context: { trust } })
    )
    return id
  }

  /** A node that is to be a replica. */
  newReplica(name: string, view = this.foundation.view): ServerId {
    const identity = mint(name)
    const id = serverNode(identity.id)
    return this.addReplica(
      identity,
      givenToReplica(this.authority, { ...this.foundation, view }, id, null)
    )
  }

  addStorage(identity: Identity): ServerId {
    const id = serverNode(identity.id)
    const keyring = new Keyring()
    const given = givenToStorage(this.authority, this.foundation, id)
    const { authority, service, certificate } = given
    const cryptography = dbqsCryptography({ keyring, administrator: authority, service })
    const trust = { authority, service, certificate, cryptography, given }
    this.processes.set(
      id,
      new Hosted({
        id,
        role: "server",
        part: server as AnyPart,
        context: { rules, trust }
      })
    )
    return id
  }

  /** A client that was let in at the beginning, and relies on the first epoch. */
  addClient(name: string): ClientId {
    const id = this.addProcessOf(name, 1, client as AnyPart)
    this.lease(id, this.foundation.certificate)
    return id
  }

  /** Who asks the service for this client what is current. */
  addAsker(name: string): ClientId {
    return this.addProcessOf(name, 2, freshness as AnyPart)
  }

  private addProcessOf(name: string, number: number, part: AnyPart): ClientId {
    const { service, certificate, view: replicas } = this.foundation
    const { members } = certificate.content
    const credentials = {
      ...credentialsFrom(this.authority, name, members, certificate.content, bytesOf(name)),
      ...{ service, certificate, replicas }
    }
    const endpoint = endpointOfClient(credentials, bytesOf(name).subarray(0, 9))
    const id = clientNode(`${endpoint}/${number}`)
    const trust = trustOfDbqsClient(credentials)
    const context = { rules, trust }
    this.processes.set(id, new Hosted({ id, role: "client", part, context }))
    return id
  }

  /** From now on a client relies on this epoch, or on none. */
  lease(id: ClientId, current: Certificate | null): void {
    this.say(clockNode, id, { _tag: "Leased", current } as never)
    this.run()
  }

  /** A client does something; its result is undefined as long as it has none. */
  invoke(id: ClientId, key: string, operation: AnyOperation): void {
    this.results.delete(`${id} ${key}`)
    const step = this.process(id).step(key, { _tag: "Invoke", operation })
    this.send(id, key, step)
  }

  result(id: ClientId, key: string): unknown {
    return this.results.get(`${id} ${key}`)
  }

  private send(id: NodeId, key: string, { sends, observations }: KeyedStep): void {
    for (const send of sends) this.post({ from: id, ...(send as Omit<Message, "from">) })
    for (const observation of observations)
      if (observation._tag === "Response") this.results.set(`${id} ${key}`, observation.result)
  }

  id(name: string): ServerId {
    const id = this.ids.get(name)
    if (id === undefined) throw new Error(`no ${name}`)
    return id
  }

  process(id: NodeId): Hosted {
    return this.processes.get(id) as Hosted
  }

  state(id: NodeId): ReplicaState {
    return this.process(id).state("") as ReplicaState
  }

  log(id: NodeId): LogState {
    return this.state(id).log
  }

  kill(...ids: ReadonlyArray<NodeId>): void {
    for (const id of ids) this.dead.add(id)
  }

  /** A process hears this. */
  say(from: NodeId, to: NodeId, message: { readonly _tag: string }, key = ""): void {
    this.post({ from, to, key, message })
  }

  /** A message is on its way. */
  protected post(message: Message): void {
    this.queue.push(message)
  }

  submit(to: Iterable<NodeId>, operation: Operation): void {
    for (const one of to) this.say(clockNode, one, { _tag: "Submit", operation } as never)
  }

  /** What its sender does not have to repeat any more never arrives. */
  forgetSettled(): void {
    this.queue = this.queue.filter(
      ({ from, to, key, message }) =>
        this.processes.get(from)?.promises(["isSettled"], key, to, message) !== true
    )
  }

  /** Messages arrive until none is left whose time has come. */
  run(): void {
    for (;;) {
      const at = this.queue.findIndex((sent) => {
        const { from, to, key, message } = sent
        if (this.isOnItsWay(sent)) return false
        const process = this.processes.get(to)
        return process === undefined || this.dead.has(to) || !process.postpones(key, from, message)
      })
      const [next] = at < 0 ? [] : this.queue.splice(at, 1)
      if (next === undefined) return
      this.take(next)
    }
  }

  protected take(next: Message): void {
    const { from, to, key, message } = next
    const process = this.processes.get(to)
    if (process === undefined || this.dead.has(to)) return
    if (from !== to && from !== clockNode) {
      this.messages += 1
      this.bytes += JSON.stringify(message).length
    }
    const step = process.step(key, { _tag: "Receive", from, message })
    // The host erases what no state speaks of any more.
    if (step.change?.shared !== undefined) {
      const keyring = this.keyrings.get(to)
      const kept = handlesIn([process.shared])
      keyring?.erase(keyring.handles.filter((handle) => !kept.has(handle)))
    }
    this.send(to, key, step)
  }

  /** The same timer runs out at all these replicas. */
  timer(ids: Iterable<NodeId>, timer: Timer, key = ""): void {
    for (const id of ids) this.say(clockNode, id, { _tag: "Timer", timer } as never, key)
  }

  /** Messages arrive, and replicas that wait in vain for a primary enter the next view. */
  settle(ids: ReadonlyArray<NodeId>): void {
    this.run()
    for (let turn = 0; turn < 12; turn++) {
      const waiting = ids.filter((id) => !this.dead.has(id) && this.state(id).pool.length > 0)
      if (waiting.length === 0) return
      for (const id of waiting) {
        const { next: slot } = this.log(id)
        const key = keyOfSlot(slot)
        const known = (this.process(id).own(key) as Pick<ReplicaState, "slot">).slot
        const view = known?.slot === slot ? known.replica.view : 0
        this.timer([id], { _tag: "View", slot, view }, key)
      }
      this.run()
    }
  }

  /** A round of probing: it begins, and its intervals run out. */
  round(ids: ReadonlyArray<NodeId>): void {
    const [first] = ids as readonly [NodeId]
    const now = () => ({
      epoch: systemOf(this.log(first)).number,
      round: this.log(first).tracking.round
    })
    this.timer(ids, { _tag: "Due", what: "round", ...now() })
    this.settle(ids)
    for (let interval = 0; interval < patient.missedToPropose; interval++) {
      this.timer(ids, { _tag: "Interval", ...now() })
      this.settle(ids)
    }
  }

  /** The next epoch of the system is due. */
  epoch(ids: ReadonlyArray<NodeId>): void {
    const [first] = ids as readonly [NodeId]
    const epoch = systemOf(this.log(first)).number
    const { round } = this.log(first).tracking
    this.timer(ids, { _tag: "Due", what: "epoch", epoch, round })
    this.settle(ids)
  }

  /** Nodes that are to be storage nodes ask to be members. */
  join(
    names: ReadonlyArray<string>,
    members: ReadonlyArray<ServerId> = this.foundation.view.members
  ): ReadonlyArray<ServerId> {
    const ids = names.map((name) => this.addStorage(mint(name)))
    for (const id of ids) {
      // It asks what there was before.
      const since = { _tag: "Since", number: 1 }
      this.say(id, members[0] as ServerId, since)
      const { admission } = givenToStorage(this.authority, this.foundation, id)
      this.submit(members, { _tag: "Join", admission })
    }
    this.settle(members)
    return ids
  }

  /** The authority's order to move the service to these nodes. */
  orderFor(members: ServerSet, number: number): Operation {
    const halves = members.map((member): Half => {
      const { cryptography, key } = this.trusts.get(member) as Trust
      const own = this.state(member).move.key
      const half = own === null ? undefined : cryptography.halfOf(own, number)
      return cryptography.about("half").sign(key, { number, half: half ?? "" }) as Half
    })
    const order = signAsAuthority(secretOf(this.authority), { number, members, halves })
    return { _tag: "Move", order }
  }
}
