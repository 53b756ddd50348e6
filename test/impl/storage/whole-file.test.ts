/**
 * A replaced file is the old or the new one, as a whole, even if the disk takes only a part of the
 * new one.
 */
import { spawnSync } from "node:child_process"
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { replaceDurably, writeDurably } from "../../../impl/storage/whole-file.ts"
import { canFillDisks } from "../chaos/chaos.ts"

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "quorate-whole-file-"))
})
afterEach(() => rmSync(folder, { recursive: true }))

describe("a file that is replaced", () => {
  it("has the new bytes, and nothing else stays in the folder", () => {
    const file = join(folder, "facts")
    replaceDurably(file, "old")
    replaceDurably(file, "new")
    expect([readFileSync(file, "utf8"), readdirSync(folder)]).toEqual(["new", ["facts"]])
  })

  it.runIf(canFillDisks)("is the old one if there is room for a part of the new one", () => {
    const file = join(folder, "facts")
    writeDurably(file, "old")
    const module = new URL("../../../impl/storage/whole-file.ts", import.meta.url).href
    const program = `
      const { replaceDurably, writeDurably } = await import(${JSON.stringify(module)})
      const tried = (write, name) => {
        try { write(process.argv[1] + name, "n".repeat(1000)) } catch ({ code }) { console.log(code) }
      }
      tried(replaceDurably, "")
      tried(writeDurably, "-more")`
    const { stdout } = spawnSync(
      "prlimit",
      ["--fsize=600", process.execPath, "--input-type=module", "--eval", program, file],
      { encoding: "utf8" }
    )
    expect(stdout).toBe("EFBIG\nEFBIG\n")
    expect([readFileSync(file, "utf8"), readdirSync(folder)]).toEqual(["old", ["facts"]])
  })
})
