/**
 * What a user asks of the register; a gateway adds who it was.
 */
import type { Access } from "../register/operation.ts"

export interface Request {
  readonly operation: Access
}
