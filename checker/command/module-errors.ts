/**
 * Describes what failed while a user's module was read or run: the error, its place, and the fix.
 */
import { spawnSync } from "node:child_process"
import { basename } from "node:path"
import { shortened } from "./shortened.ts"

/** The oldest Node that the package supports; it can run TypeScript. */
export const oldestNode = "22.19"

/** A module whose top level waits for something that never happens. */
export class NeverRead extends Error {
  override readonly name = "NeverRead"
}

/** What failed, and what the user can do. */
export interface Mishap {
  readonly problem: string
  readonly mend: string
}

const maxMessage = 500

/** Of a module and the modules that it imports. */
export const mishapOf = (error: unknown, files: ReadonlyArray<string>): Mishap => {
  const { code } = (error ?? {}) as { readonly code?: string }
  const message = shortened(messageOf(error), maxMessage)
  if (error instanceof NeverRead) return { problem: message, mend: "leave out that `await`" }
  switch (code) {
    case "ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX":
      return {
        problem: `it uses TypeScript beyond types (enums, namespaces, parameter properties): ${message}`,
        mend: `write unions instead of enums, or start it with \`node --import tsx\`${alsoSee(placeAbove(error))}`
      }
    case "ERR_MODULE_NOT_FOUND":
      return {
        problem: `an import does not exist: ${message}`,
        mend: "give relative imports their extension (./other.ts), and install the packages that it needs"
      }
    case "ERR_PACKAGE_PATH_NOT_EXPORTED":
      return { problem: `an import does not exist: ${message}`, mend: "" }
  }
  if (isLinking(error))
    return { problem: `an import does not exist: ${message}`, mend: "export it there" }
  if (error instanceof SyntaxError) {
    const place = placeAbove(error) ?? unparsed(files)
    return { problem: `it cannot be parsed: ${message}`, mend: see(place) }
  }
  const thrown = error instanceof Error ? `${error.name}: ${message}` : message
  return { problem: `running it threw ${thrown}`, mend: see(placeIn(error)) }
}

const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : `${error as string}`

const see = (place: string | undefined): string => (place === undefined ? "" : `see ${place}`)
const alsoSee = (place: string | undefined): string =>
  place === undefined ? "" : ` (see ${place})`

const isLinking = (error: unknown): boolean =>
  error instanceof SyntaxError && /does not provide an export named/.test(error.message)

/** The first line of a stack that is in a user's file. */
export const placeIn = (error: unknown): string | undefined => {
  const { stack = "" } = error instanceof Error ? error : {}
  const line = stack
    .split("\n")
    .find(
      (text) => /file:\/\/.*\.[cm]?[jt]s:\d+/.test(text) && !/\/\.build\/|node_modules/.test(text)
    )
  return line === undefined ? undefined : /([^/]+:\d+:\d+)\)?$/.exec(line)?.[1]
}

/** The place that an error of the JavaScript engine shows above its message, marked by a caret. */
const placeAbove = (error: unknown): string | undefined =>
  placeMarked((error as { readonly stack?: string }).stack ?? "")

const placeMarked = (text: string): string | undefined => {
  const [first = "", ...lines] = text.split("\n")
  const carets = lines.find((line) => /^\s*\^+\s*$/.test(line)) ?? ""
  const at = /^(?:file:\/\/)?(.*\.[cm]?[jt]s):(\d+)$/.exec(first)
  if (at === null) return undefined
  const [, file = "", line] = at
  return `${basename(file)}:${line}:${Math.max(0, carets.indexOf("^")) + 1}`
}

const maxChecked = 8

/**
 * The place of the syntax error in the first of these files that does not parse: only a separate
 * Node process reports it.
 */
const unparsed = (files: ReadonlyArray<string>): string | undefined => {
  for (const file of files.filter((name) => /js$/.test(name)).slice(0, maxChecked)) {
    const { status, stderr } = spawnSync(process.execPath, ["--check", file], { encoding: "utf8" })
    if (status !== 0) return placeMarked(stderr)
  }
  return undefined
}
