/**
 * A lease keeps the fault window (`premises.ts`) in a system with clocks.
 *
 * A client asks the membership service which epoch is current, with a fresh nonce
 * (`membership/move/client.ts`). The answer gives the client a lease, which runs from the time of
 * the question. The client counts answers only while it has a lease. So a node that leaves an epoch
 * must stay correct until the last lease on that epoch has ended. A client without a lease
 * postpones all answers.
 *
 * The host decides when a lease ends; this file defines what follows.
 */
import * as Schema from "effect/Schema"
import { Count } from "../kernel/node.ts"

/** The latest epoch that the service has confirmed as current; null without a lease. */
export const Lease = Schema.NullOr(Count)
export type Lease = typeof Lease.Type

/** Whether a client in this epoch may count the answers that it receives there. */
export const mayCount = (lease: Lease, epoch: number): boolean => lease !== null && epoch >= lease
