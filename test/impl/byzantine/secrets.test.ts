/**
 * A host keeps secrets from before the record that mentions them is durable. It erases them once a
 * record without them is durable, and before any message leaves, regardless of what a crash in
 * between loses.
 */
import { mkdtempSync, readdirSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Result from "effect/Result"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { givenTo, takeGiven, trustOfNode } from "../../../impl/byzantine/given.ts"
import { handlesIn, Keyring } from "../../../impl/byzantine/keyring.ts"
import type { Message } from "../../../impl/byzantine/messages.ts"
import { Secrets } from "../../../impl/byzantine/secrets.ts"
import { type ServerState, server as serverPart } from "../../../impl/byzantine/server.ts"
import type { DiskFault, Done } from "../../../impl/environment/disk.ts"
import { Endpoint } from "../../../impl/host/endpoint.ts"
import type { Frame } from "../../../impl/link/frame.ts"
import { runnableNamed } from "../../../impl/protocols.ts"
import { correct } from "../../../spec/forgetting/rules.ts"
import type { AnyPart } from "../../../spec/kernel/keyed.ts"
import { server, servers } from "../../../spec/nodes/nodes.ts"
import { StandingClock } from "../standing-clock.ts"
import { MemoryDisk } from "../storage/memory-disk.ts"
import { World } from "./world.ts"

/** A disk whose syncs wait until they are let go; it may lose what was not synced. */
class SlowDisk extends MemoryDisk {
  private readonly waiting: Array<() => void> = []
  override readonly sync = (_file: string, done: Done) => {
    this.waiting.push(() => done(undefined as DiskFault | undefined))
  }
  finish(): void {
    for (const done of this.waiting.splice(0)) done()
  }
}

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "quorate-secrets-"))
})
afterEach(() => rmSync(folder, { recursive: true }))

/** A storage node of four, and NEW_VIEW by which another takes the place of one of them. */
const setting = (removed: string) => {
  const world = new World(1, ["a", "b", "c", "d"])
  world.addServer("e")
  const view = { number: 0, members: servers("a", "b", "c", "d") }
  const given = givenTo(world.authority, server("b"), view)
  const taken = takeGiven(new Keyring(join(folder, "keys")), given)
  const keyring = new Keyring(join(folder, "keys"))
  takeGiven(keyring, given)
  keyring.keep(handlesIn(taken))
  world.invoke(world.administrator, "", {
    ...{ _tag: "Reconfigure", add: servers("e"), remove: servers(removed) }
  } as never)
  const order = world.network.find(({ to }) => to === "b")?.message as Message
  const start = (disk: MemoryDisk) => {
    const ring = new Keyring(join(folder, "keys"))
    const sent: Array<Frame> = []
    const endpoint = new Endpoint({
      ...{
        name: "b",
        Message: runnableNamed("byzantine").Message,
        clock: new StandingClock(),
        disk
      },
      secrets: new Secrets(ring)
    })
    const hosted = endpoint.add({
      ...{ id: server("b"), role: "server", part: serverPart as AnyPart },
      context: { rules: correct, configuration: view, trust: trustOfNode(ring, taken) }
    })
    Result.getOrThrow(endpoint.open())
    endpoint.connected(world.administrator, {
      send: (bytes: Uint8Array) =>
        sent.push(JSON.parse(Buffer.from(bytes.subarray(4)).toString()) as Frame),
      close: () => undefined
    })
    const stop = () =>
      endpoint.received(world.administrator, {
        ...{ _tag: "Post", sequence: 1, settled: 1 },
        envelope: { from: server(world.administrator), to: server("b"), key: "", message: order }
      })
    const state = () => hosted.state("") as ServerState
    return { stop, state, answers: () => sent.filter(({ _tag }) => _tag === "Answer").length }
  }
  return { start, before: [...handlesIn(taken)].sort() }
}
const onDisk = () => readdirSync(join(folder, "keys")).sort()

describe("the secrets of a storage node that stays", () => {
  it("are the old and the new ones until the record is durable, and then the new ones alone", () => {
    const { start, before } = setting("a")
    const disk = new SlowDisk()
    const node = start(disk)
    expect(onDisk()).toEqual(before)
    node.stop()
    const after = [...handlesIn(node.state())].sort()
    expect(after.length).toBe(2)
    expect(onDisk()).toEqual([...before, ...after].sort())
    expect(node.answers()).toBe(0)
    disk.finish()
    expect(onDisk()).toEqual(after)
    expect(node.answers()).toBe(1)
  })

  it("are the old ones again if the record was lost, and it takes NEW_VIEW once more", () => {
    const { start, before } = setting("a")
    start(new SlowDisk()).stop()
    const again = start(new MemoryDisk())
    expect([onDisk(), again.state().view.number]).toEqual([before, 0])
    again.stop()
    expect([again.state().serves, again.answers(), onDisk().length]).toEqual([[], 1, 2])
  })
})

describe("the secrets of a storage node that goes", () => {
  it("are none once it has said that it stopped, and none before it says anything after a crash", () => {
    const { start, before } = setting("b")
    const disk = new MemoryDisk()
    const node = start(disk)
    node.stop()
    expect([onDisk(), node.answers()]).toEqual([[], 1])
    // Had it crashed between the record and the erasure, its files would still be there.
    const { start: anew } = setting("b")
    expect([onDisk().length, before.length]).toEqual([2, 2])
    anew(disk)
    expect(onDisk()).toEqual([])
  })
})
