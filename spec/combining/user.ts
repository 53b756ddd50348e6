/**
 * A user of the store: it asks its gateway for one operation at a time.
 */
import * as Schema from "effect/Schema"
import { Count } from "../kernel/node.ts"
import { become, ignore, type NoChoice, type Process } from "../kernel/process.ts"
import { type ClientId, client } from "../nodes/nodes.ts"
import { Access, type AccessObservation } from "../register/operation.ts"
import type { Message } from "./messages.ts"

export const UserState = Schema.Struct({
  /** The number of operations that it has begun. */
  begun: Count,
  /** The operation whose result it waits for. */
  waitsFor: Schema.NullOr(Access)
})
export type UserState = typeof UserState.Type

/** The gateway of all users. */
export const gatewayId = client("gateway")

export const user: Process<
  unknown,
  UserState,
  Access,
  AccessObservation,
  Message,
  NoChoice,
  ClientId
> = {
  State: UserState,
  durable: false,
  initial: () => ({ begun: 0, waitsFor: null }),
  ready: (_context, _self, { waitsFor }) => waitsFor === null,
  choices: () => [],
  step: (_context, _self, state, input) => {
    switch (input._tag) {
      case "Invoke": {
        if (state.waitsFor !== null) return ignore(state)
        const { operation } = input
        const number = state.begun + 1
        return {
          state: { begun: number, waitsFor: operation },
          sends: [{ to: gatewayId, message: { _tag: "Ask", number, asked: operation } }],
          observations: [{ _tag: "Invocation", operation }]
        }
      }
      case "Receive": {
        const { waitsFor: operation, begun } = state
        const { message } = input
        if (message._tag !== "Answered" || message.number !== begun || operation === null)
          return ignore(state)
        return {
          ...become<UserState>({ begun, waitsFor: null }),
          observations: [{ _tag: "Response", operation, result: message.result }]
        }
      }
      case "Choose":
        return ignore(state)
    }
  }
}
