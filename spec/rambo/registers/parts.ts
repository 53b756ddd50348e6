/**
 * A store of many registers that is reconfigured along an agreed sequence of configurations
 * (tutorial, section 5): what a runtime runs. What it does to each register is what `rambo` does;
 * `protocol.ts` has it as a protocol, to be checked.
 */
import { client } from "./client.ts"
import { server } from "./server.ts"

export const parts = { server, client } as const
