/**
 * A store of many registers that is reconfigured along an agreed sequence of configurations
 * (tutorial, section 5): the parts that a runtime runs. For each register they act as `rambo` does;
 * `protocol.ts` combines them into a protocol that the checker can run.
 */
import { client } from "./client.ts"
import { server } from "./server.ts"

export const parts = { server, client } as const
