/**
 * The clock of a replica of the membership service, at its edge: it looks at the state now and
 * then, and tells the process which of its timers have run out. What that means, the process
 * decides.
 */
import { log as trackingLog } from "../../spec/membership/tracking/log.ts"
import type { ServerId } from "../../spec/nodes/nodes.ts"
import { administrator } from "../../spec/nodes/nodes.ts"
import type { Endpoint } from "../host/endpoint.ts"
import type { Hosted } from "../host/hosted.ts"
import { logNode, systemOf, trackingContext } from "./log.ts"
import type { Timer } from "./messages.ts"
import { isAsked, keyOfSlot } from "./slots.ts"
import type { ReplicaState, TimerMessage } from "./state.ts"
import type { Trust } from "./trust.ts"

/** How a process knows its clock. */
export const clockNode = administrator("clock")

/** How often nodes are probed, in milliseconds, if nothing is said. */
export const defaultIntervalMilliseconds = 1000
/** A round of probing has so many intervals. */
const intervalsOfRound = 4
/** How long a replica waits for a primary, in the first view. */
const viewMilliseconds = 2000

/** A timer that runs as long as what it is for stays the same. */
class Running {
  private what = ""
  private since = 0

  /** Whether this has lasted so long; it then begins anew. */
  isOver(what: string, now: number, milliseconds: number): boolean {
    if (what !== this.what) {
      this.what = what
      this.since = now
    }
    if (now - this.since < milliseconds) return false
    this.since = now
    return true
  }

  restart(now: number): void {
    this.since = now
  }
}

export class Clockwork {
  private readonly view = new Running()
  private readonly interval = new Running()
  private readonly round = new Running()
  private readonly epoch = new Running()
  private lookedAt: number
  private readonly endpoint: Endpoint
  private readonly process: Hosted
  private readonly trust: Trust
  private readonly intervalMilliseconds: number

  constructor(
    endpoint: Endpoint,
    process: Hosted,
    trust: Trust,
    now: number,
    intervalMilliseconds = defaultIntervalMilliseconds
  ) {
    this.endpoint = endpoint
    this.process = process
    this.trust = trust
    this.intervalMilliseconds = intervalMilliseconds
    this.lookedAt = now
  }

  /** How often to look, in milliseconds. */
  get tickMilliseconds(): number {
    return Math.min(100, this.intervalMilliseconds / 4)
  }

  look(now: number): void {
    // Who was held up itself cannot tell who did not answer meanwhile.
    const isLate = now - this.lookedAt > this.intervalMilliseconds / 2 + this.tickMilliseconds
    this.lookedAt = now
    if (isLate) for (const timer of [this.view, this.interval]) timer.restart(now)
    const state = this.process.state("") as ReplicaState
    const { log } = state
    const { id: self } = this.process.node
    if (!(log.service.members as ReadonlyArray<string>).includes(self)) return
    this.lookAtSlot(log.service.number, log.next, now)
    this.lookAtProbing(state, self as ServerId, now)
  }

  private lookAtSlot(epoch: number, next: number, now: number): void {
    const { slot } = this.process.own(keyOfSlot(next)) as Pick<ReplicaState, "slot">
    const { pool } = this.process.shared as Pick<ReplicaState, "pool">
    const known = slot?.slot === next && slot.epoch === epoch ? slot : undefined
    if (pool.length === 0 && (known === undefined || !isAsked(known))) return
    const view = known?.replica.view ?? 0
    const patience = viewMilliseconds * 2 ** Math.min(view, 5)
    if (this.view.isOver(`${epoch} ${next} ${view}`, now, patience))
      this.tell({ _tag: "View", slot: next, view }, keyOfSlot(next))
  }

  private lookAtProbing(state: ReplicaState, _self: ServerId, now: number): void {
    const { log, probing } = state
    const { number: epoch } = systemOf(log)
    const { round } = log.tracking
    const name = `${log.service.number} ${epoch} ${round}`
    const milliseconds = this.intervalMilliseconds
    if (
      probing.probes.length > 0 &&
      this.interval.isOver(`${probing.view.number} ${probing.round}`, now, milliseconds)
    ) {
      this.tell({ _tag: "Interval", epoch: probing.view.number, round: probing.round })
    }
    const context = trackingContext(this.trust.cryptography, log)
    const due = trackingLog.choices(context, logNode, log.tracking).map(({ _tag }) => _tag)
    const roundMilliseconds = intervalsOfRound * milliseconds
    if (due.includes("NextRound") && this.round.isOver(name, now, roundMilliseconds))
      this.tell({ _tag: "Due", what: "round", epoch, round })
    const changes = due.includes("NextEpoch") ? `${name} changes` : ""
    if (this.epoch.isOver(changes, now, milliseconds) && changes !== "")
      this.tell({ _tag: "Due", what: "epoch", epoch, round })
  }

  private tell(timer: Timer, key = ""): void {
    const message: TimerMessage = { _tag: "Timer", timer }
    this.endpoint.tell(this.process.node.id, key, clockNode, message)
  }
}
