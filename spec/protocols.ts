/**
 * Every protocol of the specification, by name.
 */
import { consensus } from "./consensus/protocol.ts"
import { dynastore } from "./dynastore/protocol.ts"
import type { AnyProtocol } from "./kernel/protocol.ts"
import { majority } from "./majority/protocol.ts"
import { naive } from "./naive/protocol.ts"
import { rambo } from "./rambo/protocol.ts"
import { ramboRegisters } from "./rambo/registers/model.ts"
import { weakSnapshot } from "./weak-snapshot/protocol.ts"

export const protocols: ReadonlyArray<AnyProtocol> = [
  majority,
  naive,
  consensus,
  rambo,
  ramboRegisters,
  weakSnapshot,
  dynastore
]
