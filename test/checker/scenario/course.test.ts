/**
 * The course of a scenario: how its steps are written, and what is said of those that cannot be
 * taken.
 */
import { describe, expect, it } from "vitest"
import { eventSentence } from "../../../checker/report/event-sentence.ts"
import { actionData, wordsOf } from "../../../checker/report/trace.ts"
import { accepted, refusal } from "./refused.ts"

const begins = "c1 is asked to write 1"
const receives = "s1 receives get from c1"

describe("the steps of a course", () => {
  it("are written as the explorer shows them, with or without quotation marks", () => {
    const { model } = accepted({ after: [begins, `  s1 receives  "get" from c1 `] })
    expect(model.after).toMatchObject([
      { node: "c1", action: { _tag: "Invoke", operation: { _tag: "Write", value: 1 } } },
      { node: "s1", action: { _tag: "Receive", from: "c1", message: { _tag: "Get" } } }
    ])
    expect(accepted({ after: [begins, receives] }).model.after).toEqual(model.after)
    const words = wordsOf(model)
    expect(model.after?.map((event) => eventSentence(words, event))).toEqual([
      begins,
      's1 receives "get" from c1'
    ])
  })

  it("are written as the data of a counterexample's step, of which other fields do not count", () => {
    const { model } = accepted({ after: [begins, receives] })
    const after = (model.after ?? []).map(({ node, action }) => ({
      ...{ node, action: actionData(action) }
    }))
    expect(accepted({ after }).model.after).toEqual(model.after)
  })

  it("may be faults", () => {
    const { model } = accepted({ faults: { crashes: { servers: 1 } }, after: ["s3 crashes"] })
    expect(model.after).toEqual([{ node: "s3", action: { _tag: "Fault", fault: "crash" } }])
  })

  it("may be none, which is as if the field were left out", () => {
    expect(accepted({ after: [] }).model).not.toHaveProperty("after")
  })
})

describe("a step that cannot be taken", () => {
  it("is named with its place, and with what its node can do there", () => {
    expect(refusal({ after: [begins, "s1 receives set 1@1.c1 from c1"] })).toBe(
      'file.json: after[1]: "s1 receives set 1@1.c1 from c1" is not possible there — possible: s1 receives "get" from c1'
    )
  })

  it("of a node that can do nothing is named with what others can do", () => {
    expect(refusal({ after: ["s1 crashes"] })).toBe(
      'file.json: after[0]: "s1 crashes" is not possible there — possible: c1 is asked to write 1; c2 is asked to read'
    )
  })

  it("as data is named too", () => {
    const step = { node: "c1", action: { _tag: "Invoke", operation: { _tag: "Read" } } }
    expect(refusal({ after: [step] })).toContain(
      'after[0]: {"action":{"_tag":"Invoke","operation":{"_tag":"Read"}},"node":"c1"} is not possible'
    )
  })

  it("after which nothing is possible ends the course", () => {
    const whole = { clients: [["read"]], servers: 1 }
    const steps = [
      "c1 is asked to read",
      "s1 receives get from c1",
      "c1 receives has ⊥@0 from s1",
      "s1 receives set ⊥@0 from c1",
      "c1 receives ack from s1"
    ]
    const text = refusal({ ...whole, after: [...steps, ...steps] })
    expect(text).toMatch(/after\[\d\]: .* is not possible there — (possible: |no step is)/)
  })

  it("is unclear if several are written like it, and then they are named as data", () => {
    const { after: _, ...scenario } = JSON.parse(
      JSON.stringify({
        protocol: "pbft",
        servers: 4,
        clients: [["propose 1"]],
        bounds: { views: 1 },
        faults: { corruptions: { atStart: ["s1"], servers: 1, strength: "equivocating" } }
      })
    )
    const votes = "votes for 1 in view 0 from s1"
    const accepts = "s2 takes a step of its own: Accept (proposal view 0, request 1 signed by c1)"
    const course = [
      "c1 is asked to propose 1",
      "s2 receives request 1 from c1",
      `s2 receives ${votes}`,
      accepts,
      `s3 receives ${votes}`
    ]
    expect(refusal({ ...scenario, after: course })).toMatch(
      /^file\.json: after\[4\]: 2 steps are written like this — write one of them as data: \{"action":.*"signer":"s[12]"\}\}\},"node":"s3"\}; \{"action":.*\}$/
    )
  })

  it("is one that violates a property: nothing after it would be asked", () => {
    const text = refusal({
      variant: "quorum-one-short",
      servers: 2,
      after: [
        "c1 is asked to write 1",
        "s1 receives get from c1",
        "c1 receives has ⊥@0 from s1",
        "s1 receives set 1@1.c1 from c1",
        "c1 receives ack from s1",
        "c2 is asked to read",
        "s2 receives get from c2",
        "c2 receives has ⊥@0 from s2",
        "s2 receives set ⊥@0 from c2",
        "c2 receives ack from s2"
      ]
    })
    expect(text).toBe(
      "file.json: after[9]: this step violates atomicity, so nothing after it would be asked — end the course before it"
    )
  })

  it("is neither a sentence nor a step", () => {
    expect(refusal({ after: [1] })).toContain("file.json: after[0]")
    expect(refusal({ after: "c1 crashes" })).toContain("file.json: after")
    expect(refusal({ after: [{ node: "s1" }] })).toContain('the field "action" is missing')
  })
})
