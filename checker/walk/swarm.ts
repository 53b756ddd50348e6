/**
 * A swarm: many runs of one seed, divided into batches that any number of workers may take.
 *
 * Its result does not depend on the workers. It adds up batches in their order, and a finding ends
 * the swarm after the batch that contains it, whatever other workers have done meanwhile.
 */
import { add, type Batch, emptyTally, type Tally, type WalkFinding } from "../tally.ts"

const batchRuns = 128

/** Batch number `index` of the given number of runs; undefined if there are fewer batches. */
export const batchAt = (index: number, { from, to }: Batch): Batch | undefined => {
  const first = from + index * batchRuns
  return first < to ? { from: first, to: Math.min(to, first + batchRuns) } : undefined
}

export class Swarm {
  readonly runs: Batch
  /** The results of the batches so far, up to the first missing one. */
  tally: Tally = emptyTally
  private readonly isEnough: (findings: ReadonlyArray<WalkFinding>) => boolean
  /** Finished batches that wait for an earlier one. */
  private readonly early = new Map<number, Tally>()
  private next = 0

  constructor(runs: Batch, isEnough: (findings: ReadonlyArray<WalkFinding>) => boolean) {
    this.runs = runs
    this.isEnough = isEnough
  }

  /** Whether the findings suffice. */
  get decided(): boolean {
    return this.tally.findings.length > 0 && this.isEnough(this.tally.findings)
  }

  /** Whether the findings suffice, or every run was taken. */
  get over(): boolean {
    return this.decided || batchAt(this.next, this.runs) === undefined
  }

  /** A batch is finished. Batches may come in any order. */
  finish(index: number, tally: Tally): void {
    this.early.set(index, tally)
    for (;;) {
      const ready = this.early.get(this.next)
      if (ready === undefined || this.decided) return
      this.early.delete(this.next)
      this.tally = add(this.tally, ready)
      this.next++
    }
  }

  /**
   * Everything known when the swarm ends early: batches that wait for others, and unfinished ones.
   */
  known(unfinished: ReadonlyArray<Tally> = []): Tally {
    const waiting = [...this.early].sort(([one], [other]) => one - other).map(([, tally]) => tally)
    return this.decided ? this.tally : [...waiting, ...unfinished].reduce(add, this.tally)
  }
}
