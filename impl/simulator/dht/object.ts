/**
 * One object of a simulated hash table: its replicas and its clients, over the epochs of the
 * membership service. Every step is one of `spec/dbqs`.
 *
 * An object's group is a function of the members that follow its place on the circle. So each node
 * learns only these members, and still computes the groups of the whole system (`neighbours`). This
 * is why ten thousand nodes can be simulated one object at a time.
 */
import { type ClientState, client } from "../../../spec/dbqs/client.ts"
import { certify } from "../../../spec/dbqs/epoch.ts"
import type { Message } from "../../../spec/dbqs/messages.ts"
import { replicaGroup } from "../../../spec/dbqs/ring.ts"
import { correct, type Rules } from "../../../spec/dbqs/rules.ts"
import { type ServerState, server } from "../../../spec/dbqs/server.ts"
import { isData, type Stored } from "../../../spec/dbqs/stored.ts"
import { symbolic } from "../../../spec/kernel/cryptography.ts"
import { setOf } from "../../../spec/kernel/data.ts"
import type { NodeId } from "../../../spec/kernel/node.ts"
import {
  administrator,
  type ClientId,
  client as named,
  type ServerId,
  type ServerSet
} from "../../../spec/nodes/nodes.ts"
import type { Access, Value } from "../../../spec/register/operation.ts"
import { type Interval, judge } from "../../../spec/register/written-once.ts"
import type { Random } from "../random.ts"

const admin = administrator("admin")

/** The number of members after an object's place that a node learns: more than any group has. */
const neighbourhood = 8

export interface ObjectPlan {
  readonly place: string
  /** The members of each epoch, in the order of their names. */
  readonly epochs: ReadonlyArray<ReadonlyArray<ServerId>>
  /** The time at which each epoch begins, in seconds. */
  readonly begins: ReadonlyArray<number>
  /** The time at which a node dies, if it does. */
  readonly goes: (node: ServerId) => number
  readonly lies: (node: ServerId) => boolean
  /** The number of operations of each client, the first of which is a write. */
  readonly operations: number
  readonly random: Random
  readonly rules?: Partial<Rules>
}

export interface ObjectOutcome {
  readonly verdict: "atomic" | "violated"
  readonly reason: string
  readonly completed: number
  readonly pending: number
  readonly messages: number
  /**
   * The latencies of operations in seconds: of those that met a change of epochs, and of the
   * others.
   */
  readonly latencies: ReadonlyArray<number>
}

/** The next members after a place, from a list in the order of names. */
export const neighbours = (
  members: ReadonlyArray<ServerId>,
  place: string,
  count = neighbourhood
): ServerSet => {
  let [low, high] = [0, members.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((members[middle] as string) >= place) high = middle
    else low = middle + 1
  }
  const most = Math.min(count, members.length)
  return setOf(
    Array.from({ length: most }, (_, at) => members[(low + at) % members.length] as ServerId)
  )
}

/** Runs the operations on one object, and judges them. */
export const runObject = (plan: ObjectPlan): ObjectOutcome => new ObjectRun(plan).run()

interface Event {
  readonly time: number
  readonly number: number
  readonly happen: () => void
}

class ObjectRun {
  private readonly plan: ObjectPlan
  private readonly clients: ReadonlyArray<ClientId> = ["c1", "c2", "c3"].map(named)
  private readonly context
  private readonly servers = new Map<ServerId, ServerState>()
  private readonly states = new Map<ClientId, ClientState>()
  private readonly postponed = new Map<ServerId, Array<readonly [NodeId, Message]>>()
  private readonly history: Array<{ -readonly [K in keyof Interval]: Interval[K] }> = []
  private readonly begun = new Map<ClientId, number>()
  /** All that any liar has seen of the object: liars share their knowledge. */
  private readonly seen: Array<Stored> = [null]
  private readonly queue: Array<Event> = []
  private readonly busyAfter: number
  private events = 0
  private time = 0
  private messages = 0

  constructor(plan: ObjectPlan) {
    this.plan = plan
    this.busyAfter = plan.random.delay(2)
    const near = plan.epochs.map((members) => neighbours(members, plan.place))
    const servers = setOf(near.flat())
    this.context = {
      rules: { ...correct, ...plan.rules, place: plan.place },
      cryptography: symbolic,
      servers,
      clients: this.clients,
      administrator: admin,
      configuration: { members: near[0] ?? [] }
    }
    for (const one of servers) this.servers.set(one, server.initial(this.context, one))
    for (const one of this.clients) this.states.set(one, client.initial(this.context, one))
    const key = symbolic.ownKey(admin)
    for (const [number, members] of near.entries()) {
      if (number === 0) continue
      const message: Message = {
        _tag: "Notice",
        certificate: certify(symbolic, key, { number, members })
      }
      for (const to of [...servers, ...this.clients])
        this.at((plan.begins[number] ?? 0) + this.noticeDelay(), () =>
          this.deliver(admin, to, message)
        )
    }
    for (const one of this.clients) this.think(one)
  }

  run(): ObjectOutcome {
    for (;;) {
      const next = this.take()
      if (next === undefined) break
      this.time = next.time
      next.happen()
    }
    const judgement = judge(this.history)
    const done = this.history.filter(({ responded }) => responded !== Number.POSITIVE_INFINITY)
    return {
      verdict: judgement._tag === "Atomic" ? "atomic" : "violated",
      reason: judgement._tag === "Violation" ? judgement.reason : "",
      completed: done.length,
      pending: this.clients.length * this.plan.operations - done.length,
      messages: this.messages,
      latencies: done.map(({ invoked, responded }) => responded - invoked)
    }
  }

  /** Most nodes learn of an epoch within seconds, and some much later. */
  private noticeDelay(): number {
    const { random } = this.plan
    return random.delay(random.chance(0.1) ? 60 : 2)
  }

  private at(time: number, happen: () => void): void {
    push(this.queue, { time, number: this.events++, happen })
  }

  private take(): Event | undefined {
    return pop(this.queue)
  }

  /**
   * A client pauses, then begins its next operation. All clients are busy at the same times: some
   * seconds after each epoch begins.
   */
  private think(self: ClientId): void {
    const { random, operations, begins } = this.plan
    const begun = this.begun.get(self) ?? 0
    if (begun >= operations) return
    this.begun.set(self, begun + 1)
    const epoch = Math.floor((begun * begins.length) / operations)
    const busy = (begins[epoch] ?? 0) + this.busyAfter
    this.at(Math.max(this.time, busy) + random.delay(0.1), () => {
      const writes = begun === 0 || random.chance(0.4)
      const value: Value = `${self} ${begun}`
      const operation: Access = writes ? { _tag: "Write", value } : { _tag: "Read" }
      this.history.push({
        ...{ client: self, operation, invoked: this.time },
        ...{ responded: Number.POSITIVE_INFINITY, result: null }
      })
      this.stepClient(self, { _tag: "Invoke", operation })
    })
  }

  /** A message takes some hundredths of a second, and three in ten take some tenths or more. */
  private send(from: NodeId, to: NodeId, message: Message): void {
    const { random } = this.plan
    this.messages += 1
    const delay = 0.001 + random.delay(random.chance(0.3) ? 0.5 : 0.03)
    this.at(this.time + delay, () => this.deliver(from, to, message))
  }

  private deliver(from: NodeId, to: NodeId, message: Message): void {
    const self = this.clients.find((one) => one === to)
    if (self !== undefined) {
      this.stepClient(self, { _tag: "Receive", from, message })
      return
    }
    const node = to as ServerId
    if (!this.servers.has(node) || this.plan.goes(node) <= this.time) return
    const state = this.servers.get(node) as ServerState
    if (server.postpones?.(this.context, node, state, from, message) === true) {
      this.postponed.set(node, [...(this.postponed.get(node) ?? []), [from, message]])
      return
    }
    const step = server.step(this.context, node, state, { _tag: "Receive", from, message })
    this.servers.set(node, step.state)
    for (const sent of this.plan.lies(node) ? this.lie(from, message, step.sends) : step.sends)
      this.send(node, sent.to, sent.message)
    if (step.state === state) return
    const waiting = this.postponed.get(node) ?? []
    this.postponed.delete(node)
    for (const [sender, one] of waiting) this.deliver(sender, node, one)
  }

  /**
   * A liar sends nothing, an answer that was once true, or the right answer. It cannot forge what
   * no correct node has signed.
   */
  private lie(
    from: NodeId,
    message: Message,
    sends: ReadonlyArray<{ readonly to: NodeId; readonly message: Message }>
  ) {
    const { random } = this.plan
    if (message._tag === "Set" && !isData(message.stored)) this.seen.push(message.stored)
    if (random.chance(0.2)) return []
    const old = random.pick(this.seen)
    if (message._tag === "Get" || message._tag === "Set") {
      const answer: Message = { _tag: "Answer", nonce: message.nonce, stored: old }
      return random.chance(0.8) ? [{ to: from, message: answer }] : sends
    }
    if (message._tag === "Transfer" && !isData(old)) {
      const { number } = message
      const handover: Message = { _tag: "Handover", number, written: old, contents: [] }
      return random.chance(0.8) ? [{ to: from, message: handover }] : sends
    }
    return sends
  }

  private stepClient(self: ClientId, input: Parameters<typeof client.step>[3]): void {
    const step = client.step(this.context, self, this.states.get(self) as ClientState, input)
    this.states.set(self, step.state)
    for (const { to, message } of step.sends) this.send(self, to, message)
    for (const observation of step.observations)
      if (observation._tag === "Response") {
        const own = this.history.findLast((one) => one.client === self)
        if (own !== undefined) {
          own.responded = this.time
          own.result = observation.result as Value
        }
        this.think(self)
      }
  }
}

/** Whether these neighbours yield the same replicas of an object as all members do. */
export const isTheGroup = (members: ReadonlyArray<ServerId>, place: string): boolean => {
  const whole = replicaGroup(members, place, correct.liars)
  const near = replicaGroup(neighbours(members, place), place, correct.liars)
  return whole.length === near.length && whole.every((one, at) => one === near[at])
}

/** The order of the heap of events: by time, and at equal times by the order of planning. */
const isBefore = (one: Event, other: Event): boolean =>
  one.time < other.time || (one.time === other.time && one.number < other.number)

const push = (heap: Array<Event>, event: Event): void => {
  let at = heap.push(event) - 1
  while (at > 0) {
    const parent = (at - 1) >> 1
    if (!isBefore(event, heap[parent] as Event)) break
    heap[at] = heap[parent] as Event
    at = parent
  }
  heap[at] = event
}

const pop = (heap: Array<Event>): Event | undefined => {
  const first = heap[0]
  const last = heap.pop()
  if (first === undefined || last === undefined || heap.length === 0) return first
  let at = 0
  for (;;) {
    let child = 2 * at + 1
    if (child >= heap.length) break
    if (child + 1 < heap.length && isBefore(heap[child + 1] as Event, heap[child] as Event))
      child += 1
    if (!isBefore(heap[child] as Event, last)) break
    heap[at] = heap[child] as Event
    at = child
  }
  heap[at] = last
  return first
}
