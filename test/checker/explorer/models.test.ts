/**
 * A user's models in the explorer: the modules of a page, and the answers to the page's requests
 * about a plain transition system.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { modulesOf } from "../../../checker/command/model-modules.ts"
import { atomic, careless } from "../../../checker/examples/lock.ts"
import type { Answer, Place, Question, View } from "../../../checker/explorer/messages.ts"
import { Session } from "../../../checker/explorer/session.ts"
import type { Relation } from "../../../checker/relation/relation.ts"

const opened = async (relation: Relation<never> | Relation<object>) => {
  const session = new Session(
    async () => undefined,
    async () => Result.succeed({ _tag: "Relation", relation: relation as Relation<object> })
  )
  const ask = (question: Question): Promise<Answer> => session.answer(question, () => undefined)
  const model = { modules: [], exported: "default" }
  const first = await ask({ ask: "open", name: "mine", text: "", model })
  const view = async (place: Place) => (await ask({ ask: "view", place })) as View
  return { ask, view, first }
}
const beginning: Place = { run: [], at: 0 }

describe("a transition system in the explorer", () => {
  it("is stepped: what is possible, what changed, the author's function, what is broken", async () => {
    const { view } = await opened(careless as Relation<never>)
    let shown = await view(beginning)
    for (const action of ["look(p)", "look(q)", "take(p)", "take(q)"]) {
      const next = shown.enabled.find(({ text }) => text === action)
      const run = [...shown.place.run, next?.code ?? ""]
      shown = await view({ run, at: run.length })
      expect([shown.refused, shown.source?.name]).toEqual([0, action])
    }
    expect(shown.source?.code).toContain('"has looked"')
    expect(shown.steps.at(-1)).toMatchObject({
      sentence: 'take(q): at.q = "inside"',
      breaks: ["mutual exclusion"]
    })
    const [node] = shown.nodes
    const at = node?.state?.fields?.find(({ name }) => name === "at")?.term.fields
    expect(at?.map(({ term }) => [term.isChanged, term.was])).toEqual([
      [false, undefined],
      [true, '"has looked"']
    ])
    expect(shown.properties.map(({ name, status }) => [name, status])).toEqual([
      ["mutual exclusion", "broken"],
      ["p is inside", "kept"],
      ["deadlock-freedom", "kept"]
    ])
    const unlike = await view({ run: ["AAAA"], at: 1 })
    expect([unlike.refused, unlike.place]).toEqual([1, beginning])
  })

  it("is checked, with a counterexample that can be stepped", async () => {
    const { ask, view } = await opened(careless as Relation<never>)
    const checked = await ask({ ask: "check" })
    if (checked.tell !== "checked") throw new Error(checked.tell)
    const [property] = checked.properties
    const run = property?.counterexample?.run ?? []
    expect([checked.verdict, property?.verdict, run.length]).toEqual(["violated", "violated", 4])
    expect((await view({ run, at: 4 })).properties[0]?.status).toBe("broken")
  })

  it("is asked for ways, for what can still be broken, for its states, and what differs", async () => {
    const { ask } = await opened(careless as Relation<never>)
    const way = await ask({ ask: "way", place: beginning, goal: "at.p = inside and at.q = inside" })
    if (way.tell !== "way" || !way.found) throw new Error("no way")
    expect(way.place.at).toBe(4)
    expect(await ask({ ask: "way", place: beginning, goal: "at.r = inside" })).toMatchObject({
      tell: "refused",
      message: expect.stringContaining('no field "at.r"')
    })
    const by = await ask({ ask: "way", place: beginning, goal: "take(q) and at.p = inside" })
    expect(by).toMatchObject({ found: true, place: { at: 4 } })
    const possible = { ask: "possible", place: beginning, property: "mutual exclusion" } as const
    expect(await ask(possible)).toMatchObject({ answer: "can be violated", place: { at: 4 } })
    const graph = await ask({ ask: "graph", place: beginning })
    if (graph.tell !== "graph") throw new Error(graph.tell)
    expect(graph.byDepth.slice(0, 3)).toEqual([1, 2, 3])
    expect(graph.picture?.states.some(({ mark }) => mark === "broken")).toBe(true)
    const one = { run: way.place.run, at: 1 }
    expect(await ask({ ask: "compare", left: one, right: way.place })).toMatchObject({
      shared: 1,
      differences: [{ place: "at.p" }, { place: "at.q" }, { place: "isTaken" }]
    })

    const right = await opened(atomic as Relation<never>)
    expect(await right.ask(possible)).toMatchObject({ answer: "cannot be violated" })
    expect(await right.ask({ ask: "check" })).toMatchObject({ verdict: "holds" })
  })

  it("begins with the choice of an initial state, where there are several; a lasso keeps its loop", async () => {
    const { ask, view } = await opened({
      initial: [{ n: 0 }, { n: 5 }],
      actions: { tick: ({ n }: { readonly n: number }) => [{ n: n < 5 ? (n + 1) % 3 : 5 }] },
      fairness: { weak: ["tick"] },
      eventuallyAlways: { settles: ({ n }: { readonly n: number }) => n === 0 || n === 5 }
    } as Relation<never>)
    const shown = await view(beginning)
    expect(shown.enabled.map(({ text }) => text)).toEqual(["{ n: 0 }", "{ n: 5 }"])
    const checked = await ask({ ask: "check" })
    if (checked.tell !== "checked") throw new Error(checked.tell)
    const { run = [], loop = 0 } = checked.properties[0]?.counterexample ?? {}
    const end = await view({ run, at: run.length })
    const back = await view({ run, at: loop })
    expect(end.nodes[0]?.state?.fields?.[0]?.term.text).toBe(
      back.nodes[0]?.state?.fields?.[0]?.term.text
    )
    expect(end.steps[0]?.sentence).toBe("begin: { n: 0 }")
  })

  it("is refused in a sentence where it is none, also if only running it shows that", async () => {
    const wrong = await opened({ initial: [], actions: {} } as unknown as Relation<never>)
    expect(wrong.first).toMatchObject({ tell: "refused" })
    const later = await opened({
      initial: [{ n: 0 }],
      actions: { up: () => [{ m: 1 }] }
    } as unknown as Relation<never>)
    expect(await later.view(beginning)).toMatchObject({
      tell: "refused",
      message: expect.stringContaining('no field "m"')
    })
  })
})

describe("the modules of a model", () => {
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "quorate-modules-"))
    const write = (name: string, text: string) => writeFileSync(join(folder, name), text)
    write("model.mjs", 'import { top } from "./limit.mjs"\nexport * from "quorate/checker"\n')
    write("limit.mjs", "export const top = 3\n")
    write("round.mjs", 'import "./trip.mjs"\n')
    write("trip.mjs", 'import "./round.mjs"\n')
    write("files.mjs", 'import { readFileSync } from "node:fs"\n')
  })
  afterAll(() => rmSync(folder, { recursive: true }))
  const modules = (file: string) => Effect.runPromise(Effect.result(modulesOf(file)))

  it("come after those that they import, with marks for these and for what the page has", async () => {
    expect(Result.getOrThrow(await modules(join(folder, "model.mjs")))).toEqual([
      "export const top = 3\n",
      'import { top } from "quorate-module:0"\nexport * from "quorate-module:quorate/checker"\n'
    ])
  })

  it("have no types; examples of the package import what is in the page", async () => {
    const file = fileURLToPath(
      new URL("../../../checker/examples/ring-election.ts", import.meta.url)
    )
    const [text = ""] = Result.getOrThrow(await modules(file))
    expect(text).toContain('from "quorate-module:quorate/checker"')
    expect(text).not.toMatch(/import type|: NodeId/)
  })

  it.each([
    ["round.mjs", "imports itself"],
    ["files.mjs", "imports node:fs, which the page does not have"]
  ])("are refused where a page cannot run them: %s", async (name, problem) => {
    const refused = await modules(join(folder, name))
    expect(Result.isFailure(refused) && refused.failure.message).toContain(problem)
  })
})
