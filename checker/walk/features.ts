/**
 * What a strategy may know of a transition, in numbers that do not depend on the network's
 * numbering: hashes of the transition's text, computed once per transition.
 */
import { canonical } from "../../spec/kernel/data.ts"
import type { NodeId } from "../../spec/kernel/node.ts"
import type { Event } from "../network/model.ts"
import type { Network } from "../network/network.ts"
import { actionData } from "../report/trace.ts"
import { scrambleText } from "./random.ts"

/** The kind of a step, as far as strategies distinguish kinds. */
export const category = {
  crash: 0,
  invocation: 1,
  /** A step that a process takes by itself. */
  choice: 2,
  /** A message received by a node that invokes no operations, such as a server. */
  request: 3,
  /** A message from a server that a client receives. */
  answer: 4,
  /** A message from a client that a client receives. */
  notice: 5
} as const

/** Transitions that a strategy may treat alike. */
export const groupings = ["message", "link", "node", "client"] as const
export type Grouping = (typeof groupings)[number]

const firstSize = 1 << 10

export class Features {
  /** The number of known transitions. */
  known = 0
  /** Per transition, the category. */
  categories = new Uint8Array(firstSize)
  /**
   * Per transition and grouping, the hash of the group: the whole event, its sender and its node,
   * its node, or the client that it serves.
   */
  groups: Readonly<Record<Grouping, Int32Array>> = hashes(firstSize)
  /**
   * Per transition, the hash of the received message, whatever the receiver: equal for all
   * receivers of one message.
   */
  broadcasts = new Int32Array(firstSize)

  private readonly network: Network

  constructor(network: Network) {
    this.network = network
  }

  /** Adds the transitions that the network has found since. */
  update(): void {
    const total = this.network.locals.transitions.size
    while (total > this.categories.length) this.grow()
    for (; this.known < total; this.known++)
      this.learn(this.known, eventOf(this.network, this.known))
  }

  /** True if the first of two transitions with the same hashes comes first by its text. */
  precedes(first: number, second: number): boolean {
    const [one, other] = [first, second].map((label) => canonical(eventOf(this.network, label)))
    return (one as string) < (other as string)
  }

  private learn(label: number, { node, action }: Event): void {
    const text = canonical(actionData(action))
    const from = action._tag === "Receive" ? action.from : node
    this.categories[label] = this.categoryOf({ node, action }, from)
    this.groups.message[label] = scrambleText(`${node} ${text}`)
    this.groups.link[label] = scrambleText(`${from} ${node}`)
    this.groups.node[label] = scrambleText(node)
    this.groups.client[label] = scrambleText(this.isClient(node) ? node : from)
    this.broadcasts[label] = scrambleText(text)
  }

  private categoryOf({ node, action }: Event, from: NodeId): number {
    if (action._tag === "Fault") return category.crash
    if (action._tag === "Invoke") return category.invocation
    if (action._tag === "Choose") return category.choice
    if (!this.isClient(node)) return category.request
    return this.isClient(from) ? category.notice : category.answer
  }

  private isClient(node: NodeId): boolean {
    const { processes } = this.network
    return (processes.nodes[processes.slotOfNode(node)]?.script.length ?? 0) > 0
  }

  private grow(): void {
    const size = this.categories.length * 2
    const [categories, groups, broadcasts] = [
      new Uint8Array(size),
      hashes(size),
      new Int32Array(size)
    ]
    categories.set(this.categories)
    broadcasts.set(this.broadcasts)
    for (const grouping of groupings) groups[grouping].set(this.groups[grouping])
    this.categories = categories
    this.groups = groups
    this.broadcasts = broadcasts
  }
}

const hashes = (size: number): Record<Grouping, Int32Array> => ({
  message: new Int32Array(size),
  link: new Int32Array(size),
  node: new Int32Array(size),
  client: new Int32Array(size)
})

/**
 * The event of a transition: a single one, since reductions that take two in one transition are off
 * in a walk.
 */
export const eventOf = (network: Network, label: number): Event =>
  network.describe(label)[0] as Event
