/**
 * The limit of masking: without signatures a read never ends while two writes are half-done and a
 * storage node is silent. The state in which the writers died is given, since the search for it is
 * long; a search from there decides the fate of the read.
 */
import { describe, expect, it } from "vitest"
import { allReductions } from "../../../checker/network/reductions.ts"
import { client } from "../../../spec/nodes/nodes.ts"
import { initialPair, type Pair } from "../../../spec/register/pair.ts"
import { checked, loadedFrom, scenarioOf } from "../../checker/network/searching.ts"

const writtenBy = (name: string): Pair => ({
  value: name,
  timestamp: { number: 1, client: client(name) }
})

/** A read of five storage nodes that store these pairs; the fifth is silent. */
const reading = (stored: Readonly<Record<string, Pair>>, silent: ReadonlyArray<string>) => {
  const { model } = scenarioOf({
    protocol: "masking",
    servers: 5,
    clients: [["read"]],
    ...(silent.length === 0
      ? {}
      : { faults: { corruptions: { atStart: silent, strength: "silent" } } }),
    properties: ["static-liveness"]
  })
  const { system } = model
  const nodes = system.nodes.map((node) =>
    node.role === "server"
      ? {
          ...node,
          process: { ...node.process, initial: () => ({ pair: stored[node.id] ?? initialPair }) }
        }
      : node
  )
  const { properties } = checked(loadedFrom({ ...model, system: { ...system, nodes } }), {
    reductions: allReductions
  })
  return properties.find(({ name }) => name === "static-liveness")
}

const one = { s1: writtenBy("c2") }
const two = { ...one, s2: writtenBy("c3") }

describe("a read without signatures", () => {
  it("repeats its requests forever while two writes are half-done and a storage node is silent", () => {
    const found = reading(two, ["s5"])
    expect(found?.verdict).toBe("violated")
    expect(found?.counterexample?.loop).toBeGreaterThan(0)
  })

  it("ends while one write is half-done, or if no node is silent", () => {
    expect(reading(one, ["s5"])?.verdict).toBe("holds")
    expect(reading(two, [])?.verdict).toBe("holds")
  })
})
