/**
 * Every protocol of the specification, by name.
 */

import { consensus } from "./consensus/protocol.ts"
import type { AnyProtocol } from "./kernel/protocol.ts"
import { majority } from "./majority/protocol.ts"
import { naive } from "./naive/protocol.ts"
import { rambo } from "./rambo/protocol.ts"

export const protocols: ReadonlyArray<AnyProtocol> = [majority, naive, consensus, rambo]
