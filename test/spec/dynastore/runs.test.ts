/**
 * What no search reaches: runs of DynaStore with many nodes and reconfigurations at once, each with a seed, judged by
 * atomicity and by the proof's invariants.
 */
import { describe, expect, it } from "vitest"
import { graphDot, graphMermaid, graphText, traversalsOf } from "../../../checker/report/graph.ts"
import { majority } from "../../../spec/configuration/configuration.ts"
import { dynastore } from "../../../spec/dynastore/protocol.ts"
import type { ClientState } from "../../../spec/dynastore/state.ts"
import type { VariantName } from "../../../spec/dynastore/variants.ts"
import { isWithin, membersOf, type View } from "../../../spec/dynastore/view.ts"
import { setOf, without } from "../../../spec/kernel/data.ts"
import { client, type NodeId, server, servers } from "../../../spec/kernel/node.ts"
import type { Event } from "../../../spec/kernel/observer.ts"
import type { Operation } from "../../../spec/register/operation.ts"
import { mergingSeed, traversals } from "../../bench/figure-1.ts"
import { latenciesOf, simulate, type Taken } from "../../bench/simulation.ts"

const read: Operation = { _tag: "Read" }
const write = (value: number): Operation => ({ _tag: "Write", value })
const add = (name: string): Operation => ({ _tag: "Reconfigure", add: servers(name), remove: [] })
const remove = (name: string): Operation => ({ _tag: "Reconfigure", add: [], remove: servers(name) })

/** Most messages are quick, some are very late: many more orders than with delays that are alike. */
const uneven = (fraction: number): number => (fraction < 0.7 ? fraction : 40 * (fraction - 0.7))

const setupOf = (clients: number, variant: VariantName) => ({
  servers: servers("s1", "s2", "s3", "s4", "s5", "s6"),
  clients: Array.from({ length: clients }, (_, index) => client(`c${index + 1}`)),
  configuration: majority(servers("s1", "s2", "s3", "s4")),
  variant
})

const run = (
  scripts: ReadonlyArray<ReadonlyArray<Operation>>,
  seed: number,
  variant: VariantName = "correct"
): ReadonlyArray<Taken> => {
  const setup = setupOf(scripts.length, variant)
  const begins = scripts.map((operations, index) => ({ client: client(`c${index + 1}`), at: 0, operations }))
  return simulate(dynastore, setup, begins, seed, { delayOf: uneven })
}

/** The names of the properties that the run breaks. */
const broken = (taken: ReadonlyArray<Taken>, clients: number): ReadonlyArray<string> => {
  const setup = setupOf(clients, "correct")
  const isClient = (node: NodeId) => node.startsWith("c")
  const events = taken.flatMap(({ node, observations }) =>
    observations.map((observation): Event<Operation> => ({ _tag: "Observed", node, observation }))
  )
  return dynastore.properties.flatMap((property) => {
    switch (property._tag) {
      case "Observed": {
        const observer = property.observer(setup)
        const state = events.reduce(observer.observe as never, observer.initial)
        return observer.violation(state) === undefined ? [] : [property.name]
      }
      case "Step": {
        const steps = taken.filter(({ node }) => isClient(node) === (property.role === "client"))
        const holds = steps.every(({ node, before, after }) =>
          property.holds(setup, node, before as never, after as never)
        )
        return holds ? [] : [property.name]
      }
      case "Process": {
        const steps = taken.filter(({ node }) => isClient(node) === (property.role === "client"))
        return steps.every(({ node, after }) => property.holds(setup, node, after as never))
          ? []
          : [property.name]
      }
      default:
        return []
    }
  })
}

/** The views that are on everybody's way, for data is stored in them, and that an operation passed without reading. */
const missed = (taken: ReadonlyArray<Taken>): ReadonlyArray<View> => {
  const all = traversalsOf(taken)
  const established = setOf(all.flatMap(({ stored }) => stored))
  return all.flatMap(({ edges, end, from, stored }) => {
    const read = setOf([...edges.map((edge) => edge.from), ...stored])
    return end === null
      ? []
      : without(established, read).filter((view) => isWithin(from, view) && isWithin(view, end))
  })
}

const scripts = [
  [remove("s4"), read],
  [add("s5"), write(1)],
  [write(2), read],
  [read, add("s6"), read]
]

describe("runs of DynaStore in the simulator", () => {
  it("with three reconfigurations at once end, are atomic, and keep the proof's invariants", () => {
    let merged = 0
    for (let seed = 1; seed <= 25; seed++) {
      const taken = run(scripts, seed)
      expect(latenciesOf(taken)).toHaveLength(scripts.flat().length)
      expect(broken(taken, scripts.length), `seed ${seed}`).toEqual([])
      expect(missed(taken), `seed ${seed}`).toEqual([])
      const final = taken.map(({ after }) => after as ClientState).filter((state) => state._tag === "Idle")
      const members = final.map(({ view }) => membersOf(view).join())
      expect(members).toContain("s1,s2,s3,s5,s6")
      if (traversalsOf(taken).some(({ edges }) => edges.length >= 4)) merged++
    }
    expect(merged).toBeGreaterThan(5)
  })

  it("read every view on their way in which anybody stores (lemma 5.9); where scans collect once, some do not", () => {
    expect(missed(run(scripts, 1))).toEqual([])
    expect(missed(run(scripts, 1, "one-collect"))).not.toEqual([])
  })

  it("are the same for the same seed", () => {
    expect(run(scripts, 3)).toEqual(run(scripts, 3))
    expect(run(scripts, 3)).not.toEqual(run(scripts, 4))
  })

  it.each([
    ["unmerged-branches", 10, ["stored-views-form-a-chain"]],
    ["largest-first", 60, ["stores-in-desired-view", "views-grow"]]
  ] as const)(
    "break what the proof says of them where the mutant %s does, in %i runs",
    (variant, runs, expected) => {
      const seeds = Array.from({ length: runs }, (_, seed) => seed)
      const all = new Set(seeds.flatMap((seed) => broken(run(scripts, seed, variant), scripts.length)))
      expect([...all]).toEqual(expect.arrayContaining([...expected]))
    }
  )
})

describe("the picture of figure 1", () => {
  const figure = traversals(mergingSeed)

  it("has the diamond: one edge for each reconfiguration, and two that merge them", () => {
    const ways = figure.flatMap(({ edges }) =>
      edges.map(({ from, to }) => [from, to].map(membersOf).map(String))
    )
    expect(new Set(ways.map((way) => way.join(" to ")))).toEqual(
      new Set([
        "s1,s2,s3,s4 to s1,s2,s3",
        "s1,s2,s3,s4 to s1,s2,s3,s4,s5",
        "s1,s2,s3 to s1,s2,s3,s5",
        "s1,s2,s3,s4,s5 to s1,s2,s3,s5"
      ])
    )
  })

  it("has a subgraph per client, and they differ, with one path in all of them", () => {
    expect(figure.map(({ edges }) => edges.length)).toEqual([4, 4, 1, 1])
    const common = figure[2]?.edges[0]
    for (const { edges } of figure) expect(edges).toContainEqual(common)
  })

  it("is drawn as text, for Mermaid and for Graphviz", () => {
    expect(graphText(figure)).toContain("{s1,s2,s3,s4} --[-s4]--> {s1,s2,s3} -s4   (c1, c2)")
    expect(graphMermaid(figure)).toMatch(/^flowchart LR\n/)
    expect(graphMermaid(figure).match(/-->/g)).toHaveLength(4)
    expect(graphDot(figure)).toMatch(/^digraph configurations \{\n(.*\n)*\}$/)
    expect(graphDot(figure).match(/peripheries=2/g)).toHaveLength(2)
    expect(server("s5")).toBe(figure.at(-1)?.end?.add.at(-1))
  })
})
