/**
 * Who the log of the membership service is: one node that never fails, in the place of the
 * administrator of other systems, since it alone says what comes next.
 */
import { type AdministratorId, administrator } from "../nodes/nodes.ts"

export const logOf = (parameters: { readonly administrator?: AdministratorId }): AdministratorId =>
  parameters.administrator ?? administrator("admin")
