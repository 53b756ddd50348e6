/**
 * A client of DynaStore refuses a change that, as far as it knows, would leave no members.
 */
import { describe, expect, it } from "vitest"
import { majority } from "../../../spec/configuration/configuration.ts"
import { client as process } from "../../../spec/dynastore/client.ts"
import { correct } from "../../../spec/dynastore/rules.ts"
import type { View } from "../../../spec/dynastore/view.ts"
import { client, servers } from "../../../spec/nodes/nodes.ts"
import type { Reconfigure } from "../../../spec/storage/reconfiguration.ts"

const c1 = client("c1")
const context = { configuration: majority(servers("s1", "s2")), rules: correct }
const first: View = { add: servers("s1", "s2"), remove: [] }
const change = (add: ReadonlyArray<string>, ...remove: ReadonlyArray<string>): Reconfigure => ({
  _tag: "Reconfigure",
  add: servers(...add),
  remove: servers(...remove)
})
const begin = (view: View, operation: Reconfigure) =>
  process.step(context, c1, { _tag: "Idle", begun: 4, view }, { _tag: "Invoke", operation })

describe("a client of DynaStore", () => {
  it.each<readonly [string, View, Reconfigure]>([
    ["all at once", first, change([], "s1", "s2")],
    ["the last one", { ...first, remove: servers("s1") }, change([], "s2")],
    [
      "all, and adds one whose removal was final",
      { ...first, remove: servers("s1") },
      change(["s1"], "s2")
    ]
  ])("refuses to remove %s, and changes nothing", (_what, view, operation) => {
    expect(begin(view, operation)).toEqual({
      state: { _tag: "Idle", begun: 5, view },
      sends: [],
      observations: [
        { _tag: "Invocation", operation },
        { _tag: "Response", operation, result: "refused" }
      ]
    })
  })

  it.each([
    ["one of two", change([], "s1")],
    ["all, for one that is new", change(["s3"], "s1", "s2")]
  ])("does not refuse to remove %s", (_what, operation) => {
    const { state, observations, sends } = begin(first, operation)
    expect(state._tag).toBe("Traversing")
    expect(observations).toEqual([{ _tag: "Invocation", operation }])
    expect(sends.length).toBeGreaterThan(0)
  })
})
