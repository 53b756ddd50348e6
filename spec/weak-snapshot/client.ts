/**
 * The client of a weak snapshot by itself (tutorial 6): it updates and scans the one snapshot of the one configuration.
 */
import * as Schema from "effect/Schema"
import { match, P } from "ts-pattern"
import type { NodeId } from "../kernel/node.ts"
import { become, ignore, type NoChoice, type Process, type Step } from "../kernel/process.ts"
import type { Setup } from "../kernel/protocol.ts"
import { isMajority } from "../majority/client.ts"
import { ask } from "../phase/phase.ts"
import { SnapshotOperation } from "../register/operation.ts"
import { change } from "./change.ts"
import type { Answer, Message } from "./messages.ts"
import { type Progress, receive as receiveAnswer, Stage, startScan, startUpdate } from "./stages.ts"
import type { VariantName } from "./variants.ts"

/** Between operations a client keeps nothing but how many it has begun. */
export const Idle = Schema.TaggedStruct("Idle", { begun: Schema.Int })
/** In the given phase (the first is number 1) of an operation. */
export const Busy = Schema.TaggedStruct("Busy", {
  begun: Schema.Int,
  operation: SnapshotOperation,
  phase: Schema.Int,
  stage: Stage
})

export const ClientState = Schema.Union([Idle, Busy])
export type ClientState = typeof ClientState.Type
type Idle = typeof Idle.Type
type Busy = typeof Busy.Type

type Context = Setup<VariantName>
type ClientStep = Step<ClientState, SnapshotOperation, Message>
type Activity = Omit<Busy, "_tag" | "stage">

/** An idle client begins an operation. */
const invoke = (context: Context, { begun }: Idle, operation: SnapshotOperation): ClientStep => {
  const progress = operation._tag === "Update" ? startUpdate(change(operation)) : startScan(context)
  const step = proceed(context, { begun: begun + 1, operation, phase: 0 }, progress)
  return { ...step, observations: [{ _tag: "Invocation", operation }, ...step.observations] }
}

/** The client's step, from how its operation stands: the next question to all members, or the response. */
const proceed = (context: Context, { begun, operation, phase }: Activity, progress: Progress): ClientStep => {
  switch (progress._tag) {
    case "Asks": {
      const { stage, question } = progress
      const numbered = { ...question, operation: begun, phase: phase + 1 } as Message
      return {
        state: { _tag: "Busy", begun, operation, phase: phase + 1, stage },
        sends: ask(context.configuration.members, numbered),
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

/** The operation ends: an update returns ok, a scan the changes that it found. */
const finish = (begun: number, operation: SnapshotOperation, result: unknown): ClientStep => ({
  state: { _tag: "Idle", begun },
  sends: [],
  observations: [{ _tag: "Response", operation, result }]
})

/** Whatever a client receives. An answer counts if it belongs to the current phase; no question is meant for a client. */
const receive = (context: Context, state: ClientState, from: NodeId, message: Message): ClientStep =>
  match(message)
    .with({ _tag: P.union("Endorsed", "Stored", "Collected") }, (answer) =>
      receiveReply(context, state, from, answer)
    )
    .with({ _tag: P.union("Endorse", "Store", "Collect") }, () => ignore(state))
    .exhaustive()

const receiveReply = (context: Context, state: ClientState, from: NodeId, answer: Answer): ClientStep => {
  if (state._tag === "Idle" || isSettled(state, answer)) return ignore(state)
  const progress = receiveAnswer(context, state.stage, from, answer)
  return progress === undefined ? ignore(state) : proceed(context, state, progress)
}

/** True when the client no longer waits for answers to this message of its own: its phase, or operation, is over. */
const isSettled = (state: ClientState, { operation, phase }: Message): boolean =>
  operation < state.begun || (operation === state.begun && (state._tag === "Idle" || phase < state.phase))

export const client: Process<Context, ClientState, SnapshotOperation, Message, NoChoice> = {
  role: "client",
  State: ClientState,
  durable: false,
  perRegister: [],
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
    isAnswer: ({ configuration }) => isMajority(configuration)
  }
}
