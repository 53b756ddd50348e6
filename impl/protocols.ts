/**
 * The protocols that can be run, and the variant of each that is.
 */
import type { AnyProtocol } from "../spec/kernel/protocol.ts"
import { majority } from "../spec/majority/protocol.ts"

export interface Plugged {
  readonly protocol: AnyProtocol
  readonly variant: string
}

const plugged: Readonly<Record<string, Plugged>> = {
  majority: { protocol: majority, variant: "read-stored-value-at-once" }
}

export const defaultProtocol = "majority"
export const runnableProtocols: ReadonlyArray<string> = Object.keys(plugged)

/** The protocol with this name, which must be one of `runnableProtocols`. */
export const pluggedIn = (name: string = defaultProtocol): Plugged => {
  const found = plugged[name]
  if (found === undefined) throw new Error(`there is no protocol ${name} to run`)
  return found
}
