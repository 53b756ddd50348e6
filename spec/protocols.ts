/**
 * Every protocol of the specification, by name.
 */
import { consensus } from "./consensus/protocol.ts"
import { dynastore } from "./dynastore/protocol.ts"
import type { ProtocolOf } from "./kernel/protocol.ts"
import { majority } from "./majority/protocol.ts"
import { majorityRegisters } from "./majority/registers.ts"
import { naive } from "./naive/protocol.ts"
import { rambo } from "./rambo/protocol.ts"
import { ramboRegisters } from "./rambo/registers/protocol.ts"
import { ramboII } from "./rambo-ii/protocol.ts"
import { rds } from "./rds/protocol.ts"
import type { StorageParameters } from "./storage/parameters.ts"
import { weakSnapshot } from "./weak-snapshot/protocol.ts"

/** A protocol of a storage system. */
export type StorageProtocol = ProtocolOf<StorageParameters>

export const protocols: ReadonlyArray<StorageProtocol> = [
  majority,
  majorityRegisters,
  naive,
  consensus,
  rambo,
  ramboII,
  rds,
  ramboRegisters,
  weakSnapshot,
  dynastore
]
