/**
 * An invalid scenario is reported in one line, with the place and a hint: files that hold no
 * scenario at all.
 */

import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"
import { load } from "../../../checker/scenario/load.ts"
import { fine, refusal, refusalOf, refusalOfText } from "./refused.ts"

describe("a scenario with", () => {
  it("data of another shape: says what a scenario is", () => {
    expect(
      [
        refusalOf(null),
        refusalOf([]),
        refusalOf(3),
        refusalOf("x"),
        refusalOf(true),
        refusalOf({}),
        refusalOf({ protocol: "majority" }),
        refusalOf({ protocol: "majority", servers: 3 }),
        refusalOf([{ protocol: "majority" }])
      ].join("\n")
    ).toMatchInlineSnapshot(`
      "file.json: expected a record with protocol, servers and clients
      file.json: expected a record with protocol, servers and clients
      file.json: expected a record with protocol, servers and clients
      file.json: expected a record with protocol, servers and clients
      file.json: expected a record with protocol, servers and clients
      file.json: the field "protocol" is missing — add it, as in {"protocol": "majority", "servers": 3, "clients": [["write 1"], ["read"]]}
      file.json: the field "servers" is missing — add it, as in {"protocol": "majority", "servers": 3, "clients": [["write 1"], ["read"]]}
      file.json: the field "clients" is missing — add it, as in {"protocol": "majority", "servers": 3, "clients": [["write 1"], ["read"]]}
      file.json: the field "servers" is missing — add it, as in {"protocol": "majority", "servers": 3, "clients": [["write 1"], ["read"]]}
      file.json: the field "clients" is missing — add it, as in {"protocol": "majority", "servers": 3, "clients": [["write 1"], ["read"]]}
      file.json: the field "clients" is missing — add it, as in {"protocol": "majority", "servers": 3, "clients": [["write 1"], ["read"]]}
      file.json: expected a record with protocol, servers and clients"
    `)
  })

  it("a file that is empty: reports it", () => {
    expect([refusalOfText(""), refusalOfText(" \n\n ")].join("\n")).toMatchInlineSnapshot(`
      "file.json: line 1, column 1: the file is empty — write a scenario such as {"protocol": "majority", "servers": 3, "clients": [["write 1"], ["read"]]}
      file.json: line 3, column 2: the file is empty — write a scenario such as {"protocol": "majority", "servers": 3, "clients": [["write 1"], ["read"]]}"
    `)
  })

  it("a file that is not JSON: says where it stops being JSON", () => {
    expect(
      [
        refusalOfText('{"protocol": "majority",}'),
        refusalOfText('{"protocol": "majority"'),
        refusalOfText('{\n  "protocol": "majority"\n  "servers": 3\n}'),
        refusalOfText("{protocol: 1}")
      ].join("\n")
    ).toMatchInlineSnapshot(`
      "file.json: line 1, column 25: this is not JSON (property name expected) — write a scenario such as {"protocol": "majority", "servers": 3, "clients": [["write 1"], ["read"]]}
      file.json: line 1, column 24: this is not JSON (close brace expected) — write a scenario such as {"protocol": "majority", "servers": 3, "clients": [["write 1"], ["read"]]}
      file.json: line 3, column 3: this is not JSON (comma expected) — write a scenario such as {"protocol": "majority", "servers": 3, "clients": [["write 1"], ["read"]]}
      file.json: line 1, column 2: this is not JSON (invalid symbol) — write a scenario such as {"protocol": "majority", "servers": 3, "clients": [["write 1"], ["read"]]}"
    `)
  })

  it("a field that is given twice: says where, and the second does not replace the first", () => {
    const text =
      '{\n  "protocol": "majority", "servers": 3,\n  "clients": [["read"]], "servers": 1\n}'
    expect(refusalOfText(text)).toBe(
      'file.json: line 3, column 26: the field "servers" is given twice — give it once'
    )
    const within =
      '{"protocol": "majority", "servers": 3, "clients": [["read"]], "expect": {"a": 1, "a": 2}}'
    expect(refusalOfText(within)).toMatch(/column 82: the field "a" is given twice/)
  })

  it("a node that is named twice, or no property at all: reports it", () => {
    expect([
      refusal({ configuration: ["s1", "s2", "s1"] }),
      refusal({ servers: ["s1", "s1"] }),
      refusal({ properties: [] })
    ]).toEqual([
      "file.json: configuration[2]: s1 is named twice — name it once",
      "file.json: servers[1]: the server s1 is named twice — name it once",
      "file.json: properties: no property is named, so nothing would be checked — name one, or leave the field out for all"
    ])
  })

  it("a byte order mark, as editors on Windows write it: is read as any other, and so are its mistakes", () => {
    const mark = "\uFEFF"
    const text = JSON.stringify(fine)
    const [plain, marked] = [text, mark + text].map((one) => Result.getOrThrow(load("a.json", one)))
    expect(marked?.model.scripts).toEqual(plain?.model.scripts)
    expect(refusalOfText(`${mark}{"protocol": "majority",}`)).toBe(
      refusalOfText('{"protocol": "majority",}')
    )
  })

  it("a word that is none in JSON: says where the word is, not where the file ends", () => {
    const places = [
      "maybe",
      '{\n  "servers": tree,\n  "clients": [["read"]]\n}',
      '{"servers": }',
      "[1,,2]",
      '["tree", tru'
    ].map((text) => /line \d+, column \d+/.exec(refusalOfText(text))?.[0])
    expect(places).toEqual([
      "line 1, column 1",
      "line 2, column 14",
      "line 1, column 13",
      "line 1, column 4",
      "line 1, column 10"
    ])
  })
})
