/**
 * Identities by name.
 */
import * as Schema from "effect/Schema"
import { NodeId } from "../../spec/kernel/node.ts"

/** The node with this name. */
export const nodeId: (name: string) => NodeId = Schema.decodeSync(NodeId)
