/**
 * The processes of the forgetting protocol with real keys, over a network that delivers in any
 * order; postponed messages stay in flight.
 */

import * as Schema from "effect/Schema"
import {
  type AdministratorState,
  administrator as administratorPart
} from "../../../impl/byzantine/administrator.ts"
import { type ClientState, client as clientPart } from "../../../impl/byzantine/client.ts"
import {
  credentialsFrom,
  endpointOfClient,
  givenTo,
  newAuthority,
  takeGiven,
  trustOfAdministrator,
  trustOfClient,
  trustOfNode
} from "../../../impl/byzantine/given.ts"
import { Keyring } from "../../../impl/byzantine/keyring.ts"
import { Message } from "../../../impl/byzantine/messages.ts"
import type { ServerState } from "../../../impl/byzantine/server.ts"
import type { Trust } from "../../../impl/byzantine/trust.ts"
import { type Lie, lying } from "../../../impl/simulator/lies.ts"
import { Random } from "../../../impl/simulator/random.ts"
import { correct } from "../../../spec/forgetting/rules.ts"
import { type AnyPart, type Keyed, keyed } from "../../../spec/kernel/keyed.ts"
import type { NodeId } from "../../../spec/kernel/node.ts"
import type { AnyObservation, AnyOperation } from "../../../spec/kernel/observation.ts"
import { client, servers } from "../../../spec/nodes/nodes.ts"

interface Node {
  readonly id: NodeId
  readonly part: AnyPart
  readonly context: {
    readonly rules: typeof correct
    readonly configuration: object
    readonly trust: Trust
  }
  state: Keyed
}
export interface Sent {
  readonly from: string
  readonly to: string
  readonly key: string
  readonly message: Message
}

export class World {
  readonly first
  readonly authority = newAuthority(new Keyring())
  readonly keyrings = new Map<string, Keyring>()
  readonly nodes = new Map<string, Node>()
  readonly network: Array<Sent> = []
  readonly seen: Array<readonly [node: string, key: string, observation: AnyObservation]> = []
  /** Everything that was ever sent. */
  readonly sent: Array<Sent> = []
  /** Whom a liar answers instead of. */
  readonly liars = new Map<string, (sent: Sent) => ReadonlyArray<Sent>>()
  /** How a storage node lies that is in part as it should be. */
  readonly lies = new Map<string, Lie>()
  readonly random: Random

  constructor(seed: number, members: ReadonlyArray<string>) {
    this.random = new Random(seed, "world")
    this.first = servers(...members)
    const view = { number: 0, members: this.first }
    for (const member of this.first) this.addServer(member)
    this.add(
      this.authority.id,
      administratorPart as never,
      trustOfAdministrator(this.authority, view)
    )
  }

  get administrator(): string {
    return this.authority.id
  }

  /** A storage node is given its keys, at this time. */
  addServer(name: string): void {
    const view = this.nodes.has(this.authority.id)
      ? (this.shared(this.administrator) as AdministratorState).view
      : { number: 0, members: this.first }
    const [id] = servers(name)
    if (id === undefined) return
    const keyring = new Keyring()
    this.keyrings.set(name, keyring)
    const given = takeGiven(keyring, JSON.parse(JSON.stringify(givenTo(this.authority, id, view))))
    const part = lying(() => this.lies.get(name))
    this.add(id, part as never, trustOfNode(keyring, given))
  }

  addClient(name: string): string {
    const view = { number: 0, members: this.first }
    const credentials = credentialsFrom(this.authority, name, this.first, view)
    const id = client(`${endpointOfClient(credentials)}/1`)
    this.add(id, clientPart as never, trustOfClient(credentials))
    return id
  }

  private add(id: NodeId, part: AnyPart, trust: Trust): void {
    const context = { rules: correct, configuration: { members: this.first }, trust }
    this.nodes.set(id, { id, part, context, state: keyed(part).initial(context, id) })
  }

  shared(id: string): ServerState | AdministratorState | ClientState {
    return (this.nodes.get(id) as Node).state.shared as never
  }

  own(id: string, key: string): object | undefined {
    return (this.nodes.get(id) as Node).state.objects[key]
  }

  invoke(id: string, key: string, operation: AnyOperation): void {
    this.step(this.nodes.get(id) as Node, key, {
      _tag: "Invoke",
      operation: { ...operation, object: key }
    })
  }

  /** The directory informs a client that these nodes exist. */
  hint(id: string, members: ReadonlyArray<string>): void {
    const hint = { _tag: "Hint", members: servers(...members) }
    this.step(this.nodes.get(id) as Node, "", {
      _tag: "Receive",
      from: "directory",
      message: { key: "", message: hint }
    })
  }

  /** Delivers in random order until nothing can be, or so much was. */
  run(most = 100_000, isOver = (): boolean => false): void {
    for (let count = 0; count < most && !isOver(); count++) {
      const ready = this.network.filter((one) => !this.isPostponed(one))
      if (ready.length === 0) return
      this.deliver(ready[this.random.below(ready.length)] as Sent)
    }
  }

  /** What stays on its way for now. */
  delays: (one: Sent) => boolean = () => false

  private isPostponed(one: Sent): boolean {
    const { from, to, key, message } = one
    if (this.delays(one)) return true
    const node = this.nodes.get(to)
    if (node === undefined || this.liars.has(to)) return false
    const { part, context, id, state } = node
    return keyed(part).postpones?.(context, id, state, from as NodeId, { key, message }) === true
  }

  deliver(one: Sent): void {
    this.network.splice(this.network.indexOf(one), 1)
    const liar = this.liars.get(one.to)
    if (liar !== undefined) {
      this.put(liar(one))
      return
    }
    const node = this.nodes.get(one.to)
    if (node === undefined) return
    this.step(node, one.key, {
      _tag: "Receive",
      from: one.from as NodeId,
      message: { key: one.key, message: one.message }
    })
  }

  /** What a storage node sends, and would keep, if it received this; it does not. */
  attempt(name: string, one: Sent): ReadonlyArray<Sent> {
    const { part, context, id, state } = this.nodes.get(name) as Node
    const message = { key: one.key, message: one.message }
    const step = keyed(part).step(context, id, state, {
      _tag: "Receive",
      from: one.from as NodeId,
      message
    })
    return step.sends.map(({ to, message: { key, message: sent } }) => ({
      from: name,
      to,
      key,
      message: sent as Message
    }))
  }

  private step(node: Node, key: string, input: never | object): void {
    const step = keyed(node.part).step(node.context, node.id, node.state, input as never)
    node.state = step.state
    for (const observation of step.observations) this.seen.push([node.id, key, observation])
    this.put(
      step.sends.map(({ to, message }) => ({
        from: node.id,
        to,
        key: message.key,
        // As it comes over the wire.
        message: Schema.decodeUnknownSync(Message)(JSON.parse(JSON.stringify(message.message)))
      }))
    )
  }

  private put(sent: ReadonlyArray<Sent>): void {
    this.network.push(...sent)
    this.sent.push(...sent)
  }

  /** What reconfigurations returned. (The last message of one is about any register.) */
  get reconfigured(): ReadonlyArray<unknown> {
    return this.seen.flatMap(([, , one]) =>
      one._tag === "Response" && one.operation._tag === "Reconfigure" ? [one.result] : []
    )
  }

  /** What operations of this node on this register returned. */
  results(id: string, key: string): ReadonlyArray<unknown> {
    return this.seen.flatMap(([node, about, one]) =>
      node === id && about === key && one._tag === "Response" ? [one.result] : []
    )
  }

  notes(id: string): ReadonlyArray<string> {
    return this.seen.flatMap(([node, , one]) =>
      node === id && one._tag === "Note" ? [one.name] : []
    )
  }
}
