/**
 * Lines within 100 columns: which are too long, and comments and Markdown prose wrapped again. What
 * cannot be wrapped is exempt: tables, addresses, texts in quotes, code in Markdown.
 */

export const mostColumns = 100

/** The numbers, from 1, of the lines of a source file or a document that are too long. */
export const tooLong = (file: string, text: string): ReadonlyArray<number> => {
  const isProse = file.endsWith(".md")
  let inCode = false
  return text.split("\n").flatMap((line, index) => {
    if (isProse && line.startsWith("```")) inCode = !inCode
    const isExempt = isProse ? inCode || isUnbroken(line) : hasLongText(line)
    return line.length > mostColumns && !isExempt ? [index + 1] : []
  })
}

/** A row of a table, or a line with an address or a single word too long for it. */
const isUnbroken = (line: string): boolean =>
  line.startsWith("|") || /https?:\/\/|\]\(/.test(line) || longestWord(line) > mostColumns - 20

/** The formatter breaks no text; one in quotes that is long stands on a line of its own length. */
const hasLongText = (line: string): boolean =>
  !isComment(line) && (/(["'`/]).{24,}\1/.test(line) || /`[^`]*$|^[^`]*`/.test(line))

const isComment = (line: string): boolean => /^\s*(\/\*\*|\*|\/\/)/.test(line)

const longestWord = (line: string): number =>
  Math.max(...line.split(/\s+/).map(({ length }) => length))

/** The source file with the paragraphs of its comments wrapped that have a line too long. */
export const wrappedSource = (text: string): string => {
  const lines = text.split("\n")
  const wrapped: Array<string> = []
  for (let index = 0; index < lines.length; ) {
    const line = lines[index] as string
    const whole = /^(\s*)\/\*\* (.*) \*\/$/.exec(line)
    if (whole !== null && line.length > mostColumns) {
      const [, indent = "", words = ""] = whole
      wrapped.push(`${indent}/**`, ...fill(words, `${indent} * `), `${indent} */`)
      index++
      continue
    }
    const prefix = /^\s*(\* |\/\/ )(?=\S)/.exec(line)?.[0]
    if (prefix === undefined) {
      wrapped.push(line)
      index++
      continue
    }
    const paragraph = paragraphAt(lines, index, prefix)
    wrapped.push(...refilled(paragraph, prefix))
    index += paragraph.length
  }
  return wrapped.join("\n")
}

/** The lines from `index` on that belong to one paragraph, or to one item of a list. */
const paragraphAt = (
  lines: ReadonlyArray<string>,
  index: number,
  prefix: string
): ReadonlyArray<string> => {
  let end = index + 1
  while (end < lines.length && continues(lines[end] as string, prefix)) end++
  return lines.slice(index, end)
}

const item = /^(- |\d+\. )/
const continues = (line: string, prefix: string): boolean =>
  line.startsWith(prefix) &&
  line.length > prefix.length &&
  !item.test(line.slice(prefix.length)) &&
  !line.endsWith("*/")

const refilled = (paragraph: ReadonlyArray<string>, prefix: string): ReadonlyArray<string> => {
  if (paragraph.every(({ length }) => length <= mostColumns)) return paragraph
  const texts = paragraph.map((line) => line.slice(prefix.length))
  // Pictures and code in comments stay as they are.
  if (texts.slice(1).some((text) => /^ {3,}/.test(text))) return paragraph
  const hanging = " ".repeat(item.exec(texts[0] as string)?.[0].length ?? 0)
  return fill(texts.map((text) => text.trim()).join(" "), prefix, prefix + hanging)
}

/** The words in lines of at most so many columns; those after the first begin with `following`. */
const fill = (words: string, first: string, following = first): ReadonlyArray<string> => {
  const lines: Array<string> = []
  let line = first
  for (const word of words.split(/\s+/)) {
    const isEmpty = line === first || line === following
    if (!isEmpty && line.length + word.length + (line.endsWith(" ") ? 0 : 1) > mostColumns) {
      lines.push(line)
      line = following + word
    } else line = isEmpty ? line + word : `${line} ${word}`
  }
  return [...lines, line]
}

/** The document with the paragraphs and items wrapped that have a line too long. */
export const wrappedProse = (text: string): string => {
  const lines = text.split("\n")
  const wrapped: Array<string> = []
  let inCode = false
  for (let index = 0; index < lines.length; ) {
    const line = lines[index] as string
    if (line.startsWith("```")) inCode = !inCode
    if (inCode || !/^\s*[^\s|#`<]|^\s*`[^`]/.test(line) || line.startsWith("```")) {
      wrapped.push(line)
      index++
      continue
    }
    const indent = /^\s*/.exec(line)?.[0] ?? ""
    const hanging = indent + " ".repeat(item.exec(line.slice(indent.length))?.[0].length ?? 0)
    let end = index + 1
    while (end < lines.length && belongs(lines[end] as string, hanging)) end++
    const paragraph = lines.slice(index, end)
    wrapped.push(
      ...(paragraph.every(({ length }) => length <= mostColumns)
        ? paragraph
        : fill(paragraph.map((one) => one.trim()).join(" "), indent, hanging))
    )
    index = end
  }
  return wrapped.join("\n")
}

/** Whether a line goes on with the paragraph before it. */
const belongs = (line: string, hanging: string): boolean => {
  const text = line.trim()
  return text !== "" && line.startsWith(hanging) && !item.test(text) && !/^(\||#|```|<)/.test(text)
}
