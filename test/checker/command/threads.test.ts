/**
 * One scenario on several real threads, and other ways to search.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { runHere } from "./in-process.ts"
import { Installation } from "./installation.ts"

let installation: Installation
beforeAll(() => {
  installation = new Installation()
})
afterAll(() => installation.remove())

/** The part of a document that does not depend on how the threads shared the work. */
const outcome = async (...invocation: ReadonlyArray<string>) => {
  const { code, stdout } = await runHere(installation.folder, ["check", "--json", ...invocation])
  const { seconds: _, peakMemoryBytes: __, engine: ___, actions, ...document } = JSON.parse(stdout)
  return { code, document, actions: Object.entries(actions).sort() }
}

/** Other threads join a search that has found this many states; a smaller one stays with one. */
const joined = 1 << 15

/** The outcome of one thread that keeps all states: the same each time, so it runs once. */
const everyState = ["majority/weighted-quorums", "--reduction", "none"]
const alone = [...everyState, "--workers", "1"]
let taken: ReturnType<typeof outcome> | undefined
const outcomeAlone = () => {
  taken ??= outcome(...alone)
  return taken
}

describe("several threads", () => {
  it("come to the same as one where everything holds", async () => {
    const one = await outcomeAlone()
    expect(one.code).toBe(0)
    expect(one.document.states.distinct).toBeGreaterThan(joined)
    expect(await outcome(...everyState, "--workers", "2")).toEqual(one)
  })

  it("come to the same where reductions leave states out", async () => {
    const one = await outcome("rambo/two-proposers", "--workers", "1")
    expect(one.document.states.distinct).toBeGreaterThan(joined)
    expect(await outcome("rambo/two-proposers", "--workers", "2")).toEqual(one)
  })

  it("come to the same counterexample", async () => {
    const mutant = ["majority/mutants/read-without-set-phase", "--reduction", "none"]
    const one = await outcome(...mutant, "--workers", "1")
    expect(one.document.properties.map(({ verdict }: { verdict: string }) => verdict)).toContain(
      "violated"
    )
    expect(one.document.states.distinct).toBeGreaterThan(joined)
    expect(await outcome(...mutant, "--workers", "3")).toEqual(one)
  })
})

describe("fingerprints, and states on disk", () => {
  it("give the counts that states in memory give", async () => {
    const { document } = await outcomeAlone()
    for (const kept of ["fingerprints", "disk"]) {
      const other = await outcome(...alone, "--keep", kept)
      expect(other.document.states).toEqual(document.states)
    }
  })
})

describe("depth-first search with a bound", () => {
  it("is inconclusive where the bound cuts something off, and says nothing else", async () => {
    const { code, document } = await outcome(
      "majority/write-read",
      "--order",
      "dfs",
      "--max-steps",
      "5"
    )
    expect([code, document.verdict, document.exhaustive]).toEqual([14, "inconclusive", false])
  })

  it("finds what is within the bound", async () => {
    const mutant = "majority/mutants/quorum-one-short"
    const { code, document } = await outcome(mutant, "--order", "dfs", "--max-steps", "10")
    expect([code, document.verdict]).toEqual([0, "violated"])
  })
})
