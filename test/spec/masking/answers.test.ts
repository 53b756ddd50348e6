/**
 * What a read accepts and a writer trusts, compared with twins that try all explanations: which
 * nodes lie, and what may have been stored.
 */
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { tolerating } from "../../../spec/configuration/configuration.ts"
import { maskingFaults } from "../../../spec/configuration/tolerated-faults.ts"
import { equals } from "../../../spec/kernel/data.ts"
import { type Answers, accepted, trusted, withAnswer } from "../../../spec/masking/answers.ts"
import { correct } from "../../../spec/masking/rules.ts"
import { client, type ServerSet, server, servers } from "../../../spec/nodes/nodes.ts"
import { initialPair, type Pair } from "../../../spec/register/pair.ts"
import { shared, subsetsOf, suffices } from "../configuration/pairwise.ts"

const [c1, c2] = [client("c1"), client("c2")]
const everyone = servers("s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9")
const contextOf = (size: number) => ({
  configuration: tolerating(maskingFaults, everyone.slice(0, size)),
  rules: correct
})
const five = contextOf(5)

const written = (number: number): Pair =>
  number === 0 ? initialPair : { value: number, timestamp: { number, client: c1 } }
/** The answers of s1, s2 and so on, as numbers; undefined for a silent node. */
const answersOf = (...numbers: ReadonlyArray<number | undefined>): Answers =>
  numbers.reduce<Answers>(
    (answers, number, index) =>
      number === undefined
        ? answers
        : withAnswer(answers, everyone[index] ?? server("s0"), written(number)),
    []
  )
const read = (...numbers: ReadonlyArray<number | undefined>) =>
  accepted(five, answersOf(...numbers))?.timestamp.number

describe("a read", () => {
  it("accepts a pair with which one more than can lie answer, and none with fewer", () => {
    expect(read(1, 1, 0, 0)).toBe(1)
    expect(read(0, 0, 0, 9)).toBe(0)
    expect(read(1, 2, 3, 4)).toBeUndefined()
  })

  it("accepts the highest of two that it could", () => {
    expect(read(0, 0, 2, 2, 1)).toBe(2)
  })

  it("does not accept a pair that a completed write may have replaced, whose one voucher has answered", () => {
    // The first write is at s1, s2, s3 and the liar s5; the second has reached s1; s4 has received
    // neither.
    expect(read(2, 1, undefined, 0, 0)).toBeUndefined()
    expect(
      accepted(
        { ...five, rules: { ...correct, mayHoldNewer: () => [] } },
        answersOf(2, 1, undefined, 0, 0)
      )
    ).toEqual(initialPair)
  })

  it("reckons with the silent as if they held something newer", () => {
    expect(read(1, 0, 0, 0)).toBe(0)
    expect(read(1, 2, 0, 0)).toBeUndefined()
    expect(read(1, 2, 0, 0, 0)).toBe(0)
  })

  it("takes a pair for what it is: two values under one timestamp do not vouch for each other", () => {
    const other: Pair = { value: "lie", timestamp: { number: 1, client: c1 } }
    const lied = withAnswer(
      withAnswer(answersOf(1, undefined, 0, 0), server("s2"), other),
      server("s5"),
      written(0)
    )
    expect(accepted(five, lied)).toEqual(initialPair)
  })

  it("cannot end while two writers have stopped half-way and a liar is silent", () => {
    expect(read(0, 0, 1, 2)).toBeUndefined()
    expect(read(0, 0, 1, 2, 9)).toBeUndefined()
  })

  it("always ends when all the correct have answered and one write is under way", () => {
    for (const liar of [undefined, 0, 1, 2, 9]) {
      for (let stored = 0; stored <= 4; stored++) {
        const numbers = Array.from({ length: 4 }, (_, index) => (index < stored ? 2 : 1))
        expect(read(...numbers, liar)).toBeGreaterThan(0)
        expect(read(...numbers, liar)).toBeLessThan(3)
      }
    }
  })
})

describe("the latest answer of a storage node", () => {
  it("replaces what that node said before, and no other node's answer", () => {
    const before = answersOf(1, 2)
    expect(withAnswer(before, server("s1"), written(3))).toEqual(answersOf(3, 2))
    expect(withAnswer(before, server("s1"), written(0))).toEqual(answersOf(0, 2))
  })
})

describe("a writer", () => {
  it("trusts the highest timestamp but for as many as can lie", () => {
    expect(trusted(five, answersOf(1, 9, 0, 2))?.number).toBe(2)
    expect(trusted(contextOf(9), answersOf(1, 9, 9, 2, 0, 0, 0))?.number).toBe(2)
    expect(trusted(contextOf(4), answersOf(1, 0, 0))?.number).toBe(1)
  })

  it("goes by the order of timestamps, clients included", () => {
    const answers = withAnswer(answersOf(undefined, 2, 0, 0), server("s1"), {
      value: 7,
      timestamp: { number: 2, client: c2 }
    })
    expect(trusted(five, answers)).toEqual({ number: 2, client: c1 })
  })
})

/** Answers of some of the given number of members: pairs 0 to 4, lies among them. */
const cases = fc.integer({ min: 4, max: 9 }).chain((size) =>
  fc.tuple(
    fc.constant(size),
    fc.array(fc.option(fc.constantFrom(0, 0, 1, 1, 2, 3, 4), { freq: 8 }), {
      minLength: size,
      maxLength: size
    })
  )
)

/** Every set of at most this many members, which may be the liars. */
const liarsAmong = (members: ServerSet): ReadonlyArray<ServerSet> =>
  subsetsOf(members).filter(({ length }) => length <= maskingFaults.maxFaulty(members.length))

/**
 * The twin: a pair may be returned if no story speaks against it. For any liars, a correct one
 * answers with the pair; and for any liars, no quorum can have stored a newer one that each correct
 * member still knows.
 */
const mayBeReturned = (members: ServerSet, answers: Answers, number: number): boolean => {
  const answerOf = (member: ServerSet[number]) =>
    answers.find((answer) => answer.server === member)?.pair.timestamp
  const vouching = members.filter((member) => answerOf(member)?.number === number)
  const denying = members.filter(
    (member) => (answerOf(member)?.number ?? Number.POSITIVE_INFINITY) <= number
  )
  const quorums = subsetsOf(members).filter((nodes) =>
    suffices({ _tag: "Masking" }, members, nodes)
  )
  return liarsAmong(members).every(
    (liars) =>
      vouching.some((member) => !liars.includes(member)) &&
      !quorums.some((quorum) => {
        const known = denying.filter((member) => !liars.includes(member))
        return shared(quorum, known) === 0
      })
  )
}

describe("what a read accepts", () => {
  it("is the highest pair against which no story speaks", () => {
    const seen = { accepted: 0, none: 0 }
    fc.assert(
      fc.property(cases, ([size, given]) => {
        const numbers = given.map((number) => number ?? undefined)
        const context = contextOf(size)
        const answers = answersOf(...numbers)
        const highest = [4, 3, 2, 1, 0].find((number) =>
          mayBeReturned(context.configuration.members, answers, number)
        )
        const found = accepted(context, answers)
        expect(found?.timestamp.number).toBe(highest)
        seen[found === undefined ? "none" : "accepted"] += 1
      }),
      { numRuns: 400 }
    )
    expect(Math.min(seen.accepted, seen.none)).toBeGreaterThan(40)
  })

  it("stays acceptable when another answers for the first time", () => {
    let times = 0
    fc.assert(
      fc.property(cases, fc.constantFrom(0, 1, 2, 3, 4), ([size, given], more) => {
        const context = contextOf(size)
        const numbers = given.map((number) => number ?? undefined)
        const silent = numbers.indexOf(undefined)
        const before = accepted(context, answersOf(...numbers))
        if (silent < 0 || before === undefined) return
        times += 1
        const after = accepted(context, answersOf(...numbers.with(silent, more)))
        expect(after === undefined).toBe(false)
        expect(
          equals(after, before) || (after?.timestamp.number ?? 0) > before.timestamp.number
        ).toBe(true)
      }),
      { numRuns: 2_000 }
    )
    expect(times).toBeGreaterThan(100)
  })
})

describe("what a writer trusts", () => {
  it("is what a correct one said, and at least what a quorum has stored, regardless of which nodes lie", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9 }),
        fc.nat(1000),
        fc.array(fc.nat(4), { minLength: 9, maxLength: 9 }),
        fc.array(fc.nat(9), { minLength: 9, maxLength: 9 }),
        (size, which, truths, lies) => {
          const { members } = contextOf(size).configuration
          const isQuorum = (nodes: ServerSet) => suffices({ _tag: "Masking" }, members, nodes)
          const liars = liarsAmong(members)
          const lying = liars[which % liars.length] ?? []
          const quorums = subsetsOf(members).filter(isQuorum)
          const answering = quorums[which % quorums.length] ?? []
          const truth = (member: ServerSet[number]) => truths[members.indexOf(member)] ?? 0
          const said = members.map((member, index) =>
            !answering.includes(member)
              ? undefined
              : lying.includes(member)
                ? lies[index]
                : truth(member)
          )
          const found = trusted(contextOf(size), answersOf(...said))?.number ?? -1
          const correctOnes = answering.filter((member) => !lying.includes(member)).map(truth)
          expect(found).toBeLessThanOrEqual(Math.max(...correctOnes))
          const completed = [4, 3, 2, 1, 0].find((number) =>
            isQuorum(members.filter((member) => lying.includes(member) || truth(member) >= number))
          )
          expect(found).toBeGreaterThanOrEqual(completed ?? 0)
        }
      ),
      { numRuns: 300 }
    )
  })
})
