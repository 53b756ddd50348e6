/**
 * The answers of the author's functions: remembered by the values that the functions read as long
 * as that pays, asked for again otherwise, and sometimes asked for a second time.
 *
 * A function that reads nearly everything never receives the same input twice: remembering its
 * answers costs more than calling it. And a function's text does not show whether it depends on its
 * state alone; a second answer that differs from the first shows that it does not.
 */
import { DependencyMemo, type Read, ReadInTwoOrders } from "../engine/dependency-memo.ts"
import { RelationIllFormed } from "./ill-formed.ts"

const dependsOnMore =
  "let it depend only on the state that it receives: no random numbers, clocks, counters or caches"

/** A function gave two answers to the same question. */
export const answeredOtherwise = (where: string, [first, second]: readonly [string, string]) =>
  new RelationIllFormed({
    where,
    problem: `called twice with the same state, it returned ${first}, then ${second}`,
    mend: dependsOnMore
  })

/** A function of a state, as the engine calls it. */
export interface Asked<Answer> {
  /** The part of the relation: `action "prepare"`. */
  readonly where: string
  /** Calls the function and notes what it reads; or calls it with a plain state. */
  readonly noting: (read: Read) => Answer
  readonly plainly: (state: Int32Array) => Answer
  /**
   * Calls the function again with a plain state: if the answer differs, returns both answers in
   * words.
   */
  readonly difference: (state: Int32Array, answer: Answer) => readonly [string, string] | undefined
  /**
   * Calls the function again with a state that notices reads of missing fields; throws if there was
   * one.
   */
  readonly probe: (state: Int32Array) => void
}

/** An answer, and the state that the function received. */
interface Sample<Answer> {
  readonly state: Int32Array
  readonly answer: Answer
}

/**
 * The numbers of calls after which `decide` tests whether remembering pays, and the share of
 * questions that need a call above which it does not. After the last of these it tests whenever the
 * calls have doubled.
 */
const trials: ReadonlyArray<readonly [calls: number, maxMisses: number]> = [
  [256, 0.95],
  [2_048, 0.5],
  [16_384, 0.25]
]
const maxMissesLater = 0.125

/**
 * How often the function is called a second time: always at first, then once per given number of
 * calls, or of known answers.
 */
const firstCalls = 32
const probes = 8
const callsBetween = 64
const hitsBetween = 1 << 12
const maxSamples = 48

export class Remembered<Answer> {
  /** How often the function was called, without second calls. */
  calls = 0
  /** How often an answer was needed. */
  lookups = 0
  /**
   * Whether answers are not remembered: then call `asked.plainly`, and `askedPlainly` to count the
   * call.
   */
  isDirect = false
  readonly asked: Asked<Answer>
  private memo: DependencyMemo<Answer>
  private readonly samples: Array<Sample<Answer>> = []
  private trial = 0
  private nextTrial = trials[0]?.[0] ?? 0
  private missesSince = 0
  private lookupsSince = 0

  constructor(asked: Asked<Answer>) {
    this.asked = asked
    this.memo = new DependencyMemo(asked.noting)
  }

  /** The function's answer in this state. */
  get(state: Int32Array): Answer {
    this.lookups++
    if (this.isDirect) return this.askDirectly(state)
    const { memo } = this
    const { calls } = memo
    const answer = this.fromMemo(state)
    if (memo.calls > calls) this.learned(state, answer)
    else if ((this.lookups & (hitsBetween - 1)) === 0) this.confirm({ state, answer })
    return answer
  }

  /**
   * Counts an answer for a plain state, taken without `get`. Returns whether it should be checked
   * by a second call.
   */
  askedPlainly(): boolean {
    this.lookups++
    this.calls++
    return this.calls % (callsBetween * 16) === 0
  }

  /** Repeats a sample of all calls, last first. Throws if an answer has changed. */
  confirmAll(): void {
    for (const sample of this.samples.toReversed()) this.confirm(sample)
  }

  /** Throws if the function now gives another answer. */
  confirm({ state, answer }: Sample<Answer>): void {
    const { where, difference } = this.asked
    const found = difference(state, answer)
    if (found !== undefined) throw answeredOtherwise(where, found)
  }

  private fromMemo(state: Int32Array): Answer {
    try {
      return this.memo.get(state)
    } catch (error) {
      if (!(error instanceof ReadInTwoOrders)) throw error
      throw new RelationIllFormed({
        where: this.asked.where,
        problem:
          "called with states that agree in the fields that it read, it read other fields than before",
        mend: dependsOnMore
      })
    }
  }

  private askDirectly(state: Int32Array): Answer {
    const answer = this.asked.plainly(state)
    this.calls++
    if (this.calls % (callsBetween * 16) === 0) this.confirm({ state, answer })
    return answer
  }

  private learned(state: Int32Array, answer: Answer): void {
    this.calls++
    const sample = { state, answer }
    if (this.calls <= firstCalls || this.calls % callsBetween === 0) this.confirm(sample)
    if (this.calls <= probes) this.asked.probe(state)
    if (this.calls <= maxSamples / 2) this.samples.push({ state: state.slice(), answer })
    // Later samples: one each time that the calls have grown by a quarter, in the place of an old
    // one if there is no room.
    else if (this.calls % Math.max(1, this.calls >>> 2) < 2) this.sampleLate(state, answer)
    if (this.calls === this.nextTrial) this.decide()
  }

  private sampleLate(state: Int32Array, answer: Answer): void {
    const place = this.samples.length < maxSamples ? this.samples.length : this.calls % maxSamples
    this.samples[place] = { state: state.slice(), answer }
  }

  /** Whether it still pays to remember. */
  private decide(): void {
    const misses = this.calls - this.missesSince
    const lookups = this.lookups - this.lookupsSince
    const most = trials[this.trial]?.[1] ?? maxMissesLater
    this.missesSince = this.calls
    this.lookupsSince = this.lookups
    this.trial++
    this.nextTrial = trials[this.trial]?.[0] ?? this.calls * 2
    if (misses <= lookups * most) return
    this.isDirect = true
    this.memo = new DependencyMemo(this.asked.noting)
  }
}
