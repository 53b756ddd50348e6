/**
 * The first example of the runners' README, with real processes: the command starts its runners,
 * comes to what one worker comes to, and leaves no process behind.
 */
import { readFileSync } from "node:fs"
import { afterAll, beforeAll, expect, it } from "vitest"
import { runHere } from "../in-process.ts"
import { Installation } from "../installation.ts"

let installation: Installation
beforeAll(() => {
  installation = new Installation()
})
afterAll(() => installation.remove())

const readme = readFileSync("checker/command/runners/README.md", "utf8")
const example = /^npx quorate (check \S+) (--runners \d+)/m.exec(readme)

/** What a document says that does not depend on who did how much of the work. */
const outcomeOf = ({ code, stdout }: { readonly code: number | null; readonly stdout: string }) => {
  const { seconds: _, peakMemoryBytes: __, engine: ___, actions, ...document } = JSON.parse(stdout)
  return { code, document, actions: Object.entries(actions).sort() }
}

it("the example comes to what one worker comes to, by processes of its own", async () => {
  const [, check = "", runners = ""] = example ?? []
  const words = [...check.split(" "), "--json"]
  const one = outcomeOf(await runHere(installation.folder, words))
  const several = await installation.run([...words, ...runners.split(" ")])
  expect(outcomeOf(several)).toEqual(one)
  expect(one.document.states.distinct).toBeGreaterThan(1_000)
  // A machine that is busy makes it report its progress, which says nothing of the outcome.
  expect(several.stderr.replace(/^\S+: [\d,]+ states, .*\n/gm, "")).toBe("")
})
