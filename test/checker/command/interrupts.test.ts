import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { documentOf } from "./documents.ts"
import {
  cleared,
  endless,
  type Finished,
  Installation,
  type Options,
  onTerminal
} from "./installation.ts"

let installation: Installation
let file: string
let limitedInTime: Finished
let onNarrowTerminal: Finished
beforeAll(async () => {
  installation = new Installation()
  file = installation.write("endless.json", endless)
  limitedInTime = await installation.run(["check", file, "--max-seconds", "1"])
  onNarrowTerminal = await installation.run(["check", "--json", file], interruptedOnProgress(40))
})
afterAll(() => installation.remove())

/** Presses Ctrl-C when progress is shown, which is when the search is under way. */
const interruptedOnProgress = (columns: number): Options => ({
  preload: onTerminal(columns),
  progressed: (running) => running.kill("SIGINT")
})

/** Presses Ctrl-C once, when progress of this scenario is shown. */
const interruptedIn = (name: string): Options => ({
  preload: onTerminal(200),
  started: (running) => {
    const press = (text: string): void => {
      if (!text.includes(name)) return
      running.stderr.off("data", press)
      running.kill("SIGINT")
    }
    running.stderr.on("data", press)
  }
})

/** Presses Ctrl-C twice before the command had the time to heed the first. */
const interruptedTwice: Options = {
  preload: `
    setInterval(() => {
      if (process.listenerCount("SIGINT") === 0) return
      process.emit("SIGINT")
      process.emit("SIGINT")
    }, 10).unref()
  `
}

/** A text whose sentences are broken into lines, in one. */
const inOneLine = (text: string): string => text.replace(/\s+/g, " ")

describe("Ctrl-C", () => {
  it("prints what is known so far of one scenario, which is inconclusive", async () => {
    const { code, stdout, stderr } = await installation.run(
      ["check", file],
      interruptedOnProgress(200)
    )
    expect(code).toBe(14)
    expect(stdout).toMatch(/: inconclusive, which was not expected\n/)
    expect(inOneLine(stdout)).toMatch(
      /[1-9][\d,]* distinct states, .* not exhausted \(interrupted\)/
    )
    expect(stderr.endsWith(cleared)).toBe(true)
  })

  it("leaves a JSON document that can be read", () => {
    const { code, stdout } = onNarrowTerminal
    const document = documentOf(stdout)
    expect([code, document.verdict, document.exhaustive, document.stopped]).toEqual([
      14,
      "inconclusive",
      false,
      "interrupted"
    ])
  })

  it.each(["1", "2"])(
    "prints what is known so far of several scenarios, on %s threads",
    async (workers) => {
      const invocation = ["check", "majority/write", file, "--workers", workers]
      const { code, stdout } = await installation.run(invocation, interruptedIn("endless.json"))
      expect(code).toBe(14)
      // On two threads the small scenario may be under way as well when the key is pressed.
      expect(stdout).toMatch(/^majority\/write +(✓ holds|✗ inconclusive) /m)
      expect(stdout).toMatch(/endless\.json\s+✗ inconclusive ← expected: holds/)
      expect(stdout).toMatch(/^[01] as expected, [12] not;/m)
    }
  )

  it("ends the process at once when it is pressed again", async () => {
    const { code, stdout } = await installation.run(["check", file], interruptedTwice)
    expect([code, stdout]).toEqual([130, ""])
  })
})

describe("progress", () => {
  it("never wraps the line of a narrow terminal", () => {
    const lines = onNarrowTerminal.stderr.split(cleared).filter((line) => line !== "")
    expect(lines.length).toBeGreaterThan(0)
    expect(lines.filter((line) => line.length >= 40 || line.includes("\n"))).toEqual([])
  })

  it("controls no terminal where there is none", () => {
    const { code, stdout, stderr } = limitedInTime
    expect(code).toBe(14)
    expect(`${stdout}${stderr}`).not.toContain("\r")
    expect(`${stdout}${stderr}`).not.toContain("\x1b")
  })
})

describe("limits", () => {
  /** A limit of memory that a search may begin with but soon reaches, in MiB. */
  let little: number
  beforeAll(async () => {
    const { code, stderr } = await installation.run(["check", file, "--max-memory", "1M"])
    const least = /too small: any search needs at least (\d+)M/.exec(stderr)?.[1]
    expect([code, least]).toEqual([2, expect.any(String)])
    little = Number(least) + 8
  })

  it("end a search in time, and say which of them it was", async () => {
    expect([limitedInTime.code, inOneLine(limitedInTime.stdout)]).toEqual([
      14,
      expect.stringMatching(/\(the limit of 1 s was/)
    ])
    const inMemory = await installation.run(["check", file, "--max-memory", `${little}M`])
    expect([inMemory.code, inOneLine(inMemory.stdout)]).toEqual([
      14,
      expect.stringMatching(/\(the limit of .* memory/)
    ])
  })

  it("of memory end random walks on several threads, too", async () => {
    const walks = ["check", file, "--order", "random", "--runs", "1000000", "--workers", "2"]
    const { code, stdout } = await installation.run([...walks, "--max-memory", `${little}M`])
    expect([code, inOneLine(stdout)]).toEqual([
      14,
      expect.stringContaining(`(the limit of ${little} MiB of memory was`)
    ])
  })
})

describe("a reader that has seen enough", () => {
  const mutant = "majority/mutants/read-without-set-phase"

  it.each(["list", `check ${mutant} majority/write --json --workers 1`])(
    "is not an error: quorate %s",
    async (invocation) => {
      const { code, stderr } = await installation.run(invocation.split(" "), {
        started: ({ stdout }) => stdout.destroy()
      })
      expect([code, stderr]).toEqual([0, ""])
    }
  )

  it("does not change the exit code of one scenario", async () => {
    const { code, stderr } = await installation.run(["check", mutant, "--expect", "holds"], {
      started: ({ stdout }) => stdout.destroy()
    })
    expect([code, stderr]).toEqual([12, ""])
  })
})
