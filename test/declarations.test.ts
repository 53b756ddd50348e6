/**
 * The package's declarations: every declaration that its exports lead to, directly or not, is free
 * of `any`, and needs only what is installed with the package.
 */
import { execFileSync } from "node:child_process"
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs"
import { dirname, join, relative } from "node:path"
import { fileURLToPath } from "node:url"
import { parseSync, Visitor } from "oxc-parser"
import { beforeAll, describe, expect, it } from "vitest"

const root = fileURLToPath(new URL("../", import.meta.url))
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"))
const entries = Object.values<{ readonly types: string }>(manifest.exports).map(({ types }) =>
  types.replace("./.build/library/", "")
)

/** What a declaration file says: where it says `any`, and what it imports. */
interface Said {
  readonly anys: ReadonlyArray<number>
  readonly imports: ReadonlyArray<string>
}

const saidBy = (file: string, text: string): Said => {
  const anys: Array<number> = []
  const imports: Array<string> = []
  const take = (source: { readonly value: string } | null) => {
    if (source !== null) imports.push(source.value)
  }
  const { program, errors } = parseSync(file, text, { lang: "dts" })
  expect(errors).toEqual([])
  new Visitor({
    TSAnyKeyword: ({ start }) => anys.push(text.slice(0, start).split("\n").length),
    ImportDeclaration: ({ source }) => take(source),
    ExportNamedDeclaration: ({ source }) => take(source),
    ExportAllDeclaration: ({ source }) => take(source),
    TSImportType: ({ source }) => take(source)
  }).visit(program)
  return { anys, imports }
}

const built = join(root, ".build", "library")

/** Whether the declarations that were built are those of the sources as they are. */
const isFresh = (): boolean => {
  const [entry = ""] = entries
  if (!existsSync(join(built, entry))) return false
  const since = statSync(join(built, entry)).mtimeMs
  return ["spec", "checker", "impl", "proofs"].every((room) =>
    readdirSync(join(root, room), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".ts"))
      .every((name) => statSync(join(root, room, name)).mtimeMs <= since)
  )
}

let folder = built
beforeAll(() => {
  if (isFresh()) return
  // They stay, with what the compiler needs to emit only what has changed since.
  folder = join(root, ".build", "declarations")
  mkdirSync(folder, { recursive: true })
  const project = join(folder, "tsconfig.json")
  const options = { noCheck: true, emitDeclarationOnly: true, outDir: folder, rootDir: root }
  const kept = { incremental: true, tsBuildInfoFile: join(folder, "tsconfig.tsbuildinfo") }
  const files = entries.map((entry) => join(root, entry.replace(/\.d\.ts$/, ".ts")))
  const compilerOptions = { ...options, ...kept }
  const own = { extends: "../../tsconfig.build.json", compilerOptions, files }
  writeFileSync(project, JSON.stringify({ ...own, include: [], exclude: [] }))
  execFileSync(join(root, "node_modules", ".bin", "tsc"), ["--project", project])
}, 60_000)

/** All files that are reached from the exports, and what each says. */
const reached = (): ReadonlyMap<string, Said> => {
  const all = new Map<string, Said>()
  const take = (file: string): void => {
    if (all.has(file)) return
    const said = saidBy(file, readFileSync(join(folder, file), "utf8"))
    all.set(file, said)
    for (const name of said.imports.filter((one) => one.startsWith("."))) {
      const imported = join(dirname(file), name.replace(/\.[jt]s$/, ".d.ts"))
      expect(existsSync(join(folder, imported)), `${file} imports ${name}`).toBe(true)
      take(relative("", imported))
    }
  }
  for (const entry of entries) take(entry)
  return all
}

describe("the declarations of the package", () => {
  it("know no `any`, and import what its users have", () => {
    const files = reached()
    expect(files.size).toBeGreaterThan(200)
    const anys = [...files].flatMap(([file, said]) => said.anys.map((line) => `${file}:${line}`))
    expect(anys).toEqual([])
    const packages = [...files.values()]
      .flatMap(({ imports }) => imports)
      .filter((name) => !name.startsWith(".") && !name.startsWith("node:"))
      .map((name) =>
        name
          .split("/")
          .slice(0, name.startsWith("@") ? 2 : 1)
          .join("/")
      )
    const installed = Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies })
    expect([...new Set(packages)].filter((name) => !installed.includes(name))).toEqual([])
  })

  it("would be caught saying `any`, wherever in a type", () => {
    const text = "export declare const f: <A>(a: { readonly b?: Array<any> }) => import('./x.ts').B"
    expect(saidBy("x.d.ts", text)).toEqual({ anys: [1], imports: ["./x.ts"] })
    expect(saidBy("x.d.ts", "/** any */ export type Any = 'any'").anys).toEqual([])
  })
})
