/** The package as its users install it: where it runs, what it exports, and what it contains. */
import { existsSync, readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"

const root = new URL("../", import.meta.url)
const manifest = JSON.parse(readFileSync(new URL("package.json", root), "utf8"))

/** What the lock file says of a package. */
interface Locked {
  readonly engines?: { readonly node?: string }
  readonly dev?: boolean
  readonly devOptional?: boolean
}

type Version = readonly [major: number, minor: number, patch: number]

/** Whether a version is in a range such as `^20.19 || >=22`. */
const isMet = (range: string, version: Version): boolean =>
  range.split("||").some((part) =>
    part
      .trim()
      .split(/\s+(?=[\^~<>=])/)
      .every((one) => isWithin(one, version))
  )

const isWithin = (comparator: string, version: Version): boolean => {
  const [, sign, numbers = ""] = /^([\^~<>=]*)\s*([\d.x*]*)/.exec(comparator) ?? []
  const [major = 0, minor = 0, patch = 0] = numbers.split(".").map((one) => Number(one) || 0)
  const order = version[0] - major || version[1] - minor || version[2] - patch
  if (numbers === "" || numbers === "*") return true
  if (sign === ">=") return order >= 0
  if (sign === "<") return order < 0
  if (sign === "^") return order >= 0 && version[0] === major
  return version[0] === major
}

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

  it("is installed with --engine-strict on each Node that it is for: every package that it needs runs there", () => {
    const { packages } = JSON.parse(readFileSync(new URL("package-lock.json", root), "utf8")) as {
      readonly packages: Readonly<Record<string, Locked>>
    }
    const needed = Object.entries(packages).filter(
      ([path, { dev, devOptional }]) => path !== "" && dev !== true && devOptional !== true
    )
    expect(needed.length).toBeGreaterThan(20)
    for (const version of [
      [22, 19, 0],
      [24, 0, 0]
    ] as const) {
      const strangers = needed.filter(
        ([path, { engines }]) =>
          // What is left out when it is packed: the checkout's own Node.
          !/node-(linux|bin)/.test(path) && !isMet(engines?.node ?? "*", version)
      )
      expect(strangers.map(([path, { engines }]) => [path, engines])).toEqual([])
    }
    expect([isMet(">=23", [22, 19, 0]), isMet("^20.19 || >=22.20", [22, 19, 0])]).toEqual([
      false,
      false
    ])
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
