/**
 * What a node knows of its own memory, to tell whether it is whole when others show a mark of it.
 */
import * as Schema from "effect/Schema"
import { mostNameLength } from "../../spec/kernel/node.ts"
import { type Identity, isMinted } from "./identity.ts"
import { isMadeWith, Mark, marker, Session } from "./mark.ts"
import { Marks } from "./marks.ts"

/**
 * What a log says of the memory that it is: whose it is, and its sessions; or the mark of another
 * node.
 */
export const MemoryRecord = Schema.Struct({
  node: Schema.optionalKey(Schema.String.check(Schema.isMaxLength(mostNameLength))),
  sessions: Schema.optionalKey(Schema.Array(Session)),
  mark: Schema.optionalKey(Mark)
})
export type MemoryRecord = typeof MemoryRecord.Type

/** So many sessions are remembered; a mark of one before them says nothing. */
const mostSessions = 1000

export class Memory {
  readonly identity: Identity
  /** The marks of others. */
  readonly others: Marks
  private readonly sign: ReturnType<typeof marker>
  private sessions: ReadonlyArray<Session> = []
  /** Whose memory the log says that it is. */
  private found: string | undefined

  /** The memory of a node that keeps the marks of those who are wanted. */
  constructor(identity: Identity, isWanted: (node: string) => boolean) {
    this.identity = identity
    this.others = new Marks(isWanted)
    this.sign = marker(identity)
  }

  /** Takes over what the log says. Records may come again. */
  restore({ node, sessions = [], mark }: MemoryRecord): void {
    this.found = node ?? this.found
    for (const session of sessions) this.add(session)
    if (mark !== undefined) this.others.restore(mark)
  }

  private add(session: Session): void {
    this.sessions = [
      ...this.sessions.filter(({ number }) => number < session.number),
      session
    ].slice(-mostSessions)
  }

  /** Why a log that was read is not this node's memory; undefined if it is. */
  problem(): string | undefined {
    if (this.found === this.identity.id) return undefined
    // The logs of before identities do not say it.
    if (this.found === undefined && !isMinted(this.identity.id)) return undefined
    return this.found === undefined
      ? "the log does not say whose memory it is: its beginning is missing"
      : `the log is the memory of ${this.found}, and node.json is of ${this.identity.id}`
  }

  /** A session begins at this position, and has to be recorded before anything else. */
  begin(position: number, nonce: string): MemoryRecord {
    const session = { number: (this.sessions.at(-1)?.number ?? 0) + 1, nonce, from: position }
    this.add(session)
    return { node: this.identity.id, sessions: [session] }
  }

  /** The mark of now: all up to this position is durable. */
  mark(position: number): Mark | undefined {
    const session = this.sessions.at(-1)
    // Nobody could tell that a node made it that is its name alone.
    if (!isMinted(this.identity.id)) return undefined
    return session && this.sign({ session: session.number, nonce: session.nonce, position })
  }

  /**
   * Whether the memory is older than this mark of the node, or another process has gone on from a
   * copy of it. So it is when the mark is of a session that this memory does not know, or goes
   * further than that session went here.
   */
  isBehind(mark: Mark, position: number): boolean {
    const oldest = this.sessions[0]
    if (oldest === undefined || mark.session < oldest.number) return false
    const at = this.sessions.findIndex(({ number }) => number === mark.session)
    const end = this.sessions[at + 1]?.from ?? position
    const isKnown = at >= 0 && this.sessions[at]?.nonce === mark.nonce && mark.position <= end
    return !isKnown && isMadeWith(this.identity.publicKey, mark)
  }

  /** Everything, for a snapshot of the log. */
  records(): ReadonlyArray<MemoryRecord> {
    return [
      { node: this.identity.id, sessions: this.sessions },
      ...this.others.all.map((mark) => ({ mark }))
    ]
  }
}
