import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { runHere } from "./in-process.ts"
import { type Finished, Installation, small } from "./installation.ts"

let installation: Installation
beforeAll(() => {
  installation = new Installation()
})
afterAll(() => installation.remove())

const check = (...invocation: ReadonlyArray<string>) =>
  runHere(installation.folder, ["check", ...invocation])

/**
 * For tests that do not depend on which thread searches: each additional thread takes a while to
 * start.
 */
const onOneThread = ["--workers", "1"]

/** Without what differs from run to run. */
const masked = (text: string): string =>
  text
    .replace(/[\d.]+ s\b/g, "… s")
    .replace(/[\d,]+ generated\/s/g, "… generated/s")
    .replace(/[\d.]+$/gm, "…")
    // A rate of more digits wraps its line elsewhere.
    .replace(/\s+/g, " ")

/** Matches the words in this order, with anything between them. */
const inOrder = (...words: ReadonlyArray<string>): RegExp =>
  new RegExp(words.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("[^]*"))

describe("the list", () => {
  it("shows the bounds of a protocol, with what is usual, and none where there are none", async () => {
    const { stdout } = await runHere(installation.folder, ["list"])
    const ofProtocol = (name: string) =>
      stdout.split("\n\n").find((part) => part.startsWith(`protocol ${name}:`))
    expect(ofProtocol("consensus")).toMatch(
      /^ {2}bounds:\n {4}ballots +A preempted proposer begins no ballot in a higher round\. \(usual: 2\)$/m
    )
    expect(ofProtocol("majority")).not.toContain("bounds:")
    expect(stdout.split("\n").filter((line) => line.length > 100)).toEqual([])
  })
})

describe("the result of one scenario", () => {
  it("is verdicts and counts on standard output, and nothing on standard error", async () => {
    const { code, stdout, stderr } = await check("majority/write-read")
    expect([code, stderr]).toEqual([0, ""])
    expect(stdout).toMatch(/^majority\/write-read: holds\n/)
    expect(stdout).toMatch(/^ {2}atomicity +holds \(expected: holds\)$/m)
    expect(stdout).toMatch(
      /^[\d,]+ distinct states, [\d,]+ generated, depth \d+; every reachable state was visited$/m
    )
    expect(stdout).toMatch(/^reductions: .*dead-requests/m)
  })

  it("shows when it is not as expected, and why the search ended", async () => {
    const { stdout } = await check("majority/write-read", "--max-states", "10")
    expect(stdout).toMatch(/^majority\/write-read: inconclusive, which was not expected\n/)
    expect(stdout).toMatch(
      /not exhausted \(the limit of 10 states was reached\), \d+\s+states were found/
    )
  })

  it("is the same for a file of one's own as for a shipped scenario of the same content", async () => {
    const { protocol, servers, clients } = small
    const file = installation.write("own.json", { protocol, servers, clients })
    const own = await check("own.json")
    const byPath = await check(file)
    expect([own.code, own.stderr]).toEqual([0, ""])
    expect(own.stdout).toMatch(/^own\.json: holds\n/)
    expect(masked(byPath.stdout).replaceAll(file, "own.json")).toBe(masked(own.stdout))
    const shipped = await check("majority/write-read")
    const counts = /^.* distinct states, .*$/m
    expect(counts.exec(own.stdout)?.[0]).toBe(counts.exec(shipped.stdout)?.[0])
  })

  it("tells the story of what a file of one's own gets wrong", async () => {
    installation.write("own.json", { ...small, variant: "quorum-one-short" })
    const { code, stdout } = await check("own.json")
    expect(code).toBe(12)
    expect(stdout).toMatch(
      inOrder("own.json violates atomicity", "c1's write 1 returns ok", "c2's read returns ⊥")
    )
  })
})

// The third story, naive/split-brain, takes too long for a test: `quorate check naive` prints it.
describe("the result of several scenarios", () => {
  const naive = ["naive/new-write-old-read", "naive/populate-old-write"]
  let ofNaive: Finished
  beforeAll(async () => {
    ofNaive = await check("majority/write-read", ...naive)
  })

  it("is a table with a header, a row for each in their order, and a sum", () => {
    const { code, stdout, stderr } = ofNaive
    expect([code, stderr]).toEqual([0, ""])
    const lines = stdout.split("\n")
    const titles = ["scenario", "found", "states", "depth", "seconds"]
    expect(lines[0]?.split(/ {2,}/)).toEqual(titles)
    expect(lines[1]).toMatch(/^[─ ]+$/)
    expect(lines[2]).toMatch(/^majority\/write-read +✓ holds +[\d,]+ +\d+ +\d+\.\d\d$/)
    const found = "✓ atomicity violated in \\d+ steps +[\\d,]+ +\\d+ +\\d+\\.\\d\\d$"
    expect(lines[3]).toMatch(new RegExp(`^naive/new-write-old-read +${found}`))
    expect(lines[4]).toMatch(new RegExp(`^naive/populate-old-write +${found}`))
    expect(lines.slice(5, 7)).toEqual([
      "",
      expect.stringMatching(/^3 as expected, 0 not; [\d,]+ states in /)
    ])
  })

  it("tells how naive reconfiguration loses a write of the new configuration, and one of the old", () => {
    expect(ofNaive.stdout).toMatch(
      inOrder(
        "naive/new-write-old-read violates atomicity",
        "c1 begins reconfigure +s2' -s2",
        "c1's reconfigure +s2' -s2 returns ok",
        "c1's write 1 returns ok",
        "c2's read returns ⊥",
        "naive/populate-old-write violates atomicity",
        "c1 begins reconfigure +s2' -s2",
        "c2's write 1 returns ok",
        "c1's read returns ⊥"
      )
    )
  })

  it("marks what is not as expected in the table", async () => {
    const { code, stdout } = await check(
      ...["majority/write", "majority/mutants/quorum-one-short", "--expect", "holds"],
      ...onOneThread
    )
    expect(code).toBe(12)
    expect(stdout).toMatch(/^majority\/write +✓ holds +\d/m)
    expect(stdout).toMatch(
      /^majority\/mutants\/quorum-one-short +✗ atomicity violated in \d+ steps ← +\d.*\n +expected: holds$/m
    )
    expect(stdout).toMatch(/^1 as expected, 1 not;/m)
  })

  it("takes a folder of shipped scenarios, however it is written", async () => {
    const names = async (folder: string) =>
      [
        ...(await check(folder, "--max-states", "1", ...onOneThread)).stdout.matchAll(
          /^majority\/mutants\/\S+/gm
        )
      ].map(([name]) => name)
    const mutants = await names("majority/mutants")
    expect(mutants.length).toBeGreaterThan(2)
    expect(await names("majority/mutants/")).toEqual(mutants)
    expect(await names("majority/mutants/*")).toEqual(mutants)
  })

  it("marks a bound that was reached, and says below the table what that means", async () => {
    const bound = "consensus/two-proposers-go-on"
    const { code, stdout } = await check(
      ...[bound, "consensus/one-proposer", "majority/write"],
      ...onOneThread
    )
    expect(code).toBe(0)
    expect(stdout).toMatch(/^consensus\/two-proposers-go-on +✓ holds, ballots 2\* +873 /m)
    expect(stdout).toMatch(/^consensus\/one-proposer +✓ holds, ballots 2 +33 /m)
    expect(stdout).toMatch(/^majority\/write +✓ holds +17 /m)
    expect(stdout).toMatch(
      /^3 as expected, 0 not; .*\n\* some process stopped at this bound: what lies beyond it was not explored$/m
    )
    const bounded = await check(bound)
    expect(bounded.stdout).toMatch(
      /^bounds: 2 operations of 2 clients; no faults; ballots up to 2; some process\s/m
    )
  })

  it("is the same of two runs, but for time", async () => {
    const run = async () =>
      masked((await check("majority/write", "majority/mutants/quorum-one-short")).stdout)
    expect(await run()).toBe(await run())
  })
})

describe("the format of a counterexample", () => {
  const mutant = "majority/mutants/quorum-one-short"

  it.each([
    ["json", /^\{\n {2}"property": "atomicity",/],
    ["itf", /^\{\n {2}"#meta": \{/],
    ["mermaid", /^sequenceDiagram\n/]
  ])(
    "%s goes alone to standard output, and the summary to standard error",
    async (format, beginning) => {
      const { code, stdout, stderr } = await check(mutant, "--format", format)
      expect(code).toBe(0)
      expect(stdout).toMatch(beginning)
      expect(stderr).toMatch(new RegExp(`^${mutant}: violated\n`))
      if (format !== "mermaid") expect(() => JSON.parse(stdout)).not.toThrow()
    }
  )

  it("goes to the file of --trace instead, and the story to standard output", async () => {
    const { stdout } = await check(mutant, "--format", "mermaid")
    const traced = await check(mutant, "--format", "mermaid", "--trace", "run.mmd")
    expect(installation.read("run.mmd")).toBe(stdout)
    expect(traced.stdout).toMatch(inOrder(`${mutant}: violated`, `${mutant} violates atomicity`))
    expect(traced.stderr).toBe("the counterexample is in run.mmd\n")
  })

  it("leaves the file of --trace alone when there is no counterexample, and reports it", async () => {
    installation.write("old.txt", "what was there")
    const { code, stderr } = await check("majority/write", "--trace", "old.txt")
    expect([code, stderr]).toEqual([0, "no counterexample: nothing was written to old.txt\n"])
    expect(installation.read("old.txt")).toBe("what was there")
  })
})
