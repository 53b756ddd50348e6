/**
 * The adversary in the checker: what it can break and what it cannot. Verdicts are the same with
 * any reductions and any number of workers, and the replay agrees.
 */
import { describe, expect, it } from "vitest"
import { allReductions, reductions } from "../../../checker/network/reductions.ts"
import { fromData } from "../../../checker/scenario/load.ts"
import { drawsAll } from "../../draws.ts"
import { broadcast } from "./reliable-broadcast.ts"
import { checked, loadedFrom } from "./searching.ts"

const verdictsOf = (
  model: ReturnType<typeof broadcast>,
  names: ReadonlyArray<string> = symmetric
) => {
  const { properties, notes } = checked(loadedFrom(model, false), { reductions: names })
  expect(notes).toEqual([])
  return Object.fromEntries(properties.map(({ name, verdict }) => [name, verdict]))
}
const symmetric = ["obsolete-messages", "server-symmetry"]

describe("reliable broadcast", () => {
  it("agrees among four peers, any one of which lies", () => {
    expect(verdictsOf(broadcast(4, "p1"))).toEqual({
      agreement: "holds",
      "somebody-delivers": "holds"
    })
    expect(verdictsOf(broadcast(4, "p2"))).toEqual({
      agreement: "holds",
      validity: "holds",
      "somebody-delivers": "holds"
    })
  })

  it.each([{ names: symmetric }, { names: [] }])(
    "does not agree among three of which one lies: $names",
    ({ names }) => {
      expect(verdictsOf(broadcast(3, "p1"), names).agreement).toBe("violated")
      expect(verdictsOf(broadcast(3, "p2"), names).validity).toBe("violated")
    }
  )

  it.each([
    ["silent", "holds"],
    ["stale", "holds"],
    ["equivocating", "holds"],
    ["arbitrary", "violated"]
  ] as const)("among three, a liar that is %s: validity %s", (strength, verdict) => {
    expect(verdictsOf(broadcast(3, "p2", strength)).validity).toBe(verdict)
  })
})

/** A scenario of signed replication, as data. */
const signed = (more: Readonly<Record<string, unknown>>) => {
  const loaded = fromData("signed", {
    protocol: "supermajority",
    servers: 4,
    clients: [["read", "read"]],
    properties: ["atomicity", "only-written-values"],
    ...more
  })
  if (loaded._tag === "Failure") throw loaded.failure
  return loaded.success
}

const domain = { value: [9], number: [9], operation: [] }
const corrupt = (corruptions: Readonly<Record<string, unknown>>) => ({
  faults: { corruptions: { domain, ...corruptions } }
})
const fromTheStart = corrupt({ atStart: ["s4"] })

/** Small systems, correct and not, on which all reductions must agree. */
const systems = [
  ["a liar from the start", signed(fromTheStart), "holds", "large"],
  [
    "a liar at any time",
    signed({ ...corrupt({ servers: 1 }), clients: [["read"]] }),
    "holds",
    "small"
  ],
  [
    "a quorum one short",
    signed({ ...fromTheStart, clients: [["write 1", "read"]], variant: "supermajority-one-short" }),
    "violated",
    "large"
  ],
  [
    "unsigned pairs believed",
    signed({ ...fromTheStart, clients: [["read"]], variant: "unsigned-pairs-believed" }),
    "violated",
    "small"
  ]
] as const

describe("signed replication with a liar", () => {
  // What is large without reductions is searched with each alone by `npm run bench -- laws`.
  const each = [...reductions.map(({ name }) => [name]), []]

  it.each(systems.map(([name, scenario, verdict, size]) => ({ name, scenario, verdict, size })))(
    "$name: $verdict, with each reduction alone where it is $size, and with all",
    ({ scenario, verdict, size }) => {
      for (const names of [allReductions, ...(drawsAll || size === "small" ? each : [])]) {
        const result = checked(scenario, { reductions: names })
        expect(result.verdict, names.join(", ")).toBe(verdict)
        expect(result.reductions).toEqual(names)
        expect(result.notes).toEqual([])
      }
    }
  )
})
