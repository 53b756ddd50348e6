/**
 * Which bytes are a request, a request that is too large, or neither: the same however the bytes
 * are divided.
 */
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { encodeReply, map, number } from "../../../impl/gateway/replies.ts"
import {
  type Item,
  maxArgumentBytes,
  maxArguments,
  RequestParser
} from "../../../impl/gateway/resp.ts"

/** What a parser finds in these bytes, cut at these places: words as text. */
const found = (bytes: Uint8Array, cuts: ReadonlyArray<number> = [], isTrusted = true) => {
  const parser = new RequestParser(() => isTrusted)
  const items: Array<string> = []
  let from = 0
  for (const to of [
    ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b),
    bytes.length
  ]) {
    parser.push(bytes.subarray(from, to))
    from = to
    for (let item = parser.next(); item !== undefined; item = parser.next())
      items.push(described(item))
  }
  return items
}
const described = (item: Item): string =>
  item._tag === "Request"
    ? item.words.map((word) => Buffer.from(word).toString("latin1")).join("|")
    : `${item._tag}: ${item.reason}`

const request = (...words: ReadonlyArray<string>): string =>
  `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word, "latin1")}\r\n${word}\r\n`).join("")}`

describe("a request", () => {
  it.each<readonly [string, string, ReadonlyArray<string>]>([
    ["an array", request("SET", "k", "v"), ["SET|k|v"]],
    ["not *0 or *-1, which are ignored", "*0\r\n*-1\r\nPING\r\n", ["PING"]],
    ["words", "SET  k v\r\n\r\n get k\n", ["SET|k|v", "get|k"]],
    ["words in quotes", `SET q "hello world" 'it\\'s' ""\r\n`, ["SET|q|hello world|it's|"]],
    ["words with escaped bytes", 'SET q "a\\nb\\x00\\"\\z"\n', ['SET|q|a\nb\u0000"z']],
    [
      "a byte of UTF-8 that is not a space",
      "SET u voil\u00c3\u00a0\r\n",
      ["SET|u|voil\u00c3\u00a0"]
    ],
    [
      "not a quote that does not end its word",
      `SET q "a"b\r\n`,
      ["Malformed: unbalanced quotes in request"]
    ],
    ["not a quote that does not end", `SET q "a\r\n`, ["Malformed: unbalanced quotes in request"]],
    [
      "not a length that is wrong",
      "*1\r\n$1\r\nabc\r\n",
      ["Malformed: a bulk string does not end where it says"]
    ],
    [
      "everything before a malformed one",
      `${request("GET", "k")}*1\r\n:1\r\nPING\r\n`,
      ["GET|k", "Malformed: expected '$', got ':'"]
    ],
    ["not a malformed number", "*1\r\n$+4\r\nPING\r\n", ["Malformed: invalid bulk length"]],
    [
      "not a count beyond all numbers",
      "*99999999999999999999\r\n",
      ["Malformed: invalid multibulk length"]
    ]
  ])("is %s", (_what, text, expected) => {
    const bytes = Buffer.from(text, "latin1")
    expect(found(bytes)).toEqual(expected)
    fc.assert(
      fc.property(fc.array(fc.nat(), { maxLength: 6 }), (cuts) => {
        expect(found(bytes, cuts)).toEqual(expected)
      }),
      { numRuns: 30 }
    )
  })

  it("that is too large is skipped, and the next is accepted", () => {
    const long = "x".repeat(maxArgumentBytes + 1)
    const bytes = Buffer.from(request("SET", "k", long) + request("GET", "k"))
    const parser = new RequestParser()
    let maxHeld = 0
    const items: Array<string> = []
    for (let from = 0; from < bytes.length; from += 65_536) {
      parser.push(bytes.subarray(from, from + 65_536))
      for (let item = parser.next(); item !== undefined; item = parser.next())
        items.push(described(item))
      maxHeld = Math.max(maxHeld, parser.heldBytes)
    }
    expect(items).toEqual([
      `Excessive: an argument of ${maxArgumentBytes + 1} bytes; at most ${maxArgumentBytes} are taken`,
      "GET|k"
    ])
    expect(maxHeld).toBeLessThan(2 * 65_536)
    const many = request("MGET", ...Array.from({ length: maxArguments }, () => "k"))
    expect(found(Buffer.from(many + request("PING")))).toEqual([
      `Excessive: a request of ${maxArguments + 1} arguments; at most ${maxArguments} are taken`,
      "PING"
    ])
  })

  it("is small until the client has given the password", () => {
    const text = (bytes: number) => Buffer.from(request("AUTH", "x".repeat(bytes)))
    expect(found(text(16 * 1024), [], false)).toHaveLength(1)
    expect(found(text(16 * 1024 + 1), [], false)).toEqual([
      "Malformed: unauthenticated bulk length"
    ])
    expect(found(Buffer.from("*11\r\n"), [], false)).toEqual([
      "Malformed: unauthenticated multibulk length"
    ])
  })
})

it("a map is an array of keys and values before version 3 of the protocol", () => {
  const text = (protocol: 2 | 3) =>
    Buffer.from(encodeReply(map({ a: number(1) }), protocol)).toString()
  expect([text(2), text(3)]).toEqual(["*2\r\n$1\r\na\r\n:1\r\n", "%1\r\n$1\r\na\r\n:1\r\n"])
})
