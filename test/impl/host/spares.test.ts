/**
 * Which nodes a client spares a request or a copy, and that it spares none for long: an operation
 * that still waits asks them too, and each copy arrives.
 */
import * as Result from "effect/Result"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { Operations } from "../../../impl/client/operations.ts"
import { Endpoint } from "../../../impl/host/endpoint.ts"
import { spared } from "../../../impl/host/spares.ts"
import type { Frame } from "../../../impl/link/frame.ts"
import { timeFor } from "../../../impl/link/lateness.ts"
import { frameDecoder } from "../../../impl/link/wire.ts"
import { nodeOf, rulesOf, runnableNamed } from "../../../impl/protocols.ts"
import * as Configuration from "../../../spec/configuration/configuration.ts"
import { servers } from "../../../spec/nodes/nodes.ts"
import type { Access } from "../../../spec/register/operation.ts"
import { StandingClock } from "../standing-clock.ts"
import { MemoryDisk } from "../storage/memory-disk.ts"

describe("the spared nodes", () => {
  const system = fc.record({
    members: fc.integer({ min: 1, max: 7 }),
    late: fc.array(fc.boolean(), { minLength: 7, maxLength: 7 }),
    turn: fc.nat(20)
  })

  it("are as many as a quorum can do without, all of them late, or none", () => {
    fc.assert(
      fc.property(system, ({ members, late, turn }) => {
        const most = Math.floor((members - 1) / 2)
        const asked = Array.from({ length: members }, (_, at) => ({
          ...{ peer: `s${at}`, isLate: late[at] === true, meanMilliseconds: 1 }
        }))
        const areLate = asked.filter(({ isLate }) => isLate)
        const chosen = spared(asked, turn, {
          canDoWithout: (without) => without.size <= most,
          isPreferred: () => false
        })
        expect(chosen.size).toBe(areLate.length > most ? 0 : most)
        if (chosen.size > 0) for (const { peer } of areLate) expect(chosen).toContain(peer)
      })
    )
  })

  it("changes from one question to the next", () => {
    const asked = ["s1", "s2", "s3"].map((peer) => ({ peer, isLate: false, meanMilliseconds: 1 }))
    const sparedIn = (turn: number, ...preferred: ReadonlyArray<string>) => [
      ...spared(asked, turn, {
        canDoWithout: ({ size }) => size < 2,
        isPreferred: (peer) => preferred.includes(peer)
      })
    ]
    const turns = [1, 2, 3]
    expect(turns.flatMap((turn) => sparedIn(turn)).sort()).toEqual(["s1", "s2", "s3"])
    expect(turns.flatMap((turn) => sparedIn(turn, "s1")).sort()).not.toContain("s1")
    expect(turns.map((turn) => sparedIn(turn, "s1", "s3"))).toEqual([["s2"], ["s2"], ["s2"]])
  })

  it("has several times as long as the asked nodes take, within bounds", () => {
    expect([0, 1, 5, 1000].map((mean) => timeFor([{ meanMilliseconds: mean }]))).toEqual([
      ...[5, 5, 20, 100]
    ])
  })
})

/** Three nodes and a client, whose frames wait until they are passed on; others may join it. */
const system = (protocol: string) => {
  const runnable = runnableNamed(protocol)
  const members = servers("s1", "s2", "s3")
  const rules = rulesOf(runnable, runnable.variant)
  const setup = { servers: members, configuration: Configuration.majority(members), rules }
  const clock = new StandingClock()
  const { Message } = runnable
  const decode = frameDecoder(Message)
  const decoded = (frame: Uint8Array): Frame => Result.getOrThrow(decode(frame.subarray(4)))
  const nodes = members.map((name) => {
    const node = new Endpoint({ name, Message, clock, disk: new MemoryDisk() })
    node.add(nodeOf(runnable, "server", name, setup))
    Result.getOrThrow(node.open())
    return node
  })
  const clientNamed = (client: string) => {
    const operations = new Operations({ name: client, runnable, clock, setup: () => setup })
    /** Who was sent what since it was last looked at, and is not passed on yet. */
    const sent: Array<{ readonly to: string; readonly frame: Frame }> = []
    const channels = nodes.map((node) => {
      const close = () => undefined
      node.connected(client, {
        close,
        send: (frame) => operations.endpoint.received(node.name, decoded(frame))
      })
      const channel = {
        close,
        send: (frame: Uint8Array) => void sent.push({ to: node.name, frame: decoded(frame) })
      }
      operations.endpoint.connected(node.name, channel)
      return channel
    })
    sent.length = 0
    /** Delivers what was sent to these nodes, and returns what each received. */
    const pass = (...to: ReadonlyArray<string>): ReadonlyArray<string> => {
      const asked: Array<string> = []
      for (const { to: name, frame } of sent.splice(0)) {
        if (frame._tag !== "Post") continue
        const { _tag } = frame.envelope.message as { readonly _tag: string }
        asked.push(`${_tag} ${name}`)
        if (to.includes(name)) nodes.find((node) => node.name === name)?.received(client, frame)
      }
      return asked.sort()
    }
    const cut = (at: number): void =>
      operations.endpoint.disconnected(members[at] as string, channels[at] as (typeof channels)[0])
    const results: Array<unknown> = []
    const done = (result: unknown): void => void results.push(result)
    const read = () => operations.invoke("k", { _tag: "Read" }, done)
    const write = (key = "k") => operations.invoke(key, written, done)
    const kill = () => operations.close()
    return { pass, cut, read, write, kill, results, completed: () => results.length }
  }
  return { clock, another: () => clientNamed("another"), ...clientNamed("c") }
}

const written: Access = { _tag: "Write", value: "v" }
const everyone = ["s1", "s2", "s3"]

describe.each(["majority", "rambo"])("a client of %s", (protocol) => {
  it("asks two of three nodes, each pair in turn", () => {
    const { clock, pass, read, completed } = system(protocol)
    const pairs = new Set<string>()
    for (let at = 0; at < 3; at++) {
      read()
      const asked = pass(...everyone)
      expect(asked.length).toBe(2)
      pairs.add(asked.join())
      clock.move(1000)
      expect(pass(...everyone)).toEqual([])
    }
    expect(pairs.size).toBe(3)
    expect(completed()).toBe(3)
  })

  it("has two of three nodes store what it writes, and the third soon after it is done", () => {
    const { clock, pass, write, completed } = system(protocol)
    write()
    expect(pass(...everyone).length).toBe(2)
    const told = pass(...everyone)
    expect(told.length).toBe(2)
    expect(completed()).toBe(1)
    clock.move(4)
    expect(pass(...everyone)).toEqual([])
    clock.move(1)
    expect([...told, ...pass(...everyone)].sort()).toEqual(["Set s1", "Set s2", "Set s3"])
  })

  // The value is then where the specification asks for it, at a quorum, and nowhere else.
  it("that is killed once its write has returned leaves the value where any quorum finds it", () => {
    for (const silent of everyone) {
      const { clock, pass, write, completed, kill, another } = system(protocol)
      write()
      pass(...everyone)
      const stored = pass(...everyone)
      expect([completed(), stored.length]).toEqual([1, 2])
      kill()
      clock.move(1000)
      expect(pass(...everyone)).toEqual([])
      const others = everyone.filter((name) => name !== silent)
      const next = another()
      next.read()
      for (let at = 0; at < 5 && next.completed() === 0; at++) {
        next.pass(...others)
        clock.move(200)
      }
      expect(next.results).toEqual(["v"])
    }
  })

  it("sends the third copy before the next one for its node, or a request about it", () => {
    const { pass, write, read } = system(protocol)
    const copies: Array<string> = []
    /** Passes on the requests, then the copies; notes the copies. */
    const complete = (): ReadonlyArray<string> => {
      const told = [pass(...everyone), pass(...everyone)].flat()
      copies.push(...told.filter((one) => one.startsWith("Set")))
      return told
    }
    for (let at = 0; at < 6; at++) {
      write()
      complete()
      write("another")
      complete()
    }
    // Only the last of each node can be missing, though no time has passed.
    for (const name of everyone)
      expect(copies.filter((one) => one === `Set ${name}`).length).toBeGreaterThanOrEqual(11)
    // A node that lacks the last copy of a register receives it before it is asked about that
    // register.
    for (let at = 0; at < 3; at++) {
      write()
      complete()
      read()
      const told = complete().filter((one) => one.startsWith("Set"))
      expect(told.length).toBeLessThanOrEqual(1)
    }
  })

  it("asks the third where one of the two is silent, and continues without that one", () => {
    const { clock, pass, read, completed } = system(protocol)
    read()
    const [first, second] = pass("s1").map((one) => one.slice(4))
    // (Only s1 receives its question, if it is asked at all.)
    const third = everyone.filter((name) => name !== first && name !== second)
    clock.move(4)
    expect(pass(...everyone)).toEqual([])
    clock.move(1)
    expect(pass(...everyone)).toEqual(third.map((name) => `Get ${name}`))
    expect(completed()).toBe(first === "s1" ? 1 : 0)
    // Whoever owes an answer is not counted on.
    clock.move(3)
    read()
    const again = pass(...everyone)
    expect(again).not.toContain(`Get ${second}`)
  })

  it("asks the third at once when a connection ends", () => {
    const { pass, read, cut, completed } = system(protocol)
    read()
    const asked = pass().map((one) => one.slice(4))
    cut(everyone.indexOf(asked[0] as string))
    expect(pass(...everyone)).toEqual(
      everyone.filter((name) => !asked.includes(name)).map((name) => `Get ${name}`)
    )
    expect(completed()).toBe(0)
  })
})
