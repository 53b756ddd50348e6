/**
 * `reconfigure(addSet, removeSet)` (tutorial 3.1), and all that users ask of a storage system that
 * can be reconfigured.
 */
import * as Schema from "effect/Schema"
import { setOf } from "../kernel/data.ts"
import { mostNameLength } from "../kernel/node.ts"
import type { ObjectType } from "../kernel/object.ts"
import type { AnyOperation, Observation } from "../kernel/observation.ts"
import { type ServerId, ServerSet, server } from "../nodes/nodes.ts"
import { Access, type Value } from "../register/operation.ts"

/** Storage nodes to be added and removed. */
export interface Change {
  readonly add: ServerSet
  readonly remove: ServerSet
}

export const Reconfigure = Schema.TaggedStruct("Reconfigure", {
  add: ServerSet,
  remove: ServerSet,
  /**
   * The storage nodes that answer, if the change is to be made only where the new configuration has
   * quorums among them. (The tutorial leaves it to whoever reconfigures not to ask for one that
   * cannot go on.)
   */
  answering: Schema.optionalKey(ServerSet)
})
export type Reconfigure = typeof Reconfigure.Type

export const isReconfigure = (operation: AnyOperation): operation is Reconfigure =>
  operation._tag === "Reconfigure"

/** What a reconfiguration returns that would leave nobody: it has changed nothing. */
export const refused = "refused"
/**
 * What one returns that would leave nobody who answers: it has changed nothing. Any other returns
 * null.
 */
export const unanswered = "unanswered"

/** The operations on a storage system that can be reconfigured. */
export const StorageOperation = Schema.Union([Access, Reconfigure])
export type StorageOperation = typeof StorageOperation.Type
export type StorageObservation = Observation<StorageOperation, Value>

/** Whether these words say what is added and removed: `+s4 -s2`. */
export const isChange = (words: ReadonlyArray<string>): boolean =>
  words.length > 0 &&
  words.every((word) => /^[+-]./.test(word) && word.length <= 1 + mostNameLength)

/** The change that the words say. */
export const changeOf = (words: ReadonlyArray<string>): Change => ({
  add: named("+", words),
  remove: named("-", words)
})

const named = (sign: string, words: ReadonlyArray<string>): ReadonlyArray<ServerId> =>
  setOf(words.filter((word) => word.startsWith(sign)).map((word) => server(word.slice(1))))

/** `+s4 -s2`: the nodes that are added and removed. */
export const describeChange = ({ add, remove }: Change): string =>
  [...add.map((id) => `+${id}`), ...remove.map((id) => `-${id}`)].join(" ")

/** What is wrong with a change, if something is. */
export const problemOf = ({ add, remove }: Change) => {
  const both = add.find((name) => remove.includes(name))
  return both === undefined
    ? undefined
    : { problem: `${both} is both added and removed`, mend: "do one of the two" }
}

/** The configuration of a storage system, as something that can be changed. */
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
      ? "refused: it would leave nobody"
      : result === unanswered
        ? "refused: it would leave no quorum that answers"
        : "ok"
}
