/**
 * Lines within 100 columns: finds lines that are too long, and wraps comments and Markdown prose.
 * Text that cannot be wrapped is exempt: tables, addresses, texts in quotes, code in Markdown.
 */

import { parseSync, Visitor } from "oxc-parser"

export const maxColumns = 100

/** The numbers, from 1, of the lines of a source file or a document that are too long. */
export const tooLong = (file: string, text: string): ReadonlyArray<number> => {
  const lines = text.split("\n")
  const long = lines.flatMap((line, index) => (line.length > maxColumns ? [index] : []))
  if (long.length === 0) return []
  const exempt = file.endsWith(".md") ? unbroken(lines) : withLongTexts(file, text)
  return long.filter((index) => !exempt.has(index)).map((index) => index + 1)
}

/** The lines of a document that are code or cannot be broken. */
const unbroken = (lines: ReadonlyArray<string>): ReadonlySet<number> => {
  let inCode = false
  return new Set(
    lines.flatMap((line, index) => {
      if (line.startsWith("```")) inCode = !inCode
      return inCode || isUnbroken(line) ? [index] : []
    })
  )
}

/** A row of a table, or a line with an address or a single word too long for it. */
const isUnbroken = (line: string): boolean =>
  line.startsWith("|") || /https?:\/\/|\]\(/.test(line) || longestWord(line) > maxColumns - 20

/** The formatter breaks no text; a long one in quotes stands on a line of its own length. */
const withLongTexts = (file: string, text: string): ReadonlySet<number> => {
  const exempt = new Set<number>()
  const exempts = ({ start, end }: { readonly start: number; readonly end: number }) => {
    if (end - start < shortTextColumns) return
    const first = text.slice(0, start).split("\n").length - 1
    const lines = text.slice(start, end).split("\n").length
    for (let line = first; line < first + lines; line++) exempt.add(line)
  }
  new Visitor({ Literal: exempts, TemplateLiteral: exempts, JSXText: exempts }).visit(
    parseSync(file, text).program
  )
  return exempt
}

/** A text that is shorter would fit if the code around it were shaped better. */
const shortTextColumns = 24

const longestWord = (line: string): number =>
  Math.max(...line.split(/\s+/).map(({ length }) => length))

/** The source file with the paragraphs of its comments wrapped that have a line too long. */
export const wrappedSource = (file: string, text: string): string => {
  const lines = text.split("\n")
  const inTexts = lines.some(({ length }) => length > maxColumns)
    ? withLongTexts(file, text)
    : new Set()
  const wrapped: Array<string> = []
  for (let index = 0; index < lines.length; ) {
    const line = lines[index] as string
    const whole = /^(\s*)\/\*\* (.*) \*\/$/.exec(line)
    if (whole !== null && line.length > maxColumns) {
      const [, indent = "", words = ""] = whole
      wrapped.push(`${indent}/**`, ...fill(words, `${indent} * `), `${indent} */`)
      index++
      continue
    }
    const prefix = /^\s*(\* {1,2}|\/\/ )(?=\S)/.exec(line)?.[0]
    // A directive must stay on one line, and a text as it is.
    if (prefix === undefined || line.startsWith(`${prefix}biome-ignore`) || inTexts.has(index)) {
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

const item = /^ ?(- |\d+\. )/
const continues = (line: string, prefix: string): boolean =>
  line.startsWith(prefix) &&
  line.length > prefix.length &&
  !item.test(line.slice(prefix.length)) &&
  !line.startsWith(`${prefix}biome-ignore`) &&
  !line.endsWith("*/")

const refilled = (paragraph: ReadonlyArray<string>, prefix: string): ReadonlyArray<string> => {
  if (isWrapped(paragraph)) return paragraph
  const texts = paragraph.map((line) => line.slice(prefix.length))
  // Pictures and code in comments stay as they are.
  if (texts.slice(1).some((text) => /^ {3,}/.test(text))) return paragraph
  const hanging = " ".repeat(item.exec(texts[0] as string)?.[0].length ?? 0)
  return fill(texts.map((text) => text.trim()).join(" "), prefix, prefix + hanging)
}

/** Whether no line is too long, and none ends within code. */
const isWrapped = (paragraph: ReadonlyArray<string>): boolean =>
  paragraph.every((line) => line.length <= maxColumns && line.split("`").length % 2 === 1)

/** Code that is not too long and the text of a link stay on one line, as words do. */
const unbreakable = (text: string): ReadonlyArray<string> => {
  const parts: Array<string> = []
  let open: Array<string> = []
  for (const word of text.split(/\s+/)) {
    open.push(word)
    const together = open.join(" ")
    const isOpen = together.split("`").length % 2 === 0 || /\[[^\]]*$/.test(together)
    if (isOpen && together.length <= longestPart) continue
    if (isOpen) parts.push(...open)
    else parts.push(together)
    open = []
  }
  return [...parts, ...open]
}
const longestPart = 60

/**
 * The words in lines of at most this many columns; those after the first begin with `following`.
 */
const fill = (words: string, first: string, following = first): ReadonlyArray<string> => {
  const lines: Array<string> = []
  let line = first
  for (const word of unbreakable(words)) {
    const isEmpty = line === first || line === following
    if (!isEmpty && line.length + word.length + (line.endsWith(" ") ? 0 : 1) > maxColumns) {
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
      ...(isWrapped(paragraph)
        ? paragraph
        : fill(paragraph.map((one) => one.trim()).join(" "), indent, hanging))
    )
    index = end
  }
  return wrapped.join("\n")
}

/** Whether a line continues the paragraph before it. */
const belongs = (line: string, hanging: string): boolean => {
  const text = line.trim()
  return text !== "" && line.startsWith(hanging) && !item.test(text) && !/^(\||#|```|<)/.test(text)
}
