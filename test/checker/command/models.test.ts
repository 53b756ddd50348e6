/**
 * Models in a user's own modules, checked with the options and formats of scenarios. They run as
 * processes where the end of the process may differ from its output.
 */
import type { ChildProcess } from "node:child_process"
import { existsSync, mkdirSync, readdirSync } from "node:fs"
import { availableParallelism } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { runHere } from "./in-process.ts"
import { type Finished, Installation, small } from "./installation.ts"

let installation: Installation
beforeAll(() => {
  installation = new Installation()
  installation.write("counter.ts", counter)
  installation.write("grid.mjs", grid)
})
afterAll(() => installation.remove())

/** Two clients read a counter and write what they read plus one: typed, and run as it is. */
const counter = `
interface Counter { readonly value: number; readonly read: Readonly<Record<string, number | null>>; readonly done: Readonly<Record<string, boolean>> }
const model = (isAtomic: boolean) => ({
  initial: [{ value: 0, read: { a: null, b: null }, done: { a: false, b: false } } as Counter],
  actions: Object.fromEntries(["a", "b"].flatMap((client) => [
    [\`read(\${client})\`, ({ value, read, done }: Counter) =>
      read[client] !== null || done[client] ? [] : isAtomic ? [{ value: value + 1, done: { [client]: true } }] : [{ read: { [client]: value } }]],
    [\`write(\${client})\`, ({ read, done }: Counter) =>
      read[client] === null || done[client] ? [] : [{ value: (read[client] as number) + 1, done: { [client]: true } }]]
  ])),
  invariants: { "nothing is lost": ({ value, done }: Counter) => value === Object.values(done).filter(Boolean).length },
  isDone: ({ done }: Counter) => Object.values(done).every(Boolean),
  deadlock: true
})
export const careless = model(false)
export const atomic = { ...model(true), description: "Read and written in one step." }
`

/**
 * A grid without end, with something to find at its far end, and what is not a property of states.
 */
const grid = `
const grid = (limit) => ({
  initial: [{ x: 0, y: 0 }],
  actions: { right: ({ x }) => (x < limit ? [{ x: x + 1 }] : []), up: ({ y }) => (y < limit ? [{ y: y + 1 }] : []) },
  invariants: { "the corner is never reached": ({ x, y }) => x + y < limit * 2 }
})
export const small = { ...grid(30), expect: { "the corner is never reached": "violated" } }
export const endless = grid(Infinity)
export const wrong = { ...grid(30), invariants: { "x is small": ({ x }) => (x < 20 ? true : "no") } }
export const loop = {
  initial: [{ n: 0 }],
  actions: { tick: ({ n }) => [{ n: (n + 1) % 3 }] },
  fairness: { weak: ["tick"] },
  eventuallyAlways: { settles: ({ n }) => n === 0 }
}
`

const endless = `
import { writeFileSync } from "node:fs"
export const spins = {
  initial: [{ n: 0 }],
  actions: { step: ({ n }) => [{ n: n + 1 }], spin: ({ n }) => {
    if (n === 3) writeFileSync("spins", "")
    while (n === 3);
    return []
  } }
}
export const exits = {
  initial: [{ n: 0 }],
  actions: { step: ({ n }) => n === 3 ? process.exit(0) : [{ n: n + 1 }] }
}
`

const check = (...invocation: ReadonlyArray<string>): Promise<Finished> =>
  installation.run(["check", ...invocation])

const here = (...invocation: ReadonlyArray<string>): Promise<Finished> =>
  runHere(installation.folder, invocation)
/** On one thread, unless the test names a number: starting another takes longer than the search. */
const checkHere = (...invocation: ReadonlyArray<string>): Promise<Finished> =>
  here("check", ...invocation, ...(invocation.includes("--workers") ? [] : ["--workers", "1"]))

describe("a model of one's own", () => {
  it("is checked as it is, and a violation is shown by what each step changes", async () => {
    const { code, stdout } = await check("counter.ts#careless")
    expect(code).toBe(12)
    expect(stdout).toMatch(
      /^counter\.ts#careless: nothing is lost is violated in a shortest run: "nothing is lost" is false/m
    )
    expect(stdout).toMatch(/1 {2}read\(a\) +read\.a: null → 0\n/)
    expect(stdout).toMatch(/3 {2}write\(a\) +value: 0 → 1; done\.a: false → true\n/)
    expect(stdout).not.toContain("\u001b[")
  })

  it("has a row of the table each, where a module has several; --json says the same in an array", async () => {
    const { code, stdout } = await checkHere("counter.ts", "--json")
    expect(code).toBe(12)
    const [atomic, careless] = JSON.parse(stdout)
    expect(careless).toMatchObject({
      scenario: "counter.ts#careless",
      verdict: "violated",
      asExpected: false,
      properties: [
        {
          name: "nothing is lost",
          kind: "safety",
          form: "invariant",
          verdict: "violated",
          counterexample: { steps: 4, shortest: true }
        },
        { name: "deadlock-freedom", kind: "deadlock" }
      ]
    })
    expect(careless.properties[0].counterexample.trace[0].changes).toEqual([
      { path: "read.a", before: null, after: 0 }
    ])
    expect(atomic).toMatchObject({
      ...{
        scenario: "counter.ts#atomic",
        verdict: "holds",
        exhaustive: true,
        description: "Read and written in one step."
      },
      vacuous: ['action "write(a)" is never enabled', 'action "write(b)" is never enabled']
    })
  })

  it("gives the same with two workers, which report their findings the same way", async () => {
    const one = await checkHere("grid.mjs#small", "--json")
    const two = await checkHere("grid.mjs#small", "--json", "--workers", "2")
    const [alone, together] = [one, two].map(({ stdout }) => JSON.parse(stdout))
    expect(together).toMatchObject({
      states: alone.states,
      properties: alone.properties,
      actions: alone.actions,
      asExpected: true
    })
    expect([one.code, two.code]).toEqual([0, 0])
  })

  it("is walked at random, by a seed that finds the same run again; a check of liveness alone is refused", async () => {
    const random = ["grid.mjs#small", "--order", "random", "--runs", "5", "--json"]
    const document = JSON.parse((await checkHere(...random)).stdout)
    expect(document).toMatchObject({
      verdict: "violated",
      walk: { seed: 1 },
      properties: [{ counterexample: { steps: 60 } }]
    })
    const both = await checkHere(...random, "--workers", "2")
    const together = JSON.parse(both.stdout)
    for (const field of ["walk", "properties", "actions", "states", "stopped"])
      expect(together[field]).toEqual(document[field])
    const live = await checkHere("grid.mjs#loop", "--order", "random")
    expect([live.code, live.stdout]).toEqual([2, ""])
    expect(live.stderr).toContain("random runs are finite and decide nothing about liveness")
  })

  it("is refused by any thread that finds out that it is not a model", async () => {
    const random = ["--order", "random", "--runs", "300", "--workers", "2"]
    const { code, stderr } = await checkHere("grid.mjs#wrong", ...random)
    expect([code, stderr]).toEqual([2, expect.stringContaining("it returned a string")])
  })

  it("is searched up to limits, which say what could be done next", async () => {
    const { code, stdout } = await checkHere("grid.mjs#endless", "--max-states", "500")
    expect(code).toBe(14)
    expect(stdout).toContain("the limit of 500 states was reached")
    expect(stdout).toMatch(/^next: search longer/m)
    const seconds = await checkHere(
      "grid.mjs#endless",
      "--max-seconds",
      "1",
      "--order",
      "dfs",
      "--max-steps",
      "40"
    )
    expect(seconds.code).toBe(14)
  })

  it("is searched on after a violation where all are asked for", async () => {
    const [first, all] = await Promise.all([
      checkHere("grid.mjs#small", "--expect", "holds", "--json"),
      checkHere("grid.mjs#small", "--expect", "holds", "--json", "--violations", "all")
    ])
    expect([first?.code, all?.code]).toEqual([12, 12])
    const exhaustive = [first, all].map((one) => JSON.parse(one?.stdout ?? "").exhaustive)
    expect(exhaustive).toEqual([false, true])
  })

  it("is saved when a limit ends it, and resumed; another model is not", async () => {
    const saved = await checkHere(
      "grid.mjs#endless",
      "--max-states",
      "1500",
      "--checkpoint",
      "saved"
    )
    expect(saved.code).toBe(14)
    const further = await checkHere(
      "grid.mjs#endless",
      "--max-states",
      "3000",
      "--resume",
      "saved",
      "--json"
    )
    const whole = await checkHere("grid.mjs#endless", "--max-states", "3000", "--json")
    const [resumed, straight] = [further, whole].map(({ stdout }) => JSON.parse(stdout))
    expect(resumed.states.distinct).toBeGreaterThanOrEqual(3000)
    expect(resumed.states.depth).toBe(straight.states.depth)
    const other = await checkHere("counter.ts#atomic", "--resume", "saved")
    expect(other.code).toBe(2)
    expect(other.stderr).toContain("the checkpoint in saved belongs to another scenario")
  })
})

describe("the formats of a model", () => {
  it("are ITF with a loop, which can be replayed; replay shows where a wrong one departs", async () => {
    const { stdout } = await checkHere("grid.mjs#loop", "--format", "itf")
    const trace = JSON.parse(stdout)
    expect(trace.vars).toEqual(["n", "mbt::actionTaken"])
    expect(trace).toHaveProperty("loop")
    installation.write("loop.itf.json", trace)
    const replayed = await here(...["replay", "loop.itf.json", "--model", "grid.mjs#loop"])
    expect([replayed.code, replayed.stdout]).toEqual([
      0,
      expect.stringContaining("is a run of grid.mjs#loop")
    ])
    trace.states[1].n = { "#bigint": "2" }
    installation.write("wrong.itf.json", trace)
    const wrong = await here(...["replay", "wrong.itf.json", "--model", "grid.mjs#loop"])
    expect(wrong.code).toBe(12)
    expect(wrong.stdout).toContain("recorded by tick: n: 0 → 2")
    expect(wrong.stdout).toContain("tick: n: 0 → 1")
  })

  it("are Mermaid, DOT of a small graph, JUnit and SARIF", async () => {
    const [mermaid, dot, junit, sarif] = await Promise.all(
      ["mermaid", "dot", "junit", "sarif"].map((format) =>
        checkHere("counter.ts#careless", "--format", format)
      )
    )
    expect(mermaid?.stdout).toContain('s0 -- "1 read(a)" --> s1')
    expect(dot?.stdout).toMatch(
      /^digraph "counter.ts#careless" \{[\s\S]*color=red[\s\S]*s0 -> s1 \[label="read\(a\)"\]/
    )
    expect(junit?.stdout).toContain(
      '<testsuite name="counter.ts#careless" tests="2" failures="1" errors="0" skipped="1"'
    )
    const { version, runs } = JSON.parse(sarif?.stdout ?? "")
    expect(version).toBe("2.1.0")
    expect(runs[0].results[0]).toMatchObject({
      ...{ ruleId: "safety", level: "error" },
      locations: [
        { physicalLocation: { artifactLocation: { uri: "counter.ts" }, region: { startLine: 15 } } }
      ]
    })
  })
})

describe("a module that cannot be checked is bad input, in a line:", () => {
  /** What would keep the process from ending, or end it in another way. */
  const ofTheProcess = ["waits.mjs", "timer.mjs"]

  it.each<readonly [string, string, string, RegExp]>([
    [
      "no model",
      "none.mjs",
      "export const x = 1",
      /none\.mjs: it exports no model — export a relation, such as/
    ],
    [
      "a mistake",
      "throws.mjs",
      "throw new TypeError('nothing')",
      /throws\.mjs: running it threw TypeError: nothing — see throws\.mjs:1:7/
    ],
    [
      "an import that is not there",
      "imports.mjs",
      "import './nowhere.mjs'",
      /an import does not exist:.*extension/
    ],
    [
      "what cannot be parsed",
      "unparsed.ts",
      "import './imported.ts'\nexport default {}",
      /unparsed\.ts: it cannot be parsed: .*see imported\.ts:2:11/
    ],
    [
      "a top level that never ends",
      "waits.mjs",
      "await new Promise(() => {})",
      /waits\.mjs: its top level waits for something that never happens/
    ],
    [
      "a timer that fails",
      "timer.mjs",
      "setTimeout(() => { throw new Error('late') }, 1)\nexport default { initial: [{ n: 0 }], actions: { go: ({ n }) => [{ n: n + 1 }] } }",
      /timer\.mjs: .*Error: late.*timer\.mjs:1:\d+/
    ],
    ["enums", "enums.ts", "export enum Phase { A }", /beyond types \(enums, .*write unions/],
    [
      "an action that fails",
      "fails.mjs",
      "export default { initial: [{ n: 0 }], actions: { go: ({ n }) => { if (n === 2) throw new Error('no'); return [{ n: n + 1 }] } } }",
      /fails\.mjs: action "go": it threw Error: no; in the state \{"n":2\} \(after go, go\)/
    ]
  ])("%s", async (_, name, content, message) => {
    installation.write("imported.ts", "export default {\n  initial:: 1 }")
    installation.write(name, content)
    const { code, stdout, stderr } = await (ofTheProcess.includes(name) ? check : checkHere)(name)
    expect(stderr).toMatch(message)
    expect(stderr).toMatch(/^quorate: [^\n]+\n$/)
    expect([code, stdout]).toEqual([2, ""])
  })

  it("a name that it does not export, a file that is not there", async () => {
    expect((await checkHere("counter.ts#carless")).stderr).toMatch(
      /it exports no model "carless" — did you mean "careless"/
    )
    expect((await checkHere("nowhere.ts")).stderr).toMatch(/nowhere\.ts: there is no such file/)
  })
})

describe("what a run leaves behind", () => {
  it("is not an empty trace where nothing was violated", async () => {
    const { code, stderr } = await checkHere("counter.ts#atomic", "--trace", "none.txt")
    expect([code, stderr]).toEqual([0, expect.stringContaining("nothing was written to none.txt")])
    expect(existsSync(join(installation.folder, "none.txt"))).toBe(false)
  })

  it("is bad input, and not a fault of ours, where the disk is full", async () => {
    if (!existsSync("/dev/full")) return
    const { code, stderr } = await checkHere("counter.ts#careless", "--trace", "/dev/full")
    expect([code, stderr]).toEqual([2, "quorate: --trace: /dev/full cannot be written (ENOSPC)\n"])
  })

  it("is a checkpoint when SIGTERM ends it; and no other process may save there meanwhile", async () => {
    let second: Promise<Finished> | undefined
    const { code } = await installation.run(
      [
        "check",
        "grid.mjs#endless",
        "--properties",
        "none",
        "--checkpoint",
        "busy",
        "--checkpoint-every",
        "0.2"
      ],
      {
        started: (running) => {
          const wait = setInterval(() => {
            const folder = join(installation.folder, "busy")
            if (!existsSync(folder) || !readdirSync(folder).includes("current")) return
            clearInterval(wait)
            second = check("grid.mjs#endless", "--properties", "none", "--resume", "busy")
            void second.then(() => running.kill("SIGTERM"))
          }, 50)
        }
      }
    )
    expect(code).toBe(14)
    expect((await second)?.stderr).toMatch(/another search \(process \d+\) saves in busy/)
    expect(readdirSync(join(installation.folder, "busy"))).toContain("current")
  })
})

it("the parts of a model that no state reaches are reported, on one thread; of a scenario there are none", async () => {
  installation.write("covered.ts", covered)
  const [text, json, scenario] = await Promise.all([
    check("covered.ts", "--coverage"),
    check("covered.ts", "--coverage", "--json", "--workers", "2"),
    checkHere("majority/write", "--coverage")
  ])
  expect(text?.stdout).toMatch(
    /^coverage: 3 parts of the model never ran, in any state:\n {2}covered\.ts:2:15 {2}\(n: number\) => n \* 2\n {2}covered\.ts:6:58 {2}\[\{ n: never\(n\) \}\]\n {2}covered\.ts:7:42 {2}\|\| n === 77\n/m
  )
  expect(JSON.parse(json?.stdout ?? "").untaken).toEqual([
    { file: "covered.ts", line: 2, column: 15, text: "(n: number) => n * 2" },
    expect.objectContaining({ line: 6 }),
    expect.objectContaining({ line: 7 })
  ])
  expect([scenario?.code, scenario?.stderr]).toEqual([
    2,
    "quorate: --coverage applies only to models: majority/write is a scenario\n"
  ])
})

const covered = `interface S { readonly n: number }
const never = (n: number) => n * 2
export default {
  initial: [{ n: 0 }],
  actions: {
    step: ({ n }: S) => n < 4 ? [{ n: n + 1 }] : n > 9 ? [{ n: never(n) }] : [] },
  invariants: { low: ({ n }: S) => n < 5 || n === 77 }
}
`

describe("a function of the author's that does not come back", () => {
  it("is ended by Ctrl-C, which names it, the state that it was given, and where it is", async () => {
    installation.write("endless.mjs", endless)
    const { code, stdout, stderr } = await installation.run(["check", "endless.mjs#spins"], {
      started: (running) => interruptOnceStarted(running, join(installation.folder, "spins"))
    })
    expect([code, stdout]).toEqual([14, ""])
    expect(stderr).toMatch(
      /^quorate: endless\.mjs#spins: action "spin": it had not returned for \d s when it was interrupted, in the state \{"n":3\} — let it end in every state \(see endless\.mjs:\d+:\d+\)$/m
    )
  })

  it("is refused, if it ends the process, on any thread", async () => {
    installation.write("endless.mjs", endless)
    const ways = [[], ["--workers", "2"]]
    for (const way of ways) {
      const { code, stderr } = await check("endless.mjs#exits", ...way)
      expect([code, stderr]).toEqual([
        2,
        expect.stringContaining("it ended the check (process.exit)")
      ])
    }
  })
})

/** Presses Ctrl-C when the model has written a file. */
const interruptOnceStarted = (running: ChildProcess, file: string): void => {
  const wait = setInterval(() => {
    if (!existsSync(file)) return
    clearInterval(wait)
    running.kill("SIGINT")
  }, 20)
}

describe("finding one's way", () => {
  it("list shows folders and descriptions, show one scenario", async () => {
    const [list, json, show] = await Promise.all([
      here("list", "naive"),
      here("list", "--json"),
      here("show", "naive/new-write-old-read")
    ])
    expect(list?.stdout).toMatch(/^naive\/\n {2}naive\/kept-node-not-stopped +\S/)
    const document = JSON.parse(json?.stdout ?? "")
    expect(document.scenarios.length).toBeGreaterThan(100)
    expect(document.protocols.map(({ name }: { readonly name: string }) => name)).toContain("rambo")
    expect(show?.stdout).toMatch(
      /file: .*naive\/new-write-old-read\.json\n[\s\S]*c1: reconfigure[\s\S]*atomicity +violated/
    )
  })

  it("a folder of one's own and standard input are checked", async () => {
    mkdirSync(join(installation.folder, "own", "deeper"), { recursive: true })
    installation.write("own/models.mjs", "export const up = { initial: [{ n: 0 }], actions: {} }")
    installation.write("own/models.test.ts", "throw new Error('a test is no model')")
    installation.write("own/deeper/small.json", small)
    installation.write("own/package.json", { name: "no scenario" })
    const scenario = JSON.stringify({ ...small, expect: { atomicity: "violated" } })
    const [folder, input, neither] = await Promise.all([
      checkHere("own", "--json"),
      installation.run(["check", "-", "--json"], { input: scenario }),
      installation.run(["check", "-"], { input: "{" })
    ])
    const documents: ReadonlyArray<{ readonly scenario: string; readonly verdict: string }> =
      JSON.parse(folder?.stdout ?? "")
    expect(documents.map(({ scenario, verdict }) => [scenario, verdict])).toEqual([
      [join("own", "deeper", "small.json"), "holds"],
      [join("own", "models.mjs"), "holds"]
    ])
    expect(folder?.code).toBe(0)
    expect(JSON.parse(input?.stdout ?? "")).toMatchObject({
      ...{ scenario: "standard input", verdict: "holds", asExpected: false }
    })
    expect(input?.code).toBe(1)
    expect([neither?.code, neither?.stderr]).toEqual([
      2,
      expect.stringMatching(/^quorate: standard input: line 1/)
    ])
  })

  it("every mistake of a file is reported together", async () => {
    const mistaken = {
      protocol: "majority",
      servers: 3,
      configuration: ["s1", "s1"],
      clients: [["write"], ["raed"]],
      bounds: { x: 1 }
    }
    const { code, stderr } = await checkHere(installation.write("mistaken.json", mistaken))
    expect(code).toBe(2)
    expect(stderr.trim().split("\n")).toHaveLength(4)
    expect(stderr).toMatch(
      /bounds\.x: [\s\S]*configuration\[1\]: s1 is named twice[\s\S]*clients\[0\]\[0\]: [\s\S]*clients\[1\]\[0\]: /
    )
    const twice = await checkHere(
      installation.write(
        "twice.json",
        '{"protocol": "majority",\n "servers": 3, "servers": 4, "clients": [["read"]]}'
      )
    )
    expect(twice.stderr).toMatch(/line 2, column 16: the field "servers" is given twice/)
    const nothing = await checkHere(
      installation.write("nothing.json", {
        protocol: "majority",
        servers: 3,
        clients: [["read"]],
        properties: []
      })
    )
    expect(nothing.stderr).toMatch(/properties: no property is named, so nothing would be checked/)
  })

  it("what is too small for any search is refused, and too many workers are warned of", async () => {
    const small = await checkHere("counter.ts#atomic", "--max-memory", "10M")
    expect([small.code, small.stderr]).toEqual([
      2,
      expect.stringMatching(/--max-memory: 10M is too small: any search needs/)
    ])
    const many = await checkHere("counter.ts#atomic", "--workers", `${availableParallelism() + 1}`)
    expect(many.stderr).toMatch(/\d+ workers take more memory and are no faster/)
  })
})
