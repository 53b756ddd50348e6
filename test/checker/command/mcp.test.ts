/**
 * A coding agent that speaks the Model Context Protocol lists, checks, explains and steps.
 */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { Installation } from "./installation.ts"

interface Message {
  readonly id?: number
  readonly result?: Readonly<Record<string, unknown>>
  readonly error?: unknown
}

let installation: Installation
let server: ChildProcessWithoutNullStreams
const waiting = new Map<number, (message: Message) => void>()
const strays: Array<string> = []
let asked = 0

beforeAll(async () => {
  installation = new Installation()
  server = spawn(process.execPath, [installation.script, "mcp"], { cwd: installation.folder })
  let rest = ""
  server.stdout.setEncoding("utf8").on("data", (text: string) => {
    const lines = (rest + text).split("\n")
    rest = lines.pop() ?? ""
    for (const line of lines) {
      const message: Message = JSON.parse(line)
      if (message.id === undefined) strays.push(line)
      else waiting.get(message.id)?.(message)
    }
  })
  const begun = await ask("initialize", {
    protocolVersion: "2025-06-18",
    capabilities: {},
    clientInfo: { name: "test", version: "1" }
  })
  expect(begun.result).toMatchObject({ serverInfo: { name: "quorate" } })
  send({ method: "notifications/initialized" })
})
afterAll(() => {
  server.kill("SIGKILL")
  installation.remove()
})

const send = (message: object) =>
  server.stdin.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`)

const ask = (method: string, params: object): Promise<Message> => {
  const id = ++asked
  return new Promise((resolve) => {
    waiting.set(id, resolve)
    send({ id, method, params })
  })
}

/** What a tool answers. */
const call = async (name: string, given: object) => {
  const { result } = await ask("tools/call", { name, arguments: given })
  const [content] = (result?.content ?? []) as ReadonlyArray<{ readonly text: string }>
  return { isError: result?.isError === true, answer: JSON.parse(content?.text ?? "null") }
}

const lost = {
  protocol: "majority",
  variant: "read-without-set-phase",
  servers: 3,
  clients: [["write 1"], ["read", "read"]]
}

describe("quorate mcp", () => {
  it("offers tools, each with what it takes", async () => {
    const { result } = await ask("tools/list", {})
    const tools = result?.tools as ReadonlyArray<{
      readonly name: string
      readonly description: string
    }>
    expect(tools.map(({ name }) => name).sort()).toEqual([
      "check_scenario",
      "explain_run",
      "find_way",
      "list_models",
      "list_scenarios",
      "show_scenario"
    ])
    expect(tools.every(({ description }) => description.length > 20)).toBe(true)
  })

  it("lists what there is, and shows it", async () => {
    const { answer } = await call("list_scenarios", { containing: "majority/write" })
    expect(answer.scenarios).toContain("majority/write-read")
    expect(answer.protocols.map(({ name }: { name: string }) => name)).toContain("rambo")
    expect((await call("show_scenario", { name: "majority/write-read" })).answer.protocol).toBe(
      "majority"
    )
  })

  it("checks a scenario of the agent's own, explains the run, and takes another step", async () => {
    const scenario = JSON.stringify(lost)
    const { answer: checked } = await call("check_scenario", { scenario })
    expect(checked.verdict).toBe("violated")
    const { counterexample } = checked.properties[0]
    const { answer: explained } = await call("explain_run", { scenario, run: counterexample.run })
    expect(explained.steps.at(-1)).toMatch(/\(breaks atomicity\)$/)
    expect(explained.state.c2).toMatchObject({ is: "Idle" })
    const { answer: begun } = await call("explain_run", { scenario })
    expect(begun.next.map(({ step }: { step: string }) => step)).toEqual([
      "c1 is asked to write 1",
      "c2 is asked to read"
    ])
    const { answer: stepped } = await call("explain_run", { scenario, run: begun.next[0].code })
    expect(stepped.steps).toEqual([
      '1. c1 is asked to write 1; sends "get" to s1, s2 and s3; write 1 begins'
    ])
    const { answer: way } = await call("find_way", {
      scenario,
      run: begun.next[0].code,
      goal: "c1 returns"
    })
    expect(way).toMatchObject({ found: true, steps: 8 })
  })

  it("lists, checks, explains and steps a model in a module, as it is by then", async () => {
    const counter = (step: number) =>
      `import { limit } from "./limit.mjs"
export const endless = { initial: [{ n: 0 }], actions: { up: ({ n }) => [{ n: n + 1 }] } }
export const counter = {
  description: "It counts by ${step}.",
  initial: [{ n: 0 }],
  actions: { up: ({ n }) => (n < 9 ? [{ n: n + ${step} }] : []) },
  invariants: { "n is small": ({ n }) => n < limit }
}`
    installation.write("limit.mjs", "export const limit = 5")
    const file = installation.write("counter.mjs", counter(2))
    const scenario = `${file}#counter`
    const { answer: listed } = await call("list_models", { file })
    expect(listed[0]).toEqual({
      ...{ name: "counter", scenario, description: "It counts by 2." },
      ...{ actions: ["up"], properties: ["n is small"] }
    })
    const { answer: checked } = await call("check_scenario", { scenario })
    const { run } = checked.properties[0].counterexample
    const { answer: explained } = await call("explain_run", { scenario, run })
    expect(explained.steps.at(-1)).toBe("3. up: n = 6 (breaks n is small)")
    expect(explained.state.state).toEqual({ n: "6 (was 4)" })
    const next = run + explained.next[0].code
    const { answer: stepped } = await call("explain_run", { scenario, run: next })
    expect(stepped.steps.at(-1)).toMatch(/^4\. up: n = 8/)
    const { answer: way } = await call("find_way", { scenario, goal: "n = 8" })
    expect(way).toMatchObject({ found: true, steps: 4 })
    // What was changed, in the module itself or in one that it imports, is run as it is now.
    installation.write("limit.mjs", "export const limit = 50")
    expect((await call("check_scenario", { scenario })).answer.verdict).toBe("holds")
    installation.write("counter.mjs", counter(3))
    expect((await call("list_models", { file })).answer[0].description).toBe("It counts by 3.")
    const endless = { scenario: `${file}#endless`, most_states: 1000 }
    expect((await call("check_scenario", endless)).answer).toMatchObject({
      verdict: "inconclusive",
      remarks: expect.arrayContaining([
        "the search did not finish: the limit of 1000 states was reached"
      ])
    })
  })

  it("reports what is wrong with a module, and continues", async () => {
    const wrong = installation.write("wrong.mjs", "export const one = 1")
    const several = installation.write(
      "several.mjs",
      "export const a = { initial: [{}], actions: {} }; export const b = a"
    )
    const exits = installation.write("exits.mjs", "process.exit(3)")
    const refusal = async (scenario: string) => (await call("check_scenario", { scenario })).answer
    expect(await refusal(wrong)).toMatch(/it exports no model/)
    expect(await refusal(several)).toMatch(/has the models a, b: name one, as .*#a$/)
    expect(await refusal(`${several}#c`)).toMatch(/has the models a, b/)
    expect(await refusal("nowhere.mjs")).toMatch(/there is no such file/)
    expect(await refusal(exits)).toMatch(/ended the process that ran it/)
    expect((await call("check_scenario", { scenario: "majority/write" })).answer.verdict).toBe(
      "holds"
    )
  })

  it("reports what is wrong, and continues", async () => {
    expect(await call("check_scenario", { scenario: "majority/writ" })).toMatchObject({
      isError: true,
      answer: expect.stringMatching(/did you mean "majority\/write"\?/)
    })
    expect((await call("explain_run", { scenario: "majority/write", run: "abc" })).answer).toMatch(
      /is not a run/
    )
    expect((await call("check_scenario", { scenario: '{"protocol": "majority"}' })).answer).toMatch(
      /"servers" is missing/
    )
    expect((await call("list_scenarios", {})).isError).toBe(false)
    expect(strays).toEqual([])
  })

  it("ends when the agent goes", async () => {
    const ended = new Promise((resolve) => server.once("close", resolve))
    server.stdin.end()
    expect(await ended).toBe(0)
  })
})
