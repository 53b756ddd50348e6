/**
 * Every protocol of the specification, by name.
 */
import { administered } from "./administrator/protocol.ts"
import { combining } from "./combining/protocol.ts"
import type { Tolerant } from "./configuration/tolerated-faults.ts"
import { consensus } from "./consensus/protocol.ts"
import { dbqs } from "./dbqs/protocol.ts"
import { dynastore } from "./dynastore/protocol.ts"
import { forgetting } from "./forgetting/protocol.ts"
import type { ProtocolOf } from "./kernel/protocol.ts"
import { majority } from "./majority/protocol.ts"
import { majorityRegisters } from "./majority/registers.ts"
import { masking } from "./masking/protocol.ts"
import { membershipCheckpoints } from "./membership/checkpoints/protocol.ts"
import { membershipMove } from "./membership/move/protocol.ts"
import { membershipTimers } from "./membership/timers/protocol.ts"
import { membership } from "./membership/tracking/protocol.ts"
import { naive } from "./naive/protocol.ts"
import { pbft } from "./pbft/protocol.ts"
import { rambo } from "./rambo/protocol.ts"
import { ramboReclaiming, ramboRegisters } from "./rambo/registers/protocol.ts"
import { ramboII } from "./rambo-ii/protocol.ts"
import { rds } from "./rds/protocol.ts"
import type { StorageParameters } from "./storage/parameters.ts"
import { supermajority } from "./supermajority/protocol.ts"
import { weakSnapshot } from "./weak-snapshot/protocol.ts"

/**
 * A protocol of a storage system. By default its initial configuration tolerates crashes.
 */
export type StorageProtocol = ProtocolOf<StorageParameters> & Partial<Tolerant>

export const protocols: ReadonlyArray<StorageProtocol> = [
  majority,
  majorityRegisters,
  combining,
  supermajority,
  masking,
  administered,
  forgetting,
  naive,
  consensus,
  pbft,
  membership,
  membershipMove,
  membershipTimers,
  membershipCheckpoints,
  dbqs,
  rambo,
  ramboII,
  rds,
  ramboRegisters,
  ramboReclaiming,
  weakSnapshot,
  dynastore
]
