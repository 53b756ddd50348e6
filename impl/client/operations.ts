/**
 * Runs the operations of users on the client processes of a protocol.
 *
 * A client process takes one operation of a register at a time, so there are as many processes as
 * there are concurrent operations on one register. Client processes keep nothing on stable storage:
 * a client that ends never comes back, and the next one has another name. (A write that it left
 * unfinished may still take effect.)
 */
import { type Configuration, isServedBy } from "../../spec/configuration/configuration.ts"
import { directory } from "../../spec/directory/directory.ts"
import type { AnyPart } from "../../spec/kernel/keyed.ts"
import type { NodeId } from "../../spec/kernel/node.ts"
import type { AnyNote, AnyObservation, AnyOperation } from "../../spec/kernel/observation.ts"
import { type ClientId, client, type ServerSet, servers } from "../../spec/nodes/nodes.ts"
import type { Effects } from "../host/effects.ts"
import { Endpoint } from "../host/endpoint.ts"
import type { Hosted } from "../host/hosted.ts"
import type { EndpointOptions } from "../host/options.ts"
import type { Sparing } from "../host/spares.ts"
import type { Envelope, Frame, Refusal } from "../link/frame.ts"
import { type Freshness, nodeOf, type RunnableProtocol, type Setup } from "../protocols.ts"
import type { TraceContext } from "../tracing/tracing.ts"
import { Lease } from "./lease.ts"

/** The maximum number of client processes: of concurrent operations on one register. */
export const maxProcesses = 1024
/** The default maximum number of operations in execution, on all registers. */
export const maxPending = 2 ** 14
/** The number of registers after which a new process replaces an idle one. */
const maxRegisters = 10_000

/** A client process, with the operations that it executes. */
interface Lane {
  readonly id: ClientId
  readonly process: Hosted
  /** The registers with an operation in execution, with the callbacks of each. */
  readonly busy: Map<string, Pending>
  /**
   * One of its operations was given up, so the process is not ready for that register any more: it
   * begins no other operations.
   */
  isSpent: boolean
}

interface Pending {
  readonly done: (result: unknown) => void
  /** Called with each note of the process. */
  readonly noted: ((note: AnyNote) => void) | undefined
  /** Called if the operation will not complete, with the reason. */
  readonly refused: ((refusal: Refusal) => void) | undefined
  /** The nodes that decline the requests of the operation. */
  readonly declining: Set<string>
  /** The number of hints received before it began. */
  readonly since: number
}

export interface OperationsOptions extends Omit<EndpointOptions, "disk" | "Message"> {
  readonly runnable: Pick<
    RunnableProtocol,
    "Message" | "parts" | "reconfiguration" | "configurationsOf" | "phaseOf" | "freshness"
  >
  /** What the client knows of the system by the time of the first operation. */
  readonly setup: () => Setup
  /** The maximum number of operations in execution. */
  readonly maxPending?: number
  /** How long clients rely on what they were told is current, if not as long as usual. */
  readonly leaseMilliseconds?: number
}

/** An endpoint that looks at the clock before it takes anything. */
class LeasedEndpoint extends Endpoint {
  lease: Lease | undefined

  override received(peer: string, frame: Frame): void {
    this.lease?.look()
    super.received(peer, frame)
  }
}

export class Operations {
  readonly endpoint: Endpoint
  private readonly leased: LeasedEndpoint
  private readonly options: OperationsOptions
  /** The processes that ask what is current, as far as there are any, by their numbers. */
  private readonly askers = new Map<number, Hosted>()
  private isClosed = false
  /** When the last operation began. */
  private invokedAt = Number.NEGATIVE_INFINITY
  private readonly lanes: Array<Lane> = []
  private readonly byId = new Map<NodeId, Lane>()
  private made = 0
  private hint: unknown
  private hints = 0
  /** The number of operations in execution. */
  pending = 0

  constructor(options: OperationsOptions) {
    this.options = options
    this.leased = new LeasedEndpoint({
      ...options,
      Message: options.runnable.Message,
      observe: (node, key, observation) => {
        options.observe?.(node, key, observation)
        this.observe(node, key, observation)
      },
      declined: (envelope, peer, refusal) => this.hearRefusal(envelope, peer, refusal),
      spares: (posts) => this.sparing(posts)
    })
    this.endpoint = this.leased
    const { freshness } = options.runnable
    if (freshness !== undefined) this.beginLease(freshness)
  }

  private beginLease({ part, leaseMilliseconds, currentIn }: Freshness): void {
    const { clock } = this.options
    const asker = (number: number) => this.asker(number, part).node.id as ClientId
    const tell = (id: ClientId, current: unknown): void =>
      this.endpoint.tell(id, "", directoryNode, { _tag: "Leased", current })
    const lease = new Lease({
      clock,
      milliseconds: this.options.leaseMilliseconds ?? leaseMilliseconds,
      ask: (number) => this.endpoint.invoke(asker(number), "", { _tag: "Ask" }),
      askAgain: (number) =>
        this.endpoint.tell(asker(number), "", directoryNode, {
          _tag: "Again",
          peers: servers(...this.endpoint.connectedPeers)
        }),
      tell: (current) => {
        for (const { id } of this.lanes) tell(id, current)
      },
      isWanted: () =>
        this.pending > 0 || clock.nowMilliseconds() - this.invokedAt < idleMilliseconds
    })
    this.leased.lease = lease
    this.answered = (number, process) => lease.answered(number, currentIn(process.state("")))
    this.toldTo = (id) => tell(id, lease.current)
    const tick = (): void => {
      if (this.isClosed) return
      lease.look()
      clock.after(tickMilliseconds, tick)
    }
    tick()
  }

  /** What follows from the answer to an asker, and what a new process is told of the last one. */
  private answered: (number: number, asker: Hosted) => void = () => undefined
  private toldTo: (id: ClientId) => void = () => undefined

  private asker(number: number, part: AnyPart): Hosted {
    const known = this.askers.get(number)
    if (known !== undefined) return known
    this.made += 1
    const id = client(`${this.endpoint.name}/${this.made}`)
    const node = nodeOf(this.options.runnable, "client", id, this.options.setup())
    const process = this.endpoint.add({ ...node, part, isWitnessed: false })
    this.askers.set(number, process)
    return process
  }

  /** Whether clients count no answers at present: the service has not said what is current. */
  get lacksLease(): boolean {
    return this.leased.lease !== undefined && this.leased.lease.current === null
  }

  /**
   * Begins an operation on a register. `done` receives its result, and `noted` the notes of the
   * process. Returns false if too many operations are in execution already, on this register or in
   * total.
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
    if (this.pending >= (this.options.maxPending ?? maxPending) || this.endpoint.isBackedUp)
      return false
    const lane = this.lanes.find((one) => isFree(one, key)) ?? this.newLane()
    if (lane === undefined) return false
    lane.busy.set(key, { done, noted, refused, declining: new Set(), since: this.hints })
    this.pending += 1
    this.invokedAt = this.options.clock.nowMilliseconds()
    this.endpoint.invoke(lane.id, key, operation, trace)
    this.leased.lease?.look()
    return true
  }

  /**
   * Passes the directory's current hint to the processes whose operations take long, and to future
   * processes.
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

  /**
   * Runs one operation on a process of its own, separate from those of the client. Returns a
   * function that ends the process.
   */
  once(
    part: AnyPart,
    operation: AnyOperation,
    done: (result: unknown) => void,
    refused: (refusal: Refusal) => void
  ): () => void {
    this.made += 1
    const id = client(`${this.endpoint.name}/${this.made}`)
    const node = nodeOf(this.options.runnable, "client", id, this.options.setup())
    const process = this.endpoint.add({ ...node, part, isWitnessed: false })
    const end = (): void => {
      this.byId.delete(id)
      this.endpoint.remove(id)
    }
    const pending: Pending = {
      done: (result) => {
        end()
        done(result)
      },
      noted: undefined,
      refused,
      declining: new Set(),
      since: 0
    }
    this.byId.set(id, { id, process, busy: new Map([["", pending]]), isSpent: true })
    this.pending += 1
    this.endpoint.invoke(id, "", operation)
    return () => {
      if (this.byId.get(id)?.busy.delete("") === true) this.pending -= 1
      end()
    }
  }

  /** An idle process that has received the hint, to read what it knows. */
  inquire(): Hosted | undefined {
    return this.newLane()?.process
  }

  private tell({ id }: Lane): void {
    if (this.hint !== undefined) this.endpoint.tell(id, "", directoryNode, this.hint)
  }

  close(): void {
    this.isClosed = true
    this.endpoint.close()
  }

  private newLane(): Lane | undefined {
    this.retireIdle()
    if (this.lanes.length >= maxProcesses) return undefined
    this.made += 1
    const id = client(`${this.endpoint.name}/${this.made}`)
    const { setup, runnable } = this.options
    const process = this.endpoint.add(nodeOf(runnable, "client", id, setup()))
    const lane: Lane = { id, process, busy: new Map(), isSpent: false }
    this.lanes.push(lane)
    this.byId.set(id, lane)
    this.tell(lane)
    this.toldTo(id)
    return lane
  }

  private observe(node: NodeId, key: string, observation: AnyObservation): void {
    if (observation._tag === "Response")
      for (const [number, asker] of this.askers)
        if (asker.node.id === node) this.answered(number, asker)
    const lane = this.byId.get(node)
    const pending = lane?.busy.get(key)
    if (observation._tag === "Note") pending?.noted?.(observation)
    if (observation._tag !== "Response") return
    if (lane?.busy.delete(key) === true) this.pending -= 1
    pending?.done(observation.result)
  }

  /**
   * A node declines a request of a process. An operation that can do without that node continues.
   * The client gives up any other at once, as if its process had crashed: no caller waits for
   * answers that will not come.
   */
  private hearRefusal({ from, key, message }: Envelope, peer: string, refusal: Refusal): void {
    const lane = this.byId.get(from)
    if (lane === undefined) return
    const { reconfiguration } = this.options.runnable
    // What a reconfiguration asks of a register is part of an operation on the whole.
    const about = reconfiguration?.reconfigures(message) === true ? "" : key
    const pending = lane.busy.get(about)
    if (pending === undefined) return
    pending.declining.add(peer)
    const configurations = this.configurationsOf(lane, about)
    if (configurations.every((one) => canDoWithout(one, pending.declining))) return
    lane.busy.delete(about)
    lane.isSpent = true
    this.pending -= 1
    pending.refused?.(refusal)
  }

  /** The active configurations, as far as a process knows when it is busy with this register. */
  private configurationsOf({ process }: Lane, key: string): ReadonlyArray<Configuration> {
    const { runnable, setup } = this.options
    return runnable.configurationsOf?.(process.state(key)) ?? [setup().configuration]
  }

  /**
   * What the client can hold back of the phase that begins with these posts, if they are requests
   * or copies to all members of some configurations. Of several active configurations, the client
   * prefers the members of all: they count for each, and a new node is busy with copies.
   */
  private sparing(posts: Effects["posts"]): Sparing | undefined {
    const [first] = posts
    const kind = first && this.options.runnable.phaseOf?.(first.envelope.message)
    if (kind === undefined || first === undefined) return undefined
    const { from, key } = first.envelope
    const lane = this.byId.get(from)
    if (lane === undefined) return undefined
    const active = this.configurationsOf(lane, key)
    const isTold = (member: string) => posts.some(({ peer }) => peer === member)
    const asked = active.filter(({ members }) => members.every(isTold))
    const isMember = (peer: string) => (one: Configuration) =>
      one.members.some((member) => member === peer)
    return asked.length > 0 && posts.every(({ peer }) => asked.some(isMember(peer)))
      ? {
          canDoWithout: (without) => asked.every((one) => canDoWithout(one, without)),
          isPreferred: (peer) => active.every(isMember(peer)),
          onlyAsks: kind === "asks"
        }
      : undefined
  }

  /** Ends idle processes that have seen many registers. */
  private retireIdle(): void {
    for (const lane of this.lanes.filter(isWornOut)) {
      if (lane.busy.size > 0) continue
      this.lanes.splice(this.lanes.indexOf(lane), 1)
      this.byId.delete(lane.id)
      this.endpoint.remove(lane.id)
    }
  }
}

/** So long after an operation a lease is renewed for the next one. */
const idleMilliseconds = 60_000
/** How often the clock is looked at, if nothing arrives. */
const tickMilliseconds = 100

/** The node from which processes receive the directory's hints. */
const directoryNode = directory("directory")

/** Whether the other nodes are enough to read and to write. */
const canDoWithout = (configuration: Configuration, declining: ReadonlySet<string>): boolean => {
  const others: ServerSet = configuration.members.filter((member) => !declining.has(member))
  return isServedBy(configuration, others)
}

const isWornOut = ({ process, isSpent }: Lane): boolean => isSpent || process.size > maxRegisters

const isFree = (lane: Lane, key: string): boolean =>
  !lane.busy.has(key) &&
  !lane.isSpent &&
  lane.process.isReady(key) &&
  (!isWornOut(lane) || lane.process.has(key))
