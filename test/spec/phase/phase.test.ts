import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { type Configuration, majority, make } from "../../../spec/configuration/configuration.ts"
import { setOf } from "../../../spec/kernel/data.ts"
import { type ServerId, type ServerSet, server, servers } from "../../../spec/nodes/nodes.ts"
import {
  advance,
  ask,
  asked,
  begin,
  count,
  isMissing,
  isOver,
  isOverButForOne,
  isOverForBoth,
  learn,
  Phase,
  type Phase as PhaseOf,
  startPhase,
  unchanged
} from "../../../spec/phase/phase.ts"
import { draws } from "../../draws.ts"

const everyone = servers("s1", "s2", "s3", "s4", "s5", "s6")
const runs = { numRuns: draws(3_000) }

/** A merge that counts the merged answers. */
const add = (one: number) => (sum: number) => sum + one

/**
 * Configurations with majority quorums, given by their members, so that counting decides what
 * suffices.
 */
const configuration: fc.Arbitrary<Configuration> = fc
  .subarray([...everyone], { minLength: 1, maxLength: 5 })
  .map(majority)
const configurations = fc.array(configuration, { minLength: 1, maxLength: 3 })
const phase: fc.Arbitrary<PhaseOf<number>> = fc
  .tuple(configurations, fc.subarray([...everyone]))
  .map(([which, answered]) =>
    answered.reduce((now, from) => count(now, from, unchanged), begin(which, 0))
  )

/** The number of members still missing for a majority of the configuration. */
const missing = ({ members }: Configuration, answered: ServerSet): number =>
  Math.max(
    0,
    Math.floor(members.length / 2) + 1 - members.filter((id) => answered.includes(id)).length
  )

const readOneWriteAll = Result.getOrThrow(
  make(
    servers("s1", "s2", "s3"),
    { _tag: "Explicit", quorums: [servers("s1"), servers("s2"), servers("s3")] },
    { _tag: "Explicit", quorums: [servers("s1", "s2", "s3")] }
  )
)

describe("a phase that begins", () => {
  it("has no answers, is not over, and asks every member of every configuration once", () => {
    fc.assert(
      fc.property(configurations, (which) => {
        const begun = begin(which, 7)
        expect(begun.answered).toEqual([])
        expect(begun.answer).toBe(7)
        expect(isOver(begun, "read") || isOver(begun, "write")).toBe(false)
        const members = new Set(which.flatMap((one) => one.members))
        expect(asked(begun)).toHaveLength(members.size)
        expect(new Set(asked(begun))).toEqual(members)
      }),
      runs
    )
  })

  it("does not depend on the order of its configurations, or on duplicates", () => {
    fc.assert(
      fc.property(configurations, (which) => {
        expect(begin([...which].reverse().concat(which), 0)).toEqual(begin(which, 0))
      }),
      runs
    )
  })

  it("sends its question to all members", () => {
    fc.assert(
      fc.property(configurations, (which) => {
        const { phase: begun, sends } = startPhase(which, 7, "what do you have?")
        expect(begun).toEqual(begin(which, 7))
        expect(sends).toEqual(ask(asked(begun), "what do you have?"))
      }),
      { numRuns: 300 }
    )
  })

  it("sends each node the same question, once", () => {
    expect(ask(servers("s1", "s2"), "what do you have?")).toEqual([
      { to: "s1", message: "what do you have?" },
      { to: "s2", message: "what do you have?" }
    ])
  })
})

describe("an answer", () => {
  it("counts if the phase asked its sender, which has not answered, and is merged with earlier ones", () => {
    const seen = { counts: 0, second: 0, stranger: 0 }
    fc.assert(
      fc.property(phase, fc.constantFrom(...everyone, server("stranger")), (before, from) => {
        const after = count(before, from, add(1))
        const kind = !asked(before).includes(from)
          ? "stranger"
          : before.answered.includes(from)
            ? "second"
            : "counts"
        seen[kind] += 1
        expect(isMissing(before, from)).toBe(kind === "counts")
        if (kind !== "counts") {
          expect(after).toBe(before)
          return
        }
        expect(new Set(after.answered)).toEqual(new Set([...before.answered, from]))
        expect(after.configurations).toEqual(before.configurations)
        expect(after.answer).toBe(before.answer + 1)
      }),
      runs
    )
    for (const times of Object.values(seen)) expect(times).toBeGreaterThan(runs.numRuns / 10)
  })

  it("counts once for each node asked, regardless of repetitions and of other nodes' answers", () => {
    fc.assert(
      fc.property(configurations, fc.array(fc.constantFrom(...everyone)), (which, answers) => {
        const merged = answers.reduce((now, from) => count(now, from, add(1)), begin(which, 0))
        const counted = new Set(answers.filter((from) => asked(merged).includes(from)))
        expect(merged.answer).toBe(counted.size)
        expect(new Set(merged.answered)).toEqual(counted)
      }),
      runs
    )
  })

  it("may arrive in any order: the nodes that answered are a set", () => {
    fc.assert(
      fc.property(configurations, fc.shuffledSubarray([...everyone]), (which, order) => {
        const answeredIn = (nodes: ReadonlyArray<ServerId>) =>
          nodes.reduce((now, from) => count(now, from, unchanged), begin(which, 0))
        expect(answeredIn(order)).toEqual(answeredIn(setOf(order)))
      }),
      runs
    )
  })
})

describe("the end of a phase", () => {
  it("takes a majority of every configuration, not of one, nor of all members together", () => {
    let over = 0
    fc.assert(
      fc.property(phase, (now) => {
        const expected = now.configurations.every((one) => missing(one, now.answered) === 0)
        if (expected) over += 1
        expect(isOver(now, "read")).toBe(expected)
        expect(isOver(now, "write")).toBe(expected)
      }),
      runs
    )
    expect(over).toBeGreaterThan(runs.numRuns / 10)
    expect(over).toBeLessThan((runs.numRuns * 9) / 10)
  })

  it("is permanent: no further answer makes a completed phase incomplete", () => {
    let over = 0
    fc.assert(
      fc.property(phase, fc.constantFrom(...everyone, server("stranger")), (now, from) => {
        if (!isOver(now, "read")) return
        over += 1
        expect(isOver(count(now, from, unchanged), "read")).toBe(true)
      }),
      runs
    )
    expect(over).toBeGreaterThan(runs.numRuns / 10)
  })

  it("is never advanced by a node that was not asked", () => {
    fc.assert(
      fc.property(phase, fc.constantFrom(...everyone, server("stranger")), (now, from) => {
        if (asked(now).includes(from)) return
        expect(count(now, from, add(1))).toBe(now)
      }),
      runs
    )
  })

  it("takes a read quorum in a Get phase and a write quorum in a Set phase", () => {
    const one = count(begin([readOneWriteAll], 0), server("s2"), unchanged)
    expect(isOver(one, "read")).toBe(true)
    expect(isOver(one, "write")).toBe(false)
    const all = count(count(one, server("s1"), unchanged), server("s3"), unchanged)
    expect(isOver(all, "write")).toBe(true)
  })
})

describe("an answer that arrives", () => {
  it("completes the phase if it counts and `enough` holds with it", () => {
    const seen = { complete: 0, waiting: 0, late: 0 }
    fc.assert(
      fc.property(
        phase,
        fc.constantFrom(...everyone),
        fc.constantFrom(isOver, isOverButForOne),
        (now, from, enough) => {
          const { phase: after, isComplete } = advance(now, from, add(1), "read", enough)
          expect(after).toEqual(count(now, from, add(1)))
          expect(isComplete).toBe(isMissing(now, from) && enough(after, "read"))
          seen[isComplete ? "complete" : enough(now, "read") ? "late" : "waiting"] += 1
        }
      ),
      runs
    )
    for (const times of Object.values(seen)) expect(times).toBeGreaterThan(runs.numRuns / 20)
  })

  it("from a node that was not asked, or a second one, completes nothing, even if enough nodes have answered", () => {
    const over = advance(begin([majority(servers("s1"))], 0), server("s1"), add(1), "read")
    expect(over).toMatchObject({ isComplete: true, phase: { answer: 1 } })
    for (const from of servers("s1", "s2")) {
      expect(advance(over.phase, from, add(1), "read")).toEqual({
        phase: over.phase,
        isComplete: false
      })
    }
  })
})

describe("a phase over no configurations", () => {
  it("asks no nodes, counts no answers, and is never over", () => {
    const { phase: empty, sends } = startPhase([], 0, "what do you have?")
    expect([sends, asked(empty)]).toEqual([[], []])
    for (const from of everyone) {
      expect(advance(empty, from, add(1), "read", isOverForBoth)).toEqual({
        phase: empty,
        isComplete: false
      })
    }
    for (const over of [isOver, isOverForBoth, isOverButForOne]) {
      expect([over(empty, "read"), over(empty, "write")]).toEqual([false, false])
    }
  })
})

describe("the end for both", () => {
  it("takes a read quorum and a write quorum of each configuration", () => {
    const one = count(begin([readOneWriteAll], 0), server("s2"), unchanged)
    const all = count(count(one, server("s1"), unchanged), server("s3"), unchanged)
    expect([one, all].map((now) => isOverForBoth(now, "read"))).toEqual([false, true])
    expect([one, all].map((now) => isOverForBoth(now, "write"))).toEqual([false, true])
  })
})

describe("the end but for one answer", () => {
  it("holds exactly if a single further member would complete every configuration", () => {
    const seen = { yes: 0, no: 0, notOver: 0 }
    fc.assert(
      fc.property(phase, (now) => {
        const expected = everyone.some((member) =>
          now.configurations.every(({ members, ...systems }) => {
            const helps = members.includes(member) && !now.answered.includes(member) ? 1 : 0
            return missing({ members, ...systems }, now.answered) - helps <= 0
          })
        )
        seen[expected ? "yes" : "no"] += 1
        if (expected && !isOver(now, "read")) seen.notOver += 1
        expect(isOverButForOne(now, "read")).toBe(expected)
      }),
      runs
    )
    for (const times of Object.values(seen)) expect(times).toBeGreaterThan(runs.numRuns / 20)
  })

  it("holds one answer before a majority and not two before it", () => {
    const begun = begin([majority(servers("s1", "s2", "s3", "s4", "s5"))], 0)
    const one = count(begun, server("s1"), unchanged)
    const two = count(one, server("s2"), unchanged)
    expect([begun, one, two].map((now) => isOverButForOne(now, "write"))).toEqual([
      false,
      false,
      true
    ])
    expect([begun, one, two].map((now) => isOver(now, "write"))).toEqual([false, false, false])
  })
})

describe("learning of configurations in a phase", () => {
  it("asks exactly the nodes not asked before, so that no node is asked twice", () => {
    fc.assert(
      fc.property(configurations, fc.array(configurations, { maxLength: 4 }), (first, lessons) => {
        let now = begin(first, 0)
        const everAsked = [...asked(now)]
        for (const lesson of lessons) {
          const { phase: learned, newcomers } = learn(now, lesson)
          everAsked.push(...newcomers)
          now = learned
        }
        expect(everAsked).toHaveLength(new Set(everAsked).size)
        expect(setOf(everAsked)).toEqual(asked(now))
        expect(now.configurations).toEqual(setOf([...first, ...lessons.flat()]))
      }),
      runs
    )
  })

  it("of nothing new is a fixed point: the phase stays the same, and asks no nodes", () => {
    fc.assert(
      fc.property(phase, configurations, (now, lesson) => {
        expect(learn(now, [])).toEqual({ phase: now, newcomers: [] })
        expect(learn(now, now.configurations).phase).toBe(now)
        expect(learn(now, now.configurations)).toEqual({ phase: now, newcomers: [] })
        const { phase: learned } = learn(now, lesson)
        expect(learn(learned, lesson)).toEqual({ phase: learned, newcomers: [] })
      }),
      runs
    )
  })

  it("has the same effect in any order of the configurations", () => {
    fc.assert(
      fc.property(phase, configurations, configurations, (now, first, second) => {
        const oneWay = learn(learn(now, first).phase, second).phase
        expect(oneWay).toEqual(learn(learn(now, second).phase, first).phase)
        expect(oneWay).toEqual(learn(now, [...first, ...second]).phase)
      }),
      runs
    )
  })

  it("keeps the answers, and commutes with counting one from a node that was asked: earlier answers count for configurations learned later", () => {
    fc.assert(
      fc.property(phase, configurations, fc.constantFrom(...everyone), (now, lesson, from) => {
        const { phase: learned, newcomers } = learn(now, lesson)
        expect(learned.answered).toEqual(now.answered)
        expect(learned.answer).toBe(now.answer)
        if (newcomers.includes(from)) expect(count(now, from, add(5))).toBe(now)
        else
          expect(count(learned, from, add(5))).toEqual(
            learn(count(now, from, add(5)), lesson).phase
          )
      }),
      runs
    )
    const answered = count(
      count(begin([majority(servers("s1", "s2", "s3"))], 0), server("s1"), unchanged),
      server("s2"),
      unchanged
    )
    expect(isOver(learn(answered, [majority(servers("s1", "s2", "s4"))]).phase, "read")).toBe(true)
  })

  it("never completes a phase, and makes a completed one wait for a quorum of the new configuration", () => {
    let reopened = 0
    fc.assert(
      fc.property(phase, configurations, (now, lesson) => {
        const learned = learn(now, lesson).phase
        const quorate = lesson.every((one) => missing(one, now.answered) === 0)
        expect(isOver(learned, "read")).toBe(isOver(now, "read") && quorate)
        if (isOver(now, "read") && !quorate) reopened += 1
      }),
      runs
    )
    expect(reopened).toBeGreaterThan(runs.numRuns / 20)
  })
})

describe("the schema of a phase", () => {
  it("accepts exactly the phases with an answer of its kind", () => {
    const isPhase = Schema.is(Phase(Schema.Int))
    fc.assert(
      fc.property(phase, configurations, (now, lesson) => {
        expect(isPhase(learn(now, lesson).phase)).toBe(true)
        expect(isPhase({ ...now, answer: "seven" })).toBe(false)
      }),
      { numRuns: 300 }
    )
  })
})
