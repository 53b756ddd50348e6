/**
 * What the proof of the processes' promises rests on, as plain data. Several workers search one
 * space, each with tables of its own; in the end each hears what the others have met, so that
 * everything was tried beside everything, as if one had met it all.
 */
import type { Envelope as EnvelopeOf } from "../../spec/kernel/system.ts"
import type { Taken } from "./model.ts"

type Envelope = EnvelopeOf<unknown>

/** A node, by its slot, in a state of what it runs. */
interface At {
  readonly slot: number
  readonly mode: number
  readonly state: unknown
}

export type Fact =
  /** A step was computed. */
  | { readonly _tag: "Step"; readonly at: At; readonly input: Taken }
  /** A process may take this, possibly as an answer that could have been taken at once. */
  | { readonly _tag: "Met"; readonly at: At; readonly input: Taken; readonly isAnswer: boolean }
  /** A message was dropped because of a promise. */
  | {
      readonly _tag: "Relied"
      readonly at: At
      readonly promise: "isObsolete" | "onlyAnswers"
      readonly envelope: Envelope
    }
  /** A request to the node at `to` was dropped because its sender no longer waits for answers. */
  | { readonly _tag: "Settled"; readonly at: At; readonly to: number; readonly envelope: Envelope }

/** Facts, kept for others to hear of; none unless someone listens. */
export class Facts {
  private readonly isKept: boolean
  private readonly kept: Array<Fact> = []
  private told = 0
  private isHearing = false

  constructor(isKept: boolean) {
    this.isKept = isKept
  }

  /** Keeps a fact, unless it follows from what others have said. */
  keep(fact: () => Fact): void {
    if (this.isKept && !this.isHearing) this.kept.push(fact())
  }

  /** What was kept since this was asked last. */
  tell(): ReadonlyArray<Fact> {
    const fresh = this.kept.slice(this.told)
    this.told = this.kept.length
    return fresh
  }

  /** Everything that was kept. */
  get all(): ReadonlyArray<Fact> {
    return this.kept
  }

  /** While others' facts are heard, nothing is kept. */
  hearing(hear: () => void): void {
    this.isHearing = true
    hear()
    this.isHearing = false
  }
}
