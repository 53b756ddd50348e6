/**
 * What is fair in a network, and what its properties of liveness demand.
 *
 * Links are quasi-reliable (tutorial 2.1): "if a correct node p sends a message m to a correct node
 * q then eventually q receives m from p". So a class is a message on its way, by sender, receiver
 * and content, and it obliges nobody once a fault has befallen its sender or its receiver: then the
 * message may be lost. Copies of one message on one link cannot be told apart; if they are received
 * again and again, each of them may be said to be. And what a process may do by itself, it does in
 * the end, if it may all the time: a class per process and choice, as long as the node is correct.
 * Nothing obliges a fault to happen, or a user to ask for something.
 *
 * Weak fairness is all that is needed. A message on its way stays so until it is received or its
 * receiver crashes: it cannot be enabled again and again without being enabled all the time.
 */
import { canonical } from "../../spec/kernel/data.ts"
import type { NodeId } from "../../spec/kernel/node.ts"
import type { AnyOperation } from "../../spec/kernel/observation.ts"
import { Interner } from "../engine/interner.ts"
import { missing, PairMemo } from "../engine/pair-memo.ts"
import type { Demand, Fairness, FairSpace } from "../liveness/fair-space.ts"
import { excuses, isReadyFor } from "./bounds.ts"
import { type Live, livePropertiesOf, nodesOf } from "./model.ts"
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
    const { node, action } = this.network.describe(label)[0] as ReturnType<
      Network["describe"]
    >[number]
    this.senderOf[label] =
      action._tag === "Receive" ? this.network.processes.slotOfNode(action.from) : nobody
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
  /**
   * Whether a violation is one whatever bounds there are; if not, the client may wait for a node
   * that stands at one.
   */
  readonly isCertain: boolean
}

/**
 * What is demanded per property of liveness and client: that its operation does not stay pending
 * for ever. It is demanded as long as no node stands at a bound, which is certain; and, where there
 * are bounds, as long as the client does not.
 */
export const demandsOf = (network: Network): ReadonlyArray<ClientDemand> => {
  const { model } = network
  const nodes = nodesOf(model)
  const asked = nodes.filter(({ script }) => script.length > 0)
  const isBounded = nodes.some(({ process }) => process.atBound !== undefined)
  return livePropertiesOf(model).flatMap((property) =>
    asked.flatMap(({ id }) => {
      const demand = demandFor(network, property, id)
      return isBounded ? [certainly(network, demand), demand] : [{ ...demand, isCertain: true }]
    })
  )
}

/** The demand as far as no bound has a part in it. */
const certainly = ({ locals }: Network, demand: ClientDemand): ClientDemand => {
  /** Per local state, whether its node stands at a bound. */
  const known: Array<boolean | undefined> = []
  const isAtBound = (local: number): boolean => {
    const stands = known[local] ?? locals.isAtBound(local)
    known[local] = stands
    return stands
  }
  const isAnyAtBound = (state: Int32Array): boolean => {
    for (let slot = 0; slot < locals.nodes.length; slot++)
      if (isAtBound(state[slot] as number)) return true
    return false
  }
  return {
    ...demand,
    isCertain: true,
    isOpen: (state) => demand.isOpen(state) && !isAnyAtBound(state)
  }
}

const demandFor = (network: Network, property: Live, client: NodeId): ClientDemand => {
  const { locals, model } = network
  const slot = network.processes.slotOfNode(client)
  const observer = network.onlookerAt(property.observer(model.system.context).name)
  const script = locals.nodes[slot]?.script ?? []
  /**
   * Per state of the observer, what was found out before: the pending operations; none if nothing
   * is owed.
   */
  const pendingIn: Array<ReadonlyArray<AnyOperation | undefined> | "nothing is owed" | undefined> =
    []
  const askObserver = (state: Int32Array) => {
    const seen = network.observed(state, observer - locals.nodes.length)
    if (!property.owes(seen)) return "nothing is owed"
    const pending = property.pending(seen).filter((one) => one.client === client)
    // Which of the operations of one object it is makes no difference: there is one at a time.
    return pending.map(({ object }) => script.find((operation) => operation.object === object))
  }
  /** The same per local state of the client, and pending operations. */
  const isWaitingIn = new PairMemo()
  const isWaiting = (local: number, pending: ReadonlyArray<AnyOperation | undefined>): boolean => {
    const next = locals.isFaulty(local) ? undefined : script[locals.detail(local).position]
    const isKept = next !== undefined && !isReadyFor(locals, local, next)
    return (isKept ? [...pending, next] : pending).some(
      (operation) => !excuses(locals, local, operation)
    )
  }
  return {
    property: property.name,
    client,
    isCertain: false,
    made: "anywhere",
    isOpen: (state) => {
      const [local, number] = [state[slot] as number, state[observer] as number]
      const pending = pendingIn[number] ?? askObserver(state)
      pendingIn[number] = pending
      if (pending === "nothing is owed") return false
      const known = isWaitingIn.get(local, number)
      if (known !== missing) return known === 1
      const waits = isWaiting(local, pending)
      isWaitingIn.set(local, number, waits ? 1 : 0)
      return waits
    }
  }
}
