/**
 * What the package is to those who install it: where it runs, what it exports, what it brings
 * along.
 */
import { existsSync, readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"

const root = new URL("../", import.meta.url)
const manifest = JSON.parse(readFileSync(new URL("package.json", root), "utf8"))

describe("the package", () => {
  it("asks for no newer Node than it needs, and for none older than its dependencies run on", () => {
    expect(manifest.engines).toEqual({ node: ">=22.19" })
    const floors = Object.keys(manifest.dependencies).map((name) => {
      const file = new URL(`node_modules/${name}/package.json`, root)
      const { engines } = JSON.parse(readFileSync(file, "utf8"))
      return Number(/>=\s*(\d+(?:\.\d+)?)/.exec(engines?.node ?? ">=0")?.[1])
    })
    expect(Math.max(...floors)).toBeLessThanOrEqual(22.19)
  })

  it("brings no Node of its own: what the checkout has for its tools is left out when it is packed", () => {
    const brought = Object.keys(manifest.optionalDependencies).filter((name) => /^node-/.test(name))
    for (const name of brought) {
      expect(manifest.scripts.prepack).toContain(`npm pkg delete optionalDependencies.${name}`)
      expect(manifest.scripts.postpack).toContain(`optionalDependencies.${name}=`)
    }
    expect(Object.keys(manifest.dependencies).filter((name) => /^node-/.test(name))).toEqual([])
  })

  it("has a licence, can be shaken, and exports each part with its types", () => {
    expect(
      existsSync(
        new URL(
          manifest.files.find((one: string) => one === "LICENSE"),
          root
        )
      )
    ).toBe(true)
    expect(manifest.sideEffects).toBe(false)
    expect(Object.keys(manifest.exports)).toEqual(["./spec", "./checker", "./proofs", "./client"])
    for (const { types, default: code } of Object.values<Record<string, string>>(
      manifest.exports
    )) {
      const source = (types ?? "").replace("./.build/library/", "").replace(".d.ts", ".ts")
      expect(existsSync(new URL(source, root)), source).toBe(true)
      expect(code?.replace(/js$/, "d.ts")).toBe(types)
    }
  })
})
