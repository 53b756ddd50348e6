/**
 * A replica of the membership service as a host runs it. `acting.ts` has its steps; this file has
 * its initial state, and decides which messages are early and which do not have to be remembered.
 */
import type { View } from "../../spec/administrator/view.ts"
import { noChoices, type Part, type PartStep } from "../../spec/kernel/keyed.ts"
import type { NodeId } from "../../spec/kernel/node.ts"
import type { AnyObservation, AnyOperation } from "../../spec/kernel/observation.ts"
import { replica as moving } from "../../spec/membership/move/replica.ts"
import { isPast, slotsServed } from "../../spec/membership/slots.ts"
import { beginning } from "../../spec/membership/tracking/probing.ts"
import type { ServerId } from "../../spec/nodes/nodes.ts"
import { Acting } from "./acting.ts"
import { moveContext } from "./log.ts"
import type { LogState, Message } from "./messages.ts"
import { noMoves } from "./moves.ts"
import { hashIn } from "./slots.ts"
import { Own, type ReplicaState, Shared, type TimerMessage } from "./state.ts"
import type { Context } from "./trust.ts"

/** How far the replica is in the log. */
const standingOf = ({
  log,
  former
}: Pick<ReplicaState, "log"> & { former?: View | undefined }) => ({
  next: { epoch: log.service.number, slot: log.next },
  former: former?.number
})

type ReplicaStep = PartStep<ReplicaState, AnyObservation, Message>

const postpones = (
  context: Context,
  self: ServerId,
  state: ReplicaState,
  from: NodeId,
  message: Message | TimerMessage,
  key: string
): boolean => {
  const acting = (): Acting => new Acting(context, self, state, () => [], key)
  const { log } = state
  switch (message._tag) {
    case "Slot":
    case "Batch": {
      const { epoch, slot } = message
      if (acting().partIn({ epoch, slot }) === "early") return true
      if (epoch !== log.service.number) return false
      // A replica does not vote for a batch that it lacks.
      const hash = message._tag === "Slot" ? hashIn(message.message) : undefined
      return (
        hash !== undefined && slot >= log.next && !state.batches.some((one) => one.hash === hash)
      )
    }
    case "Output":
      return message.epoch > log.service.number
    case "Pong":
    case "Propose":
      return acting().isTrackingEarly(from, message)
    case "CertifySystem":
      return acting().isEarly(message.part)
    case "CertifyService":
      // Replicas hear from the log itself where the service goes.
      return (
        !acting().isReplica && acting().isMoveEarly(from, { _tag: "Certify", part: message.part })
      )
    case "Ask":
      return acting().isAskedEarly(from, message)
    default:
      return false
  }
}

export const replica: Part<
  Context,
  ReplicaState,
  AnyOperation,
  AnyObservation,
  Message | TimerMessage,
  undefined,
  ServerId
> = {
  Shared,
  Own,
  durable: true,
  initial: ({ trust }, self) => {
    const { cryptography, view, certificate, key, reading } = trust
    const first = moving.initial(
      {
        ...moveContext(cryptography, { service: view } as LogState),
        cryptography: { ...cryptography.service, ownSharedKey: () => reading as never },
        servers: view.members,
        clients: []
      },
      self
    )
    const isFirst = trust.share !== null
    const system = { number: certificate.content.number, members: certificate.content.members }
    return {
      key,
      log: {
        service: view,
        tracking: { views: [system], round: 0, admitted: [], agreements: [] },
        move: { view, moving: null, system: system.number },
        next: 0,
        due: [],
        halves: []
      },
      probing: { view: system, ...beginning(0) },
      move: isFirst
        ? { ...first, shares: [{ ...trust.share, holder: self }] }
        : { ...first, view, key: reading, shares: [], serving: null },
      moves: noMoves,
      system: { view: system, parts: [] },
      certificates: [certificate],
      pool: [],
      ...{ outputs: [], taken: [] },
      ...{ slot: null, batches: [] }
    } as ReplicaState
  },
  ready: () => false,
  choices: noChoices,
  postpones: (context, self, state, from, message, key = "") =>
    postpones(context, self, state, from, message, key),
  step: (context, self, state, input, objectsAfter, key = ""): ReplicaStep => {
    if (input._tag !== "Receive") return { state, sends: [], observations: [] }
    const acting = new Acting(context, self, state, objectsAfter, key)
    acting.message(input.from, input.message)
    acting.takeOutputs()
    acting.goOn()
    return { state: acting.state, sends: acting.sends, observations: acting.observations }
  },
  promises: {
    onlyAnswers: (_context, _self, state, _from, message) => {
      switch (message._tag) {
        case "Ping":
        case "Since":
        case "SinceMove":
        case "Ask":
        case "Inquire":
        case "Want":
        case "SinceSlot":
          return true
        case "Moved":
          return message.number <= state.moves.certified.length
        case "Certificates":
          return message.certificates.every(
            ({ content }) => content.number < state.certificates.length
          )
        case "Slot":
          return isPast(message, standingOf(state))
        default:
          return false
      }
    },
    isSettled: (_context, _self, { log, former, probing }, _to, message) => {
      switch (message._tag) {
        case "Ping":
        case "Propose":
          return message.epoch !== probing.view.number || message.round !== probing.round
        case "Slot":
          // A replica that is behind may use it as long as it serves the slot itself.
          return isPast(
            { ...message, slot: message.slot + slotsServed },
            standingOf({ log, former })
          )
        case "Certificates":
        case "Since":
        case "Moved":
        case "SinceMove":
        case "SinceSlot":
        case "Vouch":
        case "Stated":
          // A replica that was away asks repeatedly.
          return true
        default:
          return false
      }
    }
  }
}
