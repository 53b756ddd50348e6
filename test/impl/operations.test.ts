/**
 * Services: flags from a file, units that systemd accepts, and a health check that uses the node's
 * own address.
 */
import { spawnSync } from "node:child_process"
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import * as Result from "effect/Result"
import { afterAll, describe, expect, it } from "vitest"
import { parseJson } from "../../checker/scenario/json.ts"
import { withConfiguration } from "../../impl/command/configuration-file.ts"
import { isInstalled } from "../bench/store/system.ts"

const operations = fileURLToPath(new URL("../../impl/operations/", import.meta.url))
const folder = mkdtempSync(join(tmpdir(), "quorate-operations-"))
afterAll(() => rmSync(folder, { recursive: true }))
const file = join(folder, "s1.json")
const configured = (words: ReadonlyArray<string>) => withConfiguration(words, async () => parseJson)
const given = async (content: unknown, ...words: ReadonlyArray<string>) => {
  writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content))
  const result = await configured(["node", "--config", file, ...words])
  return Result.isSuccess(result) ? result.success.slice(3) : result.failure
}

describe("a file of flags", () => {
  it("adds what the command line does not say", async () => {
    const flags = { name: "s1", "memory-bytes": 7, begin: true, join: false, servers: "a b=c" }
    expect(await given(flags, "--name", "s2", "--no-begin")).toEqual([
      ...["--name", "s2", "--no-begin", "--memory-bytes=7", "--no-join", "--servers=a b=c"]
    ])
    expect(await given(`\uFEFF{"name":"s1"}`, "--name=s3")).toEqual(["--name=s3"])
    for (const other of [
      ["put", "--config", file],
      ["node", "--name", "s1"],
      ["node", "--config"],
      []
    ])
      expect(await configured(other)).toEqual(Result.succeed(other))
    expect(await configured(["membership", "run", `--config=${file}`])).toMatchObject({
      success: ["membership", "run", `--config=${file}`, "--name=s1"]
    })
  })

  it("is refused with the place and the mend", async () => {
    for (const wrong of ["[]", '{"name":null}', '{"Name":"x"}', '{"a":1.5}', '{"config":"y"}'])
      expect(await given(wrong)).toMatch(
        /s1\.json: it is not an object of flags .* — write \{"name"/
      )
    expect(await given('{"name": "s1"\n"data"}')).toMatch(
      /s1\.json: line 2, column 1: this is not JSON \(comma expected\) — write \{"name"/
    )
    expect(await given('{"name": "s1", "name": "s2"}')).toMatch(
      /s1\.json: line 1, column 16: the field "name" is given twice — give it once/
    )
    rmSync(file)
    expect(await configured(["node", `--config=${file}`])).toMatchObject({
      failure: expect.stringContaining("it cannot be read (ENOENT)")
    })
  })
})

describe("what services are made of", () => {
  it.runIf(isInstalled("systemd-analyze"))("has units that systemd accepts", () => {
    const units = readdirSync(operations).filter((name) => name.endsWith(".service"))
    expect(units.length).toBe(2)
    for (const unit of units) {
      const copy = join(folder, unit.replace("@", "@s1"))
      cpSync(join(operations, unit), copy)
      const { stderr, status } = spawnSync("systemd-analyze", ["verify", "--man=no", copy], {
        encoding: "utf8"
      })
      expect([unit, stderr, status]).toEqual([unit, "", 0])
    }
  })

  it("asks for health where its own example serves it", () => {
    const image = readFileSync(join(operations, "Dockerfile"), "utf8")
    const [, port] = /--metrics 0\.0\.0\.0:(\d+)/.exec(image) ?? []
    expect(image).toContain(`http://127.0.0.1:${port}/health`)
  })
})
