/**
 * A hostile client costs other peers nothing: each of its frames is answered or refused, with a
 * reason, and others are served as usual. (`npm run bench -- hostile` sends a million frames.)
 */
import * as Result from "effect/Result"
import * as fc from "fast-check"
import { afterAll, beforeAll, expect, it } from "vitest"
import { connect } from "../../../impl/client/store.ts"
import { certify, type HolderRole, makeAuthority } from "../../../impl/keys/certificates.ts"
import type { Keys } from "../../../impl/keys/keys.ts"
import { encodeFrame, type Frame } from "../../../impl/link/frame.ts"
import { frameDecoder } from "../../../impl/link/wire.ts"
import { runnableNamed } from "../../../impl/protocols.ts"
import { TestCluster } from "../net/cluster.ts"
import { absurd } from "./absurd.ts"
import { beHostile, poolOf } from "./hostile.ts"

const now = new Date()
const authority = makeAuthority(1, now)
const keys = (name: string, role: HolderRole): Keys => {
  const { certificate: cert, key } = certify(authority.key, name, role, 1, now)
  return { ca: authority.certificate, cert, key }
}
const memoryBytes = 8 * 2 ** 20
const cluster = new TestCluster(3, (name) => keys(name, "node"), undefined, {
  limits: { memoryBytes }
})
beforeAll(() => cluster.start())
afterAll(() => cluster.remove())

const { Message } = runnableNamed()

it("absurd messages are of both kinds: such as the Schema takes, and such as it refuses", () => {
  const decode = frameDecoder(Message)
  const envelope = { from: "c/1", to: "s1", key: "k" }
  const taken = fc.sample(absurd(Message.ast), 500).map((message) => {
    const frame = encodeFrame({
      _tag: "Post",
      sequence: 1,
      settled: 0,
      envelope: { ...envelope, message }
    } as Frame)
    return Result.isSuccess(decode(frame.subarray(4)))
  })
  const share = taken.filter((isTaken) => isTaken).length / taken.length
  expect(share).toBeGreaterThan(0.2)
  expect(share).toBeLessThan(0.95)
})

it("others are served while a hostile client sends anything it can think of", async () => {
  const store = await connect({
    servers: cluster.directory,
    keys: keys("client", "client"),
    timeoutMilliseconds: 60_000
  })
  await store.put("of others", "0")
  let isOver = false
  const { port } = cluster.node("s1").address
  const frames = 4500
  const pool = poolOf(Message, frames, 1)
  const hostile = beHostile(pool, port, keys("mallory", "client"), frames, 1).finally(
    () => (isOver = true)
  )
  for (let count = 1; !isOver; count++) {
    await store.put("of others", String(count))
    expect(Buffer.from((await store.get("of others")) ?? []).toString()).toBe(String(count))
  }
  const tally = await hostile
  expect(tally).toMatchObject({ frames, broken: 0 })
  // How many answers are lost depends on when a refusal ends a connection.
  expect(Math.min(tally.answered, tally.declined)).toBeGreaterThan(200)
  const { heldBytes, rememberedAnswers } = cluster.node("s1").endpoint.status
  expect(heldBytes).toBeLessThanOrEqual(memoryBytes)
  expect(rememberedAnswers).toBeLessThan(3000)
  await store.close()
  // What it left behind is what a node begins with again.
  await cluster.stop("s1")
  await cluster.start("s1")
  expect(cluster.node("s1").endpoint.heldBytes).toBe(heldBytes)
})
