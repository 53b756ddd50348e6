/**
 * A breadth-first search by several workers. It has the same rounds and the same outcome as
 * `Search`.
 */
import { type Finding, Findings } from "../engine/findings.ts"
import { partitionOf } from "../engine/numbers.ts"
import type { Fingerprint } from "../engine/packing.ts"
import type { Checksums, Progress } from "../engine/saving.ts"
import { areNearest, type Counts, type Decided, never, statesOfRound } from "../engine/search.ts"
import type { Fact } from "../network/facts.ts"
import { PromiseBroken } from "../network/process-table.ts"
import { merged, type Told } from "../told.ts"
import type { Answer, Order, Standing } from "./messages.ts"

/** A worker on another thread or on this one. It executes one order at a time. */
export interface WorkerPort {
  readonly ask: (order: Order) => Promise<Answer>
}

export class ParallelSearch {
  private readonly workers: ReadonlyArray<WorkerPort>
  private standings: ReadonlyArray<Standing> = []
  private round = 0
  private level = -1
  private isOver = false

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

  /** Does one more round. Returns false when the search is over. */
  async advance(decided: Decided = never): Promise<boolean> {
    if (this.isOver || this.isDecided(decided)) return false
    const states = this.round === 0 ? 0 : statesOfRound(this.counts.distinct)
    const found = await this.expand({ _tag: "Expand", round: this.round++, states })
    this.standings = await this.stand({ _tag: "TakeIn", found })
    while (this.standings.every(({ hasMore }) => !hasMore)) {
      if (this.standings.every(({ isSpent }) => isSpent)) {
        await this.exchangeFacts()
        this.isOver = true
        return false
      }
      this.standings = await this.stand({ _tag: "Enter", level: ++this.level })
    }
    return true
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

  /** Makes every worker read its partitions from a place; the search resumes there. */
  async load(place: string, progress: Progress): Promise<void> {
    this.standings = await this.stand({ _tag: "Load", place, progress })
    this.round = progress.round + 1
    this.level = progress.level
  }

  /** What the workers learned besides states. */
  async told(): Promise<Told> {
    const answers = await this.ask({ _tag: "Tell" })
    return merged(answers.map((answer) => (answer._tag === "Told" ? answer.told : refuse(answer))))
  }

  /**
   * Makes every worker expand its states; repeats the round with more room if a value did not fit
   * into some worker's layout.
   */
  private async expand(order: Extract<Order, { readonly _tag: "Expand" }>) {
    for (;;) {
      const answers = await this.ask(order)
      const expanded = answers.map((answer) =>
        answer._tag === "Expanded" ? answer : refuse(answer)
      )
      const needs = expanded.flatMap((answer) => (answer.needs === undefined ? [] : [answer.needs]))
      if (needs.length === 0) return expanded.map(({ found }) => found)
      const most = (needs[0] as ReadonlyArray<number>).map((_, component) =>
        Math.max(...needs.map((each) => each[component] as number))
      )
      await this.ask({ _tag: "MakeRoom", needs: most })
    }
  }

  /** Passes on the facts of an earlier run. */
  async hear(facts: ReadonlyArray<Fact>): Promise<void> {
    for (const answer of await this.ask({ _tag: "HearFacts", facts }))
      if (answer._tag !== "Done") refuse(answer)
  }

  /** Checks what each worker relies on against what the others met. */
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
    return answers.map((answer) => (answer._tag === "Stands" ? answer.standing : refuse(answer)))
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

/** The fields of a standing that are sums over the workers. */
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
