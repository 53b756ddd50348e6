/**
 * The identity of the membership service's log: one node that never fails. It takes the place of
 * the administrator of other systems, since it alone decides what comes next.
 */
import { type AdministratorId, administrator } from "../nodes/nodes.ts"

export const logOf = (parameters: { readonly administrator?: AdministratorId }): AdministratorId =>
  parameters.administrator ?? administrator("admin")
