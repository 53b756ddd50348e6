/**
 * Scenarios with an administrator, and a protocol's own premises on corruption.
 */
import { describe, expect, it } from "vitest"
import { accepted, refusal } from "./refused.ts"

const fine = {
  protocol: "forgetting",
  servers: ["a", "b", "c", "d", "e"],
  configuration: ["a", "b", "c", "d"],
  administrator: ["reconfigure +e -a"],
  clients: [["read"]]
}
const told = (changes: Readonly<Record<string, unknown>>) => refusal({ ...fine, ...changes })

describe("a scenario with an administrator", () => {
  it("has it among its nodes, with its script, and the configurations that come of it", () => {
    const { model } = accepted({
      ...fine,
      administrator: ["reconfigure +e -a", "reconfigure -b -c -d"]
    })
    expect(model.system.nodes.map(({ id, role }) => `${role} ${id}`)).toContain(
      "administrator admin"
    )
    expect(Object.values(model.scripts).map(({ length }) => length)).toEqual([1, 2])
    expect(model.system.parameters).toMatchObject({ successors: [["b", "c", "d", "e"], ["e"]] })
  })

  it("needs no client", () => {
    expect(Object.keys(accepted({ ...fine, clients: [] }).model.scripts)).toEqual(["admin"])
    expect(told({ clients: [], administrator: [] })).toContain("clients: expected a list")
  })

  it("is refused where it does something else, leaves no server, or has a storage node's name", () => {
    expect(told({ administrator: ["read"] })).toContain(
      "administrator[0]: an administrator only reconfigures"
    )
    expect(told({ administrator: ["reconfigure -a -b -c -d"] })).toContain(
      "no server would be left"
    )
    expect(told({ administrator: ["reconfigure +z"] })).toContain("there is no server z")
    expect(told({ servers: ["a", "b", "c", "d", "e", "admin"] })).toContain(
      "the name of the administrator"
    )
  })

  it("is refused in protocols that have none, and clients do not reconfigure where there is one", () => {
    const rambo = { protocol: "rambo", administrator: ["reconfigure +s3"] }
    expect(refusal(rambo)).toContain(
      "rambo has no administrator — remove it, or check administered or forgetting or "
    )
    expect(told({ clients: [["reconfigure +e"]] })).toContain(
      "clients of forgetting do not reconfigure"
    )
  })
})

describe("a premise on corruption", () => {
  const bounded = (name: string, more = {}) => ({
    faults: { corruptions: { atStart: ["b"], while: name, clients: 0, ...more } }
  })

  it("is the protocol's own, or one of liveness", () => {
    const { faults } = accepted({
      ...fine,
      ...bounded("bounded-until-forgotten", { atOnce: true })
    }).model
    expect([faults.premise?.name, faults.isEager]).toEqual(["bounded-until-forgotten", true])
    expect(accepted({ ...fine, ...bounded("dynamic-liveness") }).model.faults.premise?.name).toBe(
      "dynamic-liveness"
    )
  })

  it("is refused where the protocol has none of that name", () => {
    const given = { protocol: "supermajority", servers: ["a", "b", "c", "d"] }
    expect(refusal({ ...given, ...bounded("bounded-until-forgotten") })).toContain(
      `supermajority has no premise "bounded-until-forgotten"`
    )
  })

  it("comes with what the adversary overhears", () => {
    const { faults } = accepted({
      ...fine,
      ...bounded("bounded-for-ever", { overhears: "are corrupted" })
    }).model
    expect(faults.adversary?.overhears).toBe("are corrupted")
  })
})
