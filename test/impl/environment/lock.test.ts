/**
 * Each way to lock a file excludes others until the file is closed, including other processes; a
 * machine without any way is reported.
 */
import { spawn, spawnSync } from "node:child_process"
import { closeSync, mkdtempSync, openSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterAll, describe, expect, it } from "vitest"
import { byCommand, byModule, tryLock } from "../../../impl/environment/lock.ts"

const folder = mkdtempSync(join(tmpdir(), "quorate-lock-"))
afterAll(() => rmSync(folder, { recursive: true }))

const ways = { byModule, byCommand }
const hasFlock = spawnSync("flock", ["--version"]).status === 0

describe.each(["byModule", "byCommand"] as const)("a lock %s", (way) => {
  it.runIf(way === "byModule" || hasFlock)("keeps others out until its file is closed", () => {
    const file = join(folder, way)
    const [first, second] = [openSync(file, "a+"), openSync(file, "a+")]
    expect(ways[way](first)).toBe(true)
    expect(ways[way](second)).toBe(false)
    closeSync(first)
    expect(ways[way](second)).toBe(true)
    closeSync(second)
  })

  it.runIf(way === "byModule" || hasFlock)("ends with the process that holds it", async () => {
    const file = join(folder, `${way} of another`)
    const module = fileURLToPath(new URL("../../../impl/environment/lock.ts", import.meta.url))
    const text = `import { ${way} } from ${JSON.stringify(module)}; import { openSync } from "node:fs"
console.log(${way}(openSync(${JSON.stringify(file)}, "a+"))); setInterval(() => undefined, 1000)`
    const child = spawn(process.execPath, ["--input-type=module", "--eval", text], {
      stdio: ["ignore", "pipe", "inherit"]
    })
    const said = await new Promise((resolve) => child.stdout.once("data", resolve))
    expect(String(said)).toBe("true\n")
    const mine = openSync(file, "a+")
    expect(ways[way](mine)).toBe(false)
    const ended = new Promise((resolve) => child.once("exit", resolve))
    child.kill("SIGKILL")
    await ended
    expect(ways[way](mine)).toBe(true)
    closeSync(mine)
  })
})

it("takes the next way where one is missing, and says what to install where none is there", () => {
  expect(tryLock(0, [() => undefined, () => false, () => true])).toBe(false)
  expect(() => tryLock(0, [() => undefined])).toThrow(/install flock/)
})
