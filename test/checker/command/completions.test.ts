/**
 * Completion in a real bash: commands, and the names of shipped scenarios.
 */
import { execFileSync } from "node:child_process"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { scenarioCompletions } from "../../../checker/command/completions.ts"
import { Installation } from "./installation.ts"

let installation: Installation
beforeAll(() => {
  installation = new Installation()
})
afterAll(() => installation.remove())

/** What bash offers for these words, the last of which is being typed. */
const offered = (script: string, ...words: ReadonlyArray<string>): ReadonlyArray<string> => {
  const line = words.join(" ")
  const typing = `COMP_WORDS=(${words.map((word) => `'${word}'`).join(" ")}); COMP_CWORD=${words.length - 1}; COMP_LINE='${line}'; COMP_POINT=${line.length}`
  const text = `${script}\n${typing}\n_quorate_scenarios quorate '${words.at(-1)}' '${words.at(-2)}'\nprintf '%s\\n' "\${COMPREPLY[@]}"`
  return execFileSync("bash", ["--norc"], { input: text, encoding: "utf8" }).trim().split("\n")
}

describe("completion in bash", () => {
  it("offers commands, scenarios where a command takes them, and flags", async () => {
    const { code, stdout } = await installation.run(["--completions", "bash"])
    expect(code).toBe(0)
    expect(offered(stdout, "quorate", "expl")).toEqual(["explore"])
    const scenarios = offered(stdout, "quorate", "check", "naive/new-")
    expect(scenarios).toContain("naive/new-write-old-read")
    expect(scenarios.every((name) => name.startsWith("naive/new-"))).toBe(true)
    expect(offered(stdout, "quorate", "check", "--max-st").toSorted()).toEqual([
      ...["--max-states", "--max-steps"]
    ])
    expect(offered(stdout, "quorate", "put", "naive/new-")).toEqual([""])
    // After a flag stands its value: a scenario only if the flag takes none.
    expect(offered(stdout, "quorate", "check", "--order", "d")).toEqual(["dfs"])
    expect(offered(stdout, "quorate", "check", "--trace", "naive/new-")).toEqual([""])
    expect(offered(stdout, "quorate", "check", "--json", "naive/new-")).toEqual(scenarios)
  })

  it.each(["zsh", "fish"])("is printed for %s, too, and only when requested", (shell) => {
    expect(scenarioCompletions([`--completions=${shell}`])).toContain("naive/new-write-old-read")
    expect(scenarioCompletions(["--help"])).toBeUndefined()
  })
})
