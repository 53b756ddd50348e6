/**
 * The marks that an endpoint shows and is shown (`memory/mark.ts`): how far the memories of nodes
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
  /** The marks of nodes that a client carries from one to the other. */
  readonly marks: Marks | undefined
  /** How many blocks of the log are durable; undefined without a log. */
  readonly position: () => number | undefined
  /** Sends a frame to every peer but this one. */
  readonly tellAll: (frame: Frame, but?: string) => void
  readonly remember: (memory: MemoryRecord) => void
  /** This peer showed a mark that its node did not make. */
  readonly forged: (peer: string) => void
  /** This peer remembers more of this node than it does itself. */
  readonly forgot: (peer: string) => void
}

export class MarksShown {
  private readonly options: MarksShownOptions
  /** When the last mark was made, and whether another one will be. */
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

  /** The marks of others that are known here, and the own one. */
  all(): ReadonlyArray<Mark> {
    const own = this.own()
    const others = this.others?.all ?? []
    return own === undefined ? others : [own, ...others]
  }

  /** Shows a mark of what is durable by now, but not for every block. */
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
   * A peer shows marks: those of others are kept or carried on; the own ones say whether this
   * memory is whole.
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
 * Marks are made no more often: what a node forgets of the time since the last one nobody can tell.
 */
const markMilliseconds = 100
