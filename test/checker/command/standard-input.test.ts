/**
 * A scenario may arrive late: a program that pipes it in may give a pipe that does not block, and
 * the pipe is empty when the command begins to read.
 */
import { spawn } from "node:child_process"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, expect, it } from "vitest"
import { Installation } from "./installation.ts"

const installation = new Installation()
afterAll(() => installation.remove())

it("a scenario on standard input is waited for", async () => {
  const scenario = readFileSync(
    join(import.meta.dirname, "../../../checker/scenarios/majority/write.json")
  )
  const child = spawn(process.execPath, [installation.script, "check", "-", "--json"])
  let said = ""
  child.stdout.on("data", (bytes) => {
    said += bytes
  })
  await new Promise((resolve) => setTimeout(resolve, 600))
  child.stdin.write(scenario.subarray(0, 20))
  await new Promise((resolve) => setTimeout(resolve, 100))
  child.stdin.end(scenario.subarray(20))
  expect(await new Promise((resolve) => child.once("exit", resolve))).toBe(0)
  expect(JSON.parse(said)).toMatchObject({ asExpected: true })
})
