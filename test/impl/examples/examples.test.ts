/**
 * The example hosts work as their readers run them: a node is replaced, and nothing is lost. The
 * one in JavaScript imports the package by its name.
 */
import { readFileSync, rmSync, writeFileSync } from "node:fs"
import { fileURLToPath, pathToFileURL } from "node:url"
import { describe, expect, it } from "vitest"

const example = (name: string): string =>
  fileURLToPath(new URL(`../../../impl/examples/${name}`, import.meta.url))
const specification = new URL("../../../spec/index.ts", import.meta.url).href

/** What a program prints. */
const said = async (file: string): Promise<ReadonlyArray<string>> => {
  const lines: Array<string> = []
  const { log } = console
  console.log = (...all) => lines.push(all.join(" "))
  try {
    await import(pathToFileURL(file).href)
  } finally {
    console.log = log
  }
  return lines
}

const expected = ["hello"]

describe("the examples of hosts", () => {
  it("over a bus", async () => {
    expect(await said(example("bus.ts"))).toEqual(expected)
  })

  it("over UDP, where datagrams get lost and come twice", async () => {
    const copy = fileURLToPath(new URL("./udp-here.js", import.meta.url))
    const text = readFileSync(example("udp.js"), "utf8")
    writeFileSync(copy, text.replace('"quorate/spec"', JSON.stringify(specification)))
    try {
      expect(await said(copy)).toEqual(expected)
    } finally {
      rmSync(copy)
    }
  })
})
