/**
 * A slot of the log, with one of four replicas silent: if some replicas decided before others moved
 * to a later view, all learn the decision.
 */
import { describe, expect, it } from "vitest"
import type { Message } from "../../../impl/membership/messages.ts"
import {
  type AtSlot,
  changeView,
  decidedIn,
  newSlot,
  receive,
  request,
  type SlotStep
} from "../../../impl/membership/slots.ts"
import { symbolic } from "../../../spec/kernel/cryptography.ts"
import type { NodeId } from "../../../spec/kernel/node.ts"
import { type ServerId, server, servers } from "../../../spec/nodes/nodes.ts"
import type { Message as PbftMessage } from "../../../spec/pbft/messages.ts"

const [m1, m2, m3, m4] = ["m1", "m2", "m3", "m4"].map((name) => server(name)) as [
  ServerId,
  ServerId,
  ServerId,
  ServerId
]
const all = servers(m1, m2, m3, m4)

interface Sent {
  readonly from: ServerId
  readonly to: NodeId
  readonly message: PbftMessage
}

/** Slot 0, of which the first replica is the primary in view 0. */
class Slot {
  private readonly states = new Map(all.map((id) => [id, newSlot(this.at(id), 0)]))
  private queue: ReadonlyArray<Sent> = []

  private at(self: ServerId): AtSlot {
    const cryptography = { about: () => symbolic } as never
    return { cryptography, service: { number: 0, members: all }, self, key: { owner: self } }
  }

  private take(from: ServerId, { state, sends }: SlotStep): void {
    this.states.set(from, state)
    const said = sends.map(({ to, message }) => ({
      ...{ from, to },
      message: (message as Extract<Message, { readonly _tag: "Slot" }>).message
    }))
    this.queue = [...this.queue, ...said]
  }

  private state(id: ServerId) {
    return this.states.get(id) as ReturnType<typeof newSlot>
  }

  request(id: ServerId): void {
    this.take(id, request(this.at(id), this.state(id), "what waits"))
  }

  viewOf(id: ServerId): number {
    return this.state(id).replica.view
  }

  timerRunsOut(id: ServerId): void {
    this.take(id, changeView(this.at(id), this.state(id), this.state(id).replica.view))
  }

  /** All messages arrive, but for those that are still on their way. */
  deliver(isOnItsWay: (sent: Sent) => boolean): void {
    for (;;) {
      const next = this.queue.find((sent) => !isOnItsWay(sent))
      if (next === undefined) return
      this.queue = this.queue.filter((sent) => sent !== next)
      const { from, to, message } = next
      const self = server(to)
      this.take(self, receive(this.at(self), this.state(self), from, message))
    }
  }

  /** Who knows what the slot holds. */
  get knowing(): ReadonlyArray<ServerId> {
    return all.filter((id) => decidedIn(this.at(id), this.state(id))?.value === "what waits")
  }
}

describe("a slot that some have decided before others moved to the next view", () => {
  it("is decided by those too: replicas that have decided move with them", () => {
    const slot = new Slot()
    const isSilent = ({ from, to }: Sent): boolean => from === m4 || to === m4
    slot.request(m1)
    slot.deliver((sent) => isSilent(sent) || (sent.message._tag === "Commit" && sent.to !== m1))
    expect(slot.knowing).toEqual([m1])
    for (const id of [m2, m3]) slot.timerRunsOut(id)
    slot.deliver(isSilent)
    expect(slot.knowing).toEqual([m1, m2, m3])
  })

  it("is learned from enough replicas, though one that decided speaks to only some", () => {
    const slot = new Slot()
    const isUnsaid = ({ from, to, message }: Sent): boolean =>
      message._tag === "ViewChange" || (from === m4 && to === m3 && message._tag === "Reply")
    slot.request(m1)
    slot.deliver(
      (sent) =>
        isUnsaid(sent) ||
        sent.message._tag === "Reply" ||
        (sent.message._tag === "Commit" && [m2, m3].some((id) => id === sent.to))
    )
    expect(slot.knowing).toEqual([m1, m4])
    // What was committed in the view before counts no more.
    for (const id of [m2, m3]) slot.timerRunsOut(id)
    slot.deliver(isUnsaid)
    expect(slot.knowing).toEqual([m1, m2, m3, m4])
  })

  it("is not abandoned because a single replica hurries", () => {
    const slot = new Slot()
    for (const _view of [1, 2, 3]) slot.timerRunsOut(m4)
    slot.deliver(() => false)
    expect(all.map((id) => slot.viewOf(id))).toEqual([0, 0, 0, 3])
    slot.request(m1)
    slot.deliver(() => false)
    expect(slot.knowing).toEqual([m1, m2, m3, m4])
  })
})
