/**
 * How long a reconfiguration waits for a new node that does not answer: once for all pages of
 * registers, until the node answers again.
 */
import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"
import { Operations } from "../../../impl/client/operations.ts"
import { Endpoint } from "../../../impl/host/endpoint.ts"
import { frameDecoder } from "../../../impl/link/wire.ts"
import { nodeOf, rulesOf, runnableNamed } from "../../../impl/protocols.ts"
import { majority } from "../../../spec/configuration/configuration.ts"
import { servers } from "../../../spec/nodes/nodes.ts"
import type { Access } from "../../../spec/register/operation.ts"
import { changeOf } from "../../../spec/storage/reconfiguration.ts"
import { StandingClock } from "../standing-clock.ts"
import { MemoryDisk } from "../storage/memory-disk.ts"

const runnable = runnableNamed("rambo")
const { Message, patience } = runnable
const decode = frameDecoder(Message)
const written: Access = { _tag: "Write", value: "v" }
/** With lists of one register, each register is a page. */
const pages = 5
const rules = { ...(rulesOf(runnable, runnable.variant) as object), maxListed: 1 }

/** Three nodes with some registers, a new one, and a client; the new one answers if it is let. */
const system = () => {
  const clock = new StandingClock()
  const members = servers("s1", "s2", "s3")
  const setup = { servers: members, configuration: majority(members), rules }
  const operations = new Operations({
    ...{ name: "c", runnable, clock, setup: () => setup },
    patience: (choice, waited, silent) => patience?.(choice, waited, silent, 0) ?? 0
  })
  const isSilent = new Set<string>()
  /** Who was asked for what, in order. */
  const asked: Array<string> = []
  const channels = [...members, ...servers("s4")].map((name) => {
    const node = new Endpoint({ name, Message, clock, disk: new MemoryDisk() })
    node.add(nodeOf(runnable, "server", name, setup))
    Result.getOrThrow(node.open())
    const close = () => undefined
    const decoded = (frame: Uint8Array) => Result.getOrThrow(decode(frame.subarray(4)))
    node.connected("c", {
      close,
      send: (frame) => operations.endpoint.received(name, decoded(frame))
    })
    const channel = {
      close,
      send: (frame: Uint8Array) => {
        const { envelope } = decoded(frame) as { envelope?: { message: { _tag: string } } }
        asked.push(`${envelope?.message._tag} ${name}`)
        if (!isSilent.has(name)) node.received("c", decoded(frame))
      }
    }
    operations.endpoint.connected(name, channel)
    return { name, channel }
  })
  for (let page = 0; page < pages; page++) {
    let isWritten = false
    operations.invoke(`k${page}`, written, () => {
      isWritten = true
    })
    expect(isWritten).toBe(true)
  }
  // The copies that were held back arrive too.
  clock.move(1000)
  const cut = (name: string): void => {
    const { channel } = channels.find((one) => one.name === name) as (typeof channels)[number]
    operations.endpoint.disconnected(name, channel)
  }
  /** The time that it takes to put s4 in the place of s1. */
  const replacing = (): number => {
    let isDone = false
    const change = { _tag: "Reconfigure", ...changeOf(["+s4", "-s1"]) } as const
    operations.invoke("", change, () => {
      isDone = true
    })
    const begun = clock.now
    while (!isDone && clock.now < begun + 10_000) clock.move(1)
    return clock.now - begun
  }
  return { isSilent, asked, cut, replacing }
}

describe("a reconfiguration of many pages", () => {
  it("takes no time if its new node answers", () => {
    expect(system().replacing()).toBe(0)
  })

  it("lists the registers of the nodes that stay, and copies them to the new one alone", () => {
    const { asked, replacing } = system()
    replacing()
    const about = (tag: string) => asked.filter((one) => one.startsWith(`${tag} `))
    expect([...new Set(about("List"))].sort()).toEqual(["List s2", "List s3"])
    expect(about("PopulateList")).toEqual(Array(pages).fill("PopulateList s4"))
  })

  it("lists those of the others if one that stays is silent", () => {
    const { isSilent, asked, replacing } = system()
    isSilent.add("s2")
    expect(replacing()).toBeLessThan(1000)
    expect(asked).toContain("List s1")
  })

  it("waits 0.1 s for a new node that is silent, and not for each page", () => {
    const { isSilent, replacing } = system()
    isSilent.add("s4")
    expect(replacing()).toBe(100)
  })

  it("does not wait for a new node that is away", () => {
    const { isSilent, cut, replacing } = system()
    isSilent.add("s4")
    cut("s4")
    expect(replacing()).toBe(0)
  })
})

describe("the wait for copies", () => {
  const waitFor = (silent: Readonly<Record<string, number>>): number | undefined =>
    patience?.(
      { _tag: "GoOn", phase: 1, without: servers(...Object.keys(silent)) },
      0,
      (node) => silent[node] ?? Number.NaN,
      0
    )

  it("ends when every node without copies has been silent for 0.1 s", () => {
    expect(waitFor({ s4: 0 })).toBe(100)
    expect(waitFor({ s4: 30 })).toBe(70)
    expect(waitFor({ s4: 30, s5: 1000 })).toBe(70)
    expect(waitFor({ s4: 100, s5: Number.POSITIVE_INFINITY })).toBeLessThanOrEqual(0)
  })
})
