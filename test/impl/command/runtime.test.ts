/**
 * The commands of the runtime as a newcomer types them, with errors reported in one line.
 */
import { type ChildProcess, spawn } from "node:child_process"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { freePorts } from "../../bench/store/system.ts"
import { runHere } from "../../checker/command/in-process.ts"
import { Installation } from "../../checker/command/installation.ts"

const installation = new Installation()
const processes: Array<ChildProcess> = []
let servers: string
let metricsPort: number

/** Starts a node, and waits until it listens. */
const startNode = (name: string, ...more: ReadonlyArray<string>): Promise<ChildProcess> =>
  new Promise((resolve, reject) => {
    const given = [
      "node",
      "--name",
      name,
      ...(more.includes("--servers") ? [] : ["--servers", servers]),
      "--data",
      join(installation.folder, name),
      ...more
    ]
    const child = spawn(process.execPath, [installation.script, ...given], {
      stdio: ["ignore", "pipe", "ignore"]
    })
    processes.push(child)
    child.stdout?.once("data", () => resolve(child))
    child.once("exit", (code) => reject(new Error(`${name} ended with ${code}`)))
  })
const ended = (child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> =>
  new Promise((resolve) => {
    child.once("exit", (code) => resolve(code))
    child.kill(signal)
  })
/** Runs a command to its end. */
const run = (given: ReadonlyArray<string>) => runHere(installation.folder, given)
const recordings = ["s1", "s2", "s3"].map((name) => join(installation.folder, `${name}.recording`))

beforeAll(async () => {
  const ports = await freePorts(4)
  metricsPort = ports[3] as number
  servers = [1, 2, 3].map((number) => `s${number}=127.0.0.1:${ports[number - 1]}`).join(",")
  await Promise.all([
    startNode(
      "s1",
      "--begin",
      "--metrics",
      `127.0.0.1:${metricsPort}`,
      "--record",
      recordings[0] as string
    ),
    startNode("s2", "--begin", "--record", recordings[1] as string),
    startNode("s3", "--begin", "--record", recordings[2] as string)
  ])
})
afterAll(() => {
  for (const child of processes) child.kill("SIGKILL")
  installation.remove()
})

describe("quorate", () => {
  it("puts and gets, through the loss of a node and its return, and shows which nodes are up", async () => {
    expect(await installation.run(["put", "x", "1", "--servers", servers])).toMatchObject({
      code: 0,
      stderr: ""
    })
    expect(await installation.run(["get", "x", "--servers", servers])).toMatchObject({
      code: 0,
      stdout: "1"
    })
    expect(await run(["get", "y", "--servers", servers])).toMatchObject({
      code: 1,
      stdout: ""
    })
    const [, second] = processes as [ChildProcess, ChildProcess]
    second.removeAllListeners("exit")
    await ended(second, "SIGKILL")
    const status = await run(["status", "--json", "--servers", servers])
    expect(JSON.parse(status.stdout)).toMatchObject({
      available: true,
      nodes: [{ connected: true }, { name: "s2", connected: false }, { connected: true }]
    })
    expect((await run(["put", "x", "2", "--servers", servers])).code).toBe(0)
    await startNode("s2", "--record", recordings[1] as string)
    expect((await run(["get", "x", "--servers", servers])).stdout).toBe("2")
  })

  it("replaces a node by one that came later, and loses nothing", async () => {
    const file = `file:${installation.write("servers", `${servers.replaceAll(",", "\n")}\n`)}`
    await startNode("s4", "--servers", file, "--join")
    const replaced = await run(["reconfigure", "+s4", "-s2", "--servers", file])
    expect(replaced).toMatchObject({
      code: 0,
      stdout: "the configuration is s1, s3, s4\ns2 may be switched off\n"
    })
    // s2, as it was started again, and s4.
    for (const child of [processes[3], processes[4]]) {
      child?.removeAllListeners("exit")
      await ended(child as ChildProcess, "SIGKILL")
    }
    expect((await run(["get", "x", "--servers", file])).stdout).toBe("2")
    await startNode("s4", "--servers", file)
    const status = await run(["status", "--json", "--servers", file])
    expect(JSON.parse(status.stdout)).toMatchObject({
      configurations: [["s1", "s3", "s4"]],
      available: true,
      nodes: [
        { name: "s1" },
        { connected: false, member: false },
        { name: "s3" },
        { name: "s4", member: true }
      ]
    })
    const refused = await run(["reconfigure", "+s5", "--servers", file])
    expect(refused.code).toBe(2)
    expect(refused.stderr).toMatch(/s5 does not answer — start it first/)
  })

  it("reports to Prometheus what a node does", async () => {
    const text = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text()
    expect(text).toMatch(/^quorate_registers 1$/m)
    expect(text).toMatch(/^quorate_syncs_total [1-9]/m)
  })

  it("holds what the nodes recorded against the specification", async () => {
    const { code, stdout } = await run(["replay", ...recordings])
    expect(code).toBe(0)
    expect(stdout).toMatch(/^\d+ steps and 1 restarts agree with the specification/)
  })

  it("refuses what is not a recording; a line torn by a kill is forgiven", async () => {
    const whole = readFileSync(recordings[0] as string, "utf8")
    const [start] = whole.split("\n") as [string]
    const stopped = '{"_tag":"Stopped"}'
    for (const [what, text, message] of [
      ["nothing", "", /it contains no recording/],
      ["junk", "junk\n", /it contains no recording/],
      ["junk and more", `junk\n${whole}junk\nmore junk\n`, /line \d+ is not a line of a recording/],
      ["something else", '{"_tag":"Taken","node":"s9"}\n', /line 1 is not a line of a recording/]
    ] as const) {
      const file = installation.write("refused", text)
      const refused = await runHere(installation.folder, ["replay", file])
      expect([refused.code, refused.stdout], what).toEqual([2, ""])
      expect(refused.stderr, what).toMatch(message)
    }
    for (const text of [`${whole}{"_tag":"Ta`, `${start}\n${stopped}\n${whole}`]) {
      const file = installation.write("taken", text)
      expect((await runHere(installation.folder, ["replay", file])).stderr).toBe("")
    }
  })

  it("stops on request, in order", async () => {
    const third = processes[2] as ChildProcess
    third.removeAllListeners("exit")
    expect(await ended(third, "SIGTERM")).toBe(0)
  })

  it.each([
    ["majority", "write-without-get-phase", ["--runs", "5"], ["--operations", "100"]],
    ["dbqs", "quorum-one-short", ["--runs", "5", "--operations", "12"], ["--registers", "3"]]
  ])(
    "finds a mutant of %s in simulation, and repeats the run from the command that it prints",
    async (protocol, variant, runs, few) => {
      const simulate = (given: ReadonlyArray<string>) =>
        run(["simulate", "--protocol", protocol, ...given])
      const found = await simulate(["--variant", variant, ...runs])
      expect(found.code).toBe(12)
      const again = /again with:\n {2}quorate (.*)\n/.exec(found.stdout)?.[1] as string
      expect((await run(again.split(" "))).code).toBe(12)
      expect((await simulate(few)).code).toBe(0)
    }
  )

  it.each([
    [["put", "x", "1"], /"" is not a node — write name=host:port/],
    [["put", "x", "1", "--servers", "s1=nowhere"], /this is not an address — write host:port/],
    [["put", "x", "1", "--servers", "file:nowhere"], /cannot be read \(ENOENT\)/],
    [
      ["get", "x", "--servers", "s1=127.0.0.1:1", "--timeout-milliseconds", "200"],
      /no quorum answered within 200 ms/
    ],
    [
      ["node", "--name", "s9", "--servers", "s1=:1", "--data", "d"],
      /s9 is not in s1=:1 — name one of s1/
    ],
    [
      ["node", "--name", "s1", "--servers", "s1=0.0.0.0:0", "--data", "d"],
      /without keys .* this machine only/
    ],
    [["simulate", "--variant", "nosuch"], /has no variant "nosuch"/],
    [["reconfigure", "s4", "--servers", "s1=:1"], /"s4" is not a change — write \+NAME and -NAME/],
    [["reconfigure", "+s4", "-s4", "--servers", "s1=:1"], /s4 is both added and removed/],
    [
      ["reconfigure", "+s4", "--servers", "s1=127.0.0.1:1", "--protocol", "majority"],
      /cannot change its configuration/
    ],
    [["simulate", "--reconfigurations", "1", "--protocol", "majority"], /try --protocol rambo/],
    [
      ["simulate", "--reconfigurations", "2", "--spares", "1", "--protocol", "byzantine"],
      /1 are too few for 2 reconfigurations/
    ],
    [["node", "--name", "s9", "--servers", "s1=:1", "--data", "d", "--join"], /add \+s9=HOST:PORT/],
    [["simulate", "--protocol", "dbqs", "--servers", "3"], /a number from 16 to 10000/],
    [["simulate", "--protocol", "dbqs", "--spares", "90"], /at most 24 may leave/],
    [
      ["simulate", "--protocol", "dbqs", "--faults", "1"],
      /--faults is not supported with --protocol dbqs/
    ],
    [["simulate", "--faults", "x"], /write the numbers of faults/],
    [["replay", "nowhere"], /nowhere: ENOENT/],
    [
      ["begin", "--servers", "s1=127.0.0.1:1", "--timeout-milliseconds", "200"],
      /s1 cannot be reached: a system begins when all its first nodes answer — start them first/
    ],
    [
      ["begin", "--servers", "+s1=127.0.0.1:1"],
      /names no node to begin with — list at least one without a plus/
    ],
    [["recover", "--from", "d", "--name", "s1", "--data", "e"], /d: it is not a node's folder/],
    [
      ["recover", "--from", "d", "--name", "s1,s2", "--data", "e"],
      /write a folder of its own for each of s1, s2/
    ],
    [
      ["recover", "--from", "d", "--name", "s1,s1", "--data", "e,f", "--accept-loss"],
      /a name is repeated/
    ],
    [["cluster", "--nodes", "0"], /a number from 1 to/]
  ] as const)("says what is wrong with %j in one line", async (given, message) => {
    const { code, stderr, stdout } = await runHere(installation.folder, given)
    expect([code === 2 || code === 69, stdout]).toEqual([true, ""])
    expect(stderr).toMatch(message)
    expect(stderr.trimEnd().split("\n")).toHaveLength(1)
  })
})
