/**
 * `quorate prove`: what it refuses, what it prints, and its exit codes.
 */
import { describe, expect, it } from "vitest"
import { documentOf, type Report, tableHead, tableRow } from "../../../proofs/command/report.ts"
import { exitCodeOf, mostSevere } from "../../../proofs/command/result.ts"
import { obligationsOf } from "../../../proofs/induction/obligations.ts"
import { outcomeOf } from "../../../proofs/induction/outcome.ts"
import type { Shown } from "../../../proofs/induction/prove.ts"
import { protocol } from "../../../proofs/majority/variants.ts"
import { runHere } from "../../checker/command/in-process.ts"

const variantOf = (name: string) => {
  const variant = protocol.variants.find((one) => one.name === name)
  if (variant === undefined) throw new Error(`no variant ${name}`)
  return variant
}

/** A report of a proof in which these sentences get these verdicts, and all others are shown. */
const reportOf = (
  name: string,
  verdicts: Readonly<Record<string, Shown["verdict"]>>,
  isComplete = true
): Report => {
  const variant = variantOf(name)
  const shown = obligationsOf(variant.model).map((obligation): Shown => {
    const { kind, transition, sentence } = obligation
    const verdict = verdicts[`${kind} ${transition}: ${sentence}`] ?? "shown"
    return { obligation, verdict }
  })
  return {
    protocol,
    variant,
    solver: "none",
    outcome: outcomeOf(variant, shown),
    obligations: shown.length,
    shown: shown.filter(({ verdict }) => verdict === "shown").length,
    isComplete,
    seconds: 1
  }
}

const pinned = "kept receiveLateGetReply: an acknowledged pair is stored"
const other = "kept receiveSet: an acknowledged pair is stored"

describe("quorate prove", () => {
  it.each<[code: number, when: string, report: Report]>([
    [0, "a protocol is proved", reportOf("correct", {})],
    [
      0,
      "a mutant fails where it is pinned",
      reportOf("late-get-reply-counted", { [pinned]: "refuted" })
    ],
    [1, "a mutant does not fail", reportOf("late-get-reply-counted", {})],
    [
      14,
      "a solver does not know whether it does",
      reportOf("late-get-reply-counted", { [pinned]: "unknown" })
    ],
    [12, "something fails", reportOf("correct", { [other]: "refuted" })],
    [
      12,
      "a mutant fails elsewhere, too",
      reportOf("late-get-reply-counted", { [pinned]: "refuted", [other]: "refuted" })
    ],
    [14, "the solver does not know", reportOf("correct", { [other]: "unknown" })],
    [14, "somebody has stopped it", reportOf("correct", {}, false)]
  ])("ends with %i if %s", (code, _when, report) => {
    expect(exitCodeOf(report)).toBe(code)
  })

  it("ends with the mostSevere of several", () => {
    expect([
      mostSevere([0, 1, 14, 12]),
      mostSevere([0, 1, 14]),
      mostSevere([0, 1]),
      mostSevere([])
    ]).toEqual([12, 14, 1, 0])
  })

  it("has a table that fits a hundred columns, and a terminal of eighty", () => {
    const lines = [undefined, 80].map((most) =>
      [tableHead(most), tableRow(reportOf("correct", {}), most)].join("\n").split("\n")
    )
    const widest = lines.map((some) => Math.max(...some.map(({ length }) => length)))
    expect(widest).toEqual([92, 74])
    expect(lines.map(([titles]) => titles?.split(/ +/))).toEqual([
      ["protocol", "variant", "found", "steps", "sentences", "shown", "seconds"],
      ["protocol", "variant", "found", "shown", "seconds"]
    ])
  })

  it("says what fails, and what does not and should", () => {
    expect(tableRow(reportOf("correct", { [other]: "unknown" }))).toContain(
      'unknown (the solver gives no reason): "an acknowledged pair is stored" when receiveSet is taken'
    )
    expect(tableRow(reportOf("late-get-reply-counted", {}))).toContain(
      "expected to fail, but does not"
    )
    expect(documentOf(reportOf("late-get-reply-counted", { [pinned]: "refuted" }))).toMatchObject({
      protocol: "majority",
      variant: "late-get-reply-counted",
      verdict: "refuted",
      asExpected: true,
      failures: [{ kind: "kept", transition: "receiveLateGetReply", verdict: "refuted" }]
    })
  })

  it("refuses what is not there, in one line", async () => {
    const given = ["prove", "majority", "--variant", "no-such"]
    const { code, stdout, stderr } = await runHere(process.cwd(), given)
    expect([code, stdout]).toEqual([2, ""])
    expect(stderr).toMatch(/^quorate: there is no variant no-such; there are correct, .*\n$/)
  })
})
