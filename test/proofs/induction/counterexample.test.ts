/**
 * The smallest counterexample to induction, and what a transition makes of it.
 */
import { expect, it } from "vitest"
import { counterexample } from "../../../proofs/induction/counterexample.ts"
import { obligationsOf } from "../../../proofs/induction/obligations.ts"
import { and, eq, exists, forall, implies, not, sort } from "../../../proofs/logic/formula.ts"
import { type Model, transition } from "../../../proofs/logic/model.ts"
import { relation } from "../../../proofs/logic/symbols.ts"
import { wasmSolver } from "../../../proofs/solver/wasm.ts"

const node = sort("node")
const token = relation("token", node)
const heard = relation("heard", node)

/** A node that takes a token is recorded in a relation about which nothing is claimed. */
const taking: Model = {
  name: "taking",
  about: "Whoever wants takes a token.",
  axioms: {
    "there are three nodes": exists({ a: node, b: node, c: node }, ({ a, b, c }) =>
      and(not(eq(a, b)), not(eq(b, c)), not(eq(a, c)))
    )
  },
  initially: [],
  transitions: {
    take: transition({ n: node }, ({ n }) => ({ when: [], does: [token.add(n), heard.add(n)] }))
  },
  invariant: {
    "one node has the token": forall({ a: node, b: node }, ({ a, b }) =>
      implies(and(token(a), token(b)), eq(a, b))
    )
  },
  safety: {}
}

it("has as few elements as can be, and what happens of which nothing is claimed", async () => {
  const solver = wasmSolver()
  const kept = obligationsOf(taking).find(({ kind }) => kind === "kept")
  if (kept === undefined) throw new Error("not there")
  const found = await counterexample(solver, taking, kept)
  solver.close()
  // Fewer than three there are not, so nothing is found among the few that are tried first.
  expect(found?.before.sizes).toEqual(new Map([["node", 3]]))
  expect(found?.before.relations.get("token")?.size).toBe(1)
  expect(found?.after?.relations.get("token")?.size).toBe(2)
  expect([...(found?.after?.relations.get("heard")?.rows ?? [])]).toEqual([[found?.parameters.n]])
})
