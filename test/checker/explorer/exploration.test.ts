/**
 * The explorer takes any run of a scenario, one step at a time, and reports at each place what
 * holds there.
 */

import { beforeAll, describe, expect, it } from "vitest"
import { shippedNames } from "../../../checker/command/shipped.ts"
import type { Place, View } from "../../../checker/explorer/messages.ts"
import { codeLength, codesOf, runFrom, runText } from "../../../checker/explorer/step-code.ts"
import type { Term } from "../../../checker/report/terms.ts"
import { NodeId } from "../../../spec/kernel/node.ts"
import { asked, type Opening, opened, viewAt, walked } from "./sessions.ts"

describe("a run of codes", () => {
  it("is text of a fixed length a step, and is read back", () => {
    const codes = codesOf([{ node: NodeId.make("c1"), action: { _tag: "Fault", fault: "crash" } }])
    expect(codes.map((code) => code.length)).toEqual([codeLength])
    expect(runFrom(runText([...codes, "ab_-"]))).toEqual([...codes, "ab_-"])
    expect(runFrom("")).toEqual([])
  })

  it("is refused where it is not such a text", () => {
    expect(["abc", "ab cd123", "ab/c", "äbcd"].map(runFrom)).toEqual([
      undefined,
      undefined,
      undefined,
      undefined
    ])
  })

  it("has a code of its own for each of two steps that are alike", () => {
    const event = { node: NodeId.make("c1"), action: { _tag: "Fault", fault: "crash" } } as const
    expect(new Set(codesOf([event, event])).size).toBe(2)
  })
})

describe("every shipped protocol", () => {
  const names = shippedNames().filter((name) => name.split("/").length === 2)
  /** A scenario of every folder. */
  const samples = [...new Map(names.map((name) => [name.split("/")[0], name])).values()]

  it.each(samples)("can be walked to the end: %s", async (name) => {
    const session = await opened(name)
    const view = await walked(session, 25)
    expect(view.refused).toBe(0)
    expect(view.steps.length).toBeGreaterThan(5)
    expect(view.nodes.every(({ state, fault }) => state !== undefined || fault !== undefined)).toBe(
      true
    )
    // Everything that a person reads is in words.
    expect(JSON.stringify(view)).not.toMatch(/\[object |undefined|NaN/)
    // The same run, taken from its address by a session that has never seen it.
    const again = await viewAt(await opened(name), view.place)
    expect(again).toEqual(view)
  })
})

describe("a place on a run", () => {
  let session: Opening
  let end: View
  beforeAll(async () => {
    session = await opened("naive/new-write-old-read")
    const checked = await asked(session, { ask: "check" }, "checked")
    const run = checked.properties[0]?.counterexample?.run ?? []
    end = await viewAt(session, { run, at: run.length })
  })

  it("is the end of a counterexample, where the property is broken and no order is left", () => {
    const [atomicity] = end.properties
    expect(atomicity).toMatchObject({
      name: "atomicity",
      status: "broken",
      brokenAt: end.steps.length
    })
    expect(atomicity?.remark).toContain("c1's write 1 had already returned")
    expect(end.steps.at(-1)?.breaks).toEqual(["atomicity"])
    expect(end.steps.map(({ breaks }) => breaks.length).slice(0, -1)).not.toContain(1)
    expect(end.orders).toMatchObject([{ possible: [], violation: "c2's read returned ⊥" }])
    expect(end.steps.at(-1)?.orders).toBe(0)
  })

  it("has the same states one step before, with the step that breaks the property marked among the next", async () => {
    const { run } = end.place
    const before = await viewAt(session, { run, at: run.length - 1 })
    expect(before.properties.map(({ status }) => status)).toEqual(["kept"])
    expect(before.steps).toEqual(end.steps)
    const breaking = before.enabled.filter(({ breaks }) => breaks.includes("atomicity"))
    expect(breaking.map(({ code }) => code)).toEqual([run.at(-1)])
  })

  it("marks what has changed, and says what it was", () => {
    const reader = end.nodes.find(({ id }) => id === "c2")
    expect(reader?.isActing).toBe(true)
    const activity = reader?.state?.fields?.find(({ name }) => name === "activity")?.term
    expect(activity).toMatchObject({ text: "Idle", isChanged: true, was: "Setting" })
    const others = end.nodes.filter(({ id }) => id !== "c2")
    expect(others.every(({ state }) => state?.isChanged === false)).toBe(true)
  })

  it("has an arrow for every message, from the step that sent it to the one that received it", () => {
    const { arrows, steps } = end
    const received = steps.filter(({ kind }) => kind === "receive").map(({ number }) => number)
    expect(arrows.flatMap(({ received: step }) => step ?? []).sort((a, b) => a - b)).toEqual(
      received
    )
    for (const { from, to, sent = 0, received: step } of arrows) {
      expect(steps[sent - 1]?.node).toBe(from)
      if (step !== undefined) expect([step > sent, steps[step - 1]?.node]).toEqual([true, to])
    }
  })

  it("has the intervals of the operations", () => {
    expect(end.intervals.map(({ client, label, ending }) => [client, label, ending])).toEqual([
      ["c1", "reconfigure +s2' -s2: ok", "response"],
      ["c1", "write 1: ok", "response"],
      ["c2", "read: ⊥", "response"]
    ])
  })

  it("takes as much of a run as is possible, and says how much is not", async () => {
    const run = [...end.place.run.slice(0, 3), "----", ...end.place.run.slice(3)]
    const view = await viewAt(session, { run, at: run.length })
    expect([view.place.at, view.refused]).toEqual([3, run.length - 3])
  })

  it("is gone back to, and left by another step", async () => {
    const at = 4
    const back = await viewAt(session, { run: end.place.run, at })
    const other = back.enabled.find(
      ({ code, hasEffect }) => hasEffect && code !== end.place.run[at]
    )
    const place: Place = { run: [...end.place.run.slice(0, at), other?.code ?? ""], at: at + 1 }
    const view = await viewAt(session, place)
    expect(view.steps.map(({ code }) => code)).toEqual(place.run)
    expect(await viewAt(session, end.place)).toEqual(end)
  })
})

describe("a deadlock", () => {
  it("is opened where nothing that is left has an effect", async () => {
    const session = await opened("majority/mutants/set-only-to-answerers")
    const checked = await asked(session, { ask: "check" }, "checked")
    const found = checked.properties.find(({ name }) => name === "deadlock-freedom")
    const run = found?.counterexample?.run ?? []
    const view = await viewAt(session, { run, at: run.length })
    expect(view.properties.find(({ name }) => name === "deadlock-freedom")?.status).toBe("broken")
    expect(view.ending).toMatch(/^Deadlock/)
  })
})

describe("faults", () => {
  it("can be chosen as steps: a crash ends the lane, and loses the messages in flight", async () => {
    const session = await opened("majority/minority-crash")
    const begun = await viewAt(session, { run: [], at: 0 })
    const invoke = begun.enabled.find(({ kind }) => kind === "invoke")?.code ?? ""
    const asking = await viewAt(session, { run: [invoke], at: 1 })
    const crash = asking.enabled.find(({ kind, node }) => kind === "fault" && node === "s1")
    expect(crash?.sentence).toBe("s1 crashes")
    const view = await viewAt(session, { run: [invoke, crash?.code ?? ""], at: 2 })
    expect(view.nodes.find(({ id }) => id === "s1")).toMatchObject({
      fault: "crashes",
      state: undefined
    })
    expect(view.arrows.filter(({ to }) => to === "s1").map(({ lost }) => lost)).toEqual([2])
    expect(view.enabled.some(({ kind, node }) => kind === "fault" && node.startsWith("s"))).toBe(
      false
    )
  })

  it("offer the adversary's choices: messages that were never sent, each as a step of its receiver", async () => {
    const session = await opened("byzantine/masking-four-servers")
    const { nodes, known } = await viewAt(session, { run: [], at: 0 })
    const liar = nodes.find(({ isTakenOver }) => isTakenOver)?.id
    expect(liar).toBeDefined()
    expect(known).toBeDefined()
    const first = (await viewAt(session, { run: [], at: 0 })).enabled.find(
      ({ kind }) => kind === "invoke"
    )
    const asking = await viewAt(session, { run: [first?.code ?? ""], at: 1 })
    const lies = asking.enabled.filter(({ isSpoken }) => isSpoken)
    expect(lies.length).toBeGreaterThan(1)
    expect(new Set(lies.map(({ from }) => from))).toEqual(new Set([liar]))
    const lied = await viewAt(session, { run: [first?.code ?? "", lies[0]?.code ?? ""], at: 2 })
    expect(lied.arrows.at(-1)).toMatchObject({ from: liar, sent: undefined, received: 2 })
    // The adversary overhears messages to the liar at once.
    expect(lied.arrows.filter(({ to }) => to === liar).map(({ received }) => received)).toEqual([1])
  })
})

describe("figures", () => {
  it("show the cmap of every node under RAMBO", async () => {
    const session = await opened("rambo/replace-one-to-the-end")
    const { maps } = await walked(session, 200)
    const cells = new Set(maps.flatMap((row) => row.cells))
    expect(maps.map(({ node }) => node)).toContain("s1")
    expect(cells.has("±")).toBe(true)
    expect([...cells].some((cell) => cell.startsWith("{"))).toBe(true)
  })

  it("show the epochs and the keys of nodes that may lie, and what the adversary has of them", async () => {
    const wordsOf = (term: Term | undefined): string =>
      term === undefined
        ? ""
        : [
            term.text,
            ...(term.fields ?? []).map(({ name, term: one }) => `${name} ${wordsOf(one)}`)
          ].join(" ")
    const place = { run: [], at: 0 }
    const keys = await viewAt(await opened("forgetting/keys/overlapping"), place)
    const [first] = keys.nodes.map(({ state }) => wordsOf(state))
    expect(first).toMatch(/view .*number 0 .*members \{a, b, c, d\}/)
    expect(first).toContain("key key of server a, number 0")
    expect(keys.known?.join()).toContain("signed: (server a, ")
    const epochs = await viewAt(await opened("dbqs/three-epochs"), place)
    expect(wordsOf(epochs.nodes[0]?.state)).toContain("(number 0, members {a}) signed by admin")
  })

  it("show the DAG of configurations under DynaStore, with each client's position", async () => {
    const session = await opened("dynastore/overlap")
    const { dag } = await walked(session, 60)
    expect(dag?.edges.length).toBeGreaterThan(0)
    for (const { from, to } of dag?.edges ?? [])
      expect((dag?.vertices[from]?.size ?? 9) < (dag?.vertices[to]?.size ?? 0)).toBe(true)
    expect(dag?.vertices.flatMap(({ visitors }) => visitors)).toContain("c1")
    expect((await walked(await opened("majority/write"), 3)).dag).toBeUndefined()
  })
})
