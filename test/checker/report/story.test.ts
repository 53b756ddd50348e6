import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { itf } from "../../../checker/report/itf.ts"
import { counterexampleDocument } from "../../../checker/report/json.ts"
import { mermaid } from "../../../checker/report/mermaid.ts"
import { story } from "../../../checker/report/story.ts"
import type { Counterexample } from "../../../checker/report/trace.ts"
import { checked, scenarioOf } from "../network/searching.ts"
import { anyRun, found, majorityLost, notAcknowledged, oscillating, sameTimestamp } from "./runs.ts"

describe("stories of counterexamples", () => {
  it("reads that oscillate", () => {
    expect(story(oscillating())).toMatchInlineSnapshot(`
      "majority/read-without-set-phase violates atomicity, in 16 steps; no shorter run does.
      Required: each operation appears to take place instantaneously between its invocation and its
        response.
      Found: c2's read returned ⊥, which no order of the operations explains.

      What happened
            1  > c1 begins write 1, and sends "get" to s1, s2 and s3
          2-3    s1 and s2 receive "get" from c1 and answer "has ⊥@0"
          4-5    c1 receives "has ⊥@0" from s1 and s2, and sends "set 1@1.c1" to s1, s2 and s3
            6    s2 receives "set 1@1.c1" from c1 (its pair is now 1@1.c1) and answers "ack"
            7  > c2 begins its first read, and sends "get" to s1, s2 and s3
            8    s2 receives "get" from c2 and answers "has 1@1.c1"
            9    s3 receives "get" from c2 and answers "has ⊥@0"
        10-11    c2 receives "has 1@1.c1" from s2 and "has ⊥@0" from s3
               < c2's first read returns 1
           12  > c2 begins its second read, and sends "get" to s1, s2 and s3
        13-14    s1 and s3 receive "get" from c2 and answer "has ⊥@0"
        15-16    c2 receives "has ⊥@0" from s1 and s3
               < c2's second read returns ⊥

      What was seen from outside
        c1    |- write 1 -------------------- ...
        c2      |- read: 1 -|  |- read: ⊥ -|
        step  1 7           11 12          16

      Why
        c2's second read began at step 12 and returned ⊥, the value before any write. But c2's first read
        had already returned 1 at step 11. Once a read has returned a value, no later read may return an
        older one.
        Still in flight: "set 1@1.c1" from c1 to s1 and s3.

      (1@2.c3 is the value 1 with the timestamp (2, c3); ⊥ is the value before any write)"
    `)
  })

  it("two writers with the same timestamp", () => {
    expect(story(sameTimestamp())).toMatchInlineSnapshot(`
      "majority/timestamp-without-client violates timestamps-name-values, in 12 steps; no shorter run does.
      Required: two storage nodes with the same timestamp hold the same value.
      Found: it does not hold between s1 and s2.

      What happened
           1  > c1 begins write 1, and sends "get" to s1, s2 and s3
         2-3    s1 and s2 receive "get" from c1 and answer "has ⊥@0"
         4-5    c1 receives "has ⊥@0" from s1 and s2, and sends "set 1@1" to s1, s2 and s3
           6  > c2 begins write 2, and sends "get" to s1, s2 and s3
         7-8    s1 and s3 receive "get" from c2 and answer "has ⊥@0"
        9-10    c2 receives "has ⊥@0" from s1 and s3, and sends "set 2@1" to s1, s2 and s3
          11    s1 receives "set 1@1" from c1 (its pair is now 1@1) and answers "ack"
          12    s2 receives "set 2@1" from c2 (its pair is now 2@1) and answers "ack"

      What was seen from outside
        c1    |- write 1 ----- ...
        c2      |- write 2 --- ...
        step  1 6

      Why
        It does not hold between s1 and s2:
          s1: { pair: 1@1 }
          s2: { pair: 2@1 }
            before the last step: { pair: ⊥@0 }
        Still in flight: "set 1@1" from c1 to s2 and s3; "set 2@1" from c2 to s1 and s3.

      (1@2 is the value 1 with the timestamp 2; ⊥ is the value before any write)"
    `)
  })

  it("a deadlock after a majority has crashed", () => {
    expect(story(majorityLost())).toMatchInlineSnapshot(`
      "majority/majority-lost ends in a deadlock, in 5 steps; no shorter run does.
      Required: while an operation is pending, some message can be received or some step can be taken.
      Found: no message is in flight and no node can take a step, but not every client is done.

      What happened
        1-2  x s1 and s3 crash
          3  > c1 begins write 1, and sends "get" to s1, s2 and s3 (s1 and s3 have crashed)
          4    s2 receives "get" from c1 and answers "has ⊥@0"
          5    c1 receives "has ⊥@0" from s2

      What was seen from outside
        c1    |- write 1 --- ...
        step  3

      Why
        c1's write 1 began at step 3 and never ends. It waits for a quorum of {s1,s2,s3} to answer "get".
        Only s2 did; s1 and s3 crashed (steps 1 and 2).
        Lost to nodes that crashed: "get" from c1 to s1 and s3.

      (⊥ is the value before any write)"
    `)
  })

  it("a deadlock without a crash", () => {
    expect(section("Why", story(notAcknowledged()))).toMatchInlineSnapshot(`
      "Why
        c1's write 1 began at step 1 and never ends. It waits for a quorum of {s1,s2} to answer "set
        1@1.c1". Nobody did; s1 and s2 received it (steps 14 and 15) but did not answer."
    `)
  })

  it("a client that waits in no phase", () => {
    const paused = found("naive/stop-the-world", {
      protocol: "naive",
      variant: "stop-the-world",
      servers: 2,
      configuration: ["s1"],
      clients: [["reconfigure +s2"], ["write 1"]],
      faults: { crashes: { servers: 0, clients: 1 } }
    })
    expect(section("What happened", story(paused))).toMatchInlineSnapshot(`
      "What happened
        1  > c1 begins reconfigure +s2, and sends "pause" to c2
        2  x c2 crashes; lost with it: "pause" from c1 to c2"
    `)
    expect(section("Why", story(paused))).toContain("missing: [c2]")
  })
})

describe("any story", () => {
  it("tells every step exactly once, in order", () => {
    fc.assert(
      fc.property(anyRun, (run) => {
        const steps = section("What happened", story(run))
          .split("\n")
          .flatMap((line) => /^ +(\d+)(?:-(\d+))? {2}[><x* ] \S/.exec(line) ?? [])
          .filter((_, index) => index % 3 > 0)
        const ranges = Array.from({ length: steps.length / 2 }, (_, index) => {
          const first = Number(steps[2 * index])
          return [first, Number(steps[2 * index + 1] ?? first)] as const
        })
        const told = ranges.flatMap(([first, last]) =>
          Array.from({ length: last - first + 1 }, (_, index) => first + index)
        )
        expect(told).toEqual(run.steps.map((_, index) => index + 1))
      }),
      { numRuns: 200, seed: 1 }
    )
  })

  it("begins and ends every operation on a line of its own", () => {
    fc.assert(
      fc.property(anyRun, (run) => {
        const seen = run.steps.flatMap(({ observations }) => observations.map(({ _tag }) => _tag))
        const lines = section("What happened", story(run)).split("\n")
        expect(lines.filter((line) => /^ +\d+ {2}> \S+ begins /.test(line))).toHaveLength(
          seen.filter((tag) => tag === "Invocation").length
        )
        expect(lines.filter((line) => /^ +< \S+'s .* returns /.test(line))).toHaveLength(
          seen.filter((tag) => tag === "Response").length
        )
      }),
      { numRuns: 200, seed: 2 }
    )
  })

  it("fits the terminal", () => {
    fc.assert(
      fc.property(anyRun, (run) => {
        for (const line of story(run).split("\n")) expect(line.length).toBeLessThanOrEqual(100)
      }),
      { numRuns: 200, seed: 3 }
    )
  })
})

describe("a counterexample of a scenario that begins after a course", () => {
  it("shows the given steps first, says so, and counts the others", () => {
    const { properties } = checked(
      scenarioOf({
        ...{ protocol: "majority", variant: "quorum-one-short", servers: 2 },
        ...{ clients: [["write 1"], ["read"]], after: ["c1 is asked to write 1"] },
        expect: { atomicity: "violated" }
      })
    )
    const [run] = properties.flatMap(({ counterexample }) => counterexample ?? [])
    const lines = story(run as Counterexample).split("\n")
    expect(lines[0]).toBe(
      "scenario violates atomicity, in 9 steps after a course of 1 step; no shorter run does."
    )
    const mark = lines.findIndex((line) => line.endsWith("and the search begins"))
    expect(lines.slice(mark - 1, mark + 2)).toEqual([
      expect.stringMatching(/^ +1 {2}> c1 begins write 1/),
      expect.stringMatching(
        /^ +… here the course ends that the scenario gives, and the search begins$/
      ),
      expect.stringMatching(/^ +2 /)
    ])
    expect(mermaid(run as Counterexample)).toContain("the search begins")
    expect(counterexampleDocument(run as Counterexample)).toMatchObject({ steps: 10, given: 1 })
    expect(itf(run as Counterexample)).toContain(
      "(the number of first steps that the scenario gives: 1)"
    )
  })
})

/** The lines below a title, up to the next empty line. */
const section = (title: string, text: string): string =>
  text.split("\n\n").find((part) => part.startsWith(`${title}\n`)) ?? ""
