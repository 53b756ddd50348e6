/**
 * Who admits nodes to the system: an authority outside of it, which nobody takes over.
 */
import { administrator } from "../../nodes/nodes.ts"

export const authority = administrator("authority")
