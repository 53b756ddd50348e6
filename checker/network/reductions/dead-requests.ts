/**
 * Reduction `dead-requests`: after a step that changed a process, drops the requests that the step
 * has made dead. Those are the requests of this process that it no longer waits for, and the
 * requests to it that can no longer change it.
 */
import { missing, PairMemo } from "../../engine/pair-memo.ts"
import { gone, senderBit } from "../process-table.ts"
import {
  hearsWhatIsDropped,
  type Installation,
  looksAtMessages,
  type Reduction,
  takesBack,
  tellsSecrets
} from "../reduction.ts"

class DeadRequests {
  private readonly tables: Installation
  /** Per slot, whether the node declares requests of its own settled. */
  private readonly isSender: ReadonlyArray<boolean>
  private readonly senders: ReadonlyArray<number>
  private readonly purges = new PairMemo()
  /** Per local state, what `unanswered` says of it. */
  private readonly unansweredFrom: Array<number | undefined> = []

  constructor(tables: Installation) {
    this.tables = tables
    this.isSender = tables.processes.nodes.map(
      ({ process }) => process.promises?.isSettled !== undefined
    )
    this.senders = this.isSender.flatMap((isSender, slot) => (isSender ? [slot] : []))
  }

  /**
   * A purge may create local states and thus replace growing lists, so look the lists up again each
   * time.
   */
  readonly changed = (successor: Int32Array, slot: number): void => {
    const { locals, processes } = this.tables
    const process = locals.processOf(successor[slot] as number)
    if (process === gone) return
    if (this.isSender[slot] === true) {
      const bit = senderBit(slot)
      for (let other = 0; other < processes.nodes.length; other++) {
        const local = successor[other] as number
        if (other !== slot && (this.unanswered(local) & bit) !== 0)
          successor[other] = this.purge(local, slot, process)
      }
    }
    for (let index = 0; index < this.senders.length; index++) {
      const sender = this.senders[index] as number
      const local = successor[slot] as number
      if (sender === slot || (this.unanswered(local) & senderBit(sender)) === 0) continue
      const senderProcess = locals.processOf(successor[sender] as number)
      if (senderProcess !== gone) successor[slot] = this.purge(local, sender, senderProcess)
    }
  }

  /**
   * The bits of the nodes that sent some of the requests in flight to a node which can no longer
   * change it: no others can be dropped.
   */
  private unanswered(local: number): number {
    return this.unansweredFrom[local] ?? this.findUnanswered(local)
  }

  private findUnanswered(local: number): number {
    const { locals, processes, promises } = this.tables
    const process = locals.processOf(local)
    const inbox = process === gone ? [] : locals.inboxOf(local)
    const bits = inbox.reduce(
      (known, envelope) =>
        promises.givesOnlyAnswers(process, envelope)
          ? known | senderBit(processes.slotOfNode(processes.envelope(envelope).from))
          : known,
      0
    )
    this.unansweredFrom[local] = bits
    return bits
  }

  /**
   * The local state without the requests that their sender, in process state `sender`, no longer
   * needs.
   */
  private purge(local: number, senderSlot: number, sender: number): number {
    const known = this.purges.get(local, sender)
    if (known !== missing) return known
    const { locals, processes, promises } = this.tables
    const process = locals.processOf(local)
    const inbox = locals.inboxOf(local)
    const from = processes.nodes[senderSlot]?.id
    const isDead = (envelope: number) =>
      processes.envelope(envelope).from === from && promises.relyDead(process, envelope, sender)
    const after =
      process === gone || inbox.length === 0
        ? local
        : locals.withInbox(
            local,
            inbox.filter((envelope) => !isDead(envelope))
          )
    this.purges.set(local, sender, after)
    return after
  }
}

export const deadRequests: Reduction = {
  name: "dead-requests",
  about:
    "drop a request that will never change its receiver when its sender no longer waits for answers to it",
  loses: (model) =>
    takesBack(model, ["isSettled", "onlyAnswers"]) ??
    hearsWhatIsDropped(model) ??
    tellsSecrets(model) ??
    looksAtMessages(model),
  install: (tables) => {
    tables.promises.reliedOnBy("dead-requests", tables.hooks)
    // An adversary would overhear the answer to a dropped request, which is no longer given.
    tables.hooks.answersTellNothing = true
    tables.hooks.changed.push(new DeadRequests(tables).changed)
  }
}
