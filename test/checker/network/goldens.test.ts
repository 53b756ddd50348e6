/**
 * The counts of the whole state space of majority replication, without reductions and without
 * observers: they depend on the protocol alone, not on the engine. The depth is known in advance:
 * an operation is one invocation, and for each server a request, a reply, a second request and a
 * second reply.
 */
import { describe, expect, it } from "vitest"
import { beginSearch } from "../../../checker/engine/begin.ts"
import type { Order } from "../../../checker/engine/search.ts"
import { Network } from "../../../checker/network/network.ts"
import { checked, scenarioOf } from "./searching.ts"

const goldens = [
  {
    servers: 3,
    clients: [["write 1"], ["read"]],
    distinct: 136_248,
    generated: 768_925,
    depth: 26
  },
  {
    servers: 2,
    clients: [["write 1"], ["write 2"], ["read"]],
    distinct: 24_520,
    generated: 97_837,
    depth: 27
  },
  { servers: 3, clients: [["write 1"]], distinct: 264, generated: 743, depth: 13 }
]

const withoutProperties = (servers: number, clients: ReadonlyArray<ReadonlyArray<string>>) => {
  const scenario = scenarioOf({ protocol: "majority", servers, clients })
  return { ...scenario, checksDeadlock: false, model: { ...scenario.model, properties: [] } }
}

const searched = (servers: number, clients: ReadonlyArray<ReadonlyArray<string>>, order: Order) => {
  const { model } = scenarioOf({ protocol: "majority", servers, clients })
  const search = beginSearch(new Network({ ...model, properties: [] }, []), {
    order,
    checksDeadlock: false
  })
  while (search.advance(10_000));
  return search
}

it("every golden depth is the number of steps of all operations in sequence", () => {
  for (const { servers, clients, depth } of goldens)
    expect(depth).toBe(clients.length * (1 + 4 * servers))
})

const [largest, ...others] = goldens

describe.each(others)(
  "$servers servers, $clients.length clients",
  ({ servers, clients, ...golden }) => {
    it("has the golden numbers of states and transitions", () => {
      expect(searched(servers, clients, "bfs").counts).toEqual({ ...golden, frontier: 0 })
    })

    it("has the same numbers when it is searched depth-first", () => {
      const search = searched(servers, clients, "dfs")
      expect(search.counts).toMatchObject({
        distinct: golden.distinct,
        generated: golden.generated,
        frontier: 0
      })
      expect(search.counts.depth).toBeGreaterThanOrEqual(golden.depth)
      expect(search.findings).toEqual([])
    })

    it("has the same numbers in a check of a scenario without properties", () => {
      const result = checked(withoutProperties(servers, clients))
      expect(result.counts).toEqual({ ...golden, frontier: 0 })
      expect(result.properties).toEqual([])
      expect(result.exhaustive).toBe(true)
    })
  }
)

it("calls the specification once for each distinct process state and input, regardless of the number of states", () => {
  if (largest === undefined) throw new Error("there is none")
  const { servers, clients, ...golden } = largest
  const { engine, counts } = checked(withoutProperties(servers, clients))
  expect(counts).toEqual({ ...golden, frontier: 0 })
  expect(engine.transitionCalls).toBe(188)
  expect(engine.memoHitRate).toBeGreaterThan(0.999)
})
