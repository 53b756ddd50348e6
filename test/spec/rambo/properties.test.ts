/**
 * The lemmas about cmaps fail on the states and steps that violate them, and on no others.
 */
import { describe, expect, it } from "vitest"
import { majority } from "../../../spec/configuration/configuration.ts"
import { client, server, servers } from "../../../spec/nodes/nodes.ts"
import { begin } from "../../../spec/phase/phase.ts"
import type { ConfigurationMap } from "../../../spec/rambo/configuration-map.ts"
import {
  configurationsChange,
  configurationsHaveMembers,
  mapsAreUsable,
  mapsGrow,
  oneSuccessor,
  reconfigurationIsDone
} from "../../../spec/rambo/properties.ts"
import type { ClientState } from "../../../spec/rambo/state.ts"
import { initialPair } from "../../../spec/register/pair.ts"
import { changeOf } from "../../../spec/storage/reconfiguration.ts"

/**
 * `1: s1,s2 s2,s3`: one is retired, and these two follow; a dash stands for a configuration without
 * members.
 */
const mapOf = (text: string): ConfigurationMap => {
  const [retired, ...active] = text.split(/:? /).filter((word) => word !== "")
  const membersOf = (word: string) => servers(...word.split(",").filter((name) => name !== "-"))
  return {
    retired: Number.parseInt(retired as string, 10),
    active: active.map((word) => majority(membersOf(word)))
  }
}
const knowing = (text: string) => ({ map: mapOf(text) })
const s1 = server("s1")
const c1 = client("c1")

describe("the cmap of a storage node", () => {
  it("is usable while it has an active configuration", () => {
    const holds = (text: string) => mapsAreUsable.holds({}, s1, knowing(text))
    expect(["0: s1", "3: s1 s2"].map(holds)).toEqual([true, true])
    expect(["0:", "2:", "-1: s1"].map(holds)).toEqual([false, false, false])
  })

  it("grows if the node learns, and not if it forgets a configuration or a retirement", () => {
    const holds = (before: string, after: string) =>
      mapsGrow.holds({}, s1, knowing(before), knowing(after))
    expect(holds("0: s1", "0: s1")).toBe(true)
    expect(holds("0: s1", "0: s1 s2")).toBe(true)
    expect(holds("0: s1 s2", "1: s2")).toBe(true)
    expect(holds("0: s1", "2: s3")).toBe(true)
    expect(holds("0: s1 s2", "0: s1")).toBe(false)
    expect(holds("1: s2", "0: s1 s2")).toBe(false)
    expect(holds("0: s1 s2 s3", "1: s2")).toBe(false)
    expect(holds("0: s1 s3", "0: s1 s2")).toBe(false)
  })

  it("agrees with every other at each index that is active in both", () => {
    const holds = (left: string, right: string) =>
      oneSuccessor.holds({}, knowing(left), knowing(right))
    expect(holds("0: s1 s2", "0: s1 s2")).toBe(true)
    expect(holds("0: s1", "0: s1 s2")).toBe(true)
    expect(holds("0: s1 s2", "1: s2 s3")).toBe(true)
    expect(holds("0: s1", "1: s2")).toBe(true)
    expect(holds("0: s1 s2", "0: s1 s3")).toBe(false)
    expect(holds("0: s1 s2", "1: s3")).toBe(false)
    expect(holds("1: s2 s4", "0: s1 s2 s3")).toBe(false)
  })
})

describe("the cmap of a client", () => {
  it("has configurations that change, one after the other", () => {
    const holds = (text: string) => configurationsChange.holds({}, c1, knowing(text))
    expect(["0: s1", "0: s1 s2 s1", "4: s1,s2 s1"].map(holds)).toEqual([true, true, true])
    expect(["0: s1 s1", "0: s1 s2 s2", "3: s1,s2 s1,s2 s3"].map(holds)).toEqual([
      false,
      false,
      false
    ])
  })

  it("has configurations with members, the last one too", () => {
    const holds = (text: string) => configurationsHaveMembers.holds({}, c1, knowing(text))
    expect(["0: s1", "2: s1 s2,s3"].map(holds)).toEqual([true, true])
    expect(["0: -", "0: s1 -", "0: s1 - s2"].map(holds)).toEqual([false, false, false])
  })
})

describe("a reconfiguration is done", () => {
  const [first] = mapOf("0: s1").active
  const activity = (
    tag: "Retiring" | "StoringPointer" | "Announcing",
    change: string,
    goal: number
  ) => {
    const common = {
      operation: { _tag: "Reconfigure", ...changeOf(change.split(" ")) },
      goal
    } as const
    return tag === "Announcing"
      ? ({ _tag: tag, ...common, number: goal } as const)
      : ({
          _tag: tag,
          ...common,
          retired: 0,
          phase: begin(first ? [first] : [], initialPair)
        } as const)
  }
  const idle = { _tag: "Idle" } as const
  type Side = Pick<ClientState, "map" | "activity">
  const holds = (before: Side["activity"], after: Side) =>
    reconfigurationIsDone.holds({}, c1, { map: mapOf("0: s1"), activity: before }, after)
  const ending = (text: string, now: Side["activity"] = idle): Side => ({
    map: mapOf(text),
    activity: now
  })

  it("if the configuration at the goal has its change, and all earlier ones are retired", () => {
    expect(holds(activity("Retiring", "+s2", 1), ending("1: s1,s2"))).toBe(true)
    expect(holds(activity("Announcing", "+s3 -s1", 2), ending("2: s2,s3"))).toBe(true)
    expect(holds(activity("Retiring", "+s2", 1), ending("3: s4"))).toBe(true)
  })

  it("not if an earlier one is active, even the one just before", () => {
    expect(holds(activity("Retiring", "+s2", 1), ending("0: s1 s1,s2"))).toBe(false)
    expect(holds(activity("Retiring", "+s3", 2), ending("1: s1,s2 s1,s2,s3"))).toBe(false)
    expect(holds(activity("Announcing", "+s3", 2), ending("1: s1,s2 s1,s2,s3"))).toBe(false)
  })

  it("not if that configuration has another client's change, or half of its own", () => {
    expect(holds(activity("Retiring", "+s2", 1), ending("1: s1,s3"))).toBe(false)
    expect(holds(activity("Retiring", "+s2 -s1", 1), ending("1: s1,s2"))).toBe(false)
    expect(holds(activity("StoringPointer", "+s2 -s1", 1), ending("1: s3"))).toBe(false)
  })

  it("if it ends while deciding, because another client made its change, or because it is refused", () => {
    const operation = { _tag: "Reconfigure", ...changeOf(["+s2"]) } as const
    const proposer = { _tag: "Preempted" } as never
    const deciding = { _tag: "Deciding", operation, instance: 0, proposer } as const
    expect(holds(deciding, ending("1: s1,s2"))).toBe(true)
    expect(holds(deciding, ending("0: s1 s1,s2"))).toBe(false)
    expect(holds(deciding, ending("1: s1,s3"))).toBe(false)
    const emptying = { _tag: "Reconfigure", ...changeOf(["-s1"]) } as const
    expect(holds({ ...deciding, operation: emptying }, ending("1: s1"))).toBe(true)
    expect(holds({ ...deciding, operation: emptying }, ending("1: s1,s2"))).toBe(false)
  })

  it("in any state before it returns, and for operations other than reconfigurations", () => {
    const going = activity("StoringPointer", "+s2", 1)
    expect(holds(going, ending("0: s1 s1,s2", going))).toBe(true)
    expect(holds(idle, ending("0: s1"))).toBe(true)
  })
})
