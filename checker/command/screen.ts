/**
 * What results are written on: its width, and whether it shows colours.
 */
import { usualColumns } from "../report/lines.ts"
import { inColour, type Paint, plain } from "../run/run-changes.ts"

export interface Screen {
  /** The maximum number of columns of a line. */
  readonly columns: number
  readonly colours: boolean
}

/** The properties of an output stream that matter here. */
type Stream = Pick<NodeJS.WriteStream, "isTTY" | "columns">

/** Below this width, lines break into unreadable pieces. */
const fewestColumns = 30

/**
 * A terminal is as wide as it reports (some report 0: they do not know). A file or a pipe takes
 * lines of the usual width, so that a text is the same wherever it is written. Terminals that show
 * colours get them, unless NO_COLOR is set.
 */
export const screenOf = (
  { isTTY, columns }: Stream = process.stdout,
  { NO_COLOR = "", TERM = "" }: NodeJS.ProcessEnv = process.env
): Screen =>
  isTTY === true
    ? {
        columns: columns > 0 ? Math.max(fewestColumns, columns) : usualColumns,
        colours: NO_COLOR === "" && TERM !== "dumb"
      }
    : { columns: usualColumns, colours: false }

export const paintOf = ({ colours }: Screen): Paint => (colours ? inColour : plain)

/** The width of prose: on a wide screen, no wider than people read with ease. */
export const proseColumns = ({ columns }: Screen): number => Math.min(columns, usualColumns)

/** Where lines of progress appear: standard error, or its substitute. */
type Progress = Stream & { readonly write: (text: string) => unknown }

/**
 * Shows a line in place of the previous one, cut so that it does not continue on a second line. The
 * line leaves room for the `^C` that a terminal writes when the user presses Ctrl-C: it would start
 * a new line otherwise.
 */
export const showInPlace = (line: string, stream: Progress = process.stderr): void => {
  stream.write(`${emptied}${line.slice(0, screenOf(stream).columns - 1 - "^C".length)}`)
}

export const clearInPlace = (stream: Progress = process.stderr): void => {
  stream.write(emptied)
}

/** Moves to the beginning of the line and clears it. */
const emptied = "\r\u001b[2K"
