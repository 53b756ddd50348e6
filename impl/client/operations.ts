/**
 * Operations of users, run by the client processes of a protocol.
 *
 * A client process takes one operation of a register at a time, so there are as many processes as
 * there are operations on the same register at once. Client processes keep nothing on stable
 * storage: a client that ends never comes back, the next one has another name. (A write that it
 * left behind may still take effect.)
 */
import { type Configuration, isServedBy } from "../../spec/configuration/configuration.ts"
import { directory } from "../../spec/directory/directory.ts"
import type { NodeId } from "../../spec/kernel/node.ts"
import type { AnyNote, AnyObservation, AnyOperation } from "../../spec/kernel/observation.ts"
import { type ClientId, client, type ServerSet } from "../../spec/nodes/nodes.ts"
import { Endpoint, type EndpointOptions } from "../host/endpoint.ts"
import type { Hosted } from "../host/hosted.ts"
import type { Envelope, Refusal } from "../link/frame.ts"
import { nodeOf, type Plugged, type Setup } from "../protocols.ts"
import type { TraceContext } from "../tracing/tracing.ts"

/** The most client processes at once: how many operations on one register may be in execution. */
export const mostProcesses = 1024
/** How many operations may be in execution at once, on all registers, if nothing else is said. */
export const mostPending = 2 ** 14
/** A process that has seen so many registers makes room for a new one. */
const mostRegisters = 10_000

interface Lane {
  readonly id: ClientId
  readonly process: Hosted
  /** The registers with an operation in execution, with whom to tell. */
  readonly busy: Map<string, Pending>
  /**
   * An operation of it was given up, so that it is not ready for that register any more: it begins
   * no others.
   */
  isSpent: boolean
}

interface Pending {
  readonly done: (result: unknown) => void
  /** Hears of what the process notes on the way. */
  readonly noted: ((note: AnyNote) => void) | undefined
  /** Hears that it will not be done, and why. */
  readonly refused: ((refusal: Refusal) => void) | undefined
  /** The nodes that decline what it asks them. */
  readonly declining: Set<string>
  /** How many hints there had been when it began. */
  readonly since: number
}

export interface OperationsOptions extends Omit<EndpointOptions, "disk" | "Message"> {
  readonly plugged: Pick<Plugged, "Message" | "parts" | "reconfiguration" | "configurationsOf">
  /** What is known of the system, by the time of the first operation. */
  readonly setup: () => Setup
  /** How many operations may be in execution at once. */
  readonly mostPending?: number
}

export class Operations {
  readonly endpoint: Endpoint
  private readonly options: OperationsOptions
  private readonly lanes: Array<Lane> = []
  private readonly byId = new Map<NodeId, Lane>()
  private made = 0
  private hint: unknown
  private hints = 0
  /** How many operations are in execution. */
  pending = 0

  constructor(options: OperationsOptions) {
    this.options = options
    this.endpoint = new Endpoint({
      ...options,
      Message: options.plugged.Message,
      observe: (node, key, observation) => {
        options.observe?.(node, key, observation)
        this.observe(node, key, observation)
      },
      declined: (envelope, peer, refusal) => this.hearRefusal(envelope, peer, refusal)
    })
  }

  /**
   * Begins an operation on a register; `done` gets its result, and `noted` what is noted on the
   * way. False if none can begin, for too many are in execution already, on this register or in
   * all.
   */
  invoke(
    key: string,
    operation: AnyOperation,
    done: (result: unknown) => void,
    {
      trace,
      noted,
      refused
    }: {
      readonly trace?: TraceContext | undefined
      readonly noted?: (note: AnyNote) => void
      readonly refused?: (refusal: Refusal) => void
    } = {}
  ): boolean {
    if (this.pending >= (this.options.mostPending ?? mostPending) || this.endpoint.isBackedUp)
      return false
    const lane = this.lanes.find((one) => isFree(one, key)) ?? this.newLane()
    if (lane === undefined) return false
    lane.busy.set(key, { done, noted, refused, declining: new Set(), since: this.hints })
    this.pending += 1
    this.endpoint.invoke(lane.id, key, operation, trace)
    return true
  }

  /**
   * What the directory says now: to the processes whose operations take long, and to those that
   * come.
   */
  hear(hint: unknown): void {
    this.hint = hint
    this.hints += 1
    for (const lane of this.lanes)
      if ([...lane.busy.values()].some(({ since }) => since < this.hints - 1)) this.tell(lane)
  }

  /** The state of the process that is busy with this register, or would be; of any of them. */
  stateOf(key: string): unknown {
    return (this.lanes.find(({ busy }) => busy.has(key)) ?? this.lanes[0])?.process.state(key)
  }

  /** A process that has heard the hint and has nothing else to do, for what it comes to know. */
  inquire(): Hosted | undefined {
    return this.newLane()?.process
  }

  private tell({ id }: Lane): void {
    if (this.hint !== undefined) this.endpoint.tell(id, "", directoryNode, this.hint)
  }

  close(): void {
    this.endpoint.close()
  }

  private newLane(): Lane | undefined {
    this.retireIdle()
    if (this.lanes.length >= mostProcesses) return undefined
    this.made += 1
    const id = client(`${this.endpoint.name}/${this.made}`)
    const { setup, plugged } = this.options
    const process = this.endpoint.add(nodeOf(plugged, "client", id, setup()))
    const lane: Lane = { id, process, busy: new Map(), isSpent: false }
    this.lanes.push(lane)
    this.byId.set(id, lane)
    this.tell(lane)
    return lane
  }

  private observe(node: NodeId, key: string, observation: AnyObservation): void {
    const lane = this.byId.get(node)
    const pending = lane?.busy.get(key)
    if (observation._tag === "Note") pending?.noted?.(observation)
    if (observation._tag !== "Response") return
    if (lane?.busy.delete(key) === true) this.pending -= 1
    pending?.done(observation.result)
  }

  /**
   * A node declines what a process asks it. An operation that can do without that node goes on; one
   * that cannot is given up at once, as if its process had crashed: nobody has to wait for answers
   * that will not come.
   */
  private hearRefusal({ from, key, message }: Envelope, peer: string, refusal: Refusal): void {
    const lane = this.byId.get(from)
    if (lane === undefined) return
    const { reconfiguration, configurationsOf } = this.options.plugged
    // What a reconfiguration asks of a register is part of an operation on the whole.
    const about = reconfiguration?.reconfigures(message) === true ? "" : key
    const pending = lane.busy.get(about)
    if (pending === undefined) return
    pending.declining.add(peer)
    const configurations = configurationsOf?.(lane.process.state(about)) ?? [
      this.options.setup().configuration
    ]
    if (configurations.every((one) => canDoWithout(one, pending.declining))) return
    lane.busy.delete(about)
    lane.isSpent = true
    this.pending -= 1
    pending.refused?.(refusal)
  }

  /** Processes that have seen many registers, and have nothing to do, end. */
  private retireIdle(): void {
    for (const lane of this.lanes.filter(isWornOut)) {
      if (lane.busy.size > 0) continue
      this.lanes.splice(this.lanes.indexOf(lane), 1)
      this.byId.delete(lane.id)
      this.endpoint.remove(lane.id)
    }
  }
}

/** Whom a process hears the directory's hints from. */
const directoryNode = directory("directory")

/** Whether the others are enough to read and to write. */
const canDoWithout = (configuration: Configuration, declining: ReadonlySet<string>): boolean => {
  const others: ServerSet = configuration.members.filter((member) => !declining.has(member))
  return isServedBy(configuration, others)
}

const isWornOut = ({ process, isSpent }: Lane): boolean => isSpent || process.size > mostRegisters

const isFree = (lane: Lane, key: string): boolean =>
  !lane.busy.has(key) &&
  !lane.isSpent &&
  lane.process.isReady(key) &&
  (!isWornOut(lane) || lane.process.has(key))
