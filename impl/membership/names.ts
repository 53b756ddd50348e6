/**
 * The name of a membership service ends with its public key, and so identifies its signatures.
 */
import { type AdministratorId, administrator } from "../../spec/nodes/nodes.ts"

const before = "service."

export const serviceNamed = (publicKey: string): AdministratorId =>
  administrator(`${before}${publicKey}`)

/** The public key of a service. */
export const keyOfService = (service: string): string => service.slice(before.length)
