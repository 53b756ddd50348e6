/**
 * The stages of a scan and of an update, in order: the questions, and the answers that complete
 * each.
 */
import { describe, expect, it } from "vitest"
import { majority } from "../../../spec/configuration/configuration.ts"
import { server, servers } from "../../../spec/nodes/nodes.ts"
import type { Change } from "../../../spec/weak-snapshot/change.ts"
import type { Answer } from "../../../spec/weak-snapshot/messages.ts"
import { correct, type Rules } from "../../../spec/weak-snapshot/rules.ts"
import {
  type Progress,
  receive,
  startScan,
  startUpdate
} from "../../../spec/weak-snapshot/stages.ts"
import { variants } from "../../../spec/weak-snapshot/variants.ts"

const configurations = [majority(servers("s1", "s2", "s3"))]
const numbers = { operation: 1, phase: 1 }
const adding = (name: string): Change => ({ add: servers(name), remove: [] })
const endorsed = (...names: ReadonlyArray<string>) =>
  names.map((name) => ({ change: adding(name) }))
const collected = (...names: ReadonlyArray<string>): Answer => ({
  _tag: "Collected",
  ...numbers,
  endorsements: endorsed(...names)
})
const stored: Answer = { _tag: "Stored", ...numbers }

/** A short description of the progress. */
const told = (progress: Progress): string => {
  switch (progress._tag) {
    case "Asks": {
      const { question } = progress
      const names =
        "endorsements" in question ? question.endorsements.flatMap(({ change }) => change.add) : []
      return [question._tag, ...names].join(" ")
    }
    case "Waits":
      return "waits"
    case "Updated":
      return "updated"
    case "Scanned":
      return ["found", ...progress.changes.flatMap(({ add }) => add)].join(" ")
  }
}

/** How things stand at the beginning and after each of these answers. */
const course = (
  rules: Rules,
  first: Progress,
  answers: ReadonlyArray<readonly [from: string, answer: Answer]>
): ReadonlyArray<string> => {
  let progress = first
  const lines = [told(progress)]
  for (const [from, answer] of answers) {
    if (progress._tag !== "Asks" && progress._tag !== "Waits") throw new Error("it is over")
    progress = receive({ configurations, rules }, progress.stage, server(from), answer) ?? progress
    lines.push(told(progress))
  }
  return lines
}
const scan = (rules: Rules, ...answers: ReadonlyArray<readonly [string, Answer]>) =>
  course(rules, startScan({ configurations, rules }), answers)

const firstRound = [
  ["s1", collected("s4")],
  ["s2", collected("s5")],
  ["s2", stored],
  ["s3", stored]
] as const
const secondRound = [
  ["s2", collected("s4", "s5")],
  ["s3", collected("s6")],
  ["s1", stored],
  ["s3", stored]
] as const

describe("a scan", () => {
  it("collects and writes back what it found, and does so again", () => {
    expect(scan(correct, ...firstRound, ...secondRound)).toEqual([
      ...["Collect", "waits", "Store s4 s5", "waits"],
      ...["Collect", "waits", "Store s4 s5 s6", "waits", "found s4 s5 s6"]
    ])
  })

  it("ends after the first collect if that found nothing; to the letter, it continues", () => {
    const nothing = [
      ["s1", collected()],
      ["s3", collected()]
    ] as const
    expect(scan(correct, ...nothing)).toEqual(["Collect", "waits", "found"])
    const letter = variants.find(({ name }) => name === "to-the-letter")?.rules as Rules
    expect(scan(letter, ...nothing)).toEqual(["Collect", "waits", "Store"])
  })

  it("counts no node twice, and no answer to another question", () => {
    const [first] = firstRound
    expect(scan(correct, first, first, ["s2", stored])).toEqual([
      "Collect",
      "waits",
      "waits",
      "waits"
    ])
  })
})

describe("an update", () => {
  it("stores the endorsement of the first node that answers, and ends when a majority has it", () => {
    const answer: Answer = { _tag: "Endorsed", ...numbers, change: adding("s5") }
    const lines = course(correct, startUpdate(adding("s4")), [
      ["s2", answer],
      ["s1", stored],
      ["s1", stored],
      ["s3", stored]
    ])
    expect(lines).toEqual(["Endorse", "Store s5", "waits", "waits", "updated"])
  })
})
