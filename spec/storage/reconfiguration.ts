/**
 * `reconfigure(addSet, removeSet)` (tutorial 3.1), and the operations of a reconfigurable storage
 * system.
 */
import * as Schema from "effect/Schema"
import { Floor } from "../configuration/configuration.ts"
import { setOf } from "../kernel/data.ts"
import { Count, maxNameLength } from "../kernel/node.ts"
import type { ObjectType } from "../kernel/object.ts"
import type { AnyOperation, Observation } from "../kernel/observation.ts"
import { type ServerId, ServerSet, server } from "../nodes/nodes.ts"
import { Access, RegisterName, type Value } from "../register/operation.ts"
import { Timestamp } from "../register/pair.ts"

/** Storage nodes to add and to remove. */
export interface Change {
  readonly add: ServerSet
  readonly remove: ServerSet
}

/** The name of a removed register, with the timestamp of its removal. */
export const Removed = Schema.Struct({ name: RegisterName, timestamp: Timestamp })
export type Removed = typeof Removed.Type

/**
 * Removed registers to forget below a floor, once the successor of the configuration with this
 * index has that floor.
 */
export const Reclaimed = Schema.Struct({
  instance: Count,
  floor: Floor,
  removed: Schema.Array(Removed)
})
export type Reclaimed = typeof Reclaimed.Type

export const Reconfigure = Schema.TaggedStruct("Reconfigure", {
  add: ServerSet,
  remove: ServerSet,
  /**
   * The storage nodes that answer. If given, the client refuses the reconfiguration unless the new
   * configuration has quorums among them. (In the tutorial, the client is responsible for choosing
   * a configuration that can make progress.)
   */
  answering: Schema.optionalKey(ServerSet),
  /**
   * The floor that the added nodes have taken. (Not in a script: a client of many registers notes
   * it, `rambo/registers/joining.ts`.)
   */
  joined: Schema.optionalKey(Floor),
  /**
   * The floor of the new configuration, which has the same members, and what is forgotten below it.
   * (Not in a script: this is how registers are reclaimed, `rambo/registers/reclaiming.ts`.)
   */
  reclaims: Schema.optionalKey(Reclaimed)
})
export type Reconfigure = typeof Reconfigure.Type

export const isReconfigure = (operation: AnyOperation): operation is Reconfigure =>
  operation._tag === "Reconfigure"

/** The result of a reconfiguration that would leave no members. It changes nothing. */
export const refused = "refused"
/**
 * The result of a reconfiguration that would leave no quorum that answers. It changes nothing. Any
 * other reconfiguration returns null.
 */
export const unanswered = "unanswered"

/**
 * The result of a reconfiguration whose added nodes have not all taken the floor. It changes
 * nothing.
 */
export const notJoined = "not joined"

/** True of the result of a reconfiguration that changes nothing. */
export const isRefusal = (result: unknown): boolean =>
  result === refused || result === unanswered || result === notJoined

/** The operations of a reconfigurable storage system. */
export const StorageOperation = Schema.Union([Access, Reconfigure])
export type StorageOperation = typeof StorageOperation.Type
export type StorageObservation = Observation<StorageOperation, Value>

/** True if these words are a change: `+s4 -s2`. */
export const isChange = (words: ReadonlyArray<string>): boolean =>
  words.length > 0 && words.every((word) => /^[+-]./.test(word) && word.length <= 1 + maxNameLength)

/** The change written in these words. */
export const changeOf = (words: ReadonlyArray<string>): Change => ({
  add: named("+", words),
  remove: named("-", words)
})

const named = (sign: string, words: ReadonlyArray<string>): ReadonlyArray<ServerId> =>
  setOf(words.filter((word) => word.startsWith(sign)).map((word) => server(word.slice(1))))

/** `+s4 -s2`: the nodes that are added and removed. */
export const describeChange = ({ add, remove }: Change): string =>
  [...add.map((id) => `+${id}`), ...remove.map((id) => `-${id}`)].join(" ")

/** The problem with a change, if there is one. */
export const problemOf = ({ add, remove }: Change) => {
  const both = add.find((name) => remove.includes(name))
  return both === undefined
    ? undefined
    : { problem: `${both} is both added and removed`, mend: "do one of the two" }
}

/** The configuration of a storage system, as an object. */
export const configurable: ObjectType<Reconfigure, Value> = {
  name: "configuration",
  Operation: Reconfigure,
  kinds: [
    {
      tag: "Reconfigure",
      syntax: "reconfigure +SERVER… -SERVER…",
      parse: (words) => (isChange(words) ? { _tag: "Reconfigure", ...changeOf(words) } : undefined)
    }
  ],
  problem: problemOf,
  describe: (operation) => `reconfigure ${describeChange(operation)}`.trim(),
  describeResult: (_, result) =>
    result === refused
      ? "refused: it would leave no members"
      : result === unanswered
        ? "refused: it would leave no quorum that answers"
        : result === notJoined
          ? "refused: a node to be added does not answer, or already holds registers"
          : "ok"
}
