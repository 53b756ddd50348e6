/**
 * The fairness of a network, and the demands of its liveness properties.
 *
 * Links are quasi-reliable (tutorial, section 2.1): "if a correct node p sends a message m to a
 * correct node q then eventually q receives m from p". So each message in flight, by sender,
 * receiver and content, is a fairness class. It obliges nothing once its sender or its receiver is
 * faulty: the message may then be lost. Copies of one message on one link are indistinguishable; if
 * copies are received infinitely often, each may count as received. Each process and choice is a
 * class too, as long as the node is correct: a process eventually takes a step of its own that
 * stays enabled. No user is obliged to invoke an operation, and no fault is obliged to happen. But
 * if faults precede everything else (`isEager`), nothing else can happen in a state in which a
 * fault is due, so the fault happens.
 *
 * Weak fairness suffices. A message stays in flight until it is received or its receiver crashes,
 * so it cannot be enabled infinitely often without staying enabled.
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

/** The network as a space with known fairness. */
export const fairSpaceOf = (network: Network): FairSpace => ({
  width: network.width,
  initial: network.initial,
  successor: network.successor,
  expand: (state, sink) => network.expand(state, sink),
  fairness: new NetworkFairness(network)
})

const none: ReadonlyArray<number> = []
const noSender = -1

class NetworkFairness implements Fairness {
  private readonly network: Network
  private readonly classes = new Interner<string>()
  /**
   * Per transition: its fairness class, in a list, and the slot of the node whose message it
   * receives.
   */
  private readonly classOf: Array<ReadonlyArray<number> | undefined> = []
  private readonly senderOf: Array<number> = []
  /** Per transition, whether it is a fault that precedes everything else. */
  private readonly isDue: Array<boolean> = []

  constructor(network: Network) {
    this.network = network
  }

  classesOf(state: Int32Array, label: number): ReadonlyArray<number> {
    const known = this.classOf[label] ?? this.learn(label)
    if (known.length === 0 || this.isDue[label] === true) return known
    const { locals } = this.network
    const sender = this.senderOf[label] as number
    const slot = locals.transitions.slotOf.items[label] as number
    const isFaulty = (at: number) => locals.isFaulty(state[at] as number)
    return isFaulty(slot) || (sender !== noSender && isFaulty(sender)) ? none : known
  }

  isStrong(): boolean {
    return false
  }

  private learn(label: number): ReadonlyArray<number> {
    const { node, action } = this.network.describe(label)[0] as ReturnType<
      Network["describe"]
    >[number]
    this.senderOf[label] =
      action._tag === "Receive" ? this.network.processes.slotOfNode(action.from) : noSender
    const isDue = action._tag === "Fault" && this.network.model.faults.isEager === true
    this.isDue[label] = isDue
    const isFair = isDue || action._tag === "Receive" || action._tag === "Choose"
    const known = isFair ? [this.classes.number(canonical([node, action]))] : none
    this.classOf[label] = known
    return known
  }
}

/** What a liveness property demands for one client. */
export interface ClientDemand extends Demand {
  readonly property: string
  readonly client: NodeId
  /**
   * Whether a violation holds whatever the bounds. Otherwise the client may be waiting for a node
   * that has stopped at a bound.
   */
  readonly isCertain: boolean
}

/**
 * The demands of each liveness property on each client: the client's operation does not stay
 * pending forever. The certain demand applies while no node has stopped at a bound. If there are
 * bounds, a second demand applies while the client itself has not.
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

/** The demand, restricted to states in which no node has stopped at a bound. */
const certainly = ({ locals }: Network, demand: ClientDemand): ClientDemand => {
  /** Per local state, whether its node has stopped at a bound. */
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
   * Per state of the observer, the pending operations; "nothing is owed" if the property owes none.
   */
  const pendingIn: Array<ReadonlyArray<AnyOperation | undefined> | "nothing is owed" | undefined> =
    []
  const askObserver = (state: Int32Array) => {
    const seen = network.observed(state, observer - locals.nodes.length)
    if (!property.owes(seen)) return "nothing is owed"
    const pending = property.pending(seen).filter((one) => one.client === client)
    // Any operation of the object suffices: a client has one at a time.
    return pending.map(({ object }) => script.find((operation) => operation.object === object))
  }
  /** Per local state of the client and set of pending operations: whether the client waits. */
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
