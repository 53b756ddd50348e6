/**
 * The authority that admits nodes to the system. It is outside the system and is never corrupted.
 */
import { administrator } from "../../nodes/nodes.ts"

export const authority = administrator("authority")
