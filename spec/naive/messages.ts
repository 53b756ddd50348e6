/**
 * The messages of naive reconfiguration (tutorial section 4): those of majority replication, and
 * those between the reconfigurer and storage nodes or other clients. `operation` is the number of
 * the message's operation.
 */
import * as Schema from "effect/Schema"
import { Configuration, listed } from "../configuration/configuration.ts"
import { Count } from "../kernel/node.ts"
import * as Majority from "../majority/messages.ts"
import { describePair, Pair } from "../register/pair.ts"

/** Reconfigurer to storage nodes: accept no writes but mine. */
export const Lock = Schema.TaggedStruct("Lock", { operation: Count })
/** Storage node to reconfigurer: I am locked, and this is my vt-pair. */
export const Locked = Schema.TaggedStruct("Locked", { operation: Count, pair: Pair })
/** Reconfigurer to storage nodes: accept writes again. */
export const Unlock = Schema.TaggedStruct("Unlock", { operation: Count })
/** Reconfigurer to a removed storage node: stop serving. */
export const Stop = Schema.TaggedStruct("Stop", { operation: Count })
/** Reconfigurer to clients: finish your operation and begin no other. */
export const Pause = Schema.TaggedStruct("Pause", { operation: Count })
/** Client to reconfigurer: I am idle, and stay so until you inform me. */
export const Paused = Schema.TaggedStruct("Paused", { operation: Count })
/** Reconfigurer to clients: use this configuration from now on. */
export const Inform = Schema.TaggedStruct("Inform", {
  operation: Count,
  configuration: Configuration
})
/** Client to reconfigurer: I use the new configuration. */
export const Informed = Schema.TaggedStruct("Informed", { operation: Count })

export const Message = Schema.Union([
  Majority.Message,
  Lock,
  Locked,
  Unlock,
  Stop,
  Pause,
  Paused,
  Inform,
  Informed
])
export type Message = typeof Message.Type
export type Locked = typeof Locked.Type
export type Pause = typeof Pause.Type
export type Paused = typeof Paused.Type
export type Inform = typeof Inform.Type
export type Informed = typeof Informed.Type

/** True for a message of majority replication. */
export const isOfMajority = (message: Message): message is Majority.Message =>
  message._tag === "Get" ||
  message._tag === "GetReply" ||
  message._tag === "Set" ||
  message._tag === "SetReply"

export const describeMessage = (message: Message): string => {
  switch (message._tag) {
    case "Lock":
      return "lock"
    case "Locked":
      return `is locked and has ${describePair(message.pair)}`
    case "Unlock":
      return "unlock"
    case "Stop":
      return "stop"
    case "Pause":
      return "pause"
    case "Paused":
      return "has paused"
    case "Inform":
      return `the configuration is ${listed(message.configuration.members)}`
    case "Informed":
      return "uses it"
    case "Get":
    case "GetReply":
    case "Set":
    case "SetReply":
      return Majority.describeMessage(message)
  }
}
