/**
 * The name of a membership service says whose signatures it makes: it ends with its public key.
 */
import { type AdministratorId, administrator } from "../../spec/nodes/nodes.ts"

const before = "service."

export const serviceNamed = (publicKey: string): AdministratorId =>
  administrator(`${before}${publicKey}`)

/** The public key of a service. */
export const keyOfService = (service: string): string => service.slice(before.length)
