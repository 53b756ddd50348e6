/**
 * The marks that an endpoint shows and receives (`memory/mark.ts`): how far the memories of nodes
 * have reached.
 */
import type { Clock } from "../environment/clock.ts"
import type { Frame } from "../link/frame.ts"
import type { Mark } from "../memory/mark.ts"
import type { Marks } from "../memory/marks.ts"
import type { Memory, MemoryRecord } from "../memory/memory.ts"

export interface MarksShownOptions {
  readonly clock: Clock
  /** What a node knows of its own memory. */
  readonly memory: Memory | undefined
  /** The marks that a client carries from node to node. */
  readonly marks: Marks | undefined
  /** The number of durable blocks of the log; undefined without a log. */
  readonly position: () => number | undefined
  /** Sends a frame to every peer except this one. */
  readonly tellAll: (frame: Frame, but?: string) => void
  readonly remember: (memory: MemoryRecord) => void
  /** This peer showed a mark that its node did not make. */
  readonly forged: (peer: string) => void
  /** This peer remembers more of this node than the node itself. */
  readonly forgot: (peer: string) => void
}

export class MarksShown {
  private readonly options: MarksShownOptions
  /** The time of the last mark, and whether another mark is scheduled. */
  private markedAt = Number.NEGATIVE_INFINITY
  private isMarkDue = false

  constructor(options: MarksShownOptions) {
    this.options = options
  }

  private get others(): Marks | undefined {
    return this.options.memory?.others ?? this.options.marks
  }

  private own(): Mark | undefined {
    const position = this.options.position()
    return position === undefined ? undefined : this.options.memory?.mark(position)
  }

  /** The latest known marks of other nodes, and this node's own. */
  all(): ReadonlyArray<Mark> {
    const own = this.own()
    const others = this.others?.all ?? []
    return own === undefined ? others : [own, ...others]
  }

  /** Shows a mark of the durable state, at a limited rate. */
  showSoon(): void {
    const { memory, clock } = this.options
    if (memory === undefined || this.isMarkDue) return
    const show = (): void => {
      this.isMarkDue = false
      this.markedAt = clock.nowMilliseconds()
      const mark = this.own()
      if (mark !== undefined) this.options.tellAll({ _tag: "Marks", marks: [mark] })
    }
    const wait = this.markedAt + markMilliseconds - clock.nowMilliseconds()
    if (wait <= 0) {
      show()
      return
    }
    this.isMarkDue = true
    clock.after(wait, show)
  }

  /**
   * A peer shows marks. Marks of other nodes are kept or carried on; this node's own marks tell
   * whether its memory is complete.
   */
  hear(peer: string, shown: ReadonlyArray<Mark>): void {
    const { memory } = this.options
    const news: Array<Mark> = []
    for (const mark of shown) {
      if (memory !== undefined && mark.node === memory.identity.id) {
        const position = this.options.position()
        if (position === undefined || !memory.isBehind(mark, position)) continue
        this.options.forgot(peer)
        return
      }
      const heard = this.others?.hear(mark)
      if (heard === "news") news.push(mark)
      if (heard === "forged") this.options.forged(peer)
    }
    if (news.length === 0) return
    if (memory === undefined) this.options.tellAll({ _tag: "Marks", marks: news }, peer)
    else for (const mark of news) this.options.remember({ mark })
  }
}

/**
 * The minimum time between marks. What a node forgets of the time since its last mark, no other
 * node can detect.
 */
const markMilliseconds = 100
