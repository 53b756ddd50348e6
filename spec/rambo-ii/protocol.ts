/**
 * RAMBO II: parallel garbage collection. It is RAMBO with one Action 1 and one Action 2 for all old
 * configurations together, and a single retirement of them.
 */
import type { Protocol } from "../kernel/protocol.ts"
import { refinesSequenceInParallel } from "../rambo/agreed-sequence.ts"
import type { Message } from "../rambo/messages.ts"
import type { RamboObservation } from "../rambo/observation.ts"
import { type Roles, rambo } from "../rambo/protocol.ts"
import type { Rules } from "../rambo/rules.ts"
import type { StorageParameters } from "../storage/parameters.ts"
import { variants } from "./variants.ts"

export const ramboII: Protocol<StorageParameters, Rules, Roles, RamboObservation, Message> = {
  ...rambo,
  name: "rambo-ii",
  about:
    "Reconfiguration along an agreed sequence that retires old configurations together (after RAMBO II).",
  variants,
  properties: [...rambo.properties, refinesSequenceInParallel]
}
