/**
 * The imports between folders and files. They run one way, so a reader can begin at the end of any
 * of them, and needs nothing that depends on it.
 */
import { readdirSync, readFileSync } from "node:fs"
import { dirname, join, normalize, sep } from "node:path"
import { describe, expect, it } from "vitest"

const folders = ["spec", "checker", "impl", "proofs"]

const sourcesIn = (folder: string): ReadonlyArray<string> =>
  readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => normalize(join(entry.parentPath, entry.name)))

/** The files of the project that a file imports, types included. */
const importsOf = (file: string): ReadonlyArray<string> =>
  [...readFileSync(file, "utf8").matchAll(/(?:from|import\()\s*"(\.[^"]+\.tsx?)"/g)].map(
    ([, path]) => normalize(join(dirname(file), path as string))
  )

type Graph = ReadonlyMap<string, ReadonlySet<string>>

const files = folders.flatMap(sourcesIn)
const fileGraph: Graph = new Map(files.map((file) => [file, new Set(importsOf(file))]))

/**
 * The room of a file: its folder within the top-level one; a file beside these folders is a room of
 * its own.
 */
const roomOf = (file: string): string => {
  const [top, room] = file.split(sep)
  return `${top}/${room}`
}

const roomGraph: Graph = new Map(
  [...new Set(files.map(roomOf))].map((room) => [
    room,
    new Set(
      files
        .filter((file) => roomOf(file) === room)
        .flatMap((file) => [...(fileGraph.get(file) ?? [])].map(roomOf))
        .filter((other) => other !== room)
    )
  ])
)

/** Every circle that a depth-first walk meets, each as the way round it. */
const circlesIn = (graph: Graph): ReadonlyArray<string> => {
  const circles: Array<string> = []
  const done = new Set<string>()
  const walk = (at: string, way: ReadonlyArray<string>): void => {
    if (way.includes(at)) {
      circles.push([...way.slice(way.indexOf(at)), at].join(" -> "))
      return
    }
    if (done.has(at)) return
    for (const next of graph.get(at) ?? []) walk(next, [...way, at])
    done.add(at)
  }
  for (const start of graph.keys()) walk(start, [])
  return circles
}

describe("architecture", () => {
  it("finds circles where there are some", () => {
    const graph = new Map([
      ["a", new Set(["b"])],
      ["b", new Set(["c", "d"])],
      ["c", new Set(["a"])],
      ["d", new Set<string>()]
    ])
    expect(circlesIn(graph)).toEqual(["a -> b -> c -> a"])
    expect(files.length).toBeGreaterThan(100)
  })

  it("has no circle of files", () => {
    expect(circlesIn(fileGraph)).toEqual([])
  })

  it("has no circle of rooms", () => {
    expect(circlesIn(roomGraph)).toEqual([])
  })

  it("has a kernel that imports nothing outside itself", () => {
    const outside = sourcesIn("spec/kernel").flatMap((file) =>
      importsOf(file).filter((target) => !target.startsWith(`spec${sep}kernel${sep}`))
    )
    expect(outside).toEqual([])
  })

  it("has a kernel that says no word of what is stored", () => {
    const domain =
      /\b(register|quorum|directory|ballot|configuration|round|reconfigur\w*|replica)s?\b/i
    const said = sourcesIn("spec/kernel").flatMap((file) =>
      readFileSync(file, "utf8")
        .split("\n")
        .flatMap((line, at) => (domain.test(line) ? [`${file}:${at + 1}: ${line.trim()}`] : []))
    )
    expect(said).toEqual([])
  })

  it("has no test of a variant's name in the text of a protocol", () => {
    const tested = sourcesIn("spec").flatMap((file) =>
      readFileSync(file, "utf8")
        .split("\n")
        .flatMap((line, at) =>
          /variant(\.name)?\s*[!=]==/.test(line) ? [`${file}:${at + 1}`] : []
        )
    )
    expect(tested).toEqual([])
  })
})
