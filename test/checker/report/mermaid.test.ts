import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { mermaid } from "../../../checker/report/mermaid.ts"
import { anyRun, majorityLost, oscillating } from "./runs.ts"

/**
 * Text that Mermaid accepts as it is: no semicolon, number sign, quote or angle bracket except in
 * Mermaid's own notation.
 */
const text = String.raw`(?:[^#;"<>%]|#\d+;|<br/>)*`
const forms = {
  participant: new RegExp(`^ {2}participant (\\w+) as ${text}$`),
  arrow: new RegExp(`^ {2}(\\w+)-{1,2}>>(\\w+): \\((\\d+)\\) ${text}$`),
  crossed: new RegExp(`^ {2}(\\w+)--x(\\w+): \\((?:\\d+|never received)\\) ${text}$`),
  note: new RegExp(`^ {2}Note over (\\w+)(?:,(\\w+))?: (?:\\((\\d+)\\) )?${text}$`),
  bar: /^ {2}(?:de)?activate (\w+)$/
}

describe("sequence diagrams", () => {
  it("reads that oscillate", () => {
    expect(mermaid(oscillating())).toMatchInlineSnapshot(`
      "sequenceDiagram
        participant c1 as c1
        participant s1 as s1
        participant s2 as s2
        participant s3 as s3
        participant c2 as c2
        Note over c1: (1) write 1 begins
        activate c1
        c1->>s1: (2) get
        c1->>s2: (3) get
        s1-->>c1: (4) has ⊥@0
        s2-->>c1: (5) has ⊥@0
        c1->>s2: (6) set 1@1.c1
        Note over c2: (7) first read begins
        activate c2
        c2->>s2: (8) get
        c2->>s3: (9) get
        s2-->>c2: (10) has 1@1.c1
        s3-->>c2: (11) has ⊥@0
        deactivate c2
        Note over c2: (11) first read returns 1
        Note over c2: (12) second read begins
        activate c2
        c2->>s1: (13) get
        c2->>s3: (14) get
        s1-->>c2: (15) has ⊥@0
        s3-->>c2: (16) has ⊥@0
        deactivate c2
        Note over c2: (16) second read returns ⊥
        c1--xs3: (never received) get
        c1--xs1: (never received) set 1@1.c1
        c1--xs3: (never received) set 1@1.c1
        s2--xc1: (never received) ack
        c2--xs1: (never received) get
        c2--xs2: (never received) get
        deactivate c1
        Note over c1,c2: majority/read-without-set-phase breaks atomicity:<br/>c2's second read began at step 12 and returned ⊥, the value<br/>before any write. But c2's first read had already returned 1<br/>at step 11. Once a read has returned a value, no later read<br/>may return an older one."
    `)
  })

  it("a deadlock after a majority has crashed", () => {
    expect(mermaid(majorityLost())).toMatchInlineSnapshot(`
      "sequenceDiagram
        participant c1 as c1
        participant s1 as s1
        participant s2 as s2
        participant s3 as s3
        Note over s1: (1) crashes
        Note over s3: (2) crashes
        Note over c1: (3) write 1 begins
        activate c1
        c1--xs1: (3) get
        c1--xs3: (3) get
        c1->>s2: (4) get
        s2-->>c1: (5) has ⊥@0
        deactivate c1
        Note over c1,s3: majority/majority-lost breaks deadlock-freedom:<br/>c1's write 1 never ends. It waits for a quorum of {s1,s2,s3}<br/>to answer #34;get#34;. Only s2 did#59; s1 and s3 crashed (steps 1 and<br/>2)."
    `)
  })

  it("has only lines of known forms, about declared participants", () => {
    fc.assert(
      fc.property(anyRun, (run) => {
        const [first, ...lines] = mermaid(run).split("\n")
        expect(first).toBe("sequenceDiagram")
        const declared = lines.flatMap((line) => forms.participant.exec(line)?.[1] ?? [])
        expect(new Set(declared).size).toBe(run.initial.nodes.length)
        for (const line of lines.slice(declared.length)) {
          const { arrow, crossed, note, bar } = forms
          const found = [arrow, crossed, note, bar].flatMap((form) => form.exec(line) ?? [])
          expect(found, line).not.toEqual([])
          const named = found.slice(1).filter((name) => name !== undefined && !/^\d+$/.test(name))
          expect(declared).toEqual(expect.arrayContaining(named))
        }
      }),
      { numRuns: 100, seed: 1 }
    )
  })

  it("draws every step, and every message in flight at the end", () => {
    fc.assert(
      fc.property(anyRun, (run) => {
        const lines = mermaid(run).split("\n")
        const drawn = new Set(
          lines.flatMap((line) => (forms.arrow.exec(line) ?? forms.note.exec(line))?.[3] ?? [])
        )
        expect([...drawn].map(Number)).toEqual(run.steps.map((_, index) => index + 1))
        expect(lines.filter((line) => line.includes("(never received)"))).toHaveLength(
          (run.steps.at(-1)?.after ?? run.initial).inFlight.length
        )
      }),
      { numRuns: 100, seed: 2 }
    )
  })

  it("ends every bar that it begins", () => {
    fc.assert(
      fc.property(anyRun, (run) => {
        const open = new Map<string, number>()
        for (const line of mermaid(run).split("\n")) {
          const name = forms.bar.exec(line)?.[1]
          if (name === undefined) continue
          const left = (open.get(name) ?? 0) + (line.includes("deactivate") ? -1 : 1)
          expect([0, 1]).toContain(left)
          open.set(name, left)
        }
        expect([...open.values()].every((left) => left === 0)).toBe(true)
      }),
      { numRuns: 100, seed: 3 }
    )
  })
})
