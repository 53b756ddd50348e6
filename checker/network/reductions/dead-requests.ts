/**
 * Reduction `dead-requests`: after a step that changed a process, the requests that the step has
 * made dead are dropped. Those are the ones that it sent and no longer waits for, and those on
 * their way to it that can no longer change it.
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
  /** The nodes that may declare a request of theirs settled. */
  private readonly isSender: ReadonlyArray<boolean>
  private readonly senders: ReadonlyArray<number>
  private readonly purges = new PairMemo()

  constructor(tables: Installation) {
    this.tables = tables
    this.isSender = tables.processes.nodes.map(
      ({ process }) => process.promises?.isSettled !== undefined
    )
    this.senders = this.isSender.flatMap((isSender, slot) => (isSender ? [slot] : []))
  }

  /**
   * A purge may find new local states, and lists that grow move: they are looked up anew each time.
   */
  readonly changed = (successor: Int32Array, slot: number): void => {
    const { locals, processes } = this.tables
    const process = locals.processOf(successor[slot] as number)
    if (process === gone) return
    if (this.isSender[slot] === true) {
      const bit = senderBit(slot)
      for (let other = 0; other < processes.nodes.length; other++) {
        const local = successor[other] as number
        if (other !== slot && (locals.sendersOf(local) & bit) !== 0)
          successor[other] = this.purge(local, slot, process)
      }
    }
    for (let index = 0; index < this.senders.length; index++) {
      const sender = this.senders[index] as number
      const local = successor[slot] as number
      if (sender === slot || (locals.sendersOf(local) & senderBit(sender)) === 0) continue
      const senderProcess = locals.processOf(successor[sender] as number)
      if (senderProcess !== gone) successor[slot] = this.purge(local, sender, senderProcess)
    }
  }

  /**
   * The local state without the requests whose sender, in state `sender` of its process, no longer
   * needs them.
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
    // An adversary would overhear the answer that a dropped request gets no more.
    tables.hooks.answersTellNothing = true
    tables.hooks.changed.push(new DeadRequests(tables).changed)
  }
}
