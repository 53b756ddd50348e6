/**
 * Which parts of the author's files a check never reached: branches that no state takes, functions
 * that no code calls. The JavaScript engine counts them itself, if it is asked before the files are
 * read.
 */
import { readFileSync } from "node:fs"
import type { Profiler, Session } from "node:inspector"
import { relative } from "node:path"
import { pathToFileURL } from "node:url"

/** A part that no run took: where it begins, and its first words. */
export interface Untaken {
  readonly file: string
  readonly line: number
  readonly column: number
  readonly text: string
}

/** Per character of a file, whether it was taken. */
type Taken = Uint8Array

let session: Session | undefined
/** The parts taken while the files were read, on which any check may rely. */
let whenRead = new Map<string, Taken>()

/** Starts counting the parts that are taken. */
export const beginCoverage = async (): Promise<void> => {
  const inspector = await import("node:inspector")
  session = new inspector.Session()
  session.connect()
  session.post("Profiler.enable")
  session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: true })
}

/** These files have been read: each check counts the parts that ran while they were read. */
export const filesAreRead = (files: ReadonlyArray<string>): void => {
  whenRead = takenIn(files)
}

/** The parts of these files that were taken neither during the read nor since the last question. */
export const untakenIn = (files: ReadonlyArray<string>): ReadonlyArray<Untaken> => {
  const since = takenIn(files)
  return files.flatMap((file) => {
    const text = readFileSync(file, "utf8")
    const [before, now] = [whenRead.get(file), since.get(file)]
    const isTaken = (at: number) => before?.[at] === 1 || now?.[at] === 1
    return before === undefined && now === undefined ? [] : untaken(file, text, isTaken)
  })
}

const takenIn = (files: ReadonlyArray<string>): Map<string, Taken> => {
  let scripts: ReadonlyArray<Profiler.ScriptCoverage> = []
  // A session on its own thread answers before it returns.
  session?.post("Profiler.takePreciseCoverage", (_, { result }) => {
    scripts = result
  })
  return new Map(
    files.flatMap((file) => {
      const url = pathToFileURL(file).href
      const script = scripts.find((one) => one.url === url)
      return script === undefined ? [] : [[file, takenBy(script)] as const]
    })
  )
}

/** Sorts functions, and their parts, before those inside them: the innermost one decides. */
export const takenBy = ({ functions }: Pick<Profiler.ScriptCoverage, "functions">): Taken => {
  const end = Math.max(0, ...functions.flatMap(({ ranges }) => ranges.map((one) => one.endOffset)))
  const taken = new Uint8Array(end)
  const ranges = functions
    .flatMap((one) => one.ranges)
    .sort((left, right) => left.startOffset - right.startOffset || right.endOffset - left.endOffset)
  for (const { startOffset, endOffset, count } of ranges)
    taken.fill(count > 0 ? 1 : 0, startOffset, endOffset)
  return taken
}

const maxText = 60

/** The parts that were not taken, except those that do nothing. */
export const untaken = (
  file: string,
  text: string,
  isTaken: (at: number) => boolean
): ReadonlyArray<Untaken> => {
  const found: Array<Untaken> = []
  let begin = -1
  for (let at = 0; at <= text.length; at++) {
    const isOut = at < text.length && !isTaken(at)
    if (isOut && begin < 0) begin = at
    if (isOut || begin < 0) continue
    const stretch = text.slice(begin, at)
    const first = begin + (/^[\s,;:?)}\]{]*/.exec(stretch)?.[0].length ?? 0)
    begin = -1
    if (!/[^\s,;:?(){}[\]]/.test(stretch)) continue
    const before = text.slice(0, first).split("\n")
    const [words = ""] = text.slice(first, at).split("\n")
    found.push({
      file: relative(process.cwd(), file),
      line: before.length,
      column: (before.at(-1) ?? "").length + 1,
      text: words.length > maxText ? `${words.slice(0, maxText)}…` : words.trimEnd()
    })
  }
  return found
}

/** As lines, for people. */
export const coverageLines = (parts: ReadonlyArray<Untaken>): ReadonlyArray<string> =>
  parts.length === 0
    ? ["coverage: every part of the model ran in some state"]
    : [
        `coverage: ${parts.length === 1 ? "a part" : `${parts.length} parts`} of the model never ran, in any state:`,
        ...parts.map(({ file, line, column, text }) => `  ${file}:${line}:${column}  ${text}`)
      ]
