/**
 * The bound of PBFT. Nothing keeps replicas from moving to the next view, so whoever enumerates the
 * runs has to say how far they go.
 */
import type { Bound } from "../kernel/protocol.ts"

export const views: Bound = {
  name: "views",
  about: "Replicas go through so many views, the first among them.",
  usual: 2
}
