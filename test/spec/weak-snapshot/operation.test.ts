/**
 * The syntax of a weak snapshot's operations in scripts, and of their results in reports.
 */
import { describe, expect, it } from "vitest"
import { servers } from "../../../spec/nodes/nodes.ts"
import { snapshot } from "../../../spec/weak-snapshot/operation.ts"

const parse = (text: string) => {
  const [word, ...words] = text.split(" ")
  return snapshot.kinds.find(({ tag }) => tag.toLowerCase() === word)?.parse(words)
}

describe("the syntax of a weak snapshot", () => {
  it.each(["update +s4 +s5 -s1", "update -s2", "scan"])("includes %s", (text) => {
    const operation = parse(text)
    expect(operation && snapshot.describe(operation)).toBe(text)
  })

  it.each(["update", "update s4", "scan +s4"])("does not include %s", (text) => {
    expect(parse(text)).toBeUndefined()
  })

  it("rejects a node that is both added and removed", () => {
    const operation = { _tag: "Update", add: servers("s4"), remove: servers("s4") } as const
    expect(snapshot.problem?.(operation)).toEqual({
      problem: "s4 is both added and removed",
      mend: "do one of the two"
    })
    expect(snapshot.problem?.({ _tag: "Scan" })).toBeUndefined()
  })

  it("shows results: ok, and the changes that a scan found", () => {
    const found = [
      { add: [], remove: servers("s1") },
      { add: servers("s4"), remove: [] }
    ]
    expect(snapshot.describeResult({ _tag: "Update", add: servers("s4"), remove: [] }, null)).toBe(
      "ok"
    )
    expect(snapshot.describeResult({ _tag: "Scan" }, found)).toBe("{-s1, +s4}")
    expect(snapshot.describeResult({ _tag: "Scan" }, [])).toBe("{}")
  })
})
