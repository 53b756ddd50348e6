/**
 * What is fair in a network, and what its properties of liveness demand.
 *
 * Links are quasi-reliable (tutorial 2.1): "if a correct node p sends a message m to a correct node q then eventually q
 * receives m from p". So a class is a message on its way, by sender, receiver and content, and it obliges nobody once a
 * fault has befallen its sender or its receiver: then the message may be lost. Copies of one message on one link cannot be told apart; if they are
 * received again and again, each of them may be said to be. And what a process may do by itself, it does in the end, if it
 * may all the time: a class per process and choice, as long as the node is correct. Nothing obliges a fault to happen, or a
 * user to ask for something.
 *
 * Weak fairness is all that is needed. A message on its way stays so until it is received or its receiver crashes: it
 * cannot be enabled again and again without being enabled all the time.
 */
import { canonical } from "../../spec/kernel/data.ts"
import type { NodeId } from "../../spec/kernel/node.ts"
import type { AnyProperty } from "../../spec/kernel/property.ts"
import { Interner } from "../engine/interner.ts"
import type { Demand, Fairness, FairSpace } from "../liveness/fair-space.ts"
import { type Model, nodesOf } from "./model.ts"
import type { Network } from "./network.ts"

/** The network as a space whose fairness is known. */
export const fairSpaceOf = (network: Network): FairSpace => ({
  width: network.width,
  initial: network.initial,
  successor: network.successor,
  expand: (state, sink) => network.expand(state, sink),
  fairness: new NetworkFairness(network)
})

const none: ReadonlyArray<number> = []
const nobody = -1

class NetworkFairness implements Fairness {
  private readonly network: Network
  private readonly classes = new Interner<string>()
  /** Per transition: its class, in a list, and the slot of the node whose message it receives. */
  private readonly classOf: Array<ReadonlyArray<number> | undefined> = []
  private readonly senderOf: Array<number> = []

  constructor(network: Network) {
    this.network = network
  }

  classesOf(state: Int32Array, label: number): ReadonlyArray<number> {
    const known = this.classOf[label] ?? this.learn(label)
    if (known.length === 0) return none
    const { locals } = this.network
    const sender = this.senderOf[label] as number
    const slot = locals.transitions.slotOf.items[label] as number
    const isFaulty = (at: number) => locals.isFaulty(state[at] as number)
    return isFaulty(slot) || (sender !== nobody && isFaulty(sender)) ? none : known
  }

  isStrong(): boolean {
    return false
  }

  private learn(label: number): ReadonlyArray<number> {
    const { node, action } = this.network.describe(label)[0] as ReturnType<Network["describe"]>[number]
    this.senderOf[label] = action._tag === "Receive" ? this.network.processes.slotOfNode(action.from) : nobody
    const isFair = action._tag === "Receive" || action._tag === "Choose"
    const known = isFair ? [this.classes.number(canonical([node, action]))] : none
    this.classOf[label] = known
    return known
  }
}

/** What a property of liveness demands for one client. */
export interface ClientDemand extends Demand {
  readonly property: string
  readonly client: NodeId
}

type Live = Extract<AnyProperty, { readonly _tag: "Live" }>

/** The properties of liveness of a model. */
export const livePropertiesOf = ({ properties }: Pick<Model, "properties">): ReadonlyArray<Live> =>
  properties.flatMap((property) => (property._tag === "Live" ? [property] : []))

/** One demand per property of liveness and client: that its operation does not stay pending for ever. */
export const demandsOf = (network: Network): ReadonlyArray<ClientDemand> => {
  const { model } = network
  const asked = nodesOf(model).filter(({ script }) => script.length > 0)
  return livePropertiesOf(model).flatMap((property) =>
    asked.map(({ id }) => demandFor(network, property, id))
  )
}

const demandFor = (network: Network, property: Live, client: NodeId): ClientDemand => {
  const { locals, model } = network
  const slot = network.processes.slotOfNode(client)
  const observer = network.componentOf(property.observer(model.system.context).name)
  /** Per state of the observer, and per local state of the client, what was found out before. */
  const owed: Array<"nothing" | "a response" | "readiness" | undefined> = []
  const waiting: Array<boolean | undefined> = []
  const owedIn = (state: Int32Array) => {
    const seen = network.observed(state, observer - locals.nodes.length)
    if (!property.owes(seen)) return "nothing"
    return property.pending(seen).includes(client) ? "a response" : "readiness"
  }
  return {
    property: property.name,
    client,
    made: "anywhere",
    isOpen: (state) => {
      if (locals.isAtBound(state[slot] as number)) return false
      const number = state[observer] as number
      const what = owed[number] ?? owedIn(state)
      owed[number] = what
      if (what !== "readiness") return what === "a response"
      const local = state[slot] as number
      const waits = waiting[local] ?? isKeptWaiting(network, local)
      waiting[local] = waits
      return waits
    }
  }
}

/** Whether the node has operations to invoke, is correct, and is not ready to invoke the next. */
const isKeptWaiting = ({ locals, model }: Network, local: number): boolean => {
  const { slot, position } = locals.detail(local)
  const node = locals.nodes[slot]
  const content = locals.decode(local)
  if (node === undefined || content === undefined || content.mode !== undefined) return false
  const operation = node.script[position]
  return (
    operation !== undefined && !node.process.ready(model.system.context, node.id, content.state, operation)
  )
}
