/**
 * In every form of naive reconfiguration, a client refuses a change that would leave no members.
 */
import { describe, expect, it } from "vitest"
import { majority } from "../../../spec/configuration/configuration.ts"
import { client as process } from "../../../spec/naive/client.ts"
import { variants } from "../../../spec/naive/variants.ts"
import { client, servers } from "../../../spec/nodes/nodes.ts"
import type { Reconfigure } from "../../../spec/storage/reconfiguration.ts"

const [c1, c2] = [client("c1"), client("c2")]
const configuration = majority(servers("s1", "s2"))
const removing = (...names: ReadonlyArray<string>): Reconfigure => ({
  _tag: "Reconfigure",
  add: [],
  remove: servers(...names)
})

describe.each(variants)("$name", ({ rules }) => {
  const context = { clients: [c1, c2], configuration, rules }
  const idle = process.initial(context, c1)

  it("refuses to remove all members, and changes nothing", () => {
    const operation = removing("s1", "s2")
    expect(process.step(context, c1, idle, { _tag: "Invoke", operation })).toEqual({
      state: { ...idle, activity: { _tag: "Idle", begun: 1 } },
      sends: [],
      observations: [
        { _tag: "Invocation", operation },
        { _tag: "Response", operation, result: "refused" }
      ]
    })
  })

  it("refuses to remove the last member it knows of", () => {
    const told = { ...idle, configuration: majority(servers("s2")) }
    const operation = removing("s2")
    const { state, observations } = process.step(context, c1, told, { _tag: "Invoke", operation })
    expect(state.configuration).toEqual(told.configuration)
    expect(observations).toContainEqual({ _tag: "Response", operation, result: "refused" })
  })

  it("does not refuse to remove one of two", () => {
    const operation = removing("s1")
    const { state, observations } = process.step(context, c1, idle, { _tag: "Invoke", operation })
    expect(state.activity._tag).not.toBe("Idle")
    expect(observations).toEqual([{ _tag: "Invocation", operation }])
  })
})
