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

  it("says what is wrong, and goes on", async () => {
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
