/**
 * The protocols that have models.
 */
import { protocol as consensus } from "./consensus/variants.ts"
import { protocol as dbqs } from "./dbqs/variants.ts"
import { protocol as dynastore } from "./dynastore/variants.ts"
import { protocol as forgetting } from "./forgetting/variants.ts"
import type { ModelledProtocol } from "./induction/variant.ts"
import { protocol as majority } from "./majority/variants.ts"
import { protocol as masking } from "./masking/variants.ts"
import { protocol as rambo } from "./rambo/variants.ts"
import { protocol as ramboII } from "./rambo-ii/variants.ts"
import { protocol as rds } from "./rds/variants.ts"
import { protocol as supermajority } from "./supermajority/variants.ts"
import { protocol as weakSnapshot } from "./weak-snapshot/variants.ts"

export const protocols: ReadonlyArray<ModelledProtocol> = [
  majority,
  supermajority,
  consensus,
  rambo,
  ramboII,
  rds,
  weakSnapshot,
  dynastore,
  forgetting,
  dbqs,
  masking
]
