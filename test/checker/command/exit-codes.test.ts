import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { runHere } from "./in-process.ts"
import { Installation } from "./installation.ts"

let installation: Installation
beforeAll(() => {
  installation = new Installation()
})
afterAll(() => installation.remove())

const mutant = "majority/mutants/quorum-one-short"

const cases: ReadonlyArray<readonly [code: number, when: string, invocation: string]> = [
  [0, "everything holds as expected", "majority/write-read"],
  [0, "a violation was expected", mutant],
  [0, "every scenario is as expected", `majority/write ${mutant}`],
  [1, "an expected violation is absent", "majority/write --expect atomicity=violated"],
  [
    1,
    "an expected violation is absent from one of several",
    "majority/write majority/write-read --expect atomicity=violated"
  ],
  [2, "there is no such scenario", "majority/no-such-scenario"],
  [11, "there is an unexpected deadlock", "majority/mutants/set-only-to-answerers --expect holds"],
  [12, "a safety property is unexpectedly violated", `${mutant} --expect holds`],
  [
    12,
    "the mostSevere of several is a safety violation",
    `majority/mutants/set-only-to-answerers ${mutant} --expect holds`
  ],
  [12, "only deadlocks are excused", `${mutant} --expect atomicity=holds`],
  [
    13,
    "a property of liveness is unexpectedly violated",
    "majority/liveness/set-only-to-answerers --expect holds"
  ],
  [0, "its violation was expected", "majority/liveness/set-only-to-answerers"],
  [
    12,
    "safety is graver than liveness",
    `majority/liveness/set-only-to-answerers ${mutant} --expect holds`
  ],
  [
    2,
    "a reduction would not keep liveness",
    "majority/liveness/minority-crash --reduction server-symmetry"
  ],
  [
    14,
    "the states that liveness is about are limited",
    "majority/liveness/minority-crash --max-states 100"
  ],
  [14, "the number of states is limited", "majority/write-read --max-states 10"],
  [14, "a violation was expected, but the search ended before it", `${mutant} --max-states 10`],
  [14, "one of several is inconclusive", `majority/write majority/write-read --max-states 60`]
]

describe("the exit code", () => {
  it.each(cases)("is %i when %s", async (code, _when, invocation) => {
    const given = ["check", ...invocation.split(" ")]
    // The first of each code is a process, which has to end with it. Processes that end with 0, 12
    // and 14 are in interrupts.test.ts.
    const isFirst = cases.find(([one]) => one === code)?.[2] === invocation
    const finished =
      isFirst && ![0, 12, 14].includes(code)
        ? await installation.run(given)
        : await runHere(installation.folder, [...given, "--workers", "1"])
    expect(finished.code).toBe(code)
  })

  it("is 0 for help, the version, the list and the schema", async () => {
    for (const invocation of [
      ["check", "--help"],
      ["--version"],
      [],
      ["--help"],
      ["list"],
      ["schema"]
    ]) {
      const { code, stdout, stderr } =
        invocation[0] === "--version"
          ? await installation.run(invocation)
          : await runHere(installation.folder, invocation)
      expect([invocation, code, stderr]).toEqual([invocation, 0, ""])
      expect(stdout).toMatch(/\S/)
    }
  })
})

describe("a fault of ours", () => {
  it("is 70 and one line that asks for a report, with a stack trace only where one is asked for", async () => {
    const broken = new Installation({ scenarios: false })
    try {
      const { code, stdout, stderr } = await broken.run(["check", "majority/write"])
      expect([code, stdout]).toEqual([70, ""])
      expect(stderr).toMatch(
        /^quorate: internal error, please report it: .*ENOENT.*QUORATE_DEBUG=1.*\n$/
      )
      const debugged = await broken.run(["check", "majority/write"], {
        environment: { QUORATE_DEBUG: "1" }
      })
      expect(debugged.code).toBe(70)
      expect(debugged.stderr).toMatch(/\n {4}at /)
    } finally {
      broken.remove()
    }
  })
})
