/**
 * The check of a relation by several workers: with the same outcome as `RelationCheck` alone.
 */
import { type Archive, type Checksums, readContents, writeContents } from "../engine/saving.ts"
import { newLog, SharedCodes } from "../engine/shared-codes.ts"
import { ParallelSearch, Refused, type WorkerPort } from "../parallel/conductor.ts"
import type { Subject } from "../parallel/worker.ts"
import { RelationIllFormed } from "./ill-formed.ts"
import type { Relation } from "./relation.ts"
import {
  plus,
  RelationCheck,
  type RelationSearch,
  type SavedRelationCheck,
  type Tallied,
  tallyOf
} from "./relation-check.ts"
import type { RelationReport } from "./report.ts"
import { RelationSpace } from "./space.ts"

/** What a worker searches for a relation. */
export const relationSubject = <State extends object>(relation: Relation<State>): Subject => {
  const space = new RelationSpace(relation)
  return {
    space,
    told: () => {
      space.confirmAll()
      return { ...nothing, counts: tallyOf(space) }
    },
    tellFacts: () => [],
    hear: () => undefined,
    refusal: (error) => {
      if (!(error instanceof RelationIllFormed)) return undefined
      const { where, problem, mend } = error
      const state = space.askedOf === undefined ? undefined : space.decode(space.askedOf)
      return { where, problem, mend, ...(state === undefined ? {} : { state }) }
    }
  }
}

const nothing = {
  actions: {},
  reached: [],
  observations: [],
  transitionCalls: 0,
  boundsReached: [],
  facts: []
} as const

export class ParallelRelationCheck<State extends object> {
  /** Everything that a check by one worker knows, except the search. */
  private readonly check: RelationCheck<State>
  private readonly log = newLog()
  private readonly search: ParallelSearch
  private talliedBefore: Tallied = {}

  constructor(
    relation: Relation<State>,
    options: RelationSearch,
    start: (log: SharedArrayBuffer) => ReadonlyArray<WorkerPort>
  ) {
    this.check = new RelationCheck(relation, options)
    this.search = new ParallelSearch(start(this.log))
  }

  /**
   * Workers wait for each other after each piece; shorter pieces would make them wait too often.
   */
  readonly pieceMilliseconds = 200

  get counts() {
    const { counts } = this.search
    return { ...counts, generated: counts.generated + this.check.space.strays.length }
  }

  get heldBytes(): number {
    return this.search.heldBytes
  }

  putAway(): Promise<void> {
    return this.search.putAway()
  }

  /** Expands about `states` more states. Returns false when the check has ended. */
  async advance(states = Number.POSITIVE_INFINITY): Promise<boolean> {
    try {
      const more = await this.search.advance(states, (findings) => this.check.isEnough(findings))
      if (!more && !this.search.exhausted) this.stop("a violation was found")
      return more
    } catch (error) {
      throw refusalIn(error)
    }
  }

  stop(reason: string): void {
    this.check.stop(reason)
  }

  /**
   * Completes the current round, then writes everything that another run needs to resume into
   * `place`, where `archive` also writes.
   */
  async save(
    archive: Archive,
    place: string
  ): Promise<{ readonly check: SavedRelationCheck; readonly files: Checksums }> {
    await this.search.finishRound()
    const contents = writeContents(archive, this.codes.all)
    const { progress, files } = await this.search.save(place)
    const check = { progress, tallied: await this.tallied() }
    return { check, files: { ...contents, ...files } }
  }

  /** Resumes from an earlier run's save. */
  async resume(
    { progress, tallied }: SavedRelationCheck,
    archive: Archive,
    place: string
  ): Promise<void> {
    this.talliedBefore = tallied
    this.codes.adopt(readContents(archive))
    await this.search.load(place, progress)
  }

  async result(): Promise<RelationReport<State>> {
    try {
      return await this.told()
    } catch (error) {
      throw refusalIn(error)
    }
  }

  private async told(): Promise<RelationReport<State>> {
    const { search } = this
    await search.settle()
    const { findings, counts, exhausted, bytes, heldBytes } = search
    const paths = new Map<string, Awaited<ReturnType<ParallelSearch["pathTo"]>>>()
    for (const finding of findings) paths.set(finding.property, await search.pathTo(finding))
    const searched = {
      ...{ findings, counts, exhausted, bytes, heldBytes },
      pathTo: ({ property }: { readonly property: string }) => paths.get(property) ?? []
    }
    return this.check.after(searched, await this.tallied()).result()
  }

  private async tallied(): Promise<Tallied> {
    const { counts = {} } = await this.search.told()
    return plus(this.talliedBefore, counts)
  }

  /** The codes that the workers share. */
  private get codes(): SharedCodes {
    return new SharedCodes(this.log, this.check.space)
  }
}

/** A worker's error, as if it had occurred here. */
const refusalIn = (error: unknown): unknown => {
  if (!(error instanceof Refused)) return error
  const { where, problem, mend, state } = error.refusal as RelationIllFormed
  return new RelationIllFormed({ where, problem, mend, ...(state === undefined ? {} : { state }) })
}
