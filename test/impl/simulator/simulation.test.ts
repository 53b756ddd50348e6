/**
 * The simulator runs the runtime's own endpoints. It finds no violation in the protocol, finds its
 * mutants, repeats a run by its seed, and is fast enough to run continuously.
 */
import { isDeepStrictEqual } from "node:util"
import { describe, expect, it } from "vitest"
import { runnableNamed } from "../../../impl/protocols.ts"
import { commandOf, minimise } from "../../../impl/simulator/minimise.ts"
import { defaultPlan, faultsOf, type Plan } from "../../../impl/simulator/plan.ts"
import { Simulation } from "../../../impl/simulator/simulation.ts"
import { drawsAll } from "../../draws.ts"

/** Three of six nodes at a time, six times. */
const replacements = { protocol: "rambo", spares: 3, reconfigurations: 6 }

const plan = (seed: number, more: Partial<Plan> = {}): Plan => ({ ...defaultPlan, seed, ...more })
const run = (of: Plan) => new Simulation(of, runnableNamed("majority")).run()

/** How many seeds find what is correct atomic: the suite takes fewer. */
const seeds = drawsAll ? 15 : 6

/** The runs of the default plan, by their seeds: several tests look at them. */
const runs = new Map<number, ReturnType<typeof run>>()
const runOf = (seed: number): ReturnType<typeof run> => {
  const known = runs.get(seed) ?? run(plan(seed))
  runs.set(seed, known)
  return known
}

/** The first of this many seeds whose run fails. */
const firstFailure = (
  more: Partial<Plan>,
  seeds: number,
  from = 1,
  runnable = runnableNamed("majority")
) => {
  for (let seed = from; seed < from + seeds; seed++) {
    const outcome = new Simulation(plan(seed, more), runnable).run()
    if (outcome.verdict !== "atomic") return { ...outcome, seed }
  }
  return undefined
}

describe("the simulator", () => {
  it("finds majority replication atomic and live, through faults of every kind", () => {
    const kinds = new Set<string>()
    let messages = 0
    for (let seed = 1; seed <= seeds; seed++) {
      const outcome = runOf(seed)
      expect([seed, outcome.verdict, outcome.reason]).toEqual([seed, "atomic", ""])
      expect(outcome.completed).toBeGreaterThan(500)
      for (const { fault } of faultsOf(plan(seed))) kinds.add(fault._tag)
      messages += outcome.messages
    }
    expect(kinds.size).toBe(10)
    expect(messages).toBeGreaterThan(4000 * seeds)
  })

  it("survives with five servers, and with one", () => {
    for (const servers of [1, 5]) {
      expect(run(plan(1, { servers })).verdict).toBe("atomic")
    }
  })

  it.each<[variant: string, verdict: string]>([
    ["read-without-set-phase", "violated"],
    ["write-without-get-phase", "violated"],
    ["timestamp-without-client", "violated"],
    ["quorum-one-short", "violated"],
    ["older-set-not-acknowledged", "stuck"],
    ["set-only-to-answerers", "stuck"]
  ])("finds the mutant %s %s", (variant, verdict) => {
    expect(firstFailure({ variant, registers: 1 }, 40)?.verdict).toBe(verdict)
  })

  it("finds reconfigurations under load atomic and live, with removed nodes switched off", () => {
    let reconfigurations = 0
    const few = drawsAll ? 4 : 2
    for (let seed = 1; seed <= few; seed++) {
      const outcome = new Simulation(plan(seed, replacements), runnableNamed("rambo")).run()
      expect([seed, outcome.verdict, outcome.reason]).toEqual([seed, "atomic", ""])
      reconfigurations += outcome.reconfigurations
    }
    expect(reconfigurations).toBe(few * replacements.reconfigurations)
  })

  it.each([
    ["retired-after-first-register", 14],
    ["list-without-pointer", 5]
  ])("finds that the mutant %s loses a write in a replacement", (variant, from) => {
    const more = {
      ...replacements,
      reconfigurations: 8,
      faultMilliseconds: 8000,
      registers: 2,
      variant
    }
    expect(firstFailure(more, 8, from, runnableNamed("rambo"))?.verdict).toBe("violated")
  })

  it("finds the forgetting protocol atomic and live with liars, and the same for the same seed", () => {
    const lying = {
      ...{ protocol: "byzantine", servers: 4, spares: 6, reconfigurations: 2, liars: 1 },
      ...{ clients: 2, operations: 40, faultMilliseconds: 2500 }
    }
    const runLying = (seed: number) =>
      new Simulation(plan(seed, lying), runnableNamed("byzantine")).run()
    const outcomes = [1, 2].map(runLying)
    for (const { verdict, reason, reconfigurations } of outcomes)
      expect([verdict, reason, reconfigurations]).toEqual(["atomic", "", 2])
    expect(isDeepStrictEqual(runLying(1), outcomes[0])).toBe(true)
  })

  it("keeps a new storage node for each replacement that is to come, since none comes back", () => {
    const three = {
      ...{ protocol: "byzantine", servers: 4, spares: 4, reconfigurations: 3, liars: 1 },
      ...{ clients: 1, operations: 1, faultMilliseconds: 500, faults: [] }
    }
    const outcomes = [1, 2, 3].map((seed) =>
      new Simulation(plan(seed, three), runnableNamed("byzantine")).run()
    )
    expect(outcomes.map(({ reason, reconfigurations }) => [reason, reconfigurations])).toEqual(
      outcomes.map(() => ["", 3])
    )
  })

  // Six seeds do not find others that scenarios kill. Newcomers are given their keys with the
  // current view, so none waits for a NEW_VIEW that it was never sent (`every-new-view-in-turn`).
  // A node that leaves erases all its keys, and is corrupted after that
  // (`private-key-kept-by-who-stays`); it is corrupted some time after the change is done, when
  // every node has been informed (`asked-is-stopped`, `one-stopped-too-few`). No liar opens a
  // NEW_VIEW that arrives late (`old-symmetric-key-kept`).
  it.each([
    ["quorum-one-short", 1, 60],
    ["no-nonce", 8, 120],
    ["private-key-kept-by-who-leaves", 1, 60]
  ])(
    "finds with liars, and a client that slept, that %s is not atomic",
    (variant, from, operations) => {
      const lying = {
        ...{ protocol: "byzantine", servers: 4, spares: 8, reconfigurations: 2, liars: 1 },
        ...{ registers: 1, operations, faultMilliseconds: 2500, variant }
      }
      expect(firstFailure(lying, 4, from, runnableNamed("byzantine"))?.verdict).toBe("violated")
    }
  )

  it("finds disks that lie", () => {
    expect(["damaged", "violated"]).toContain(firstFailure({ lyingDisks: true }, 5)?.verdict)
  })

  it("does the same for the same seed, and something else for another", () => {
    expect(isDeepStrictEqual(run(plan(5)), runOf(5))).toBe(true)
    expect(isDeepStrictEqual(runOf(5).history, runOf(6).history)).toBe(false)
  })

  it("makes a failing run smaller, and names the command that repeats it", () => {
    const failing = plan(1, { variant: "write-without-get-phase" })
    expect(run(failing).verdict).toBe("violated")
    const smaller = minimise(failing, "violated", (one) => run(one).verdict)
    expect(run(smaller).verdict).toBe("violated")
    expect(smaller.operations).toBeLessThan(100)
    expect(faultsOf(smaller).length).toBeLessThan(5)
    expect(commandOf(smaller)).toContain(
      "quorate simulate --protocol majority --variant write-without-get-phase --seed 1 "
    )
  })
})
