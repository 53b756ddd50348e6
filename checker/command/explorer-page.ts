/**
 * Builds the explorer: one HTML file that needs nothing else. It contains the page, the worker (the
 * specification and the checker), the texts of the shipped scenarios, and the source of every
 * function of the specification. Each function reports when it is called
 * (`checker/explorer/tracing.ts`).
 *
 * `tsx checker/command/explorer-page.ts FILE` writes it. It needs esbuild, which users of the
 * package do not have: they get the built file.
 */
import { createHash } from "node:crypto"
import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { dirname, join, relative } from "node:path"
import { fileURLToPath } from "node:url"
import { build, type Plugin } from "esbuild"
import { dataElement } from "./explorer-file.ts"
import { shippedNames } from "./shipped.ts"

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..")
const explorer = join(root, "checker", "explorer")

/** A function of the specification, as the page shows it. */
export interface Source {
  readonly name: string
  /** The file, relative to the package's root, and the line on which the function begins. */
  readonly file: string
  readonly line: number
  /** The comment before it, without comment marks. */
  readonly comment: string
  readonly code: string
}

/** A top-level function in the form that the whole specification uses: `const name = (…`. */
const functionHead = /^(?:export )?const (\w+)(?:: [^=]+?)? = (?=[(<])/

/**
 * The text of a module in which every top-level function reports its number, and the functions
 * themselves. It relies on the format that the linter enforces: the lines of a declaration are
 * indented, or close it.
 */
export const instrumented = (file: string, text: string, first: number) => {
  const lines = text.split("\n")
  const sources: Array<Source> = []
  for (let at = 0; at < lines.length; at++) {
    const head = functionHead.exec(lines[at] as string)
    if (head === null) continue
    let end = at
    while (end + 1 < lines.length && /^(?:$|[\s)}\]>])/.test(lines[end + 1] as string)) end++
    while ((lines[end] as string).trim() === "") end--
    const code = lines.slice(at, end + 1)
    if (!code.some((line) => line.includes("=>"))) continue
    const number = first + sources.length
    sources.push({
      name: head[1] as string,
      file,
      line: at + 1,
      comment: commentBefore(lines, at),
      code: code.join("\n")
    })
    const [begin] = head
    lines[at] = `${begin}quorateCalled(${number}, ${(lines[at] as string).slice(begin.length)}`
    lines[end] = `${lines[end]})`
  }
  return { text: lines.join("\n"), sources }
}

const commentBefore = (lines: ReadonlyArray<string>, at: number): string => {
  if (!(lines[at - 1] ?? "").endsWith("*/")) return ""
  let begin = at - 1
  while (begin > 0 && !(lines[begin] as string).startsWith("/**")) begin--
  return lines
    .slice(begin, at)
    .map((line) => line.replace(/^\s*\/?\*+\/?\s?/, "").replace(/\s*\*\/$/, ""))
    .join("\n")
    .trim()
}

/** What the wrapped functions call. */
const reporter = `
const quorateCalled = (number, called) =>
  typeof called !== "function" ? called : (...given) => {
    globalThis.quorateCalls?.push(number)
    return called(...given)
  };`

const instrumenting = (sources: Array<Source>): Plugin => ({
  name: "report calls of the specification",
  setup: ({ onLoad }) => {
    onLoad({ filter: /[\\/]spec[\\/].*\.ts$/ }, ({ path }) => {
      const file = relative(root, path).replaceAll("\\", "/")
      const module = instrumented(file, readFileSync(path, "utf8"), sources.length)
      sources.push(...module.sources)
      return { contents: module.text, loader: "ts" }
    })
  }
})

const bundle = async (entry: string, plugins: ReadonlyArray<Plugin>, banner = "") => {
  const { outputFiles } = await build({
    entryPoints: [join(explorer, entry)],
    bundle: true,
    minify: true,
    write: false,
    format: "iife",
    platform: "browser",
    target: "es2022",
    jsx: "automatic",
    jsxImportSource: "preact",
    banner: { js: banner },
    plugins: [...plugins],
    logLevel: "warning"
  })
  return outputFiles[0]?.text ?? ""
}

/**
 * Text inside a script element must not look like the end of the element, nor like the beginning of
 * a comment.
 */
const inScript = (text: string): string => text.replace(/<(?=\/script|!--)/gi, "\\x3c")

const hashOf = (text: string): string =>
  `'sha256-${createHash("sha256").update(text).digest("base64")}'`

/** The text of the page, and the functions of the specification in it. */
export const explorerPage = async (): Promise<{
  readonly page: string
  readonly sources: ReadonlyArray<Source>
}> => {
  const sources: Array<Source> = []
  const worker = inScript(await bundle("page/worker.ts", [instrumenting(sources)], reporter))
  const script = inScript(await bundle("page/main.tsx", []))
  const style = readFileSync(join(explorer, "page", "style.css"), "utf8")
  const scenarios = shippedNames().map((name) => ({
    name,
    text: readFileSync(join(root, "checker", "scenarios", `${name}.json`), "utf8")
  }))
  const policy = [
    "default-src 'none'",
    `script-src ${hashOf(script)} blob:`,
    `style-src ${hashOf(style)}`,
    "worker-src blob:",
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'"
  ].join("; ")
  const page = readFileSync(join(explorer, "page", "index.html"), "utf8")
    .replace("POLICY", policy)
    .replace("/* style */", () => style)
    .replace("<!-- scenarios -->", () => dataElement("scenarios", scenarios))
    .replace("<!-- sources -->", () => dataElement("sources", sources))
    .replace("<!-- worker -->", () => `<script type="text/plain" id="worker">${worker}</script>`)
    .replace("<!-- page -->", () => `<script>${script}</script>`)
  return { page, sources }
}

const [, called, file] = process.argv
if (called === fileURLToPath(import.meta.url) && file !== undefined) {
  const { page } = await explorerPage()
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, page)
}
