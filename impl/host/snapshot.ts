/**
 * A snapshot of an endpoint: everything durable, as the records that lead to it.
 */
import type { Change } from "../../spec/kernel/keyed.ts"
import type { NodeId } from "../../spec/kernel/node.ts"
import type { Link } from "../link/link.ts"
import type { MemoryRecord } from "../memory/memory.ts"
import type { RecordWriter } from "./written-record.ts"

/** The records of a snapshot, which are encoded as they are read. */
export function* snapshotRecords(
  encode: RecordWriter["encode"],
  memories: ReadonlyArray<MemoryRecord>,
  changes: ReadonlyArray<readonly [node: NodeId, changes: Iterable<Change>]>,
  links: ReadonlyArray<readonly [peer: string, kept: ReturnType<Link["snapshot"]>]>
): Generator<Uint8Array> {
  for (const memory of memories) yield encode({ memory })
  for (const [node, ofNode] of changes)
    for (const change of ofNode) yield encode({ steps: [{ node, ...change }] })
  for (const [peer, { peerSettled: settled, nextSequence, incoming, outgoing }] of links) {
    yield encode({ next: { peer, sequence: nextSequence, settled } })
    for (const [sequence, envelopes] of incoming) {
      yield encode({ answer: { peer, sequence, settled, envelopes } })
    }
    for (const [sequence, envelope] of outgoing) {
      yield encode({ posts: [{ peer, sequence, envelope }] })
    }
  }
}
