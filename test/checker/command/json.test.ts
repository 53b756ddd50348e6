import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { documentOf, documentsOf, masked } from "./documents.ts"
import { runHere } from "./in-process.ts"
import { Installation, small } from "./installation.ts"

let installation: Installation
beforeAll(() => {
  installation = new Installation()
})
afterAll(() => installation.remove())

const check = async (...invocation: ReadonlyArray<string>) => {
  const { code, stdout, stderr } = await runHere(installation.folder, [
    "check",
    "--json",
    ...invocation
  ])
  return { code, stdout, stderr }
}

describe("the JSON document", () => {
  it("has the fields of the contract and no others, where everything holds", async () => {
    const { code, stdout, stderr } = await installation.run([
      ...["check", "--json", "majority/write-read"]
    ])
    const document = documentOf(stdout)
    expect([code, stderr]).toEqual([0, ""])
    expect(document).toMatchObject({
      scenario: "majority/write-read",
      verdict: "holds",
      asExpected: true,
      exhaustive: true,
      stopped: null,
      vacuous: []
    })
    expect(document.properties.map(({ name, kind, verdict }) => [name, kind, verdict])).toEqual([
      ["atomicity", "safety", "holds"],
      ["timestamps-grow", "safety", "holds"],
      ["timestamps-name-values", "safety", "holds"],
      ["deadlock-freedom", "deadlock", "holds"]
    ])
    expect(document.states.frontier).toBe(0)
    expect(document.states.generated).toBeGreaterThanOrEqual(document.states.distinct)
    expect(document.peakMemoryBytes).toBeGreaterThan(2 ** 20)
  })

  it("has the whole counterexample, where something is violated", async () => {
    const { code, stdout, stderr } = await check("majority/mutants/read-without-set-phase")
    const document = documentOf(stdout)
    expect([code, stderr]).toEqual([0, ""])
    expect(document).toMatchObject({ verdict: "violated", asExpected: true, exhaustive: false })
    const counterexample = document.properties.find(
      ({ name }) => name === "atomicity"
    )?.counterexample
    expect(counterexample).toMatchObject({ property: "atomicity", kind: "safety", shortest: true })
    expect(counterexample?.trace.map(({ step }) => step)).toEqual(
      Array.from({ length: counterexample?.steps ?? 0 }, (_, index) => index + 1)
    )
    expect(counterexample?.steps).toBeGreaterThan(0)
  })

  it("does not claim that depth-first search finds a shortest counterexample", async () => {
    const document = documentOf(
      (await check("majority/mutants/quorum-one-short", "--order", "dfs")).stdout
    )
    expect(
      document.properties.find(({ verdict }) => verdict === "violated")?.counterexample?.shortest
    ).toBe(false)
  })

  it("is there, and the exit code is 12, where the violation is not as expected", async () => {
    const { code, stdout } = await check(
      "majority/mutants/write-without-get-phase",
      "--expect",
      "holds"
    )
    const document = documentOf(stdout)
    expect([code, document.verdict, document.asExpected]).toEqual([12, "violated", false])
    expect(document.properties.map(({ expected }) => expected)).toContain("holds")
    expect(document.properties.map(({ expected }) => expected)).not.toContain("violated")
  })

  it("has the lasso, and the exit code is 13, where liveness is violated unexpectedly", async () => {
    const scenario = "majority/liveness/set-only-to-answerers"
    const { code, stdout } = await check(scenario, "--expect", "holds")
    const document = documentOf(stdout)
    expect([code, document.verdict, document.exhaustive]).toEqual([13, "violated", true])
    const [property] = document.properties
    expect([property?.name, property?.kind, property?.verdict]).toEqual([
      "static-liveness",
      "liveness",
      "violated"
    ])
    // Nothing happens after the last step: the loop is empty.
    expect(property?.counterexample?.loop).toBe(property?.counterexample?.steps)
  })

  it("is there, and says why the search ended, where a limit was reached", async () => {
    const { code, stdout } = await check("majority/write-read", "--max-states", "10")
    const document = documentOf(stdout)
    expect([code, document.verdict, document.asExpected]).toEqual([14, "inconclusive", false])
    expect([document.exhaustive, document.stopped]).toEqual([
      false,
      expect.stringMatching(/limit of 10 states/)
    ])
    expect(document.states.distinct).toBeGreaterThanOrEqual(10)
    expect(document.properties.map(({ verdict }) => verdict)).not.toContain("holds")
  })

  it("names the reductions that were on, and none with --reduction none", async () => {
    const file = installation.write("small.json", small)
    const reduced = documentOf((await check(file, "--reduction", "dead-requests")).stdout)
    const unreduced = documentOf((await check(file, "--reduction", "none")).stdout)
    expect([reduced.reductions, unreduced.reductions]).toEqual([["dead-requests"], []])
    expect(reduced.states.distinct).toBeLessThan(unreduced.states.distinct)
    expect(reduced.verdict).toBe(unreduced.verdict)
  })

  it("has the properties that were asked for, and no others", async () => {
    const one = documentOf(
      (await check("majority/write-read", "--properties", "deadlock-freedom")).stdout
    )
    const none = documentOf((await check("majority/write-read", "--properties", "none")).stdout)
    expect(one.properties.map(({ name }) => name)).toEqual(["deadlock-freedom"])
    expect([none.properties, none.verdict]).toEqual([[], "holds"])
  })

  it("says what the verdict is bounded by, and which bounds were reached", async () => {
    const { code, stdout } = await check(
      ...["consensus/two-proposers-go-on", "majority/write-read", "--workers", "1"]
    )
    const [two, none] = documentsOf(stdout)
    expect([code, two?.verdict, two?.states.distinct]).toEqual([0, "holds", 873])
    expect(two?.bounds).toEqual({
      limits: { ballots: 2 },
      reached: ["ballots"],
      scripts: { c1: ["propose 1"], c2: ["propose 2"] },
      faults: []
    })
    expect(none?.bounds).toEqual({
      limits: {},
      reached: [],
      scripts: { c1: ["write 1"], c2: ["read"] },
      faults: []
    })
  })

  it("says what was checked in vain", async () => {
    const { vacuous } = documentOf((await check("majority/write")).stdout)
    expect(vacuous).toEqual([expect.stringContaining("atomicity")])
  })

  it("is an array, in the order of the scenarios, when there are several", async () => {
    const file = installation.write("own.json", small)
    const names = [
      "majority/write-read",
      "majority/mutants/quorum-one-short",
      file,
      "majority/write"
    ]
    const { code, stdout, stderr } = await check(...names, "--workers", "1")
    const documents = documentsOf(stdout)
    expect([code, stderr]).toEqual([0, ""])
    expect(documents.map(({ scenario }) => scenario)).toEqual(names)
    expect(documents.map(({ verdict }) => verdict)).toEqual(["holds", "violated", "holds", "holds"])
  })

  it("is the same of two runs but for time and memory, with any number of threads", async () => {
    const mutants = [
      "majority/mutants/quorum-one-short",
      "majority/mutants/write-without-get-phase"
    ]
    const run = async (workers: string) => {
      const { stdout } = await check("majority/write", ...mutants, "--workers", workers)
      return documentsOf(stdout).map(masked)
    }
    const first = await run("2")
    expect(first.length).toBe(3)
    expect(await run("2")).toEqual(first)
    expect(await run("1")).toEqual(first)
  })

  it("does not change with --format, nor with --trace, whose file gets the other format", async () => {
    const plain = documentOf((await check("majority/mutants/quorum-one-short")).stdout)
    const traced = await check(
      "majority/mutants/quorum-one-short",
      "--trace",
      "run.itf.json",
      "--format",
      "itf"
    )
    expect(masked(documentOf(traced.stdout))).toEqual(masked(plain))
    expect(traced.stderr).toBe("the counterexample is in run.itf.json\n")
    expect(JSON.parse(installation.read("run.itf.json"))).toMatchObject({
      "#meta": { format: "ITF" }
    })
  })
})
