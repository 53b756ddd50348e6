/**
 * Runners of one search in one process. What they send each other goes through the Schemas, as
 * between processes.
 */
import * as Schema from "effect/Schema"
import { Answer, Order, workerOf } from "../../../checker/distributed/messages.ts"
import { Head, type Parcel } from "../../../checker/distributed/parcels.ts"
import { Mailbox, type Peers } from "../../../checker/distributed/peers.ts"
import { type RunnerSetup, SearchRunner } from "../../../checker/distributed/runner.ts"
import type { WorkerPort } from "../../../checker/parallel/conductor.ts"

const through = <A>(schema: Schema.Codec<A>, value: A): A =>
  Schema.decodeUnknownSync(schema)(JSON.parse(JSON.stringify(value)), {
    onExcessProperty: "error"
  })

/** Runners with these setups; `carry` sees every parcel, and may change it. */
export const runnersInMemory = (
  setups: ReadonlyArray<RunnerSetup>,
  carry = (parcel: Parcel): Parcel => parcel
): ReadonlyArray<WorkerPort> => {
  const mailboxes = setups.map(() => new Mailbox())
  return setups.map((setup, index) => {
    const peers: Peers = {
      send: (to, { head, bytes }) =>
        mailboxes[to]?.deliver(
          index,
          carry({ head: through(Head, head), bytes: Uint8Array.from(bytes) })
        ),
      next: (from) => (mailboxes[index] as Mailbox).next(from)
    }
    const runner = new SearchRunner(setup, peers)
    return workerOf(async (order) => through(Answer, await runner.answer(through(Order, order))))
  })
}
