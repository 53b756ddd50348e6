/**
 * A backup has every key and value, and restores them; an incomplete backup, or a store that has
 * keys, changes nothing.
 */
import { Readable } from "node:stream"
import * as Effect from "effect/Effect"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { connect, type PromisedStore } from "../../../impl/client/store.ts"
import { readBackup } from "../../../impl/command/backup-file.ts"
import { runHere } from "../../checker/command/in-process.ts"
import { Installation } from "../../checker/command/installation.ts"
import { TestCluster } from "../net/cluster.ts"

const installation = new Installation()
const cluster = new TestCluster(1)
let store: PromisedStore
beforeAll(async () => {
  await cluster.start()
  store = await connect({ servers: cluster.directory })
})
afterAll(async () => {
  await store.close()
  await cluster.remove()
  installation.remove()
})
/** Runs a command to its end: keys of any bytes go to the standard output of a process. */
const run = (...given: ReadonlyArray<string>) => {
  const invocation = [...given, "--servers", cluster.directory]
  return given[0] === "keys"
    ? installation.run(invocation)
    : runHere(installation.folder, invocation)
}

describe("quorate backup", () => {
  it("lists, backs up and restores keys and values of any bytes", async () => {
    const bytes = new Uint8Array([0, 255])
    await store.put("a", "one\ntwo")
    await store.put(bytes, bytes)
    await store.put("line\nbreak", "")
    expect(await run("keys")).toMatchObject({
      code: 0,
      stdout: '{"keyBase64":"AP8="}\na\n{"key":"line\\nbreak"}\n'
    })
    expect(await run("backup", "all.backup")).toMatchObject({
      code: 0,
      stdout: "all.backup has 3 registers\n"
    })
    expect(await run("backup", "all.backup")).toMatchObject({ code: 2 })
    expect(await run("restore", "all.backup")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("the store has keys; nothing was changed")
    })
    await store.put("a", "other")
    await store.remove(bytes)
    await store.put("more", "stays")
    expect(await run("restore", "all.backup", "--merge")).toMatchObject({ code: 0 })
    const values = await Promise.all(
      ["a", bytes, "line\nbreak", "more"].map((key) => store.get(key))
    )
    expect(values.map((value) => Buffer.from(value ?? []).toString("latin1"))).toEqual([
      ...["one\ntwo", "\0\xff", "", "stays"]
    ])
  })

  it("restores nothing of a file that was cut off or changed, and names the line", async () => {
    const whole = installation.read("all.backup").trimEnd().split("\n")
    const wrong: ReadonlyArray<readonly [lines: ReadonlyArray<string>, message: string]> = [
      [whole.slice(0, -1), "line 4: it ends after 3 registers, without its last line"],
      [
        [...whole.slice(0, 2), whole.at(-1) as string],
        "line 3: it has 1 registers, but its last line says"
      ],
      [whole.with(1, '{"key":"a"}'), "line 2: it has an entry without a valid key and value"],
      [
        whole.with(1, '{"key":"\\ud800","value":""}'),
        "line 2: it has an entry without a valid key and value"
      ],
      [whole.with(2, whole[2]?.slice(0, -3) as string), "line 3: it is not JSON"],
      [whole.with(0, '{"backup":"quorate","format":2}'), "line 1: it has format 2"],
      [["{}"], "line 1: it is not a backup"]
    ]
    for (const [lines, message] of wrong) {
      const read = readBackup("a.backup", Readable.from(lines), () => Effect.void)
      expect(await Effect.runPromise(Effect.flip(read))).toMatchObject({
        message: expect.stringContaining(`a.backup, ${message}`)
      })
    }
    installation.write("cut.backup", `${whole.slice(0, -1).join("\n")}\n`)
    await store.put("a", "as it was")
    expect(await run("restore", "cut.backup", "--merge")).toMatchObject({ code: 2 })
    expect(await run("restore", "nowhere")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("nowhere, line 0: it cannot be read (ENOENT)")
    })
    expect(Buffer.from((await store.get("a")) as Uint8Array).toString()).toBe("as it was")
  })
})
