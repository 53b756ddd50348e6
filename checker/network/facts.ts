/**
 * Facts: the basis of the verification of promises, as plain data. Workers search one space with
 * separate tables. In the end each worker receives the facts of the others, and tries every pair,
 * as in a search with one worker.
 */
import type { Envelope as EnvelopeOf } from "../../spec/kernel/system.ts"
import type { Taken } from "./model.ts"

type Envelope = EnvelopeOf<unknown>

/** A node, by its slot, with the state of what it runs. */
interface At {
  readonly slot: number
  readonly mode: number
  readonly state: unknown
}

export type Fact =
  /** A worker computed a step. */
  | { readonly _tag: "Step"; readonly at: At; readonly input: Taken }
  /** A process may take this input, possibly as an answer that it could have taken at once. */
  | { readonly _tag: "Met"; readonly at: At; readonly input: Taken; readonly isAnswer: boolean }
  /** A worker dropped a message because of a promise. */
  | {
      readonly _tag: "Relied"
      readonly at: At
      readonly promise: "isObsolete" | "onlyAnswers"
      readonly envelope: Envelope
    }
  /**
   * A worker dropped a request to the node at `to` because its sender no longer waits for answers.
   */
  | { readonly _tag: "Settled"; readonly at: At; readonly to: number; readonly envelope: Envelope }

/**
 * The facts that a worker keeps for the others; it keeps none in a search without other workers.
 */
export class Facts {
  private readonly isKept: boolean
  private readonly kept: Array<Fact> = []
  private told = 0
  private isHearing = false

  constructor(isKept: boolean) {
    this.isKept = isKept
  }

  /** Keeps a fact, unless it follows from facts received from other workers. */
  keep(fact: () => Fact): void {
    if (this.isKept && !this.isHearing) this.kept.push(fact())
  }

  /** The facts kept since the last call. */
  tell(): ReadonlyArray<Fact> {
    const fresh = this.kept.slice(this.told)
    this.told = this.kept.length
    return fresh
  }

  /** All facts kept. */
  get all(): ReadonlyArray<Fact> {
    return this.kept
  }

  /** Runs `hear`, which takes in other workers' facts, and keeps no facts meanwhile. */
  hearing(hear: () => void): void {
    this.isHearing = true
    hear()
    this.isHearing = false
  }
}
