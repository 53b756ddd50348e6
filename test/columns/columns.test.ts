/**
 * Lines stay within 100 columns: code, comments and prose.
 */
import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { tooLong, wrappedProse, wrappedSource } from "./columns.ts"
import { filesIn, rooms, root } from "./rooms.ts"

it.each(rooms)("%s has no line beyond (npm run columns wraps comments and prose)", (room) => {
  const lines = filesIn(room).flatMap((file) =>
    tooLong(file, readFileSync(root + file, "utf8")).map((line) => `${file}:${line}`)
  )
  expect(lines).toEqual([])
})

const words = (count: number) => Array.from({ length: count }, () => "word").join(" ")

describe("a line that is too long", () => {
  it("is found in code, comments and prose, not in tables, addresses and code in Markdown", () => {
    expect(tooLong("a.ts", `${words(20)}\n${words(21)}\n  // ${words(21)}`)).toEqual([2, 3])
    const table = `| ${words(30)} |`
    const code = `\`\`\`sh\n${words(30)}\n\`\`\``
    expect(tooLong("a.md", `${words(21)}\n${table}\n${code}\n${words(21)}`)).toEqual([1, 6])
    expect(tooLong("a.md", `[${words(20)}](https://a.example)`)).toEqual([])
  })

  it("is wrapped in a comment, which keeps its words, its paragraphs and its lists", () => {
    const comment = `/** ${words(25)} */\n/**\n * ${words(25)}\n * end\n *\n * - ${words(25)}\n * - b\n */`
    const wrapped = wrappedSource("a.ts", comment)
    expect(tooLong("a.ts", wrapped)).toEqual([])
    expect(wrapped.match(/word/g)).toHaveLength(75)
    expect(wrapped).toMatch(/word end\n \*\n \* - word/)
    expect(wrapped).toMatch(/\n \* {3}word.*\n \* - b\n \*\/$/)
    expect(wrappedSource("a.ts", wrapped)).toBe(wrapped)
  })

  it("stays in a text in quotes that looks like a comment", () => {
    const story = `const story = \`\n  * ${words(25)}\n  * end\n\``
    expect(wrappedSource("a.ts", story)).toBe(story)
  })

  it("is wrapped in prose, while tables and code stay", () => {
    const table = `| ${words(30)} |`
    const prose = `# ${words(3)}\n\n${words(25)}\nend\n\n1. ${words(25)}\n   end\n\n${table}`
    const wrapped = wrappedProse(prose)
    expect(tooLong("a.md", wrapped)).toEqual([])
    expect(wrapped).toMatch(/\n {3}word.* end\n\n\|/)
    expect(wrapped.endsWith(table)).toBe(true)
    expect(wrappedProse(wrapped)).toBe(wrapped)
  })
})
