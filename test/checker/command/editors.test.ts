/**
 * The problem matcher in the documentation matches the command's real output.
 */
import { readFileSync } from "node:fs"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { runHere } from "./in-process.ts"
import { Installation, small } from "./installation.ts"

interface Pattern {
  readonly regexp: string
  readonly file: number
  readonly line?: number
  readonly column?: number
  readonly message: number
}

const manual = readFileSync(new URL("../../../checker/command/README.md", import.meta.url), "utf8")
const blocks = [...manual.matchAll(/```json\n([\s\S]*?)```/g)].map(([, text]) =>
  JSON.parse(text as string)
)
const { tasks } = blocks.find((block) => "tasks" in block) as {
  readonly tasks: ReadonlyArray<{
    readonly problemMatcher: ReadonlyArray<{ readonly pattern: Pattern }>
  }>
}
const patterns = tasks[0]?.problemMatcher.map(({ pattern }) => pattern) ?? []

/** The problems that an editor would list. */
const problemsIn = (output: string) =>
  output.split("\n").flatMap((text) =>
    patterns.flatMap(({ regexp, file, line, column, message }) => {
      const found = new RegExp(regexp).exec(text)
      if (found === null) return []
      const place =
        line === undefined || column === undefined
          ? []
          : [Number(found[line]), Number(found[column])]
      return [{ file: found[file], place, message: found[message] }]
    })
  )

let installation: Installation
beforeAll(() => {
  installation = new Installation()
})
afterAll(() => installation.remove())

const problemsOf = async (name: string, content: unknown) => {
  installation.write(name, content)
  const { stdout, stderr } = await runHere(installation.folder, ["check", name])
  return problemsIn(`${stdout}\n${stderr}`)
}

describe("the problem matcher", () => {
  it("finds the line and the column of what is not JSON, once", async () => {
    expect(await problemsOf("torn.json", '{\n  "protocol" "majority"\n}')).toEqual([
      { file: "torn.json", place: [2, 14], message: expect.stringContaining("this is not JSON") }
    ])
  })

  it("finds what is wrong in a scenario, with its place in the message", async () => {
    expect(await problemsOf("mine.json", { ...small, clients: [["wriet 1"]] })).toEqual([
      {
        file: "mine.json",
        place: [],
        message: expect.stringMatching(/^clients\[0\]\[0\]: majority has no operation/)
      }
    ])
  })

  it("finds a violation, and nothing where everything holds", async () => {
    const violated = {
      ...small,
      variant: "write-without-get-phase",
      clients: [["write 1"], ["write 2", "read"]]
    }
    expect((await problemsOf("lost.json", violated)).map(({ message }) => message)).toEqual([
      expect.stringMatching(/^violated/)
    ])
    expect(await problemsOf("small.json", small)).toEqual([])
  })
})
