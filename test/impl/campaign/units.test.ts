/** A campaign as data, and the units of work that it yields. */
import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"
import { parseJson } from "../../../checker/scenario/json.ts"
import {
  type Campaign,
  identityOf,
  type Named,
  readCampaign,
  type Unit,
  unitsOf
} from "../../../impl/campaign/campaign.ts"
import { outcomeOf } from "../../../impl/campaign/outcome.ts"

const text = `{"protocol": "majority", "servers": 3, "clients": [["write 1"]]}`
const named = (argument: string): ReadonlyArray<Named> =>
  argument === "two/"
    ? ["two/a", "two/b"].map((name) => ({ name, text }))
    : [{ name: argument, text }]

const units = (campaign: Campaign): ReadonlyArray<Unit> =>
  Result.getOrThrow(unitsOf(campaign, named))

describe("the units of a campaign", () => {
  it("are scenarios × variants × bounds × seeds", () => {
    const all = units({
      checks: [
        {
          scenarios: ["two/", "c"],
          variants: ["x", "y"],
          bounds: [{ servers: 3 }, { servers: 4 }],
          random: { seeds: { from: 7, count: 2 }, runs: 5 }
        }
      ]
    })
    expect(all.map(({ title }) => title)).toEqual(
      ["two/a", "two/b", "c"].flatMap((name) =>
        ["x", "y"].flatMap((variant) =>
          [3, 4].flatMap((servers) =>
            [7, 8].map((seed) => `${name} ${variant} {"servers":${servers}} seed ${seed}`)
          )
        )
      )
    )
    expect(JSON.parse(all[2]?.input ?? "")).toEqual({
      ...JSON.parse(text),
      variant: "x",
      servers: 4
    })
    expect(all[1]?.arguments).toEqual(
      "check - --json --workers 1 --order random --seed 8 --runs 5".split(" ")
    )
  })

  it("have every seed of a simulation once, some at a time", () => {
    const all = units({
      simulations: [
        {
          protocols: ["majority"],
          bounds: [{ servers: 5, faultMilliseconds: 10, lyingDisks: true }],
          seeds: { from: 3, count: 8 },
          atOnce: 3
        }
      ]
    })
    expect(all.map(({ seeds }) => seeds)).toEqual([
      { from: 3, count: 3 },
      { from: 6, count: 3 },
      { from: 9, count: 2 }
    ])
    expect(all[2]?.replay).toBe(
      "quorate simulate --protocol majority --servers 5 --fault-milliseconds 10 --lying-disks --seed 9 --runs 2"
    )
  })

  it("carry the text of their scenario, and are replayed by its name where nothing is changed", () => {
    const [plain, other] = [
      units({ checks: [{ scenarios: ["a"], limits: { seconds: 9 } }] })[0],
      units({ checks: [{ scenarios: ["it's"], variants: ["x"] }] })[0]
    ]
    expect([plain?.input, plain?.replay]).toEqual([text, "quorate check a --max-seconds 9"])
    expect(other?.replay).toMatch(/^printf %s '\{.*"variant":"x"\}' \| quorate check -$/)
  })

  it("distinguish campaigns: by name, by work, and by version", () => {
    const one = units({ checks: [{ scenarios: ["a"] }] })
    const two = units({ checks: [{ scenarios: ["b"] }] })
    const all = [
      identityOf({}, one, "1"),
      identityOf({ name: "again" }, one, "1"),
      identityOf({}, two, "1"),
      identityOf({}, one, "2")
    ]
    expect(new Set(all).size).toBe(4)
    expect(identityOf({}, units({ checks: [{ scenarios: ["a"] }] }), "1")).toBe(all[0])
  })
})

describe("a campaign is refused", () => {
  const problem = (campaign: unknown): string => {
    const read = Result.flatMap(readCampaign(parseJson, "c.json", JSON.stringify(campaign)), (it) =>
      unitsOf(it, named)
    )
    return Result.isFailure(read) ? read.failure.message : "not at all"
  }

  const messageOf = (campaign: string): string =>
    Result.getOrThrow(Result.flip(readCampaign(parseJson, "c.json", campaign))).message

  it("if it has an unknown field, or too few or too many", () => {
    expect(problem({ check: [] })).toMatch(/c\.json: .*check/s)
    expect(problem({ checks: [{ scenarios: [] }] })).toMatch(/scenarios/)
    expect(problem({ checks: [{ scenarios: ["a"], expect: "perhaps" }] })).toMatch(/expect/)
    expect(problem({ simulations: [{ protocols: ["a"], seeds: { count: 0 } }] })).toMatch(/count/)
    expect(problem({ simulations: [{ protocols: ["--x y"], seeds: { count: 1 } }] })).toMatch(
      /protocols/
    )
    expect(problem({})).toMatch(/nothing to do/)
    const many = { protocols: ["a"], seeds: { count: 2_000_000 }, atOnce: 1 }
    expect(problem({ simulations: [many] })).toMatch(/2000000 units/)
  })

  it("if it is not JSON", () => {
    expect(messageOf("{")).toMatch(
      /^c\.json: line 1, column 2: this is not JSON \(close brace expected\) — write a campaign such as/
    )
  })

  it("if it gives a field twice", () => {
    expect(messageOf('{"checks": [],\n "checks": []}')).toBe(
      'c.json: line 2, column 2: the field "checks" is given twice — give it once'
    )
  })
})

describe("the end of a process", () => {
  const unit = units({ checks: [{ scenarios: ["a"] }] })[0] as Unit
  const ended = (code: number, document: unknown) =>
    outcomeOf(unit, { code, output: JSON.stringify(document), errors: "quorate: bad\n" })
  const document = {
    verdict: "holds",
    asExpected: true,
    stopped: null,
    states: { distinct: 3, generated: 5 },
    properties: [{ name: "p", verdict: "holds", expected: "holds", counterexample: null }]
  }

  it("reports the outcome of its unit", () => {
    expect(ended(0, document)?.verdict).toBe("asExpected")
    const violated = { name: "p", verdict: "violated", expected: "holds", counterexample: null }
    expect(ended(12, { ...document, asExpected: false, properties: [violated] })).toMatchObject({
      verdict: "violated",
      violations: [{ what: "p", replay: "quorate check a" }]
    })
    const open = { ...document, asExpected: false, stopped: "the limit was reached" }
    expect(ended(14, open)).toMatchObject({ verdict: "inconclusive", reason: open.stopped })
    const absent = { name: "p", verdict: "holds", expected: "violated", counterexample: null }
    expect(ended(1, { ...document, asExpected: false, properties: [absent] })).toMatchObject({
      verdict: "violated",
      violations: [{ reason: "expected to be violated, but it holds" }]
    })
    expect(ended(2, undefined)).toMatchObject({ verdict: "refused", reason: "quorate: bad" })
  })

  it("says nothing if it is not the end of such a process: the unit is tried again", () => {
    for (const output of ["", "{", "{}"])
      expect(outcomeOf(unit, { code: 0, output, errors: "" })).toBeUndefined()
    expect(ended(70, undefined)).toBeUndefined()
  })
})
