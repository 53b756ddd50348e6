/**
 * The state of a client of RDS: that of RAMBO, and in an instance of consensus the pair collected
 * from the acceptors.
 */
import * as Schema from "effect/Schema"
import type { Step } from "../kernel/process.ts"
import type { RamboObservation } from "../rambo/observation.ts"
import * as Rambo from "../rambo/state.ts"
import { Pair } from "../register/pair.ts"
import type { Message } from "./messages.ts"

/**
 * `pair` is the largest pair that acceptors sent with their votes; absent if the client does not
 * collect pairs here.
 */
export const Deciding = Schema.TaggedStruct("Deciding", {
  ...Rambo.Deciding.fields,
  pair: Schema.optionalKey(Pair)
})

export const ClientState = Schema.Struct({
  ...Rambo.ClientState.fields,
  activity: Schema.Union([
    Rambo.Idle,
    Rambo.Getting,
    Rambo.Setting,
    Deciding,
    Rambo.Stage,
    Rambo.Announcing
  ])
})
export type ClientState = typeof ClientState.Type
export type Deciding = typeof Deciding.Type
export type ClientStep = Step<ClientState, RamboObservation, Message>
