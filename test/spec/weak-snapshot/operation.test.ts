/**
 * The words of a weak snapshot: how scripts write what is asked of it, and reports what it answers.
 */
import { describe, expect, it } from "vitest"
import { servers } from "../../../spec/nodes/nodes.ts"
import { snapshot } from "../../../spec/weak-snapshot/operation.ts"

const parse = (text: string) => {
  const [word, ...words] = text.split(" ")
  return snapshot.kinds.find(({ tag }) => tag.toLowerCase() === word)?.parse(words)
}

describe("the words of a weak snapshot", () => {
  it.each(["update +s4 +s5 -s1", "update -s2", "scan"])("say what is asked: %s", (text) => {
    const operation = parse(text)
    expect(operation && snapshot.describe(operation)).toBe(text)
  })

  it.each(["update", "update s4", "scan +s4"])("do not say: %s", (text) => {
    expect(parse(text)).toBeUndefined()
  })

  it("find fault with a node that is added and removed at once", () => {
    const operation = { _tag: "Update", add: servers("s4"), remove: servers("s4") } as const
    expect(snapshot.problem?.(operation)).toEqual({
      problem: "s4 is both added and removed",
      mend: "do one of the two"
    })
    expect(snapshot.problem?.({ _tag: "Scan" })).toBeUndefined()
  })

  it("say what was answered: ok, and the changes that a scan found", () => {
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
