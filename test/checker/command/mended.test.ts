/**
 * Former bugs of the command.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { runHere } from "./in-process.ts"
import { endless, type Finished, Installation, small } from "./installation.ts"

let installation: Installation
let file: string
beforeAll(() => {
  installation = new Installation()
  file = installation.write("endless.json", endless)
})
afterAll(() => installation.remove())

/** Runs the command to its end, where the process is not what is tested. */
const here = (...invocation: ReadonlyArray<string>): Promise<Finished> =>
  runHere(installation.folder, invocation)

/** Presses Ctrl-C as soon as the command listens, before any thread has begun. */
const interruptedAtOnce = `
  process.on("newListener", (signal, listener) => {
    if (signal === "SIGINT") queueMicrotask(listener)
  })
`

describe("the command", () => {
  it("is inconclusive when Ctrl-C comes before the first scenario has begun", async () => {
    const { code } = await installation.run(["check", file, file, file], {
      preload: interruptedAtOnce
    })
    expect(code).toBe(14)
  })

  it("does not claim that all is well when the reader skips the table of what is not", async () => {
    const invocation = [
      "check",
      "majority/mutants/quorum-one-short",
      "majority/write",
      "--expect",
      "holds"
    ]
    const { code } = await installation.run(invocation, {
      started: ({ stdout }) => stdout.destroy()
    })
    expect(code).not.toBe(0)
  })

  it("says in one line that a sub-command or flag is unknown, even if another is near", async () => {
    const { stderr } = await here("chek")
    expect(stderr).toMatch(/^quorate: [^\n]*chek[^\n]*check[^\n]*\n$/)
  })

  it("lets no control characters of a file through to the terminal", async () => {
    const mistaken = installation.write("mistaken.json", {
      ...small,
      clients: [["write\n\x1b[31m 1 2"]]
    })
    const { stderr } = await here("check", mistaken)
    expect(stderr).toMatch(/^quorate: \P{Cc}*\n$/u)
  })

  it("writes a list of properties once each, however often they are named", async () => {
    const twice = installation.write("twice.json", {
      ...small,
      properties: ["atomicity", "atomicity"]
    })
    const { stdout } = await here("check", twice)
    expect(stdout.match(/^ {2}atomicity /gm)?.length ?? 1).toBe(1)
  })

  it("calls a small scenario of naive reconfiguration no violation of safety", async () => {
    const alone = installation.write("alone.json", {
      protocol: "naive",
      servers: 3,
      clients: [["read"]]
    })
    expect((await here("check", alone)).code).toBe(0)
  })
})
