/**
 * A breadth-first search by several workers. It has the same rounds and the same outcome as
 * `Search`.
 */
import { type Finding, Findings } from "../engine/findings.ts"
import type { Found } from "../engine/frontier.ts"
import type { OpenBlock } from "../engine/lending.ts"
import { partitionOf } from "../engine/numbers.ts"
import type { Fingerprint } from "../engine/packing.ts"
import type { Checksums, Progress } from "../engine/saving.ts"
import { areNearest, type Counts, type Decided, never, statesOfRound } from "../engine/search.ts"
import type { Fact } from "../network/facts.ts"
import { PromiseBroken } from "../network/process-table.ts"
import { merged, type Statistics } from "../statistics.ts"
import type { Answer, Order, Standing } from "./messages.ts"
import type { SharedWords } from "./streams.ts"

/** A worker on another thread or on this one. It executes one order at a time. */
export interface WorkerPort {
  readonly ask: (order: Order) => Promise<Answer>
}

/** Waits until all workers have obeyed an order that has no answer. */
export const done = async (workers: ReadonlyArray<WorkerPort>, order: Order): Promise<void> => {
  const answers = await Promise.all(workers.map((worker) => worker.ask(order)))
  for (const answer of answers) if (answer._tag !== "Done") refuse(answer)
}

export class ParallelSearch {
  private readonly workers: ReadonlyArray<WorkerPort>
  private standings: ReadonlyArray<Standing> = []
  private round = 0
  private level = -1
  private isOver = false
  /** The blocks that workers have lent and that not all of them have borrowed. */
  private lent: ReadonlyArray<OpenBlock> = []
  /** What each worker has found in the current round, once it has done its part. */
  private found: Array<Found | undefined> | undefined

  constructor(workers: ReadonlyArray<WorkerPort>) {
    this.workers = workers
  }

  get findings(): ReadonlyArray<Finding> {
    const findings = new Findings()
    for (const finding of this.standings.flatMap((standing) => standing.findings))
      findings.note(finding)
    return findings.all
  }

  get counts(): Counts {
    const distinct = this.sum("distinct")
    return {
      distinct,
      generated: this.sum("generated"),
      depth: Math.max(0, ...this.standings.map(({ depth }) => depth)),
      frontier: distinct - this.sum("expanded")
    }
  }

  get doneStates(): number {
    return this.sum("doneStates")
  }

  get unclearStates(): number {
    return this.sum("unclearStates")
  }

  get bytes(): number {
    return this.sum("bytes")
  }

  /** The memory that the workers hold apart from their networks, in bytes. */
  get heldBytes(): number {
    return this.sum("heldBytes")
  }

  get exhausted(): boolean {
    return this.isOver
  }

  /**
   * Expands about `count` more states, as one worker does: the rounds, and the conditions that end
   * the search, are the same. Returns false when the search has ended.
   */
  async advance(count: number, decided: Decided = never): Promise<boolean> {
    if (this.isOver || (this.found === undefined && this.isDecided(decided))) return false
    if (this.found === undefined) await this.beginRound()
    if (!(await this.expand(Math.max(1, Math.ceil(count / this.workers.length))))) return true
    return this.endRound()
  }

  /** Does the rest of the current round. */
  async finishRound(): Promise<void> {
    while (this.found !== undefined) await this.advance(Number.POSITIVE_INFINITY)
  }

  /**
   * Takes in the findings of the current round, although not all of it was expanded. The search
   * cannot continue after that, but its counts are those of the work done.
   */
  async settle(): Promise<void> {
    const { found } = this
    if (found === undefined) return
    await this.askThoseLeft({ _tag: "EndEarly" })
    if (found.every((one) => one !== undefined))
      this.standings = await this.stand({ _tag: "TakeIn", found })
    this.found = undefined
  }

  /** The fingerprints of the states on the path to a finding, from an initial state on. */
  async pathTo({ state }: Finding): Promise<ReadonlyArray<Fingerprint>> {
    const path: Array<Fingerprint> = []
    for (let at = state; at >= 0; ) {
      const worker = this.workers[partitionOf(at) % this.workers.length] as WorkerPort
      const answer = await worker.ask({ _tag: "Trace", number: at })
      if (answer._tag !== "Traced") throw unexpected(answer)
      path.unshift(answer.fingerprint)
      at = answer.parent
    }
    return path
  }

  /** Makes every worker put away what it does not need soon. */
  async putAway(): Promise<void> {
    this.standings = await this.stand({ _tag: "PutAway" })
  }

  /** Makes every worker write its partitions into a place. */
  async save(place: string): Promise<{ readonly progress: Progress; readonly files: Checksums }> {
    const answers = await this.ask({ _tag: "Save", place })
    const files = answers.map((answer) => (answer._tag === "Saved" ? answer.files : refuse(answer)))
    const { level, findings, doneStates, unclearStates } = this
    const { generated, depth } = this.counts
    const needs = this.standings[0]?.needs ?? []
    const counted = { generated, doneStates, unclearStates, depth }
    const progress = { round: this.round - 1, level, needs, ...counted, findings }
    return { progress, files: Object.assign({}, ...files) }
  }

  /** Makes every worker read its partitions from a place or streams; the search resumes there. */
  async load(from: string | SharedWords, progress: Progress): Promise<void> {
    this.standings = await this.stand({ _tag: "Load", from, progress })
    this.round = progress.round + 1
    this.level = progress.level
  }

  /** What the workers learned besides states. */
  async told(): Promise<Statistics> {
    const answers = await this.ask({ _tag: "Tell" })
    return merged(
      answers.map((answer) => (answer._tag === "Statistics" ? answer.told : refuse(answer)))
    )
  }

  private async beginRound(): Promise<void> {
    const states = this.round === 0 ? 0 : statesOfRound(this.counts.distinct)
    this.found = this.workers.map(() => undefined)
    const { lent } = this
    this.lent = []
    await this.do({ _tag: "BeginRound", round: this.round, states, lent })
  }

  /**
   * Lets every worker expand this many states; if some worker met a value that did not fit, starts
   * the round again with more room. Returns whether the round is done.
   */
  private async expand(count: number): Promise<boolean> {
    const needs = await this.askThoseLeft({ _tag: "Expand", count })
    if (needs.length > 0) {
      const most = (needs[0] as ReadonlyArray<number>).map((_, component) =>
        Math.max(...needs.map((each) => each[component] as number))
      )
      await this.stand({ _tag: "MakeRoom", needs: most })
      await this.beginRound()
      return false
    }
    return this.found?.every((one) => one !== undefined) === true
  }

  /** Takes in the findings, and moves to the next level that has states. */
  private async endRound(): Promise<boolean> {
    const found = (this.found ?? []) as ReadonlyArray<Found>
    this.found = undefined
    this.round++
    this.standings = await this.stand({ _tag: "TakeIn", found })
    while (this.standings.every(({ hasMore }) => !hasMore)) {
      if (this.counts.frontier === 0 && this.standings.every(({ isSpent }) => isSpent)) {
        await this.exchangeFacts()
        this.isOver = true
        return false
      }
      this.standings = await this.stand({ _tag: "Enter", level: ++this.level })
    }
    return true
  }

  /**
   * Asks the workers that have not done their part of the round, and records their findings.
   * Returns the room that was missing.
   */
  private async askThoseLeft(order: Order): Promise<ReadonlyArray<NonNullable<Expanded["needs"]>>> {
    const { found = [], workers } = this
    const answers = await Promise.all(
      workers.map(async (worker, index) => {
        if (found[index] !== undefined) return undefined
        const answer = await worker.ask(order)
        if (answer._tag !== "Expanded") return refuse(answer)
        found[index] = answer.found
        return answer.needs
      })
    )
    return answers.filter((needs) => needs !== undefined)
  }

  private do(order: Order): Promise<void> {
    return done(this.workers, order)
  }

  /** Passes on the facts of an earlier run. */
  async hear(facts: ReadonlyArray<Fact>): Promise<void> {
    await this.do({ _tag: "HearFacts", facts })
  }

  /** Checks the facts that each worker relies on against those of the others. */
  private async exchangeFacts(): Promise<void> {
    const answers = await this.ask({ _tag: "TellFacts" })
    const told = answers.map((answer) => (answer._tag === "Facts" ? answer.facts : refuse(answer)))
    const heard = this.workers.map((worker, index) =>
      worker.ask({ _tag: "HearFacts", facts: told.filter((_, other) => other !== index).flat() })
    )
    for (const answer of await Promise.all(heard)) if (answer._tag !== "Done") refuse(answer)
  }

  private async stand(order: Order): Promise<ReadonlyArray<Standing>> {
    const answers = await this.ask(order)
    const standings = answers.map((answer) =>
      answer._tag === "Stands" ? answer.standing : refuse(answer)
    )
    this.lent = [...this.lent, ...standings.flatMap(({ lent }) => lent)]
    return standings
  }

  private ask(order: Order): Promise<ReadonlyArray<Answer>> {
    return Promise.all(this.workers.map((worker) => worker.ask(order)))
  }

  private sum(which: Counted): number {
    return this.standings.reduce((sum, standing) => sum + standing[which], 0)
  }

  private isDecided(decided: Decided): boolean {
    const { findings } = this
    return findings.length > 0 && areNearest(findings, this.level) && decided(findings)
  }
}

type Expanded = Extract<Answer, { readonly _tag: "Expanded" }>

/** The counts of each worker. */
type Counted = {
  readonly [Field in keyof Standing]: Standing[Field] extends number ? Field : never
}[keyof Standing]

/** A worker found the model to be ill-formed. */
export class Refused extends Error {
  override readonly name = "Refused"
  readonly refusal: unknown

  constructor(refusal: unknown) {
    super("the model is ill-formed")
    this.refusal = refusal
  }
}

const refuse = (answer: Answer): never => {
  if (answer._tag === "Refused") throw new Refused(answer.refusal)
  if (answer._tag === "NotSaved") throw new Error(answer.problem)
  if (answer._tag === "PromiseBroken") throw new PromiseBroken(answer.reductions, answer.message)
  throw unexpected(answer)
}

const unexpected = (answer: Answer): Error => new Error(`a worker answered with ${answer._tag}`)
