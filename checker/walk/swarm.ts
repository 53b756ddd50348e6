/**
 * A swarm: many runs of one seed, cut into batches that any number of workers may take.
 *
 * What it comes to does not depend on the workers: batches are added up in their order, and what is
 * found ends the swarm after the batch in which it was found, whatever other workers have done
 * meanwhile.
 */
import { add, type Batch, emptyTally, type Tally, type WalkFinding } from "../tally.ts"

const batchRuns = 128

/** Batch number `index` of so many runs; undefined if there are fewer batches. */
export const batchAt = (index: number, { from, to }: Batch): Batch | undefined => {
  const first = from + index * batchRuns
  return first < to ? { from: first, to: Math.min(to, first + batchRuns) } : undefined
}

export class Swarm {
  readonly runs: Batch
  /** What the batches so far came to, as far as none before them is missing. */
  tally: Tally = emptyTally
  private readonly isEnough: (findings: ReadonlyArray<WalkFinding>) => boolean
  /** Batches that are finished before one that was to come first. */
  private readonly early = new Map<number, Tally>()
  private next = 0

  constructor(runs: Batch, isEnough: (findings: ReadonlyArray<WalkFinding>) => boolean) {
    this.runs = runs
    this.isEnough = isEnough
  }

  /** Whether enough was found. */
  get decided(): boolean {
    return this.tally.findings.length > 0 && this.isEnough(this.tally.findings)
  }

  /** Whether enough was found, or every run was taken. */
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
   * All that is known when the swarm ends before its time: batches that wait for others, and
   * unfinished ones.
   */
  known(unfinished: ReadonlyArray<Tally> = []): Tally {
    const waiting = [...this.early].sort(([one], [other]) => one - other).map(([, tally]) => tally)
    return this.decided ? this.tally : [...waiting, ...unfinished].reduce(add, this.tally)
  }
}
