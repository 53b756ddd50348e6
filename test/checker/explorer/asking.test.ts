/**
 * The explorer's answers about a place: shortest paths to it, properties that can still be
 * violated, the states around it, and the difference to another place.
 */
import { beforeAll, describe, expect, it } from "vitest"
import { Search } from "../../../checker/engine/search.ts"
import { Exploration } from "../../../checker/explorer/exploration.ts"
import { SearchFrom } from "../../../checker/explorer/search-from.ts"
import { Network } from "../../../checker/network/network.ts"
import { shipped } from "../shipped.ts"
import { asked, type Opening, opened, viewAt, walked } from "./sessions.ts"

const start = { run: [], at: 0 }

describe("the shortest way to a state where", () => {
  let session: Opening
  beforeAll(async () => {
    session = await opened("majority/write-read")
  })
  const wayTo = (goal: string, place: { run: ReadonlyArray<string>; at: number } = start) =>
    asked(session, { ask: "way", place, goal }, "way")

  it.each([
    // The write begins, two Gets and two answers, one Set.
    ["some server.pair.value = 1", 6],
    ["s2.pair = 1@1.c1", 6],
    ["every server.pair = 1@1.c1", 8],
    ["s1.pair.timestamp.number >= 1 and c2 returns ⊥", 15],
    ["c1 is Setting", 5],
    ["c1 invokes Write", 1],
    ["server receives Set", 6],
    ["c2 returns 1", 15],
    ["c2 returns", 9],
    ["c1 is Idle", 0]
  ])("%s: %i steps", async (goal, steps) => {
    const way = await wayTo(goal)
    if (!way.found) throw new Error("no way")
    expect(way.place.run.length).toBe(steps)
    const view = await viewAt(session, way.place)
    expect([view.refused, view.steps.length]).toEqual([0, steps])
  })

  it("begins at the place", async () => {
    const { place } = await walked(session, 5)
    const way = await wayTo("c2 returns", place)
    expect(way.found && way.place.run.slice(0, 5)).toEqual(place.run)
  })

  it("does not exist where every state was visited in vain", async () => {
    const small = await opened("majority/write")
    for (const goal of ["some server.pair.value = 2", "atomicity is broken"])
      expect(await asked(small, { ask: "way", place: start, goal }, "way")).toMatchObject({
        ...{ found: false, isExhaustive: true }
      })
  })

  it.each([
    ["", /no goal is given: write "s1/],
    ["quickly", /"quickly" is not a goal/],
    [
      "s9.pair.value = 1",
      /there is no node or role "s9": known: s1, s2, s3, c1, c2, server, client$/
    ],
    ["servr receives Set", /there is no node or role "servr": did you mean "server"\?/],
    ["atomicty is broken", /no property "atomicty" is checked here: did you mean "atomicity"\?/],
    ["s1 explodes", /"explodes" is not a step: write "invokes …"/]
  ])("is not searched for where it is not clear what is meant: %j", async (goal, message) => {
    const refused = await asked(session, { ask: "way", place: start, goal }, "refused")
    expect(refused.message).toMatch(message)
  })
})

describe("whether a property can still be violated", () => {
  it("is answered with a run, if it can", async () => {
    const session = await opened("naive/new-write-old-read")
    const found = await asked(
      session,
      { ask: "possible", place: start, property: "atomicity" },
      "possible"
    )
    expect(found.answer).toBe("can be violated")
    const view = await viewAt(session, found.place ?? start)
    expect(view.properties[0]?.status).toBe("broken")
    const again = { ask: "possible", place: view.place, property: "atomicity" } as const
    expect(await asked(session, again, "possible")).toMatchObject({ answer: "broken already" })
  })

  it("is answered by all states, if it cannot", async () => {
    const session = await opened("majority/write-read")
    for (const property of ["atomicity", "deadlock-freedom"]) {
      const question = {
        ask: "possible",
        place: (await walked(session, 7)).place,
        property
      } as const
      expect(await asked(session, question, "possible")).toMatchObject({
        answer: "cannot be violated"
      })
    }
  })

  it("is left to the check where it is about whole runs", async () => {
    const session = await opened("naive/liveness/stop-the-world")
    const question = { ask: "possible", place: start, property: "dynamic-liveness" } as const
    expect((await asked(session, question, "refused")).message).toMatch(/about whole runs/)
  })

  // The reductions are sound from any state: the plain search is the slow twin.
  it.each([
    "majority/mutants/quorum-one-short",
    "majority/write-read",
    "majority/mutants/read-without-set-phase"
  ])("is the same with the reductions and without them, anywhere on walks: %s", async (name) => {
    const { model, checksDeadlock } = shipped(name)
    const session = await opened(name)
    const verdicts: Array<string> = []
    for (const [seed, steps] of [
      [1, 5],
      [2, 9],
      [3, 14]
    ] as const) {
      const { place } = await walked(session, steps, seed)
      const exploration = new Exploration(model, checksDeadlock)
      exploration.goTo(place.run)
      const state = exploration.positions.at(-1)?.engine as Int32Array
      const [fast, slow] = [undefined, []].map((reductions) => {
        const search = SearchFrom.toViolation(exploration.network, state, "atomicity", reductions)
        while (search.advance(10_000));
        return search
      }) as [SearchFrom, SearchFrom]
      expect(fast.finding === undefined).toBe(slow.finding === undefined)
      verdicts.push(fast.finding === undefined ? "kept" : "violated")
      for (const search of [fast, slow]) {
        if (search.finding === undefined) continue
        exploration.codesFor(search.events(), place.run)
        expect(exploration.positions.at(-1)?.broken).toContain("atomicity")
      }
    }
    expect(verdicts.includes("violated")).toBe(name.includes("/mutants/"))
  })
})

describe("the states around a place", () => {
  it("are those that the search visits, at the same distances", async () => {
    const name = "majority/write"
    const graph = await asked(await opened(name), { ask: "graph", place: start }, "graph")
    const search = new Search(new Network(shipped(name).model), { checksDeadlock: false })
    while (search.advance(10_000));
    const { distinct, generated, depth } = search.counts
    expect(graph.isExhaustive).toBe(true)
    expect(graph.byDepth.reduce((sum, count) => sum + count, 0)).toBe(distinct)
    expect(graph.byDepth.length - 1).toBe(depth)
    expect(graph.actions.reduce((sum, [, count]) => sum + count, 0)).toBe(generated - 1)
    expect(graph.picture?.edges.length).toBe(generated - 1)
    expect(
      graph.picture?.states.filter(({ mark }) => mark === "broken" || mark === "stuck")
    ).toEqual([])
  })

  it("have runs that lead to them", async () => {
    const session = await opened("majority/write")
    const { picture } = await asked(session, { ask: "graph", place: start }, "graph")
    const far = picture?.states.at(-1)
    const view = await viewAt(session, { run: far?.run ?? [], at: far?.depth ?? 0 })
    expect([view.refused, view.steps.length]).toEqual([0, far?.depth])
    expect(view.ending).toMatch(/Every operation has returned/)
  })

  it("are only counted where they are many, and not all of them where they are very many", async () => {
    const session = await opened("rambo/as-written")
    const graph = await asked(session, { ask: "graph", place: start }, "graph")
    expect([graph.picture, graph.isExhaustive]).toEqual([undefined, false])
    expect(graph.byDepth.slice(0, 2)).toEqual([1, 2])
  })
})

describe("the difference of two places", () => {
  it("is shown step by step and field by field", async () => {
    const session = await opened("majority/write-read")
    const { place: left } = await walked(session, 12, 1)
    const right = { run: left.run.slice(0, 6), at: 6 }
    const comparison = await asked(session, { ask: "compare", left, right }, "compare")
    expect([comparison.shared, comparison.onlyRight, comparison.sameSteps]).toEqual([6, [], false])
    expect(comparison.onlyLeft.length).toBe(6)
    expect(comparison.onlyLeft[0]).toMatch(/^7\. /)
    expect(comparison.differences.length).toBeGreaterThan(0)
    for (const { place, left: one, right: other } of comparison.differences) {
      expect(place).toMatch(/^(?:[cs]\d(?:\.\w+)*|on the way)$/)
      expect(one).not.toBe(other)
    }
    const same = await asked(session, { ask: "compare", left, right: left }, "compare")
    expect(same).toMatchObject({ sameSteps: true, differences: [], shared: 12 })
  })

  it("is none where the same steps were taken in another order that commutes", async () => {
    const session = await opened("majority/write-read")
    const first = await viewAt(session, start)
    const [write, read] = first.enabled.map(({ code }) => code) as [string, string]
    const question = {
      ask: "compare",
      left: { run: [write, read], at: 2 },
      right: { run: [read, write], at: 2 }
    } as const
    const comparison = await asked(session, question, "compare")
    expect(comparison).toMatchObject({ shared: 0, sameSteps: true, differences: [] })
  })
})

describe("a check", () => {
  it("gives every verdict, coverage, and a counterexample that can be opened", async () => {
    const session = await opened("rambo/mutants/populate-without-get")
    const checked = await asked(session, { ask: "check" }, "checked")
    expect(checked.verdict).toBe("violated")
    expect(checked.actions.length).toBeGreaterThan(3)
    const found = checked.properties.find(({ counterexample }) => counterexample !== undefined)
    const run = found?.counterexample?.run ?? []
    const view = await viewAt(session, { run, at: run.length })
    expect([
      view.refused,
      view.properties.find(({ name }) => name === found?.name)?.status
    ]).toEqual([0, "broken"])
  })

  it("opens a lasso with its cycle", async () => {
    const session = await opened("rambo/liveness/announcement-not-awaited")
    const checked = await asked(session, { ask: "check" }, "checked")
    const lasso = checked.properties.find(
      ({ counterexample }) => counterexample?.loop !== undefined
    )?.counterexample
    expect(lasso?.loop).toBeLessThanOrEqual(lasso?.run.length ?? -1)
    const view = await viewAt(session, { run: lasso?.run ?? [], at: lasso?.run.length ?? 0 })
    expect(view.refused).toBe(0)
    expect(view.intervals.some(({ ending }) => ending === "none")).toBe(true)
  })

  it("is ended by the next long question, and reports it", async () => {
    const session = await opened("rambo/as-written")
    const check = asked(session, { ask: "check" }, "checked")
    const view = await viewAt(session, start)
    expect(view.place).toEqual(start)
    await asked(session, { ask: "stop" }, "stopped")
    const checked = await check
    expect(checked.remarks).toContain("the search did not finish: it was stopped")
    expect(checked.verdict).toBe("inconclusive")
  })
})
