/**
 * Every protocol of the specification, by name.
 */
import { dynastore } from "./dynastore/protocol.ts"
import type { AnyProtocol } from "./kernel/protocol.ts"
import { majority } from "./majority/protocol.ts"
import { naive } from "./naive/protocol.ts"
import { weakSnapshot } from "./weak-snapshot/protocol.ts"

export const protocols: ReadonlyArray<AnyProtocol> = [majority, naive, weakSnapshot, dynastore]
