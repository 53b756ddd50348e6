/**
 * The protocols that can be run: the variant of each that is, and what they need of whoever runs them.
 */
import { createHash } from "node:crypto"
import type { Configuration } from "../spec/configuration/configuration.ts"
import type { Hint } from "../spec/directory/directory.ts"
import { canonical } from "../spec/kernel/data.ts"
import type { ServerSet } from "../spec/kernel/node.ts"
import type { AnyProtocol } from "../spec/kernel/protocol.ts"
import { majority } from "../spec/majority/protocol.ts"
import { ramboOfRegisters } from "../spec/rambo/registers/protocol.ts"
import type { Choice, ClientState } from "../spec/rambo/registers/state.ts"

export interface Plugged {
  readonly protocol: AnyProtocol
  readonly variant: string
  /**
   * How long a process waits, in milliseconds, before it takes a step that it may take by itself: what it may do, how often
   * it has waited for that by now, and a random number from 0 to 1. Without it, it waits for nothing.
   */
  readonly patience?: (choice: unknown, waited: number, random: number) => number
  /** What the directory tells clients from time to time, where the protocol has clients that listen. */
  readonly hint?: (members: ServerSet) => unknown
  /** Whether clients can reconfigure; then, the active configurations that a client in this state knows of. */
  readonly configurationsOf?: (state: unknown) => ReadonlyArray<Configuration>
}

/** A client that another one was in the way of waits a random time, and longer each time. */
const backOff = (choice: Choice, waited: number, random: number): number =>
  choice._tag === "Retry" ? 20 * 2 ** Math.min(waited, 7) * (0.5 + random) : 0

const plugged: Readonly<Record<string, Plugged>> = {
  rambo: {
    protocol: ramboOfRegisters,
    variant: "correct",
    patience: (choice, waited, random) => backOff(choice as Choice, waited, random),
    hint: (members): Hint => ({ _tag: "Hint", members }),
    configurationsOf: (state) => (state as ClientState).map.active
  },
  majority: { protocol: majority, variant: "read-stored-value-at-once" }
}

/**
 * The name of a system: the same for all who were told of the same protocol and the same first configuration. Nodes and
 * clients of different systems refuse each other, for their quorums need not meet.
 */
export const systemOf = (protocol: string, configuration: Configuration): string =>
  createHash("sha256").update(canonical({ protocol, configuration })).digest("hex").slice(0, 32)

export const defaultProtocol = "rambo"
export const runnableProtocols: ReadonlyArray<string> = Object.keys(plugged)

/** The protocol with this name, which must be one of `runnableProtocols`. */
export const pluggedIn = (name: string = defaultProtocol): Plugged => {
  const found = plugged[name]
  if (found === undefined) throw new Error(`there is no protocol ${name} to run`)
  return found
}
