/**
 * Every reduction, alone and with all others, against no reduction, on small scenarios of weak
 * snapshots and of DynaStore.
 */
import { describe, expect, it } from "vitest"
import { dynastore } from "../../../spec/dynastore/protocol.ts"
import { weakSnapshot } from "../../../spec/weak-snapshot/protocol.ts"
import { compare, nothingSeen } from "./comparing.ts"
import { scenarioOf, untilExhausted } from "./searching.ts"

const promises = ["integrity", "validity", "monotonicity", "non-empty-intersection"]

describe("the reductions", () => {
  it.each([
    ["dynastore", 2, ["s1"], [["reconfigure +s2 -s1", "read"], ["write 1"]]],
    ["weak-snapshot", 4, ["s1", "s2"], [["update +s3"], ["update +s4"]]],
    ["weak-snapshot", 3, ["s1", "s2"], [["update +s3"], ["scan"]]]
  ] as const)(
    "keep every verdict of %s with %i storage nodes, first %j, and %j",
    (protocol, servers, configuration, clients) => {
      const seen = nothingSeen()
      const variants = protocol === "dynastore" ? dynastore.variants : weakSnapshot.variants
      // The graph of this variant is infinite.
      for (const { name } of variants.filter(({ name }) => name !== "removed-node-returns")) {
        const properties =
          protocol === "dynastore"
            ? ["atomicity", "views-grow", "timestamps-follow-time"]
            : promises
        const data = { protocol, variant: name, servers, configuration, clients, properties }
        compare(untilExhausted(scenarioOf(data)), 10_000, seen)
      }
      expect(seen.compared).toBeGreaterThan(2)
      expect(seen.smaller.size).toBeGreaterThan(0)
      expect(seen.broken).toEqual(new Map())
    }
  )
})
