/**
 * The files whose lines stay within 100 columns, and the command that wraps them
 * (`npm run columns`): comments and prose with `columns.ts`, code with the formatter.
 */
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs"
import { argv } from "node:process"
import { fileURLToPath } from "node:url"
import { wrappedProse, wrappedSource } from "./columns.ts"

export const root = fileURLToPath(new URL("../../", import.meta.url))

/** Where it is kept by `columns.test.ts`. */
export const rooms: ReadonlyArray<string> = [
  "README.md",
  "vitest.config.ts",
  "checker",
  "impl",
  "proofs",
  "spec",
  "test"
]

export const filesIn = (room: string): ReadonlyArray<string> =>
  statSync(root + room).isDirectory()
    ? readdirSync(root + room, { recursive: true, encoding: "utf8" })
        .filter((file) => /\.(tsx?|md)$/.test(file))
        .map((file) => `${room}/${file}`)
    : [room]

if (argv[1] === fileURLToPath(import.meta.url)) {
  const given = argv.slice(2)
  for (const file of (given.length > 0 ? given : rooms).flatMap(filesIn)) {
    const text = readFileSync(root + file, "utf8")
    const wrapped = file.endsWith(".md") ? wrappedProse(text) : wrappedSource(file, text)
    if (wrapped !== text) writeFileSync(root + file, wrapped)
  }
}
