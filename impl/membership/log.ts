/**
 * What every replica computes from the log, operation by operation. It consists of the log of the
 * specification that tracks the members (`spec/membership/tracking/log.ts`) and that of the
 * service's own moves (`spec/membership/move/log.ts`), applied one after the other. Equal logs give
 * equal states.
 *
 * `spec/membership/timers` decides when a round or an epoch begins: f+1 replicas say that it is
 * due.
 */
import { createHash } from "node:crypto"
import { isMember, type View } from "../../spec/administrator/view.ts"
import { canonical, equals, setOf, without } from "../../spec/kernel/data.ts"
import type { Send } from "../../spec/kernel/process.ts"
import { log as moveLog } from "../../spec/membership/move/log.ts"
import type { Message as MoveMessage } from "../../spec/membership/move/messages.ts"
import { correct as moveRules } from "../../spec/membership/move/rules.ts"
import { heardDue, mayBegin } from "../../spec/membership/timers/due.ts"
import type { Due } from "../../spec/membership/timers/messages.ts"
import { smallest, correct as timerRules } from "../../spec/membership/timers/rules.ts"
import { latestOf, log as trackingLog } from "../../spec/membership/tracking/log.ts"
import type { Message as TrackingMessage } from "../../spec/membership/tracking/messages.ts"
import { patient as trackingRules } from "../../spec/membership/tracking/rules.ts"
import { administrator, type ServerId } from "../../spec/nodes/nodes.ts"
import type { ServiceCryptography } from "./cryptography.ts"
import { type LogState, type Move, maxOperations, type Operation } from "./messages.ts"

/** The node that represents the log to the processes that it informs. */
export const logNode = administrator("log")

/** The messages of the log to its replicas and future replicas. */
export interface Told {
  readonly tracking: ReadonlyArray<Send<TrackingMessage>>
  readonly move: ReadonlyArray<Send<MoveMessage>>
  readonly state: LogState
}

/** The current epoch of the system. */
export const systemOf = ({ tracking }: LogState): View => latestOf(tracking)

/**
 * The context of the specification for this service, whose replicas are not members of the system.
 */
export const trackingContext = ({ about, system }: ServiceCryptography, { service }: LogState) => ({
  rules: trackingRules,
  cryptography: { ...about("tracking"), threshold: system.threshold },
  configuration: { members: service.members },
  administrator: logNode
})
export const moveContext = (
  { about, service: joint }: ServiceCryptography,
  { service }: LogState
) => ({
  rules: moveRules,
  cryptography: { ...about("move"), threshold: joint.threshold },
  configuration: { members: service.members },
  administrator: logNode,
  // Clients hear of what the log says by certificates.
  clients: []
})

const nothing = (state: LogState): Told => ({ tracking: [], move: [], state })

/** One operation of the log. */
export const apply = (
  cryptography: ServiceCryptography,
  state: LogState,
  operation: Operation
): Told => {
  switch (operation._tag) {
    case "Join":
    case "Agree": {
      const step = trackingLog.step(trackingContext(cryptography, state), logNode, state.tracking, {
        _tag: "Receive",
        from: logNode,
        message: operation
      })
      return { ...nothing({ ...state, tracking: step.state }), tracking: step.sends }
    }
    case "Due":
      return due(cryptography, state, operation)
    case "Move":
      return move(cryptography, state, operation)
    case "Dealing": {
      const { signer, content } = operation.dealt
      return submitted(cryptography, state, signer, operation.dealt, { _tag: "Deal", ...content })
    }
    case "Erasure": {
      const { signer, content } = operation.erased
      return submitted(cryptography, state, signer, operation.erased, {
        _tag: "Erased",
        ...content
      })
    }
  }
}

/** A replica says that the next round or epoch is due; when enough replicas do, it begins. */
const due = (cryptography: ServiceCryptography, state: LogState, { due: said }: Due): Told => {
  const { what } = said.content
  const at = {
    rules: timerRules,
    cryptography: cryptography.about("due"),
    replicas: state.service.members,
    now: { epoch: systemOf(state).number, round: state.tracking.round },
    isMoving: state.move.moving !== null
  }
  const heard = { ...state, due: heardDue(at, state.due, said) }
  const context = trackingContext(cryptography, heard)
  const wanted = what === "round" ? "NextRound" : "NextEpoch"
  const choice = trackingLog
    .choices(context, logNode, heard.tracking)
    .find(({ _tag }) => _tag === wanted)
  if (choice === undefined) return nothing(heard)
  const step = trackingLog.step(context, logNode, heard.tracking, { _tag: "Choose", choice })
  const next = { ...heard, tracking: step.state, due: [] }
  if (!mayBegin(at, heard.due, what, systemOf(next).members.length)) return nothing(heard)
  if (what === "round") return { ...nothing(next), tracking: step.sends }
  // Those who say which epoch is the current one go on with it.
  const advance = { _tag: "Choose", choice: { _tag: "Advance" } } as const
  const told = moveLog.step(moveContext(cryptography, next), logNode, next.move, advance)
  return { tracking: step.sends, move: told.sends, state: { ...next, move: told.state } }
}

/**
 * The authority orders where the service moves, and with which public halves shares are dealt
 * there.
 */
const move = (cryptography: ServiceCryptography, state: LogState, { order }: Move): Told => {
  const { number, members, halves } = order.content
  const { service } = state
  const known = halves.flatMap((half) =>
    cryptography.about("half").verifies(half) && half.content.number === number
      ? [{ node: half.signer, ...half.content }]
      : []
  )
  const isOrder =
    number === service.number + 1 &&
    cryptography.about("move").verifies(order) &&
    members.length >= smallest &&
    members.every((member) => known.some(({ node }) => node === member))
  const context = moveContext(cryptography, state)
  if (!isOrder || !moveLog.ready(context, logNode, state.move)) return nothing(state)
  const step = moveLog.step(context, logNode, state.move, {
    _tag: "Invoke",
    operation: {
      _tag: "Reconfigure",
      add: without(members, service.members),
      remove: without(service.members, members)
    }
  })
  const next = { ...state, move: step.state, halves: setOf(known) }
  return { ...nothing(next), move: step.sends }
}

/** A replica has dealt, or erased its share. When enough replicas have, the move continues. */
const submitted = (
  cryptography: ServiceCryptography,
  state: LogState,
  from: ServerId,
  signed: Parameters<ReturnType<ServiceCryptography["about"]>["verifies"]>[0],
  message: MoveMessage
): Told => {
  if (!cryptography.about("move").verifies(signed)) return nothing(state)
  cryptography.know(state.halves, [])
  const context = moveContext(cryptography, state)
  const input = { _tag: "Receive", from, message } as const
  const received = moveLog.step(context, logNode, state.move, input)
  let at: LogState = { ...state, move: received.state }
  const sends = [...received.sends]
  for (;;) {
    const [choice] = moveLog.choices(context, logNode, at.move)
    if (choice === undefined) break
    const step = moveLog.step(context, logNode, at.move, { _tag: "Choose", choice })
    sends.push(...step.sends)
    at = { ...at, move: step.state }
  }
  const { view } = at.move
  // The next epoch of the service has its own slots.
  if (!equals(view, at.service)) at = { ...at, service: view, next: 0, due: [], halves: [] }
  return { ...nothing(at), move: sends }
}

/** Whether a replica of the next epoch of the service has no part in the log yet. */
export const isNew = ({ service }: LogState, node: string): boolean => !isMember(service, node)

/** The operations that fit into a slot. */
export const batchOf = (operations: ReadonlyArray<Operation>): ReadonlyArray<Operation> => {
  const taken: Array<Operation> = []
  let length = 0
  for (const operation of operations) {
    length += JSON.stringify(operation).length
    if (taken.length > 0 && (length > maxBatchLength || taken.length >= maxOperations)) break
    taken.push(operation)
  }
  return taken
}
const maxBatchLength = 2 ** 18

/** The hash that represents a batch in a slot. */
export const hashOfBatch = (operations: ReadonlyArray<Operation>): string =>
  createHash("sha256").update(canonical(operations)).digest("base64url")
