/**
 * The common part of the ties of all models of a register: labels, and the fixed facts.
 */
import { compare } from "../../spec/kernel/data.ts"
import type { Pair, Timestamp } from "../../spec/register/pair.ts"
import type { Fixed, Named, World } from "../tie/world.ts"
import { isWrite } from "./history.ts"

/** An operation, by its client and its number. */
export const labelOfOperation = (client: string, number: number): string => `${client}#${number}`
export const clientOfLabel = (operation: string): string =>
  operation.slice(0, operation.lastIndexOf("#"))
export const numberOfLabel = (operation: string): number =>
  Number(operation.slice(operation.lastIndexOf("#") + 1))

export const labelOfTimestamp = ({ number, client }: Timestamp): string =>
  `${number}@${client ?? ""}`
export const labelOfValue = (value: unknown): string => JSON.stringify(value)
/** The timestamp and the value of a pair. */
export const labelsOfPair = ({ value, timestamp }: Pair): [string, string] => [
  labelOfTimestamp(timestamp),
  labelOfValue(value)
]

const numbered = (label: string): readonly [number, string] => {
  const at = label.indexOf("@")
  return [Number(label.slice(0, at)), label.slice(at + 1)]
}

export const zeroLabel = "0@"
export const bottomLabel = "null"

/**
 * The operations that are writes, and their values; recorded at their invocation, before any
 * formula mentions them.
 */
export type Arguments = Map<string, string>

/** The fixed facts of a register's model. */
export const fixedOf = (
  written: Arguments,
  arrives: (world: World, sort: string, label: string) => void
): Fixed => ({
  functions: {
    clientOf: (operation = "") => ["client", clientOfLabel(operation)],
    argument: (operation = "") => ["value", written.get(operation) ?? bottomLabel],
    owner: (timestamp = "") => ["client", numbered(timestamp)[1]],
    zero: () => ["timestamp", zeroLabel],
    bottom: () => ["value", bottomLabel]
  },
  arrives: (world, sort, label) => {
    const argument = sort === "operation" ? written.get(label) : undefined
    if (argument !== undefined) {
      world.suppose(isWrite, label)
      world.element("value", argument)
    }
    if (sort === "timestamp") {
      for (const other of world.labels(sort)) {
        const order = compare(numbered(other), numbered(label))
        if (order <= 0) world.suppose(atMostSymbol, other, label)
        if (order >= 0) world.suppose(atMostSymbol, label, other)
      }
    }
    arrives(world, sort, label)
  }
})

export const atMostSymbol: Named = { symbol: { name: "atMost", sorts: ["timestamp", "timestamp"] } }
