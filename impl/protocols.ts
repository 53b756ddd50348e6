/**
 * The protocols that can be run, and the variant of each that is.
 */
import { createHash } from "node:crypto"
import type { Configuration } from "../spec/configuration/configuration.ts"
import { canonical } from "../spec/kernel/data.ts"
import type { AnyProtocol } from "../spec/kernel/protocol.ts"
import { majority } from "../spec/majority/protocol.ts"

export interface Plugged {
  readonly protocol: AnyProtocol
  readonly variant: string
}

const plugged: Readonly<Record<string, Plugged>> = {
  majority: { protocol: majority, variant: "read-stored-value-at-once" }
}

/**
 * The name of a system: the same for all who were told of the same protocol and the same first configuration. Nodes and
 * clients of different systems refuse each other, for their quorums need not meet.
 */
export const systemOf = (protocol: string, configuration: Configuration): string =>
  createHash("sha256").update(canonical({ protocol, configuration })).digest("hex").slice(0, 32)

export const defaultProtocol = "majority"
export const runnableProtocols: ReadonlyArray<string> = Object.keys(plugged)

/** The protocol with this name, which must be one of `runnableProtocols`. */
export const pluggedIn = (name: string = defaultProtocol): Plugged => {
  const found = plugged[name]
  if (found === undefined) throw new Error(`there is no protocol ${name} to run`)
  return found
}
