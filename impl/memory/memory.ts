/**
 * What a node knows of its own memory, to decide whether it is complete when another node shows a
 * mark.
 */
import * as Schema from "effect/Schema"
import { maxNameLength } from "../../spec/kernel/node.ts"
import { type Identity, isMinted } from "./identity.ts"
import { isMadeWith, Mark, marker, Session } from "./mark.ts"
import { Marks } from "./marks.ts"

/** A record of the log about the memory: its node and its sessions, or the mark of another node. */
export const MemoryRecord = Schema.Struct({
  node: Schema.optionalKey(Schema.String.check(Schema.isMaxLength(maxNameLength))),
  sessions: Schema.optionalKey(Schema.Array(Session)),
  mark: Schema.optionalKey(Mark)
})
export type MemoryRecord = typeof MemoryRecord.Type

/** The maximum number of remembered sessions. A mark of an earlier session proves nothing. */
const maxSessions = 1000

export class Memory {
  readonly identity: Identity
  /** The marks of other nodes. */
  readonly others: Marks
  private readonly sign: ReturnType<typeof marker>
  private sessions: ReadonlyArray<Session> = []
  /** The identity that the log names. */
  private found: string | undefined

  /** The memory of a node that keeps the marks of the nodes that satisfy the predicate. */
  constructor(identity: Identity, isWanted: (node: string) => boolean) {
    this.identity = identity
    this.others = new Marks(isWanted)
    this.sign = marker(identity)
  }

  /** Restores a record of the log. Records may repeat. */
  restore({ node, sessions = [], mark }: MemoryRecord): void {
    this.found = node ?? this.found
    for (const session of sessions) this.add(session)
    if (mark !== undefined) this.others.restore(mark)
  }

  private add(session: Session): void {
    this.sessions = [
      ...this.sessions.filter(({ number }) => number < session.number),
      session
    ].slice(-maxSessions)
  }

  /** Why the log is not this node's memory; undefined if it is. */
  problem(): string | undefined {
    if (this.found === this.identity.id) return undefined
    // Logs from before identities name no node.
    if (this.found === undefined && !isMinted(this.identity.id)) return undefined
    return this.found === undefined
      ? "the log does not name the memory that it belongs to: its beginning is missing"
      : `the log holds the memory of ${this.found}, but node.json names ${this.identity.id}`
  }

  /** Begins a session at this position. The node must record it before anything else. */
  begin(position: number, nonce: string): MemoryRecord {
    const session = { number: (this.sessions.at(-1)?.number ?? 0) + 1, nonce, from: position }
    this.add(session)
    return { node: this.identity.id, sessions: [session] }
  }

  /** The mark of this moment: everything up to this position is durable. */
  mark(position: number): Mark | undefined {
    const session = this.sessions.at(-1)
    // Without a minted identity, no endpoint could verify the mark.
    if (!isMinted(this.identity.id)) return undefined
    return session && this.sign({ session: session.number, nonce: session.nonce, position })
  }

  /**
   * Whether the memory is older than this mark of the node, or another process has continued from a
   * copy of it: the mark is of a session that this memory does not know, or goes beyond the end of
   * that session here.
   */
  isBehind(mark: Mark, position: number): boolean {
    const oldest = this.sessions[0]
    if (oldest === undefined || mark.session < oldest.number) return false
    const at = this.sessions.findIndex(({ number }) => number === mark.session)
    const end = this.sessions[at + 1]?.from ?? position
    const isKnown = at >= 0 && this.sessions[at]?.nonce === mark.nonce && mark.position <= end
    return !isKnown && isMadeWith(this.identity.publicKey, mark)
  }

  /** All records, for a snapshot of the log. */
  records(): ReadonlyArray<MemoryRecord> {
    return [
      { node: this.identity.id, sessions: this.sessions },
      ...this.others.all.map((mark) => ({ mark }))
    ]
  }
}
