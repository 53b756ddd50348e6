/**
 * Beyond the reach of searches: seeded runs of DynaStore with many nodes and concurrent
 * reconfigurations, checked for atomicity and the proof's invariants.
 */
import { describe, expect, it } from "vitest"
import { majority } from "../../../spec/configuration/configuration.ts"
import { dynastore } from "../../../spec/dynastore/protocol.ts"
import type { ClientState } from "../../../spec/dynastore/state.ts"
import { isWithin, membersOf, type View } from "../../../spec/dynastore/view.ts"
import { setOf, without } from "../../../spec/kernel/data.ts"
import type { NodeId, Role } from "../../../spec/kernel/node.ts"
import type { AnyObserver, Event } from "../../../spec/kernel/observer.ts"
import type { AnyProperty } from "../../../spec/kernel/property.ts"
import { type ProtocolOf, systemOf, variantOf } from "../../../spec/kernel/protocol.ts"
import type { System } from "../../../spec/kernel/system.ts"
import { client, server, servers } from "../../../spec/nodes/nodes.ts"
import type { StorageParameters } from "../../../spec/storage/parameters.ts"
import type { StorageOperation } from "../../../spec/storage/reconfiguration.ts"
import { mergingSeed, traversals } from "../../bench/figure-1.ts"
import { latenciesOf, simulate, type Taken } from "../../bench/simulation.ts"
import { graphDot, graphMermaid, graphText, traversalsOf } from "./graph.ts"

const read: StorageOperation = { _tag: "Read" }
const write = (value: number): StorageOperation => ({ _tag: "Write", value })
const add = (name: string): StorageOperation => ({
  _tag: "Reconfigure",
  add: servers(name),
  remove: []
})
const remove = (name: string): StorageOperation => ({
  _tag: "Reconfigure",
  add: [],
  remove: servers(name)
})

/** Most messages are fast and some very late, which gives many more orders than uniform delays. */
const uneven = (fraction: number): number => (fraction < 0.7 ? fraction : 40 * (fraction - 0.7))

const protocol: ProtocolOf<StorageParameters> = dynastore

const systemWith = (clients: number, name: string): System => {
  const variant = variantOf(protocol, name)
  if (variant === undefined) throw new Error(`there is no variant ${name}`)
  const parameters: StorageParameters = {
    servers: servers("s1", "s2", "s3", "s4", "s5", "s6"),
    clients: Array.from({ length: clients }, (_, index) => client(`c${index + 1}`)),
    configuration: majority(servers("s1", "s2", "s3", "s4"))
  }
  return systemOf(protocol, parameters, variant)
}

const run = (
  scripts: ReadonlyArray<ReadonlyArray<StorageOperation>>,
  seed: number,
  variant = "correct"
): ReadonlyArray<Taken> => {
  const begins = scripts.map((operations, index) => ({
    client: client(`c${index + 1}`),
    at: 0,
    operations
  }))
  return simulate(systemWith(scripts.length, variant), begins, seed, { delayOf: uneven })
}

/** The names of the properties that the run violates. */
const broken = (taken: ReadonlyArray<Taken>, clients: number): ReadonlyArray<string> => {
  const { context, nodes } = systemWith(clients, "correct")
  const events = taken.flatMap(({ node, observations }) =>
    observations.map((observation): Event<unknown> => ({ _tag: "Observed", node, observation }))
  )
  const roleOf = (node: NodeId): Role | undefined => nodes.find(({ id }) => id === node)?.role
  const holds = (property: AnyProperty): boolean => {
    switch (property._tag) {
      case "Observed": {
        const observer: AnyObserver = property.observer(context)
        return observer.violation(events.reduce(observer.observe, observer.initial)) === undefined
      }
      case "Step":
        return taken
          .filter(({ node }) => roleOf(node) === property.role)
          .every(({ node, before, after }) => property.holds(context, node, before, after))
      case "Process":
        return taken
          .filter(({ node }) => roleOf(node) === property.role)
          .every(({ node, after }) => property.holds(context, node, after))
      default:
        return true
    }
  }
  return protocol.properties.filter((property) => !holds(property)).map(({ name }) => name)
}

/**
 * The views that are on every client's way, because data is stored in them, and that an operation
 * passed without reading.
 */
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
  it("with three concurrent reconfigurations end, are atomic, and keep the proof's invariants", () => {
    let merged = 0
    for (let seed = 1; seed <= 25; seed++) {
      const taken = run(scripts, seed)
      expect(latenciesOf(taken)).toHaveLength(scripts.flat().length)
      expect(broken(taken, scripts.length), `seed ${seed}`).toEqual([])
      expect(missed(taken), `seed ${seed}`).toEqual([])
      const final = taken
        .map(({ after }) => after as ClientState)
        .filter((state) => state._tag === "Idle")
      const members = final.map(({ view }) => membersOf(view).join())
      expect(members).toContain("s1,s2,s3,s5,s6")
      if (traversalsOf(taken).some(({ edges }) => edges.length >= 4)) merged++
    }
    expect(merged).toBeGreaterThan(5)
  })

  it("read every view on their path in which some client stores data (lemma 5.9); with scans that collect once, some do not", () => {
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
    "violate the proof's invariants with the mutant %s, in %i runs",
    (variant, runs, expected) => {
      const seeds = Array.from({ length: runs }, (_, seed) => seed)
      const all = new Set(
        seeds.flatMap((seed) => broken(run(scripts, seed, variant), scripts.length))
      )
      expect([...all]).toEqual(expect.arrayContaining([...expected]))
    }
  )
})

describe("the picture of figure 1", () => {
  const figure = traversals(mergingSeed)

  it("has the diamond: one edge for each reconfiguration, and two that merge the branches", () => {
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

  it("has a different subgraph for each client, all with a common path", () => {
    expect(figure.map(({ edges }) => edges.length)).toEqual([4, 4, 1, 1])
    const common = figure[2]?.edges[0]
    for (const { edges } of figure) expect(edges).toContainEqual(common)
  })

  it("is printed for Mermaid and for Graphviz", () => {
    expect(graphText(figure)).toContain("{s1,s2,s3,s4} --[-s4]--> {s1,s2,s3} -s4   (c1, c2)")
    expect(graphMermaid(figure)).toMatch(/^flowchart LR\n/)
    expect(graphMermaid(figure).match(/-->/g)).toHaveLength(4)
    expect(graphDot(figure)).toMatch(/^digraph configurations \{\n(.*\n)*\}$/)
    expect(graphDot(figure).match(/peripheries=2/g)).toHaveLength(2)
    expect(server("s5")).toBe(figure.at(-1)?.end?.add.at(-1))
  })
})
