/**
 * What results are written on: how wide it is, and whether it shows colours.
 */
import { usualColumns } from "../report/lines.ts"
import { inColour, type Paint, plain } from "../run/run-changes.ts"

export interface Screen {
  /** How many columns a line may take. */
  readonly columns: number
  readonly colours: boolean
}

/** A stream, as far as it matters what it is written to. */
type Stream = Pick<NodeJS.WriteStream, "isTTY" | "columns">

/** Below this, lines are broken into pieces that nobody can read. */
const fewestColumns = 30

/**
 * A terminal is as wide as it says (some say 0: they do not know); a file or a pipe takes lines of
 * the usual width, so that a text is the same wherever it is written. Colours are for terminals
 * that show them, unless NO_COLOR asks for none.
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

/** How wide prose may be: on a wide screen, no wider than is read with ease. */
export const proseColumns = ({ columns }: Screen): number => Math.min(columns, usualColumns)

/** Where lines of progress are shown: standard error, or what stands for it. */
type Progress = Stream & { readonly write: (text: string) => unknown }

/**
 * Shows a line where the one before was; what would go on in a second line is left out. There is
 * room for the `^C` that a terminal writes where somebody presses Ctrl-C: it would begin another.
 */
export const showInPlace = (line: string, stream: Progress = process.stderr): void => {
  stream.write(`${emptied}${line.slice(0, screenOf(stream).columns - 1 - "^C".length)}`)
}

export const clearInPlace = (stream: Progress = process.stderr): void => {
  stream.write(emptied)
}

/** To the beginning of the line, which is emptied. */
const emptied = "\r\u001b[2K"
