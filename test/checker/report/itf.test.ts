import * as Schema from "effect/Schema"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { itf } from "../../../checker/report/itf.ts"
import { anyRun, majorityLost, oscillating } from "./runs.ts"

/**
 * An expression of the format, as in ADR-015 and as Quint's reader accepts it; a number only as a
 * `#bigint`.
 */
const isExpression = (data: unknown): boolean => {
  if (typeof data === "boolean" || typeof data === "string") return true
  if (Array.isArray(data)) return data.every(isExpression)
  if (typeof data !== "object" || data === null) return false
  const fields = Object.entries(data)
  const [field, value] = fields[0] ?? ["", undefined]
  if (!field.startsWith("#"))
    return fields.every(([name, item]) => /^[^#]/.test(name) && isExpression(item))
  return fields.length === 1 && isSpecial(field, value)
}

const isSpecial = (field: string, value: unknown): boolean => {
  switch (field) {
    case "#bigint":
      return typeof value === "string" && /^-?\d+$/.test(value)
    case "#unserializable":
      return typeof value === "string"
    case "#tup":
    case "#set":
      return Array.isArray(value) && value.every(isExpression)
    case "#map":
      return (
        Array.isArray(value) &&
        value.every((pair) => Array.isArray(pair) && pair.length === 2 && pair.every(isExpression))
      )
    default:
      return false
  }
}

const Trace = Schema.Struct({
  "#meta": Schema.Struct({
    format: Schema.Literal("ITF"),
    "format-description": Schema.String,
    source: Schema.String,
    description: Schema.String
  }),
  vars: Schema.Array(Schema.String),
  states: Schema.Array(
    Schema.StructWithRest(Schema.Struct({ "#meta": Schema.Struct({ index: Schema.Int }) }), [
      Schema.Record(Schema.String, Schema.Unknown)
    ])
  )
})
const decode = (text: string) => {
  const trace = Schema.decodeUnknownSync(Trace, { onExcessProperty: "error" })(JSON.parse(text))
  for (const { "#meta": _, ...variables } of trace.states)
    expect(isExpression(variables)).toBe(true)
  return trace
}

describe("the trace format", () => {
  it("the validator refuses what is not of the format", () => {
    const wrong = [
      null,
      1,
      [null],
      { "#bigint": "x" },
      { "#map": [["a"]] },
      { "#other": "x" },
      { a: 1 }
    ]
    expect(wrong.filter(isExpression)).toEqual([])
    const right = [
      true,
      "a",
      [],
      { "#bigint": "-1" },
      { "#map": [["a", []]] },
      { a: { "#tup": ["b"] } },
      {}
    ]
    expect(right.filter(isExpression)).toEqual(right)
  })

  it("writes null as None, tagged records as variants, and a crashed node without a state", () => {
    const { states, ...rest } = decode(itf(majorityLost()))
    expect(rest.vars).toEqual(["step", "action", "observations", "nodes", "inFlight", "observers"])
    const none = { tag: "None", value: { "#tup": [] } }
    const server = (crashed: boolean, state: unknown) => ({ role: "server", crashed, state })
    const pair = { value: none, timestamp: { number: { "#bigint": "0" }, client: none } }
    expect(states[0]?.action).toEqual({ tag: "Initial", value: { "#tup": [] } })
    expect(states[1]?.action).toEqual({ tag: "Crash", value: { node: "s1" } })
    expect(states[3]?.action).toEqual({
      tag: "Invoke",
      value: { node: "c1", operation: { tag: "Write", value: { value: { "#bigint": "1" } } } }
    })
    const idle = { tag: "Idle", value: { begun: { "#bigint": "0" } } }
    const nodes = (states: ReadonlyArray<readonly [string, unknown]>) => ({ "#map": states })
    const up = server(false, { pair })
    const atFirst = { role: "client", crashed: false, state: idle }
    expect(states[0]?.nodes).toEqual(
      nodes([
        ["s1", up],
        ["s2", up],
        ["s3", up],
        ["c1", atFirst]
      ])
    )
    const last = states.at(-1)?.nodes as ReturnType<typeof nodes>
    expect(last["#map"].slice(0, 3)).toEqual([
      ["s1", server(true, none)],
      ["s2", up],
      ["s3", server(true, none)]
    ])
  })

  it("is the same text every time", () => {
    expect(itf(oscillating())).toBe(itf(oscillating()))
  })

  it("has a state before every step and one after the last, each with every variable", () => {
    fc.assert(
      fc.property(anyRun, (run) => {
        const { vars, states } = decode(itf(run))
        expect(states.map((state) => state["#meta"].index)).toEqual([
          ...Array(run.steps.length + 1).keys()
        ])
        for (const state of states) expect(Object.keys(state)).toEqual(["#meta", ...vars])
      }),
      { numRuns: 50, seed: 1 }
    )
  })
})
