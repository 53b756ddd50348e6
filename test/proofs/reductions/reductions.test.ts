/**
 * The lemmas of `proofs/reductions.md`, tried on a slice of all small systems;
 * `npm run bench -- lemmas` tries all.
 */
import { describe, expect, it } from "vitest"
import { tryAll } from "./exploring.ts"
import { brokenTwins, reductions } from "./rules.ts"

describe("of a sample of the small systems:", () => {
  it("a reduction keeps what its lemma says that it keeps", () => {
    const { systems, tried } = tryAll(reductions, [1, 1], 211)
    expect(systems).toBeGreaterThan(1000)
    for (const [name, { smaller, differs }] of tried) {
      expect(differs, name).toBe(0)
      expect(smaller, name).toBeGreaterThan(systems / 100)
    }
  })

  it("without a part of its assumption it does not", () => {
    // What an acknowledgement took away is seen only where more is to come.
    const [few, more] = [false, true].map((isOne) =>
      brokenTwins.filter(({ name }) => name.startsWith("acknowledgements") === isOne)
    )
    const tried = [
      ...tryAll(few ?? [], [1, 1], 101).tried,
      ...tryAll(more ?? [], [2, 2], 211).tried
    ]
    expect(tried.length).toBe(brokenTwins.length)
    for (const [name, { differs }] of tried) expect(differs, name).toBeGreaterThan(0)
  })
})
