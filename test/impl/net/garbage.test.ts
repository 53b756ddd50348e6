import { PassThrough } from "node:stream"
import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { Reader } from "effect/socket/Socket"
import { expect, it } from "vitest"
import type { Frame } from "../../../impl/link/frame.ts"
import type { DecodeFrame } from "../../../impl/link/wire.ts"
import { Incoming } from "../../../impl/net/incoming.ts"
import { Outbox } from "../../../impl/net/outbox.ts"

/**
 * V8 puts functions that are written where they are assigned to a property among its old objects:
 * what they refer to stays until all memory is collected.
 */
setFlagsFromString("--expose-gc")
const collect = runInNewContext("gc") as (options?: { readonly type: "minor" }) => void
const turn = () => new Promise((resolve) => setImmediate(resolve))

/** The bytes of the heap that stay of each run, if only young objects are collected. */
const keptBytes = async (runs: number, run: () => Promise<unknown>): Promise<number> => {
  const runAll = async () => {
    for (let index = 0; index < runs; index++) {
      await run()
      if (index % 10 === 9) collect({ type: "minor" })
    }
  }
  await runAll()
  collect()
  await turn()
  const before = process.memoryUsage().heapUsed
  await runAll()
  collect({ type: "minor" })
  await turn()
  return (process.memoryUsage().heapUsed - before) / runs
}

const reader: Reader = { pull: Effect.never, upgrade: () => Effect.void }
const settled: Frame = { _tag: "Settled", settled: 0 }
const decode: DecodeFrame = Object.assign(() => Result.succeed(settled), { layout: undefined })
const frameLength = 1000
/** Not from the pool of small buffers, whose pages stay as long as one of them. */
const frame = (): Buffer => {
  const bytes = Buffer.alloc(4 + frameLength)
  bytes.writeUInt32LE(frameLength)
  return bytes
}

it("a wait that is over goes with the young objects: for bytes to send", async () => {
  const outbox = new Outbox(Number.POSITIVE_INFINITY)
  const wait = async () => {
    const taken = Effect.runPromise(outbox.take)
    await turn()
    outbox.send(frame())
    await taken
  }
  expect(await keptBytes(2000, wait)).toBeLessThan(300)
})

it("for the end of a connection", async () => {
  const connection = async () => {
    const outbox = new Outbox(Number.POSITIVE_INFINITY)
    const closed = Effect.runPromise(outbox.closed)
    await turn()
    outbox.close()
    await closed
  }
  expect(await keptBytes(2000, connection)).toBeLessThan(300)
})

it("for frames that could not be taken at once", async () => {
  const stream = new PassThrough()
  const incoming = new Incoming(reader, decode)
  const wait = async () => {
    const some = Effect.runPromise(incoming.some)
    await turn()
    stream.write(frame())
    await some
  }
  const kept = Effect.gen(function* () {
    yield* incoming.goStraight(stream, () => false)
    return yield* Effect.promise(() => keptBytes(2000, wait))
  })
  expect(await Effect.runPromise(Effect.scoped(kept))).toBeLessThan(300)
})
