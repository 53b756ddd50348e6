/**
 * Refinement: through a mapping, every step of a system is a step of a more abstract one; a mutant
 * takes a step that the abstract system does not have.
 */
import { describe, expect, it } from "vitest"
import type { Model } from "../../../checker/network/model.ts"
import { allReductions, reductions, soundReductions } from "../../../checker/network/reductions.ts"
import { story } from "../../../checker/report/story.ts"
import type { PropertyResult } from "../../../checker/result.ts"
import { crash, type FaultModel, noFaults } from "../../../spec/kernel/fault.ts"
import type { AnyProperty, Refines } from "../../../spec/kernel/property.ts"
import type { GlobalState } from "../../../spec/kernel/system.ts"
import { checked, loadedFrom } from "./searching.ts"
import { searchSlowly } from "./slow-search.ts"
import { named, type Reaction, type TinyRole, tinyModel } from "./tiny-protocols.ts"

type Whole = GlobalState<Readonly<Record<"server" | "client", string>>, { readonly _tag: string }>

/**
 * A lamp that is off at first, is switched on once, and stays on; it may have a fuse that blows.
 */
const lamp = (mapping: (whole: Whole) => "off" | "on" | "blown", begins = true): AnyProperty => {
  const refines: Refines<unknown, Whole, string> = {
    _tag: "Refines",
    name: "lamp",
    about: "it is off, is switched on once, and stays on",
    mapping: (_context, whole) => mapping(whole),
    begins: (_context, abstract) => begins && abstract === "off",
    allows: (_context, before, after) => before === "off" && after === "on"
  }
  return refines as AnyProperty
}

/**
 * Two switches: the lamp is on when both are. Switching takes two steps, the first of which does
 * not change the lamp.
 */
const bothUp = ({ nodes }: Whole): "off" | "on" | "blown" => {
  const states = Object.values(nodes.server)
  if (states.length < 2) return "blown"
  return states.every((state) => state === "up") ? "on" : "off"
}

const switching = (receives: Readonly<Record<string, Reaction>>): TinyRole => ({
  first: "down",
  receives: (state, message) => receives[`${state} ${message}`]
})
const keeping = switching({ "down flip": { to: "half" }, "half flip": { to: "up" } })
/** Flipped once more, it is down again. */
const tumbling = switching({
  "down flip": { to: "half" },
  "half flip": { to: "up" },
  "up flip": { to: "down" }
})

const flipsEach = (times: number): TinyRole => ({
  first: "idle",
  invokes: (state) =>
    state === "idle"
      ? {
          to: "done",
          sends: ["s1", "s2"].flatMap((server) =>
            Array.from({ length: times }, () => [server, "flip"] as const)
          )
        }
      : undefined
})

const modelOf = (
  server: TinyRole,
  times: number,
  property: AnyProperty = lamp(bothUp),
  faults: FaultModel = noFaults
): Model =>
  tinyModel({ server, client: flipsEach(times) }, { servers: 2, operations: 1, faults }, [property])

const resultOf = (model: Model, names = allReductions) => {
  const {
    properties,
    reductions: used,
    counts
  } = checked(loadedFrom(model, false), { reductions: names })
  return { ...(properties[0] as PropertyResult), used, counts }
}

describe("two switches with a lamp", () => {
  it("refine a lamp that is switched on once", () => {
    expect(resultOf(modelOf(keeping, 3)).verdict).toBe("holds")
  })

  it("do not if a switch can be flipped again: the replayed run ends with the step that breaks it", () => {
    const { verdict, counterexample } = resultOf(modelOf(tumbling, 3))
    expect(verdict).toBe("violated")
    expect(counterexample?.reason).toMatch(/^the last step of s\d is not a step from on to off$/)
    // Both are flipped twice, and one of them once more.
    expect(counterexample?.steps.length).toBe(6)
    const last = counterexample?.steps.at(-1)
    expect(last?.after.nodes.find(({ id }) => id === last.node)?.state).toBe("down")
    if (counterexample !== undefined)
      expect(story(counterexample)).toContain("is not a step from on to off")
  })

  it("do not if the lamp cannot begin in the mapped state", () => {
    const { verdict, counterexample } = resultOf(modelOf(keeping, 1, lamp(bothUp, false)))
    expect(verdict).toBe("violated")
    expect(counterexample?.steps).toEqual([])
    expect(counterexample?.reason).toBe("the abstract system does not begin in this state")
  })

  it("do not if a switch can crash, because a fault is a step as well", () => {
    const faults = { budgets: [{ fault: crash, nodes: named("s", 2), most: 1 }] }
    const { verdict, counterexample } = resultOf(modelOf(keeping, 1, lamp(bothUp), faults))
    expect(verdict).toBe("violated")
    expect(counterexample?.steps.map(({ action }) => action._tag)).toEqual(["Fault"])
    expect(counterexample?.reason).toMatch(/not a step from off to blown$/)
  })

  it("have the same verdicts in the slow twin", () => {
    for (const model of [
      modelOf(keeping, 3),
      modelOf(tumbling, 3),
      modelOf(keeping, 1, lamp(bothUp, false))
    ]) {
      const { distinct, generated, depth, nearest } = searchSlowly(model)
      const { verdict, counterexample, counts } = resultOf(model, [])
      expect({ distinct, generated, depth }).toEqual({ ...counts, frontier: undefined })
      expect(nearest.lamp).toBe(verdict === "violated" ? counterexample?.steps.length : undefined)
    }
  })
})

describe("the reductions that leave out steps", () => {
  /** What a reduction would lose, by its name. */
  const lost = (model: Model) =>
    Object.fromEntries(reductions.map(({ name, loses }) => [name, loses(model, false)]))

  it("are not used with a refinement that they would change, nor symmetry unless it is declared", () => {
    expect(lost(modelOf(keeping, 3))).toEqual({
      "obsolete-messages": undefined,
      "dead-requests": undefined,
      "answers-at-once": "lamp",
      "server-symmetry": "lamp",
      "welcome-messages": "lamp",
      acknowledgements: "lamp"
    })
    const early = { ...lamp(bothUp), allowsEarlierReceipts: true }
    expect(lost(modelOf(keeping, 3, early))["welcome-messages"]).toBeUndefined()
    expect(lost(modelOf(keeping, 3, early))["answers-at-once"]).toBe("lamp")
    const looking = lamp(({ inFlight }) => (Object.keys(inFlight).length > 99 ? "on" : "off"))
    expect(lost(modelOf(keeping, 3, looking))).toMatchObject({
      "obsolete-messages": "lamp",
      "dead-requests": "lamp"
    })
  })

  it("come to the same verdict where they are used, in as many steps", () => {
    /**
     * A switch that is up declares that nothing changes it: it does not need to receive another
     * message.
     */
    const settled: TinyRole = {
      ...keeping,
      promises: { isObsolete: (state) => state === "up" }
    }
    for (const server of [settled, tumbling]) {
      const [plain, reduced] = [resultOf(modelOf(server, 3), []), resultOf(modelOf(server, 3))]
      expect(reduced.used).toEqual(["obsolete-messages", "dead-requests"])
      expect(reduced.verdict).toBe(plain.verdict)
      expect(reduced.counterexample?.steps.length).toBe(plain.counterexample?.steps.length)
      expect(reduced.counts.distinct < plain.counts.distinct).toBe(server === settled)
    }
  })

  it("are all used without it", () => {
    expect(
      soundReductions(allReductions, { ...modelOf(keeping, 3), properties: [] }, false)
    ).toEqual(allReductions)
  })

  it("may be used if it is declared symmetric, and then there are fewer states", () => {
    const symmetric = { ...lamp(bothUp), isSymmetric: true }
    for (const server of [keeping, tumbling]) {
      const [plain, reduced] = [
        resultOf(modelOf(server, 3, symmetric), []),
        resultOf(modelOf(server, 3, symmetric))
      ]
      expect(reduced.used).toContain("server-symmetry")
      expect(reduced.counts.distinct).toBeLessThan(plain.counts.distinct)
      expect(reduced.verdict).toBe(plain.verdict)
      expect(reduced.counterexample?.steps.length).toBe(plain.counterexample?.steps.length)
    }
  })

  it("would drop a message that the mapping looks at", () => {
    /** The lamp is on while a message is in flight that the server declares harmless. */
    const glowing = lamp(({ inFlight }) =>
      Object.values(inFlight).every((messages) => messages.length === 0) ? "off" : "on"
    )
    const indifferent: TinyRole = { first: "down", promises: { isObsolete: () => true } }
    const model = modelOf(indifferent, 1, glowing)
    expect(resultOf(model, []).verdict).toBe("violated")
    expect(resultOf(model).verdict).toBe("violated")
  })
})
