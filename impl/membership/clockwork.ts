/**
 * The clock of a replica of the membership service, at its edge. It looks at the state
 * periodically, and tells the process which of its timers have expired. The process decides what
 * that means.
 */
import type { NodeId } from "../../spec/kernel/node.ts"
import { log as trackingLog } from "../../spec/membership/tracking/log.ts"
import { patient } from "../../spec/membership/tracking/rules.ts"
import { administrator } from "../../spec/nodes/nodes.ts"
import type { Hosted } from "../host/hosted.ts"
import { logNode, systemOf, trackingContext } from "./log.ts"
import type { Timer } from "./messages.ts"
import { isAsked, keyOfSlot } from "./slots.ts"
import type { ReplicaState, TimerMessage } from "./state.ts"
import type { Trust } from "./trust.ts"

/** The node that represents the clock to its process. */
export const clockNode = administrator("clock")

/** The default interval of probing, in milliseconds. */
export const defaultIntervalMilliseconds = 1000
/**
 * The number of intervals in a round of probing: enough to miss a node, to report that and to
 * agree.
 */
const intervalsOfRound = patient.missedToPropose + 2
/** How long a replica waits for a primary, in the first view. */
const viewMilliseconds = 2000

/** A timer that runs as long as its subject stays the same. */
class Running {
  private what = ""
  private since = 0

  /** Whether this subject has lasted for this time; the timer then restarts. */
  isOver(what: string, now: number, milliseconds: number): boolean {
    if (what !== this.what) {
      this.what = what
      this.since = now
    }
    if (now - this.since < milliseconds) return false
    this.since = now
    return true
  }
}

/** Delivers to a process what does not arrive over a link. */
export interface Edge {
  readonly tell: (node: NodeId, key: string, from: NodeId, message: unknown) => void
}

export class Clockwork {
  private readonly view = new Running()
  private readonly interval = new Running()
  private readonly round = new Running()
  private readonly epoch = new Running()
  private readonly behind = new Running()
  private lookedAt: number
  /** The time that this process has been awake. */
  private awake = 0
  private readonly edge: Edge
  private readonly process: Hosted
  private readonly trust: Trust
  private readonly intervalMilliseconds: number

  constructor(
    edge: Edge,
    process: Hosted,
    trust: Trust,
    now: number,
    intervalMilliseconds = defaultIntervalMilliseconds
  ) {
    this.edge = edge
    this.process = process
    this.trust = trust
    this.intervalMilliseconds = intervalMilliseconds
    this.lookedAt = now
  }

  /** The interval between two looks, in milliseconds. */
  get tickMilliseconds(): number {
    return Math.min(100, this.intervalMilliseconds / 4)
  }

  /**
   * Measures how long the process was awake, and counts only a limited part of any delay: a process
   * that was delayed itself cannot tell which nodes did not answer meanwhile. But time must not
   * stand still either: on a machine that is always busy each look is late.
   */
  look(now: number): void {
    this.awake += Math.min(now - this.lookedAt, 2 * this.tickMilliseconds)
    this.lookedAt = now
    this.trust.cryptography.questions.look(now)
    const state = this.process.state("") as ReplicaState
    const { log } = state
    const { id: self } = this.process.node
    if (!(log.service.members as ReadonlyArray<string>).includes(self)) return
    this.lookAtSlot(log.service.number, log.next, this.awake)
    this.lookAtProbing(state, this.awake)
    this.lookAtCertificates(state, this.awake)
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

  /** An epoch, of the system or the service, whose certificate is missing: others may have it. */
  private lookAtCertificates({ log, certificates, moves }: ReplicaState, now: number): void {
    const isBehind =
      certificates.length <= systemOf(log).number || moves.certified.length < log.service.number
    const what = isBehind ? `${certificates.length} ${moves.certified.length}` : ""
    if (this.behind.isOver(what, now, this.intervalMilliseconds) && isBehind)
      this.tell({ _tag: "Behind" })
  }

  private lookAtProbing(state: ReplicaState, now: number): void {
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
    this.edge.tell(this.process.node.id, key, clockNode, message)
  }
}
