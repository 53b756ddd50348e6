import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import {
  type Configuration,
  type ConfigurationRefused,
  Configuration as ConfigurationSchema,
  changedMembers,
  countsOnly,
  isQuorum,
  majority,
  make,
  tolerating,
  withMembers
} from "../../../spec/configuration/configuration.ts"
import {
  maxExaminedMembers,
  maxListed,
  maxToldMembers,
  maxWeight,
  type QuorumSystem,
  subsets,
  tooFewShared
} from "../../../spec/configuration/quorums.ts"
import { byzantineFaults, crashFaults } from "../../../spec/configuration/tolerated-faults.ts"
import { setOf } from "../../../spec/kernel/data.ts"
import {
  maxMembers,
  type ServerId,
  type ServerSet,
  server,
  servers
} from "../../../spec/nodes/nodes.ts"
import { draws } from "../../draws.ts"
import { intersect, shared, subsetsOf, suffices } from "./pairwise.ts"

const five = servers("s1", "s2", "s3", "s4", "s5")

const weighted = (weights: Readonly<Record<string, number>>, threshold?: number): QuorumSystem => ({
  _tag: "Weighted",
  weights: setOf(
    Object.entries(weights).map(([name, weight]) => ({ server: server(name), weight }))
  ),
  ...(threshold === undefined ? {} : { threshold })
})
const explicit = (...quorums: ReadonlyArray<string>): QuorumSystem => ({
  _tag: "Explicit",
  quorums: setOf(quorums.map((names) => servers(...names.split(" "))))
})

/** The tutorial's example (section 8), and weights that should be equivalent. */
const tutorial = explicit(
  "s4 s5",
  "s1 s2 s5",
  "s1 s3 s5",
  "s2 s3 s5",
  "s1 s2 s4",
  "s1 s3 s4",
  "s2 s3 s4"
)
const oneOneOneTwoTwo = weighted({ s1: 1, s2: 1, s3: 1, s4: 2, s5: 2 })

const accepted = (made: Result.Result<Configuration, ConfigurationRefused>): Configuration =>
  Result.getOrThrow(made)
const refused = (
  made: Result.Result<Configuration, ConfigurationRefused>
): ConfigurationRefused => {
  if (Result.isSuccess(made)) throw new Error(`accepted: ${JSON.stringify(made.success)}`)
  return made.failure
}
const reasonOf = (made: Result.Result<Configuration, ConfigurationRefused>): string => {
  const refusal = refused(made)
  expect(refusal._tag).toBe("ConfigurationIllFormed")
  return refusal.message
}
/** Whether the remaining members can still read and write. */
const tolerates = (configuration: Configuration, ...crashed: ReadonlyArray<string>): boolean => {
  const alive = configuration.members.filter((member) => !crashed.includes(member))
  return isQuorum(configuration, "read", alive) && isQuorum(configuration, "write", alive)
}

describe("a configuration", () => {
  it("is the same data for any order of its quorums and of their members", () => {
    const made = (...quorums: ReadonlyArray<ReadonlyArray<string>>) => {
      const written = { _tag: "Explicit", quorums: quorums.map((names) => names.map(server)) }
      return accepted(make(five, written as unknown as QuorumSystem))
    }
    const sorted = made(["s1", "s2", "s3"], ["s3", "s4"])
    expect(made(["s4", "s3"], ["s3", "s2", "s1"])).toEqual(sorted)
    expect(made(["s3", "s4"], ["s1", "s2", "s3"], ["s4", "s3"])).toEqual(sorted)
  })
})

describe("majorities", () => {
  it("are the sets of more than half of the members", () => {
    for (const [size, needed] of [
      [1, 1],
      [2, 2],
      [3, 2],
      [4, 3],
      [5, 3]
    ] as const) {
      const configuration = majority(five.slice(0, size))
      for (const nodes of subsetsOf(configuration.members)) {
        expect(isQuorum(configuration, "read", nodes)).toBe(nodes.length >= needed)
        expect(isQuorum(configuration, "write", nodes)).toBe(nodes.length >= needed)
      }
    }
  })

  it("count only members: an answer from a non-member does not help", () => {
    expect(isQuorum(majority(servers("s1", "s2", "s3")), "read", servers("s1", "s8", "s9"))).toBe(
      false
    )
  })

  it("are accepted for any number of members", () => {
    const many = Array.from({ length: 101 }, (_, index) => server(`s${index}`))
    const configuration = accepted(make(many, { _tag: "Majority" }))
    expect(isQuorum(configuration, "write", many.slice(0, 51))).toBe(true)
    expect(isQuorum(configuration, "write", many.slice(0, 50))).toBe(false)
  })

  it("do not depend on the order of members, or on duplicates", () => {
    expect(majority([server("s2"), server("s1"), server("s2")])).toEqual(
      majority(servers("s1", "s2"))
    )
    expect(
      accepted(make([server("s2"), server("s1"), server("s2")], { _tag: "Majority" }))
    ).toEqual(majority(servers("s1", "s2")))
  })
})

describe("the tutorial's example of a quorum system (section 8)", () => {
  it("is accepted, and tolerates the crash of the majority s1, s2, s3", () => {
    expect(tolerates(accepted(make(five, tutorial)), "s1", "s2", "s3")).toBe(true)
  })

  it("does not tolerate the crash of the minority s4, s5", () => {
    expect(tolerates(accepted(make(five, tutorial)), "s4", "s5")).toBe(false)
  })

  it("tolerates every crash of one, every other crash of two, and no other crash of three", () => {
    const configuration = accepted(make(five, tutorial))
    const tolerated = (size: number) =>
      subsetsOf(five).filter(
        (crashed) => crashed.length === size && tolerates(configuration, ...crashed)
      )
    expect(tolerated(1)).toHaveLength(5)
    expect(tolerated(2)).toHaveLength(9)
    expect(tolerated(3)).toEqual([servers("s1", "s2", "s3")])
  })

  it("has the same quorums as the weights 1, 1, 1, 2, 2", () => {
    const left = accepted(make(five, tutorial))
    const right = accepted(make(five, oneOneOneTwoTwo))
    for (const nodes of subsetsOf(five)) {
      expect(isQuorum(left, "read", nodes)).toBe(isQuorum(right, "read", nodes))
      expect(isQuorum(left, "write", nodes)).toBe(isQuorum(right, "write", nodes))
    }
  })
})

describe("read and write quorums", () => {
  it("may differ: read-one write-all is accepted, and each access uses its own", () => {
    const one = explicit("s1", "s2", "s3")
    const all = explicit("s1 s2 s3")
    const configuration = accepted(make(servers("s1", "s2", "s3"), one, all))
    expect(isQuorum(configuration, "read", servers("s2"))).toBe(true)
    expect(isQuorum(configuration, "write", servers("s1", "s2"))).toBe(false)
    expect(isQuorum(configuration, "write", servers("s1", "s2", "s3"))).toBe(true)
  })

  it("are the same if only one system is given", () => {
    const configuration = accepted(make(five, tutorial))
    expect(configuration.write).toEqual(tutorial)
  })

  it("may not intersect their own kind: two write quorums may be disjoint if every read quorum intersects both", () => {
    const made = make(
      servers("s1", "s2", "s3", "s4"),
      explicit("s1 s2", "s3 s4"),
      explicit("s1 s3", "s2 s4")
    )
    expect(isQuorum(accepted(made), "read", servers("s1", "s2"))).toBe(true)
    expect(isQuorum(accepted(made), "write", servers("s1", "s2"))).toBe(false)
  })

  it("are rejected when a read quorum and a write quorum are disjoint, and the error names both", () => {
    const refusal = refused(
      make(servers("s1", "s2", "s3"), explicit("s1", "s2 s3"), explicit("s1"))
    )
    expect(refusal).toMatchObject({
      _tag: "QuorumsDoNotIntersect",
      readQuorum: ["s2", "s3"],
      writeQuorum: ["s1"]
    })
    expect(refusal.message).toContain("read quorum {s2,s3}")
    expect(refusal.message).toContain("write quorum {s1}")
  })
})

describe("weights", () => {
  it("make a quorum of more than half of the total weight, not of exactly half", () => {
    const configuration = accepted(
      make(servers("s1", "s2", "s3"), weighted({ s1: 2, s2: 1, s3: 1 }))
    )
    expect(isQuorum(configuration, "read", servers("s1"))).toBe(false)
    expect(isQuorum(configuration, "read", servers("s2", "s3"))).toBe(false)
    expect(isQuorum(configuration, "read", servers("s1", "s3"))).toBe(true)
  })

  it("make a quorum at the threshold if there is one, and a threshold of half is rejected", () => {
    const members = servers("s1", "s2", "s3", "s4")
    const equal = { s1: 1, s2: 1, s3: 1, s4: 1 }
    const configuration = accepted(make(members, weighted(equal, 2), weighted(equal, 3)))
    expect(isQuorum(configuration, "read", servers("s1", "s2"))).toBe(true)
    expect(isQuorum(configuration, "write", servers("s1", "s2"))).toBe(false)
    expect(refused(make(members, weighted(equal, 2)))._tag).toBe("QuorumsDoNotIntersect")
  })
})

describe("a malformed configuration", () => {
  const members = servers("s1", "s2", "s3")

  it("is rejected without members", () => {
    expect(reasonOf(make([], { _tag: "Majority" }))).toContain("at least one member")
  })

  it("is rejected if its quorums name a non-member, and the error names the node", () => {
    expect(reasonOf(make(members, explicit("s1 s9", "s1 s2")))).toMatch(/read quorums name s9/)
    expect(reasonOf(make(members, { _tag: "Majority" }, weighted({ s1: 1, s8: 1 })))).toMatch(
      /write quorums name s8/
    )
  })

  it("is rejected if the empty set is a quorum", () => {
    const empty: QuorumSystem = { _tag: "Explicit", quorums: [[]] }
    expect(reasonOf(make(members, empty))).toContain("empty set")
    expect(reasonOf(make(members, { _tag: "Majority" }, empty))).toContain("write quorum")
  })

  it("is rejected if all members together are not a quorum: no access could complete", () => {
    expect(reasonOf(make(members, weighted({ s1: 1, s2: 1, s3: 1 }, 4)))).toContain(
      "no read could ever complete"
    )
    expect(
      reasonOf(make(members, { _tag: "Majority" }, { _tag: "Explicit", quorums: [] }))
    ).toContain("no write could ever complete")
    expect(reasonOf(make(members, weighted({ s1: 0, s2: 0 })))).toContain("could ever complete")
  })

  it("is rejected if it has too many members to examine its quorums, and the error gives the number", () => {
    const many = Array.from({ length: maxExaminedMembers + 1 }, (_, index) => server(`s${index}`))
    const equal = weighted(Object.fromEntries(many.map((member) => [member, 1])))
    expect(reasonOf(make(many, equal))).toContain(`${maxExaminedMembers + 1}`)
  })

  it("is rejected with the first reason that there is", () => {
    const named = (count: number) => Array.from({ length: count }, (_, at) => `s${100 + at}`)
    const reasons: ReadonlyArray<readonly [string, ReadonlyArray<ServerId>, QuorumSystem]> = [
      [
        "a configuration has at most 128 members, not 129",
        named(129).map(server),
        { _tag: "Majority" }
      ],
      [
        "quorums that do not count members are examined set by set, for at most 20 members, not 21",
        named(21).map(server),
        explicit("s9")
      ],
      ["a weight of the read quorums is negative", members, weighted({ s1: -1, s9: 1 })],
      [
        "a weight of the read quorums is larger than 4294967296",
        members,
        weighted({ s1: maxWeight, s9: maxWeight + 1 })
      ],
      ["at most 1024 read quorums are examined, not 1025", members, explicit(...named(1025))],
      ["the read quorums name s100, which is not a member", members, explicit(...named(1024))],
      [
        "the read quorums have at most 1024 members together, not 1026",
        members,
        explicit(named(513).join(" "), named(514).slice(1).join(" "))
      ],
      ["the read quorums name s8, which is not a member", members, explicit("s1 s8 s9")]
    ]
    for (const [reason, nodes, system] of reasons)
      expect(reasonOf(make(nodes, system))).toBe(reason)
    expect(Result.isSuccess(make(named(128).map(server), { _tag: "Majority" }))).toBe(true)
    expect(Result.isSuccess(make(members, weighted({ s1: maxWeight, s2: 0, s3: 0 })))).toBe(true)
  })
})

const quorumSystem = (members: ServerSet): fc.Arbitrary<QuorumSystem> =>
  fc.oneof(
    { weight: 1, arbitrary: fc.constant<QuorumSystem>({ _tag: "Majority" }) },
    {
      weight: 4,
      arbitrary: fc
        .array(fc.subarray([...members], { minLength: Math.ceil(members.length / 3) }), {
          minLength: 1,
          maxLength: 4
        })
        .map((quorums): QuorumSystem => ({ _tag: "Explicit", quorums: setOf(quorums) }))
    },
    {
      weight: 4,
      arbitrary: fc
        .tuple(
          fc.array(fc.nat(3), { minLength: members.length, maxLength: members.length }),
          fc.option(fc.integer({ min: 1, max: 10 }))
        )
        .map(([weights, threshold]) =>
          weighted(
            Object.fromEntries(members.map((member, index) => [member, weights[index] ?? 0])),
            threshold ?? undefined
          )
        )
    }
  )

describe("a configuration in a message", () => {
  const accepts = Schema.is(ConfigurationSchema)
  const three = servers("s1", "s2", "s3")
  const of = (read: QuorumSystem, write = read, members = three): Configuration => ({
    members,
    read,
    write
  })
  const majorities: QuorumSystem = { _tag: "Majority" }
  const twice = [server("s1"), server("s1"), server("s2")]
  const many = (size: number) =>
    setOf(Array.from({ length: size }, (_, index) => server(`s${index}`)))

  it.each<readonly [string, Configuration, boolean]>([
    ["majorities", of(majorities), true],
    ["majorities of as many as may be", of(majorities, majorities, many(maxMembers)), true],
    ["majorities of one more", of(majorities, majorities, many(maxMembers + 1)), false],
    ["nobody", of(majorities, majorities, []), false],
    ["a member twice", of(majorities, majorities, twice), false],
    ["members out of order", of(majorities, majorities, [...three].reverse()), false],
    ["weights", of(weighted({ s1: 1, s2: 1, s3: 1 })), true],
    ["a weight that nobody can add up", of(weighted({ s1: 2 ** 53 - 1, s2: 1, s3: 1 })), false],
    ["weights of a stranger", of(weighted({ s1: 1, s9: 1 })), false],
    ["no weight at all", of(weighted({})), false],
    ["a threshold that two halves reach", of(weighted({ s1: 1, s2: 1 }, 1)), false],
    ["to read one and write all", of(explicit("s1", "s2", "s3"), explicit("s1 s2 s3")), true],
    ["no quorums", of({ _tag: "Explicit", quorums: [] }), false],
    ["a quorum of nobody", of({ _tag: "Explicit", quorums: [[]] }), false],
    ["a quorum of strangers", of(explicit("s9")), false],
    ["two quorums apart", of(explicit("s1", "s2")), false],
    ["a majority apart from a quorum", of(majorities, explicit("s1")), false],
    ["weights apart from a majority", of(weighted({ s1: 2, s2: 1, s3: 1 }, 2), majorities), false]
  ])("%s", (_what, configuration, isOne) => {
    expect(accepts(configuration)).toBe(isOne)
  })

  it("is rejected with a reason", () => {
    const read = Schema.decodeUnknownSync(ConfigurationSchema)
    expect(() => read(of(explicit("s1", "s2")))).toThrow("read quorum {s1} and write quorum {s2}")
    expect(() => read(of(explicit("s9")))).toThrow("name s9")
  })

  it("is accepted if `make` accepts it: a message cannot carry more than `make` builds", () => {
    expect(reasonOf(make(many(maxMembers + 1), majorities))).toContain(`at most ${maxMembers}`)
    expect(reasonOf(make(three, weighted({ s1: maxWeight + 1, s2: 1 })))).toContain(`${maxWeight}`)
    const quorums = subsetsOf(many(11)).slice(1)
    expect(reasonOf(make(many(11), { _tag: "Explicit", quorums: setOf(quorums) }))).toContain(
      `at most ${maxListed}`
    )
  })

  it("is examined fast, even with the maximum number of members", () => {
    const most = many(maxToldMembers)
    const equal = weighted(Object.fromEntries(most.map((member) => [member, 1])))
    const before = performance.now()
    expect(accepts(of(equal, majorities, most))).toBe(true)
    // Set by set, in lists of names, it took six seconds.
    expect(performance.now() - before).toBeLessThan(1_500)
  })

  it("is examined of 14 members and of no more, since every member doubles the time", () => {
    const weighing = (members: ServerSet) =>
      of(weighted(Object.fromEntries(members.map((member) => [member, 1]))), majorities, members)
    expect(accepts(weighing(many(14)))).toBe(true)
    expect(accepts(weighing(many(15)))).toBe(false)
  })
})

describe("what `make` accepts", () => {
  const candidates = fc
    .integer({ min: 1, max: 6 })
    .map((size) => servers("s1", "s2", "s3", "s4", "s5", "s6").slice(0, size))
    .chain((members) =>
      fc.tuple(fc.constant(members), quorumSystem(members), fc.option(quorumSystem(members)))
    )

  it("agrees with a comparison of every read quorum with every write quorum; otherwise the error names two disjoint quorums", () => {
    const runs = draws(10_000)
    const seen = { accepted: 0, QuorumsDoNotIntersect: 0, ConfigurationIllFormed: 0 }
    fc.assert(
      fc.property(candidates, ([members, read, other]) => {
        const write = other ?? read
        const made = other === null ? make(members, read) : make(members, read, other)
        const possible = [read, write].every((system) => suffices(system, members, members))
        expect(Result.isSuccess(made)).toBe(possible && intersect(read, write, members))
        if (Result.isSuccess(made)) {
          seen.accepted += 1
          expect(made.success).toEqual({ members, read, write })
          expect(Schema.is(ConfigurationSchema)(made.success)).toBe(true)
          for (const nodes of subsetsOf(members)) {
            expect(isQuorum(made.success, "read", nodes)).toBe(suffices(read, members, nodes))
            expect(isQuorum(made.success, "write", nodes)).toBe(suffices(write, members, nodes))
          }
          return
        }
        expect(Schema.is(ConfigurationSchema)({ members, read, write })).toBe(false)
        const refusal = made.failure
        seen[refusal._tag] += 1
        expect(refusal._tag).toBe(possible ? "QuorumsDoNotIntersect" : "ConfigurationIllFormed")
        if (refusal._tag === "ConfigurationIllFormed") return
        const { readQuorum, writeQuorum } = refusal
        expect(suffices(read, members, readQuorum)).toBe(true)
        expect(suffices(write, members, writeQuorum)).toBe(true)
        expect(shared(readQuorum, writeQuorum)).toBe(0)
        for (const member of [...readQuorum, ...writeQuorum]) expect(members).toContain(member)
        // No member is named that is not needed.
        for (const spare of readQuorum) {
          expect(
            suffices(
              read,
              members,
              readQuorum.filter((member) => member !== spare)
            )
          ).toBe(false)
        }
        for (const spare of writeQuorum) {
          expect(
            suffices(
              write,
              members,
              writeQuorum.filter((member) => member !== spare)
            )
          ).toBe(false)
        }
        expect(refusal.message).toContain(`{${readQuorum.join(",")}}`)
        expect(refusal.message).toContain(`{${writeQuorum.join(",")}}`)
      }),
      { numRuns: runs }
    )
    for (const count of Object.values(seen)) expect(count).toBeGreaterThan(runs / 10)
  })
})

describe("supermajorities", () => {
  const sizes = fc.integer({ min: 1, max: 30 })
  const numbered = (size: number) =>
    setOf(Array.from({ length: size }, (_, index) => server(`s${index}`)))
  const supermajority = { _tag: "Supermajority" } as const
  /** The smallest number of members that suffices. */
  const needed = (configuration: Configuration): number => {
    const { members } = configuration
    return (
      members.findIndex((_, index) =>
        isQuorum(configuration, "read", members.slice(0, index + 1))
      ) + 1
    )
  }

  it("share more members than can be faulty, and are minimal", () => {
    fc.assert(
      fc.property(sizes, (size) => {
        const configuration = tolerating(byzantineFaults, numbered(size))
        const faulty = byzantineFaults.maxFaulty(size)
        expect([3 * faulty < size, 3 * (faulty + 1) < size]).toEqual([true, false])
        expect(2 * needed(configuration) - size).toBeGreaterThan(faulty)
        expect(2 * (needed(configuration) - 1) - size).toBeLessThanOrEqual(faulty)
        expect(byzantineFaults.minShared(size)).toBe(faulty + 1)
      })
    )
  })

  it("need no faulty member: a silent liar blocks no operation", () => {
    fc.assert(
      fc.property(sizes, (size) => {
        const configuration = tolerating(byzantineFaults, numbered(size))
        const correct = configuration.members.slice(byzantineFaults.maxFaulty(size))
        expect(isQuorum(configuration, "read", correct)).toBe(true)
        expect(isQuorum(configuration, "write", correct)).toBe(true)
      })
    )
  })

  it("are accepted for both kinds of faults, and majorities only for crashes", () => {
    fc.assert(
      fc.property(sizes, (size) => {
        const members = numbered(size)
        for (const faults of [crashFaults, byzantineFaults]) {
          expect(accepted(make(members, supermajority, supermajority, faults))).toEqual(
            tolerating(byzantineFaults, members)
          )
        }
        const made = make(members, { _tag: "Majority" }, { _tag: "Majority" }, byzantineFaults)
        // Of up to three members, none is faulty; of four, two majorities may share just two.
        const overlap = 2 * (Math.floor(size / 2) + 1) - size
        expect(Result.isSuccess(made)).toBe(overlap > byzantineFaults.maxFaulty(size))
      })
    )
    const refusal = refused(
      make(numbered(7), { _tag: "Majority" }, { _tag: "Majority" }, byzantineFaults)
    )
    expect(refusal).toMatchObject({ _tag: "QuorumsDoNotIntersect", minShared: 3 })
    expect(refusal.message).toContain("share fewer than 3 members")
  })

  it("stay supermajorities, as majorities stay majorities, when the members change", () => {
    const [before, after] = [servers("s1", "s2", "s3", "s4"), servers("s2", "s3", "s4", "s5", "s6")]
    for (const faults of [crashFaults, byzantineFaults]) {
      expect(withMembers(tolerating(faults, before), after)).toEqual(tolerating(faults, after))
      expect(countsOnly(tolerating(faults, before))).toBe(true)
    }
    expect(withMembers(accepted(make(five, tutorial)), after)).toEqual(majority(after))
    expect(countsOnly(accepted(make(five, tutorial)))).toBe(false)
  })
})

describe("quorums that share too few members", () => {
  const cases = fc
    .integer({ min: 1, max: 6 })
    .map((size) => servers("s1", "s2", "s3", "s4", "s5", "s6").slice(0, size))
    .chain((members) => {
      const system = fc.oneof(
        { weight: 6, arbitrary: quorumSystem(members) },
        { weight: 1, arbitrary: fc.constant<QuorumSystem>({ _tag: "Supermajority" }) }
      )
      return fc.tuple(
        fc.constant(members),
        system,
        system,
        fc.integer({ min: 1, max: Math.min(3, members.length) })
      )
    })

  it("are found exactly if a comparison of all quorums finds some, and share too few", () => {
    const runs = draws(5_000)
    const seen: Record<string, number> = {}
    fc.assert(
      fc.property(cases, ([members, first, second, minShared]) => {
        const apart = tooFewShared(first, second, members, minShared)
        expect(apart === undefined).toBe(intersect(first, second, members, minShared))
        const what = `${minShared} ${apart === undefined ? "enough" : "too few"}`
        seen[what] = (seen[what] ?? 0) + 1
        if (apart === undefined) return
        const [left, right] = apart
        expect(suffices(first, members, left)).toBe(true)
        expect(suffices(second, members, right)).toBe(true)
        expect(shared(left, right)).toBeLessThan(minShared)
        for (const member of [...left, ...right]) expect(members).toContain(member)
      }),
      { numRuns: runs }
    )
    expect(Object.keys(seen)).toHaveLength(6)
    for (const times of Object.values(seen)) expect(times).toBeGreaterThan(runs / 50)
  })
})

describe("two quorums that share too few members", () => {
  const any = weighted({ s1: 1, s2: 1, s3: 1, s4: 1, s5: 1 }, 1)
  const listed = explicit("s1 s2", "s4 s5")

  it("are the first that is listed, and one of those left, whichever kind is listed", () => {
    const apart = [["s5"], ["s1", "s2"]]
    expect(tooFewShared(any, listed, five)).toEqual(apart)
    expect(tooFewShared(listed, any, five)).toEqual(apart.toReversed())
    expect(tooFewShared(listed, explicit("s3 s4"), five)).toEqual([
      ["s1", "s2"],
      ["s3", "s4"]
    ])
  })

  it("are the first and the last members where only their number counts", () => {
    const small = { _tag: "Majority" } as const
    expect(tooFewShared(small, small, five)).toBeUndefined()
    expect(tooFewShared(small, small, five, 2)).toEqual([
      ["s1", "s2", "s3"],
      ["s3", "s4", "s5"]
    ])
  })
})

describe("fault models", () => {
  it("survive the loss of fewer than half, or fewer than a third, of the members", () => {
    for (let current = 1; current <= 30; current++) {
      for (let lost = 0; lost <= current; lost++) {
        expect(crashFaults.survives(lost, current)).toBe(lost <= crashFaults.maxFaulty(current))
        expect(byzantineFaults.survives(lost, current)).toBe(
          lost <= byzantineFaults.maxFaulty(current)
        )
      }
    }
    const most = [1, 2, 3, 4, 5, 6, 7, 10]
    expect(most.map(crashFaults.maxFaulty)).toEqual([0, 0, 1, 1, 2, 2, 3, 4])
    expect(most.map(byzantineFaults.maxFaulty)).toEqual([0, 0, 0, 1, 1, 1, 2, 3])
  })
})

describe("the members after a change (3.1)", () => {
  it("are the old ones with the added and without the removed, present before or not", () => {
    const changed = changedMembers(servers("s1", "s2"), servers("s2", "s3"), servers("s1", "s9"))
    expect(changed).toEqual(servers("s2", "s3"))
  })

  it("exclude a node that is both added and removed", () => {
    expect(changedMembers(servers("s1"), servers("s2"), servers("s2"))).toEqual(servers("s1"))
    expect(changedMembers(servers("s1", "s2"), servers("s2"), servers("s2"))).toEqual(servers("s1"))
  })
})

it("all sets of a given size are enumerated, each once", () => {
  const members = servers("s1", "s2", "s3", "s4", "s5")
  const sets = [0, 1, 2, 3, 4, 5, 6].map((size) => subsets(members, size))
  expect(sets.map((some) => new Set(some.map((one) => setOf(one).join())).size)).toEqual([
    1, 5, 10, 10, 5, 1, 0
  ])
  expect(sets.map(({ length }) => length)).toEqual([1, 5, 10, 10, 5, 1, 0])
})
