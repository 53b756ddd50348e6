/**
 * Wraps text to a width. Colours (escape sequences) take no room.
 */

/** The default width of text. */
export const usualColumns = 100

/**
 * The text in lines of at most the given number of columns, broken at spaces; all lines but the
 * first begin with the indent. A word that is longer than a line gets a line to itself.
 */
export const wrap = (text: string, columns: number, indent = ""): ReadonlyArray<string> => {
  const lines: Array<string> = []
  let line = text.slice(0, text.length - text.trimStart().length)
  for (const word of text.trim().split(" ")) {
    const isEmpty = line.trim() === ""
    if (!isEmpty && visible(line) + 1 + visible(word) > columns) {
      lines.push(line)
      line = indent + word
    } else line = isEmpty ? line + word : `${line} ${word}`
  }
  return [...lines, line]
}

/**
 * Wraps the lines of a text that are too long. Columns (`name what it is about`) stay columns: the
 * rest of a line continues below its last column, or, if that would leave too little room, further
 * in below the beginning of the line.
 */
export const fitted = (text: string, columns = usualColumns): string =>
  text
    .split("\n")
    .flatMap((line) => (visible(line) <= columns ? [line] : fittedLine(line, columns)))
    .join("\n")

const fittedLine = (line: string, columns: number): ReadonlyArray<string> => {
  const indent = line.length - line.trimStart().length
  const ends = [...line.slice(indent).matchAll(/\S {2,}(?=\S)/g)].map(
    ({ index, 0: gap }) => indent + index + gap.length
  )
  const end = ends.findLast((one) => visible(line.slice(0, one)) <= columns * maxBefore)
  const [first] = ends
  if (end !== undefined) {
    const head = line.slice(0, end)
    const margin = " ".repeat(visible(head))
    const [start = "", ...rest] = wrap(line.slice(end), columns - margin.length)
    return [head + start, ...rest.map((more) => margin + more)]
  }
  const margin = " ".repeat(indent + 2)
  if (first === undefined) return wrap(line, columns, margin)
  const below = wrap(`${margin}  ${line.slice(first)}`, columns, `${margin}  `)
  return [...wrap(line.slice(0, first).trimEnd(), columns, margin), ...below]
}

/** The part of a line that columns may take before their descriptions. */
const maxBefore = 0.6

/** The columns that a text takes on a terminal. */
export const visible = (text: string): number =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: it is what begins an escape sequence
  [...text.replace(/\u001b\[[\d;]*m/g, "")].length
