/**
 * Shipped refinements with crashing nodes: a crash is also a step of the abstract systems, and
 * hides nothing.
 */
import { describe, expect, it } from "vitest"
import type { Model } from "../../../checker/network/model.ts"
import { allReductions } from "../../../checker/network/reductions.ts"
import type { AnyPart, Part } from "../../../spec/kernel/keyed.ts"
import { keyed } from "../../../spec/kernel/keyed.ts"
import type { NodeId } from "../../../spec/kernel/node.ts"
import type { AnyProcess } from "../../../spec/kernel/process.ts"
import { parts } from "../../../spec/majority/registers.ts"
import {
  checked,
  loadedFrom,
  scenarioOf,
  stepsToViolation,
  verdicts
} from "../../checker/network/searching.ts"

const crashes = { crashes: { servers: 1, clients: 1 } }
const checkedWith = (scenario: object) =>
  checked(scenarioOf(scenario), { reductions: allReductions })

const registers = { protocol: "majority-registers", servers: 2, properties: ["refines-single"] }
const reconfigured = {
  ...{ servers: 2, configuration: ["s1"], clients: [["reconfigure +s2 -s1"], ["read"]] },
  properties: ["refines-sequence"]
}

describe("where nodes crash", () => {
  it.each([
    {
      protocol: "majority",
      servers: 2,
      clients: [["write 1"], ["read"]],
      properties: ["refines-ordered-register"]
    },
    { ...registers, clients: [["write x 1", "read y"]] },
    { protocol: "rambo", ...reconfigured },
    { protocol: "rds", ...reconfigured },
    { protocol: "rambo-ii", ...reconfigured, properties: ["refines-sequence-in-parallel"] }
  ])("$protocol refines what it does where none do", (scenario) => {
    const result = checkedWith({ ...scenario, faults: crashes })
    expect(Object.values(verdicts(result))).toContain("holds")
    expect([result.verdict, result.exhaustive]).toEqual(["holds", true])
    expect(Object.keys(result.actions)).toEqual(
      expect.arrayContaining(["client crashes", "server crashes"])
    )
  })

  it.each([
    [
      {
        protocol: "majority",
        variant: "quorum-one-short",
        servers: 3,
        clients: [["write 1"], ["read"]]
      },
      { "refines-ordered-register": 5 }
    ],
    [
      {
        ...{
          protocol: "rambo",
          variant: "consensus-instance-shared",
          servers: 3,
          configuration: ["s1"]
        },
        clients: [["reconfigure +s2"], ["reconfigure +s3"]]
      },
      { "refines-sequence": 17 }
    ]
  ])("a mutant is found all the same: $variant", (scenario, steps) => {
    const asked = { ...scenario, faults: crashes, properties: Object.keys(steps) }
    expect(stepsToViolation(checkedWith(asked))).toEqual(steps)
  })

  it("is no step of the abstract register that an operation of one who is left ends without an end", () => {
    const mutant = { protocol: "majority", variant: "read-without-set-phase", servers: 3 }
    const asked = {
      ...{ ...mutant, clients: [["write 1"], ["read"]], faults: { crashes: { clients: ["c1"] } } },
      properties: ["refines-ordered-register"]
    }
    expect(checkedWith(asked).verdict).toBe("violated")
  })
})

/** The model, of which one role runs this part for each register. */
const running = (role: "server" | "client", part: AnyPart, model: Model): Model => ({
  ...model,
  system: {
    ...model.system,
    nodes: model.system.nodes.map((node) =>
      node.role === role ? { ...node, process: keyed(part) as AnyProcess } : node
    )
  }
})

describe("registers side by side", () => {
  const clients = [["write x 1", "read y"]]
  const { model } = scenarioOf({ ...registers, servers: 1, clients, faults: crashes })
  const verdictOf = (part: AnyPart, role: "server" | "client" = "server") =>
    checked(loadedFrom(running(role, part, model), false)).verdict
  const server = parts.server as AnyPart

  it("are told from registers that are confused", () => {
    expect(verdictOf(server)).toBe("holds")
    const confused: AnyPart = {
      ...server,
      step: (context, self, state, input, after) => {
        const { sends, ...step } = server.step(context, self, state, input, after)
        return { ...step, sends: sends.map((send) => ({ ...send, key: "x" })) }
      }
    }
    expect(verdictOf(confused)).toBe("violated")
  })

  it("are told from registers that speak of each other beside their own answers", () => {
    const chatty: Part<unknown, unknown, never, never, unknown, unknown, NodeId> = {
      ...(server as Part<unknown, unknown, never, never, unknown, unknown, NodeId>),
      step: (context, self, state, input, after) => {
        const { sends, ...step } = server.step(context, self, state, input, after)
        const more = sends.flatMap((send) => [send, { ...send, key: "y" }])
        return { ...step, sends: more, observations: [] }
      }
    }
    expect(verdictOf(chatty as AnyPart)).toBe("violated")
  })

  it("may have names that every record has", () => {
    const named = [["write constructor 1", "read __proto__"]]
    const twice = [...named, ["write __proto__ 2"]]
    for (const asked of [{ clients: named, faults: crashes }, { clients: twice }]) {
      const { verdict, counts } = checkedWith({ ...registers, ...asked, servers: 1 })
      expect(verdict).toBe("holds")
      expect(counts.distinct).toBeGreaterThan(20)
    }
  })
})
