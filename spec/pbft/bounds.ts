/**
 * The bound of PBFT. Replicas may change views forever, so a search needs a bound on the views.
 */
import type { Bound } from "../kernel/protocol.ts"

export const views: Bound = {
  name: "views",
  about: "The number of views that replicas go through, including the first.",
  usual: 2
}
