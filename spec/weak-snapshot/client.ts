/**
 * The client of a stand-alone weak snapshot (tutorial 6): it updates and scans the single snapshot
 * of a single configuration.
 */
import * as Schema from "effect/Schema"
import { match, P } from "ts-pattern"
import { type Configuration, countsOnly } from "../configuration/configuration.ts"
import { Count, type NodeId } from "../kernel/node.ts"
import { become, ignore, type NoChoice, type Process, type Step } from "../kernel/process.ts"
import { ask } from "../phase/phase.ts"
import { isBefore, type Position, past } from "../phase/position.ts"
import { change } from "./change.ts"
import type { Answer, Message } from "./messages.ts"
import { type SnapshotObservation, SnapshotOperation, type SnapshotResult } from "./operation.ts"
import type { Rules } from "./rules.ts"
import * as Stages from "./stages.ts"

/** Between operations a client keeps only the number of operations it has begun. */
export const Idle = Schema.TaggedStruct("Idle", { begun: Count })
/** Phase number `phase` of an operation, counted from 1. */
export const Busy = Schema.TaggedStruct("Busy", {
  begun: Count,
  operation: SnapshotOperation,
  phase: Count,
  stage: Stages.Stage
})

export const ClientState = Schema.Union([Idle, Busy])
export type ClientState = typeof ClientState.Type
type Idle = typeof Idle.Type
type Busy = typeof Busy.Type

interface Context {
  readonly configuration: Configuration
  readonly rules: Rules
}
type ClientStep = Step<ClientState, SnapshotObservation, Message>
type Activity = Omit<Busy, "_tag" | "stage">

/** An idle client begins an operation. */
const invoke = (context: Context, { begun }: Idle, operation: SnapshotOperation): ClientStep => {
  const progress =
    operation._tag === "Update"
      ? Stages.startUpdate(change(operation))
      : Stages.startScan(snapshotOf(context))
  const step = proceed(context, { begun: begun + 1, operation, phase: 0 }, progress)
  return { ...step, observations: [{ _tag: "Invocation", operation }, ...step.observations] }
}

/** The single weak snapshot of the system. */
const snapshotOf = ({ configuration, rules }: Context): Stages.Context => ({
  configurations: [configuration],
  rules
})

/** The client's step for this progress: the next question to all members, or the response. */
const proceed = (
  context: Context,
  { begun, operation, phase }: Activity,
  progress: Stages.Progress
): ClientStep => {
  switch (progress._tag) {
    case "Asks": {
      const { stage, question } = progress
      const next = phase + 1
      return {
        state: { _tag: "Busy", begun, operation, phase: next, stage },
        sends: ask(context.configuration.members, { ...question, operation: begun, phase: next }),
        observations: []
      }
    }
    case "Waits":
      return become({ _tag: "Busy", begun, operation, phase, stage: progress.stage })
    case "Updated":
      return finish(begun, operation, null)
    case "Scanned":
      return finish(begun, operation, progress.changes)
  }
}

/** The operation returns: an update returns ok, a scan the changes it found. */
const finish = (
  begun: number,
  operation: SnapshotOperation,
  result: SnapshotResult
): ClientStep => ({
  state: { _tag: "Idle", begun },
  sends: [],
  observations: [{ _tag: "Response", operation, result }]
})

/**
 * A client receives a message. An answer counts if it belongs to the current phase; the client
 * ignores questions.
 */
const receive = (
  context: Context,
  state: ClientState,
  from: NodeId,
  message: Message
): ClientStep =>
  match(message)
    .with({ _tag: P.union("Endorsed", "Stored", "Collected") }, (answer) =>
      receiveReply(context, state, from, answer)
    )
    .with({ _tag: P.union("Endorse", "Store", "Collect") }, () => ignore(state))
    .exhaustive()

const receiveReply = (
  context: Context,
  state: ClientState,
  from: NodeId,
  answer: Answer
): ClientStep => {
  if (state._tag === "Idle" || isSettled(state, answer)) return ignore(state)
  const progress = Stages.receive(snapshotOf(context), state.stage, from, answer)
  return progress === undefined ? ignore(state) : proceed(context, state, progress)
}

/** True if the client is past the phase, or the operation, of this message. */
const isSettled = (state: ClientState, { operation, phase }: Message): boolean =>
  isBefore([operation, phase], positionOf(state))

/**
 * The client's position: a phase of an operation, or after the last phase of the last operation.
 */
const positionOf = (state: ClientState): Position => [
  state.begun,
  state._tag === "Idle" ? past : state.phase
]

export const client: Process<
  Context,
  ClientState,
  SnapshotOperation,
  SnapshotObservation,
  Message,
  NoChoice
> = {
  State: ClientState,
  durable: false,
  initial: () => ({ _tag: "Idle", begun: 0 }),
  ready: (_context, _self, { _tag }) => _tag === "Idle",
  choices: () => [],
  step: (context, _self, state, input) =>
    match(input)
      .with({ _tag: "Invoke" }, ({ operation }) =>
        state._tag === "Idle" ? invoke(context, state, operation) : ignore(state)
      )
      .with({ _tag: "Receive" }, ({ from, message }) => receive(context, state, from, message))
      .with({ _tag: "Choose" }, () => ignore(state))
      .exhaustive(),
  promises: {
    isObsolete: (_context, _self, state, _from, answer) => isSettled(state, answer),
    isSettled: (_context, _self, state, _to, question) => isSettled(state, question),
    isAnswer: ({ configuration }) => countsOnly(configuration)
  }
}
