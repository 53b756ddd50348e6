import { readdirSync, readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js"
import * as Result from "effect/Result"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { fromData } from "../../../checker/scenario/load.ts"
import { scenarioJsonSchema } from "../../../checker/scenario/scenario.ts"
import { runHere } from "./in-process.ts"
import { Installation, small } from "./installation.ts"

const scenarioFolder = fileURLToPath(new URL("../../../checker/scenarios", import.meta.url))
const shippedFiles = readdirSync(scenarioFolder, { recursive: true, encoding: "utf8" }).filter(
  // The schema and the manifest are next to the folders.
  (file) => file.endsWith(".json") && file.includes("/")
)
const dataOf = (file: string): unknown =>
  JSON.parse(readFileSync(join(scenarioFolder, file), "utf8"))

let installation: Installation
let schema: Record<string, unknown>
let isValid: ValidateFunction
beforeAll(async () => {
  installation = new Installation()
  schema = JSON.parse((await installation.run(["schema"])).stdout)
  // A keyword that the validator does not know is an error; `enumDescriptions` is one of editors.
  // The conditions by protocol do not repeat the types of fields.
  isValid = new Ajv2020({ keywords: ["enumDescriptions"], strictTypes: false }).compile(schema)
})
afterAll(() => installation.remove())

describe("quorate schema", () => {
  it("prints the schema of the Scenario, which is also shipped for editors", () => {
    expect(schema).toEqual(JSON.parse(JSON.stringify(scenarioJsonSchema())))
    expect(schema).toEqual(dataOf("scenario.schema.json"))
  })

  it("describes every field, for editors that complete it", () => {
    const fields = Object.entries(
      schema.properties as Record<string, { readonly description?: string }>
    )
    expect(fields.length).toBeGreaterThan(3)
    expect(
      fields.filter(([name, { description }]) => name !== "$schema" && description === undefined)
    ).toEqual([])
  })

  it.each(shippedFiles)("accepts the shipped file %s", (file) => {
    expect(isValid(dataOf(file)), String(isValid.errors?.[0]?.instancePath)).toBe(true)
  })

  it("asks for a protocol, servers and clients, and for nothing else", () => {
    expect(schema.required).toEqual(["protocol", "servers", "clients"])
    expect(isValid(small)).toBe(true)
  })

  it.each([
    ["an unknown field", { ...small, clinets: [] }],
    ["a missing field", { protocol: "majority", servers: 3 }],
    ["no servers", { ...small, servers: 0 }],
    ["too many servers", { ...small, servers: 101 }],
    ["an empty script", { ...small, clients: [["read"], []] }],
    ["a negative bound", { ...small, faults: { crashes: { servers: -1 } } }],
    ["an unknown quorum system", { ...small, quorums: "minority" }],
    ["an unknown bound", { ...small, bounds: { rounds: 3 } }],
    [
      "no ballots",
      { ...small, protocol: "consensus", clients: [["propose 1"]], bounds: { ballots: 0 } }
    ],
    [
      "half a ballot",
      { ...small, protocol: "consensus", clients: [["propose 1"]], bounds: { ballots: 2.5 } }
    ],
    ["a variant of another protocol", { ...small, variant: "with-consensus" }],
    ["a property of another protocol", { ...small, properties: ["maps-grow"] }],
    ["a bound of another protocol", { ...small, bounds: { ballots: 3 } }],
    ["an operation of another protocol", { ...small, clients: [["reconfigure +s4"]] }],
    ["an unknown verdict", { ...small, expect: { atomicity: "maybe" } }]
  ])("refuses %s, as the checker does", (_mistake, scenario) => {
    expect(isValid(scenario)).toBe(false)
    expect(Result.isFailure(fromData("refused.json", scenario))).toBe(true)
  })
})

describe("quorate list", () => {
  it("names every shipped scenario; one of each folder is checked by that name", async () => {
    const { stdout } = await runHere(installation.folder, ["list", "--json"])
    const listed: ReadonlyArray<{ readonly name: string }> = JSON.parse(stdout).scenarios
    const names = listed.map(({ name }) => name)
    expect(names.toSorted()).toEqual(
      shippedFiles.map((file) => file.replace(/\.json$/, "")).toSorted()
    )
    // The others are searched, walked and compared with the manifest, each by its name.
    const some = [...new Map(names.map((name) => [dirname(name), name])).values()]
    const { code, stdout: documents } = await runHere(installation.folder, [
      ...["check", "--json", "--properties", "none", "--max-states", "1"],
      ...some
    ])
    expect(code).toBe(14)
    expect(JSON.parse(documents).map(({ scenario }: { scenario: string }) => scenario)).toEqual(
      some
    )
  })
})
