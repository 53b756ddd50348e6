/**
 * A scenario that begins after a course, in the explorer: its runs begin in the initial state, and
 * the page opens where the course ends.
 */
import { expect, it } from "vitest"
import { Session } from "../../../checker/explorer/session.ts"
import { asked, viewAt } from "./sessions.ts"

const after = ["c1 is asked to write 1", "s1 receives get from c1", "c1 receives has ⊥@0 from s1"]
const text = JSON.stringify({
  ...{ protocol: "majority", variant: "quorum-one-short", servers: 2, after },
  ...{ clients: [["write 1"], ["read"]], expect: { atomicity: "violated" } }
})

it("is shown as the first steps of the run, and of a counterexample", async () => {
  const session = new Session(async () => undefined)
  const { course, bounds } = await asked(session, { ask: "open", name: "course", text }, "opened")
  expect(bounds).toContain(
    "checks are about what follows the first 3 steps, which the scenario gives"
  )
  const begun = await viewAt(session, { run: course, at: course.length })
  expect(begun.steps.map(({ sentence }) => sentence.replaceAll('"', "").split(";")[0])).toEqual(
    after
  )
  expect(begun.steps.map(({ isGiven }) => isGiven)).toEqual([true, true, true])

  const { properties } = await asked(session, { ask: "check" }, "checked")
  const found = properties.find(({ name }) => name === "atomicity")?.counterexample
  expect(found?.run.slice(0, 3)).toEqual(course)
  const { run } = found as { readonly run: ReadonlyArray<string> }
  const end = await viewAt(session, { run, at: run.length })
  expect(end.steps.filter(({ isGiven }) => isGiven)).toHaveLength(3)
  expect(end.steps.at(-1)?.breaks).toEqual(["atomicity"])

  // Another first step: nothing of the run is the scenario's.
  const other = (await viewAt(session, { run: [], at: 0 })).enabled.find(
    ({ node }) => node === "c2"
  )
  const apart = await viewAt(session, { run: [other?.code ?? ""], at: 1 })
  expect(apart.steps.map(({ isGiven }) => isGiven)).toEqual([false])
})
