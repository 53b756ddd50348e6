/**
 * What keeps the fault window (`premises.ts`) where there are clocks: a lease.
 *
 * The membership service tells a client, in answer to a question that nobody has asked before,
 * which epoch is the current one (`membership/move/client.ts`). From the time of the question on
 * the client counts answers for so long, and then no more until it has asked again. So whoever
 * leaves an epoch has to stay as it is for that time. A client without a lease is one to which
 * answers have not come yet: it waits, and does no harm.
 *
 * When a lease is over, a host says; this is what follows from it.
 */
import * as Schema from "effect/Schema"
import { Count } from "../kernel/node.ts"

/** The epoch that is known to have been the current one lately; null without a lease. */
export const Lease = Schema.NullOr(Count)
export type Lease = typeof Lease.Type

/** Whether a client that is in this epoch may count what is answered there. */
export const mayCount = (lease: Lease, epoch: number): boolean => lease !== null && epoch >= lease
