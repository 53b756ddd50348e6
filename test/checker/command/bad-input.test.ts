import { chmodSync, mkdirSync } from "node:fs"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { runHere } from "./in-process.ts"
import { type Finished, Installation, small } from "./installation.ts"

let installation: Installation
beforeAll(() => {
  installation = new Installation()
})
afterAll(() => installation.remove())

/** One line on standard error that says what is wrong, and nothing else. */
const expectRefused = ({ code, stdout, stderr }: Finished, message: RegExp) => {
  expect(stderr).toMatch(/^quorate: [^\n]+\n$/)
  expect(stderr).toMatch(message)
  expect(stderr).not.toContain("    at ")
  expect(stderr).not.toContain("internal error")
  expect([code, stdout]).toEqual([2, ""])
}

const invocations: ReadonlyArray<readonly [invocation: string, message: RegExp]> = [
  ["check", /name a scenario, or use --all/],
  ["check --json", /name a scenario, or use --all/],
  ["check --all naive", /--all checks every scenario/],
  ["wander", /Unknown subcommand "wander"/],
  ["list everything", /there is no folder "everything" — known: byzantine/],
  ["check majority/write --unheard-of", /Unrecognized flag: --unheard-of/],
  [
    "check majority/writ",
    /majority\/writ: there is no such scenario or file — did you mean "majority\/write"\?/
  ],
  ["check majority/write naive/nothing", /naive\/nothing: there is no such scenario or file/],
  ["check nowhere.json", /nowhere\.json: there is no such file — check the path/],
  ["check majority/write --workers 0", /--workers: at least 1 is needed/],
  ["check majority/write --workers x", /--workers: "x"/],
  ["check majority/write --reduction x", /there is no reduction "x" — known: obsolete-messages, /],
  ["check majority/write --reduction dead-request", /did you mean "dead-requests"\?/],
  ["check majority/write --properties atomicty", /--properties\[0\].*did you mean "atomicity"\?/],
  [
    "check majority/write --expect maybe",
    /--expect: "maybe" is not a valid expectation — write holds, violated, or/
  ],
  [
    "check majority/write --expect atomicty=holds",
    /--expect: "atomicty" is not among.*did you mean "atomicity"\?/
  ],
  ["check majority/write --order sideways", /--order: "sideways".*"bfs"/],
  [
    "check majority/write --format xml",
    /--format: "xml".*"text" \| "json" \| "itf" \| "mermaid" \| "dot" \| "junit" \| "sarif"/
  ],
  ["check majority/write --max-states 0", /--max-states: write a number of at least 1/],
  ["check majority/write --max-states -1", /--max-states: write a number of at least 1/],
  ["check majority/write --max-states", /Missing value for flag --max-states/],
  ["check majority/write --max-seconds soon", /--max-seconds: "soon"/],
  [
    "check majority/write --max-memory 12Q",
    /--max-memory: "12Q" is not a size — write bytes, or a size such as 4G/
  ],
  [
    "check naive/liveness/stop-the-world --order random",
    /--order random: random runs are finite and decide nothing about dynamic-liveness — search it/
  ],
  ["check majority/write majority/write-read --trace run.txt", /--trace needs exactly one scenario/]
]

describe("what cannot be used on the command line", () => {
  it.each(invocations)("is refused in one line: quorate %s", async (invocation, message) => {
    expectRefused(await runHere(installation.folder, invocation.split(" ")), message)
  })

  it("is refused so by the process that a user starts", async () => {
    const [[invocation, message]] = invocations as readonly [(typeof invocations)[number]]
    expectRefused(await installation.run(invocation.split(" ")), message)
  })

  it("is refused though the search went well, when the trace cannot be written", async () => {
    const invocation = [
      "check",
      "majority/mutants/write-without-get-phase",
      "--trace",
      "nowhere/run.txt"
    ]
    const { code, stderr } = await installation.run(invocation)
    expect([code, stderr]).toEqual([
      2,
      "quorate: --trace: nowhere/run.txt cannot be written (ENOENT)\n"
    ])
  })
})

const reconfiguring = { ...small, protocol: "naive" }
const files: ReadonlyArray<readonly [mistake: string, content: unknown, message: RegExp]> = [
  ["nothing at all", "", /line 1, column 1: the file is empty — write a scenario such as \{/],
  ["words", "protocol: majority", /line 1, column \d+: this is not JSON/],
  ["a trailing comma", '{\n  "protocol": "majority",\n}', /line 3, column 1: this is not JSON/],
  ["an end that is missing", '{"protocol": "majority"', /line 1, column 24: this is not JSON/],
  [
    "bytes that are no text",
    Uint8Array.from({ length: 999 }, (_, index) => (index * 97) % 256),
    /this is not JSON/
  ],
  ["no record", [], /expected a record with protocol, servers and clients/],
  [
    "no protocol",
    { servers: 3, clients: [["read"]] },
    /the field "protocol" is missing — add it, as in \{/
  ],
  [
    "an unknown field",
    { ...small, clinets: [] },
    /clinets: unknown field "clinets" — did you mean "clients"\?/
  ],
  [
    "an unknown field inside another",
    { ...small, faults: { crashes: { server: 1 } } },
    /faults\.crashes\.server: unknown field/
  ],
  [
    "an unknown protocol",
    { ...small, protocol: "majorty" },
    /protocol: there is no protocol "majorty" — did you mean "majority"\?/
  ],
  [
    "an unknown variant",
    { ...small, variant: "quick" },
    /variant: majority has no variant "quick" — known: correct, /
  ],
  ["no servers", { ...small, servers: 0 }, /servers: .*1.*100/],
  ["too many servers", { ...small, servers: 101 }, /servers: .*1.*100/],
  ["half a server", { ...small, servers: 1.5 }, /servers: /],
  [
    "a server named twice",
    { ...small, servers: ["s1", "s1"] },
    /servers\[1\]: the server s1 is named twice/
  ],
  [
    "a server named like a client",
    { ...small, servers: ["s1", "c1"] },
    /servers\[1\]: c1 is the name of a client/
  ],
  [
    "a name that is none",
    { ...small, servers: ["1"] },
    /servers\[0\]: "1" is not a name — use a letter/
  ],
  [
    "an unknown member",
    { ...small, configuration: ["s1", "s9"] },
    /configuration\[1\]: there is no server s9/
  ],
  [
    "no members",
    { ...small, configuration: [] },
    /configuration: a configuration needs at least one member/
  ],
  [
    "quorums that do not meet",
    { ...small, quorums: { sets: [["s1"], ["s2"]] } },
    /quorums: read quorum \{s1\} and write quorum \{s2\}/
  ],
  [
    "no clients",
    { ...small, clients: [] },
    /clients: expected a list with one list of operations per client/
  ],
  ["an empty script", { ...small, clients: [["read"], []] }, /clients\[1\]: /],
  [
    "an unknown operation",
    { ...small, clients: [["erase"]] },
    /clients\[0\]\[0\]: majority has no operation "erase" — write "write VALUE" or "read"/
  ],
  [
    "an operation that is half written",
    { ...small, clients: [["read", "write"]] },
    /clients\[0\]\[1\]: "write" is not how write is written/
  ],
  [
    "a server to add that does not exist",
    { ...reconfiguring, clients: [["reconfigure +s4"]] },
    /clients\[0\]\[0\]: there is no server s4/
  ],
  [
    "more crashes than servers",
    { ...small, faults: { crashes: { servers: 4 } } },
    /faults\.crashes\.servers: 4 servers cannot crash where there are only 3/
  ],
  [
    "a negative number of crashes",
    { ...small, faults: { crashes: { clients: -1 } } },
    /faults\.crashes\.clients: .*0 to 100/
  ],
  [
    "an unknown property",
    { ...small, properties: ["atomicty"] },
    /properties\[0\]: .*did you mean "atomicity"\?/
  ],
  [
    "an expectation that is none",
    { ...small, expect: { atomicity: "maybe" } },
    /expect\.atomicity: expected "holds" or "violated"/
  ],
  [
    "an expectation of what is not checked",
    { ...small, properties: ["atomicity"], expect: { "deadlock-freedom": "holds" } },
    /expect\.deadlock-freedom: .*not among the properties that are checked/
  ],
  [
    "a name from the prototype of objects",
    { ...small, expect: { constructor: "holds" } },
    /expect\.constructor: /
  ]
]

describe("a scenario file that cannot be used", () => {
  it.each(files)(
    "is refused in one line that says where: %s",
    async (_mistake, content, message) => {
      const file = installation.write("mistaken.json", content)
      const finished = await runHere(installation.folder, ["check", file])
      expectRefused(finished, message)
      expect(finished.stderr).toContain(`quorate: ${file}: `)
    }
  )

  it("is refused in one line when it is a folder", async () => {
    mkdirSync(join(installation.folder, "folder.json"))
    expectRefused(
      await installation.run(["check", "folder.json"]),
      /folder\.json: there is no scenario \(\.json\) and no model/
    )
  })

  it.skipIf(process.getuid?.() === 0)(
    "is refused in one line when it may not be read",
    async () => {
      chmodSync(installation.write("secret.json", small), 0)
      expectRefused(
        await installation.run(["check", "secret.json"]),
        /secret\.json: .*cannot be read \(EACCES\)/
      )
    }
  )

  it("is refused before anything is searched, even if it is the last of several", async () => {
    const file = installation.write("mistaken.json", { ...small, servers: 0 })
    expectRefused(
      await installation.run(["check", "majority/write", "naive", file]),
      /mistaken\.json: servers: /
    )
  })
})
