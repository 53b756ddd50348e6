/**
 * A client that asks the connected nodes which configuration is current: it heeds the node that
 * knows most, waits for most of them, and in the end does without those that do not answer.
 */
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Result from "effect/Result"
import * as TestClock from "effect/testing/TestClock"
import { describe, expect, it } from "vitest"
import { inquired, type Known } from "../../../impl/client/known.ts"
import { Operations } from "../../../impl/client/operations.ts"
import type { Envelope } from "../../../impl/link/frame.ts"
import { frameDecoder } from "../../../impl/link/wire.ts"
import { rulesOf, runnableNamed } from "../../../impl/protocols.ts"
import { majority } from "../../../spec/configuration/configuration.ts"
import { servers } from "../../../spec/nodes/nodes.ts"
import type { ConfigurationMap } from "../../../spec/rambo/configuration-map.ts"
import { nodeId } from "../node-id.ts"
import { StandingClock } from "../standing-clock.ts"

const runnable = runnableNamed("rambo")
const decode = frameDecoder(runnable.Message)
const first = servers("s1", "s2", "s3")
const [old, next] = [majority(first), majority(servers("s2", "s3", "s4"))]
/** What a node says before, during and after a replacement. */
const before: ConfigurationMap = { retired: 0, active: [old] }
const during: ConfigurationMap = { retired: 0, active: [old, next] }
const after: ConfigurationMap = { retired: 1, active: [next] }

/** An answer of a node, so many milliseconds after it was asked. */
type Answers = Readonly<Record<string, readonly [milliseconds: number, map: ConfigurationMap]>>

/** Which configurations a client finds that is connected to these nodes, and how long it takes. */
const found = (connected: ReadonlyArray<string>, answers: Answers) =>
  Effect.gen(function* () {
    const setup = {
      ...{ servers: first, configuration: old },
      rules: rulesOf(runnable, runnable.variant)
    }
    const clock = new StandingClock()
    const operations = new Operations({ name: "c", runnable, clock, setup: () => setup })
    const questions = new Map<string, { readonly sequence: number; readonly asker: string }>()
    for (const name of connected) {
      operations.endpoint.connected(name, {
        close: () => undefined,
        send: (bytes) => {
          const frame = Result.getOrThrow(decode(bytes.subarray(4)))
          if (frame._tag !== "Post") return
          questions.set(name, { sequence: frame.sequence, asker: frame.envelope.from })
        }
      })
    }
    const answer = (name: string, map: ConfigurationMap): void => {
      const question = questions.get(name)
      if (question === undefined) throw new Error(`${name} was not asked`)
      const { sequence, asker } = question
      const [from, to] = [nodeId(name), nodeId(asker)]
      const reply: Envelope = { from, to, key: "", message: { _tag: "MapReply", map } }
      operations.endpoint.received(name, { _tag: "Answer", sequence, envelopes: [reply] })
    }
    const known = { operations, runnable } as unknown as Known
    const inquiry = yield* Effect.forkChild(inquired(known))
    yield* TestClock.adjust(0)
    let milliseconds = 0
    for (; inquiry.pollUnsafe() === undefined && milliseconds < 10_000; milliseconds += 10) {
      for (const [name, [at, map]] of Object.entries(answers))
        if (at === milliseconds) answer(name, map)
      yield* TestClock.adjust(10)
    }
    const state = yield* Fiber.join(inquiry)
    return { milliseconds, active: runnable.configurationsOf?.(state) }
  }).pipe(Effect.provide(TestClock.layer()), Effect.runPromise)

describe("a client that asks which configuration is current", () => {
  it("learns it from the node that knows most, in whatever order the answers arrive", async () => {
    for (const [s1, s2] of [
      [before, after],
      [after, before],
      [during, after]
    ] as const) {
      const answers = { s1: [10, s1], s2: [20, s2], s3: [30, before] } as const
      expect(await found(first, answers)).toEqual({ milliseconds: 300, active: [next] })
    }
  })

  it("learns of a replacement that is not over", async () => {
    const answers = { s1: [10, before], s2: [10, during], s3: [10, before] } as const
    expect(await found(first, answers)).toEqual({ milliseconds: 300, active: [old, next] })
  })

  it("does not wait for one of three that is silent", async () => {
    const answers = { s1: [10, before], s2: [290, after] } as const
    expect(await found(first, answers)).toEqual({ milliseconds: 300, active: [next] })
  })

  it("waits for most of them, if they are late, and then for the nodes that these name", async () => {
    const answers = { s1: [10, before], s3: [2000, after] } as const
    const { milliseconds, active } = await found(first, answers)
    expect(active).toEqual([next])
    expect(milliseconds).toBeGreaterThanOrEqual(2300)
    expect(milliseconds).toBeLessThanOrEqual(2350)
  })

  it("does without most of them after 5 s", async () => {
    const { milliseconds, active } = await found(first, { s2: [10, during] })
    expect(active).toEqual([old, next])
    expect(milliseconds).toBeGreaterThanOrEqual(5300)
    expect(milliseconds).toBeLessThanOrEqual(5350)
  })

  it("knows the first configuration alone if no node is connected, and waits for none", async () => {
    expect(await found([], {})).toEqual({ milliseconds: 300, active: [old] })
  })
})
