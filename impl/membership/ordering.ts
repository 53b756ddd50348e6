import { isMember, type View } from "../../spec/administrator/view.ts"
import type { Signed } from "../../spec/kernel/cryptography.ts"
import { equals, setOf } from "../../spec/kernel/data.ts"
import type { ObjectsAfter, PartSend } from "../../spec/kernel/keyed.ts"
import type { NodeId } from "../../spec/kernel/node.ts"
import type { AnyObservation } from "../../spec/kernel/observation.ts"
import { type Part, type Place, partIn } from "../../spec/membership/slots.ts"
import type { ServerId } from "../../spec/nodes/nodes.ts"
import { isCheckpoint } from "./checkpoints.ts"
import { apply, batchOf, hashOfBatch, type Told } from "./log.ts"
import type { Batch, Message, Operation, Want } from "./messages.ts"
import {
  type AtSlot,
  changeView,
  decidedIn,
  firstPrimary,
  keyOfSlot,
  newSlot,
  request,
  type SlotState,
  type SlotStep
} from "./slots.ts"
import type { ReplicaState } from "./state.ts"
import type { Context } from "./trust.ts"

type Sends = ReadonlyArray<PartSend<Message>>

/** The maximum number of operations that wait for a slot. */
const maxPooled = 1024

/** One step of the replica, which may consist of several in a row. */
export abstract class Ordering {
  protected readonly context: Context
  protected readonly self: ServerId
  protected readonly key: string
  protected readonly objectsAfter: ObjectsAfter<ReplicaState>
  state: ReplicaState
  readonly sends: Array<PartSend<Message>> = []
  readonly observations: Array<AnyObservation> = []

  constructor(
    context: Context,
    self: ServerId,
    state: ReplicaState,
    objectsAfter: ObjectsAfter<ReplicaState>,
    key: string
  ) {
    this.context = context
    this.self = self
    this.state = state
    this.objectsAfter = objectsAfter
    this.key = key
    this.cryptography.know(state.log.halves, state.move.shares)
  }

  get cryptography() {
    return this.context.trust.cryptography
  }

  protected get at(): AtSlot {
    const { self, cryptography } = this
    return { cryptography, service: this.state.log.service, self, key: this.state.key }
  }

  /** Whether this node has a part in the log. */
  get isReplica(): boolean {
    return isMember(this.state.log.service, this.self)
  }

  protected set(changes: Partial<ReplicaState>): void {
    this.state = { ...this.state, ...changes }
  }

  protected say(sends: Sends): void {
    this.sends.push(...sends)
  }

  protected sayTo(to: NodeId, message: Message): void {
    this.sends.push({ to, message, key: "" })
  }

  /** Sends an operation for the log to all replicas, this one included. */
  submit(operation: Operation): void {
    for (const to of this.state.log.service.members) this.sayTo(to, { _tag: "Submit", operation })
  }

  /** Takes a submitted operation, if it is admissible. */
  pool(operation: Operation): void {
    const { pool } = this.state
    if (!this.isReplica || pool.length >= maxPooled || !this.isSigned(operation)) return
    if (!pool.some((one) => equals(one, operation))) this.set({ pool: [...pool, operation] })
  }

  protected isSigned(operation: Operation): boolean {
    const { about } = this.cryptography
    const { members } = this.state.log.service
    const isOfReplica = (what: string, signed: Signed<ServerId, unknown>): boolean =>
      members.includes(signed.signer) && about(what).verifies(signed)
    switch (operation._tag) {
      case "Join":
        return about("tracking").verifies(operation.admission)
      case "Move":
        return about("move").verifies(operation.order)
      case "Agree":
        return isOfReplica("tracking", operation.agreement)
      case "Due":
        return isOfReplica("due", operation.due)
      case "Dealing":
        return isOfReplica("move", operation.dealt)
      case "Erasure":
        return isOfReplica("move", operation.erased)
    }
  }

  /** What is kept of a slot: in this step's object, or in another. */
  protected ownAt(slot: number): Pick<ReplicaState, "slot" | "batches"> | undefined {
    const key = keyOfSlot(slot)
    return key === this.key
      ? this.state
      : [...this.objectsAfter(null)].find(([name]) => name === key)?.[1]
  }

  protected slotAt(slot: number): SlotState | undefined {
    const known = this.ownAt(slot)?.slot
    const { number } = this.state.log.service
    return known?.epoch === number && known.slot === slot ? known : undefined
  }

  /** The batch with this hash, if it has arrived. */
  protected batchAt(
    slot: number,
    hash: unknown,
    number = this.state.log.service.number
  ): Batch | undefined {
    return this.ownAt(slot)?.batches.find(
      (one) => one.hash === hash && one.batch.slot === slot && one.batch.epoch === number
    )?.batch
  }

  /**
   * A batch arrives. Keeps the first one of each replica for each slot, and any that is missing
   * there.
   */
  batch(from: NodeId, batch: Batch): void {
    const { log, batches } = this.state
    const by = log.service.members.find((member) => member === from)
    // Only the object of a slot keeps its batches.
    if (keyOfSlot(batch.slot) !== this.key) return
    if (by === undefined || batch.epoch !== log.service.number || batch.slot < log.next) return
    const hash = hashOfBatch(batch.operations)
    const ofSlot = batches.filter(
      (one) => one.batch.slot === batch.slot && one.batch.epoch === batch.epoch
    )
    const isFirst = !ofSlot.some((one) => one.from === by)
    if (ofSlot.some((one) => one.hash === hash)) return
    if (isFirst || this.missedAt(batch.slot).includes(hash))
      this.set({ batches: [...ofSlot, { from: by, hash, batch }] })
  }

  /**
   * The hashes of batches that other replicas have prepared or decided for a slot, and that this
   * replica lacks.
   */
  protected missedAt(slot: number): ReadonlyArray<string> {
    const known = this.slotAt(slot)
    if (known === undefined) return []
    const { claims, commits } = known.replica.collected
    const values = [
      this.decidedAt(slot),
      ...claims.map(({ content }) => content.prepared?.request.content),
      ...commits.map(({ proposal }) => proposal.request.content)
    ]
    return values.flatMap((value) =>
      typeof value === "string" && this.batchAt(slot, value) === undefined ? [value] : []
    )
  }

  protected decidedAt(slot: number): unknown {
    const known = this.slotAt(slot)
    return known === undefined ? undefined : decidedIn(this.at, known)?.value
  }

  /** Another node lacks a batch that this replica may have. */
  want(to: NodeId, { epoch, slot, hash }: Want): void {
    const batch = this.batchAt(slot, hash, epoch)
    if (batch !== undefined) this.sends.push({ to, key: this.key, message: batch })
  }

  protected take({ state, sends }: SlotStep): void {
    this.set({ slot: state })
    this.say(sends)
  }

  /** What this replica does with messages about a slot. */
  partIn(asked: Place): Part {
    const { log, former } = this.state
    const next = { epoch: log.service.number, slot: log.next }
    const remembered = this.ownAt(asked.slot)?.slot ?? null
    return partIn(asked, { next, former: former?.number, remembered })
  }

  /** Changes a slot that is this step's object. */
  atSlot(asked: Place, change: (at: AtSlot, state: SlotState) => SlotStep): void {
    const { log, former } = this.state
    const service = [log.service, former].find((view) => view?.number === asked.epoch)
    // Only the object of a slot changes it: its state is stored there.
    const isOfObject = keyOfSlot(asked.slot) === this.key
    if (service === undefined || !isOfObject || this.partIn(asked) !== "open") return
    if (!isMember(service, this.self)) return
    const at = { ...this.at, service }
    const { slot: known } = this.state
    const isKnown = known?.epoch === asked.epoch && known.slot === asked.slot
    this.take(change(at, isKnown ? known : newSlot(at, asked.slot)))
  }

  /** Executes the decided batches; then requests the waiting operations in the next slot. */
  goOn(): void {
    while (this.isReplica) {
      const { next } = this.state.log
      const batch = this.batchAt(next, this.decidedAt(next))
      if (batch === undefined) break
      this.execute(batch.operations)
    }
    const { service, next } = this.state.log
    // The other replicas wait for the first primary to do it.
    if (firstPrimary(service, next) === this.self) this.askForSlot()
  }

  /** The replica requests the waiting operations, unless it has done so for the next slot. */
  protected askForSlot(): void {
    const { pool, log } = this.state
    if (!this.isReplica || pool.length === 0) return
    const key = keyOfSlot(log.next)
    const slot = this.slotAt(log.next)
    if (slot !== undefined && slot.client.operation !== null) return
    // The object of another slot is changed in a step of its own.
    if (key === this.key) this.requestNow()
    else this.sends.push({ to: this.self, key, message: { _tag: "Wake" } })
  }

  requestNow(): void {
    const { pool, log } = this.state
    const { next: slot, service } = log
    if (!this.isReplica || pool.length === 0 || keyOfSlot(slot) !== this.key) return
    const known = this.slotAt(slot) ?? newSlot(this.at, slot)
    if (known.client.operation !== null) return
    const operations = batchOf(pool)
    const batch: Batch = { _tag: "Batch", epoch: service.number, slot, operations }
    this.batch(this.self, batch)
    for (const to of service.members)
      if (to !== this.self) this.sends.push({ to, key: this.key, message: batch })
    this.take(request(this.at, known, hashOfBatch(operations)))
  }

  /** The next slot has made no progress for a long time. */
  protected viewIsOver(slot: number, view: number): void {
    const { log } = this.state
    if (!this.isReplica || slot !== log.next) return
    for (const hash of setOf(this.missedAt(slot))) {
      const want: Want = { _tag: "Want", epoch: log.service.number, slot, hash }
      for (const to of log.service.members)
        if (to !== this.self) this.sends.push({ to, key: this.key, message: want })
    }
    if (this.decidedAt(slot) !== undefined) return
    for (const to of log.service.members)
      if (to !== this.self) this.sayTo(to, { _tag: "SinceSlot", epoch: log.service.number, slot })
    this.requestNow()
    const asked = { epoch: log.service.number, slot }
    this.atSlot(asked, (at, state) => changeView(at, state, view))
  }

  protected execute(operations: ReadonlyArray<Operation>): void {
    const before = this.state.log
    this.set({ log: { ...before, next: before.next + 1 } })
    for (const operation of operations) {
      const { service } = this.state.log
      this.set({ pool: this.state.pool.filter((one) => !equals(one, operation)) })
      const told = apply(this.cryptography, this.state.log, operation)
      this.set({ log: told.state })
      this.cryptography.know(told.state.halves, this.state.move.shares)
      this.hear(told, service)
      if (equals(told.state.service, service)) continue
      this.set({ former: service })
      // The rest of the slot is for the replicas of an epoch that has ended.
      break
    }
    const { log } = this.state
    if (isCheckpoint(log)) this.set({ checkpoint: log })
    if (!isMember(log.service, this.self)) this.set({ pool: [] })
  }

  /** The log informs replicas of this epoch of the service and other nodes. */
  protected abstract hear(told: Told, service: View): void
}
