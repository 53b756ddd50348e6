/**
 * One operation is one trace across all its endpoints, and a collector cannot delay the store.
 */
import { connect as connectTcp } from "node:net"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import * as Scope from "effect/Scope"
import { afterEach, describe, expect, it } from "vitest"
import { connect, Store } from "../../../impl/client/store.ts"
import { startGateway } from "../../../impl/gateway/gateway.ts"
import { encodeFrame } from "../../../impl/link/frame.ts"
import { frameDecoder } from "../../../impl/link/wire.ts"
import { nameOf } from "../../../impl/memory/identity.ts"
import { exportTraces } from "../../../impl/tracing/otlp.ts"
import type { Tracing } from "../../../impl/tracing/tracing.ts"
import { majority } from "../../../spec/majority/protocol.ts"
import { TestCluster } from "../net/cluster.ts"
import { Collector } from "./collector.ts"

const open: Array<() => Promise<unknown>> = []
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close()
})

const collecting = async () => {
  const collector = new Collector()
  const url = await collector.start()
  open.push(() => collector.stop())
  return { collector, url: new URL("/v1/traces", url) }
}

/** The spans of this endpoint, and a function that sends the remaining ones. */
const exporting = async (url: URL, name: string) => {
  const scope = Effect.runSync(Scope.make())
  const tracing = await Effect.runPromise(
    Effect.provideService(exportTraces(url, name), Scope.Scope, scope)
  )
  return { tracing, flush: () => Effect.runPromise(Scope.close(scope, Exit.void)) }
}

/** A cluster whose nodes send their spans. */
const started = async (tracing: Tracing | undefined): Promise<TestCluster> => {
  const cluster = new TestCluster(3, undefined, undefined, tracing === undefined ? {} : { tracing })
  open.push(() => cluster.remove())
  await cluster.start()
  return cluster
}

/** The replies of a gateway to these lines. */
const ask = async (
  cluster: TestCluster,
  tracing: Tracing,
  text: string,
  length: number
): Promise<string> => {
  const scope = Effect.runSync(Scope.make())
  open.push(() => Effect.runPromise(Scope.close(scope, Exit.void)))
  const gateway = Effect.gen(function* () {
    const services = yield* Layer.build(Store.layer({ servers: cluster.directory, tracing }))
    return yield* Effect.provideContext(startGateway({ host: "127.0.0.1", port: 0 }), services)
  })
  const { port } = await Effect.runPromise(Effect.provideService(gateway, Scope.Scope, scope))
  return new Promise((resolve) => {
    const socket = connectTcp(port, "127.0.0.1", () => socket.write(text))
    let heard = ""
    socket.on("data", (bytes) => {
      heard += bytes.toString()
      if (heard.length >= length) socket.destroy()
    })
    socket.on("close", () => resolve(heard))
  })
}

describe("traces", () => {
  it("show one put through a gateway at all nodes as one tree", async () => {
    const { collector, url } = await collecting()
    const [nodes, gateway] = [await exporting(url, "nodes"), await exporting(url, "gateway")]
    const cluster = await started(nodes.tracing)
    expect(await ask(cluster, gateway.tracing, "SET x 1\r\n", 5)).toBe("+OK\r\n")
    // The third node may answer long after the operation; it may not be asked for its pair.
    const isDone = (): boolean => {
      const all = cluster.names.map((name) => cluster.node(name).endpoint.status)
      const steps = all.reduce((sum, one) => sum + one.steps, 0)
      return steps >= 5 && all.every((one) => one.steps > 0 && one.pendingLength === 0)
    }
    while (!isDone()) await new Promise((resolve) => setTimeout(resolve, 5))
    await gateway.flush()
    await nodes.flush()

    const { spans } = collector
    expect(collector.paths).toEqual(new Set(["POST /v1/traces"]))
    expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(1)
    const only = (name: string) => {
      const found = spans.filter((span) => span.name === name)
      expect(found).toHaveLength(1)
      return found[0] as (typeof spans)[number]
    }
    const [command, write] = [only("SET"), only("Write")]
    expect([command.endpoint, command.parentSpanId]).toEqual(["gateway", undefined])
    expect([write.endpoint, write.parentSpanId]).toEqual(["gateway", command.spanId])
    for (const [name, isSynced] of [
      ["Get", false],
      ["Set", true]
    ] as const) {
      const handled = spans.filter((span) => span.name === name)
      const names = handled.map(({ attributes }) => nameOf(String(attributes["quorate.node"])))
      expect(new Set(names).size).toBe(handled.length)
      expect(handled.length).toBeGreaterThanOrEqual(isSynced ? 3 : 2)
      for (const { parentSpanId, endpoint, attributes, isOk } of handled) {
        expect({ parentSpanId, endpoint, isOk }).toEqual({
          parentSpanId: write.spanId,
          endpoint: "nodes",
          isOk: true
        })
        expect(attributes).toMatchObject({ "quorate.key": "x", "quorate.synced": isSynced })
      }
    }
    expect([7, 8]).toContain(spans.length)
  })

  it("say why an operation failed", async () => {
    const { collector, url } = await collecting()
    const { tracing, flush } = await exporting(url, "client")
    const store = await connect({ servers: "s1=127.0.0.1:1", timeoutMilliseconds: 50, tracing })
    await expect(store.get("x")).rejects.toMatchObject({ _tag: "Unavailable" })
    await store.close()
    await flush()
    expect(collector.spans).toMatchObject([{ name: "Read", isOk: false, parentSpanId: undefined }])
  })

  it("are not in what untraced operations send", async () => {
    const { collector, url } = await collecting()
    const { tracing, flush } = await exporting(url, "nodes")
    const cluster = await started(tracing)
    const store = await connect({ servers: cluster.directory })
    await store.put("x", "1")
    await store.close()
    await flush()
    expect([collector.spans, collector.requests]).toEqual([[], 0])
  })

  it("wait for no collector: one that never answers costs spans, but no operations and no memory", async () => {
    const { collector, url } = await collecting()
    collector.answer = () => undefined
    const { tracing } = await exporting(url, "client")
    let [begun, refused] = [0, 0]
    for (let batch = 0; batch < 40; batch++) {
      for (let count = 0; count < 512; count++) {
        const span = tracing.begin("Read", "client", undefined, {})
        span?.end()
        if (span === undefined) refused += 1
        else begun += 1
      }
      await new Promise((resolve) => setTimeout(resolve, 2))
    }
    expect(begun).toBeLessThan(20 * 512)
    expect(refused).toBeGreaterThan(0)
  })

  it.each([
    "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
    "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
    `00-${"0".repeat(4000)}`,
    7
  ])("are refused if they are malformed: %j", (trace) => {
    const envelope = {
      from: "c1/1",
      to: "s1",
      key: "x",
      message: { _tag: "Get", operation: 1 },
      trace
    }
    const decode = frameDecoder(majority.Message)
    const frame = encodeFrame({
      _tag: "Post",
      sequence: 1,
      settled: 1,
      envelope: envelope as never
    })
    expect(Result.isFailure(decode(frame.subarray(4)))).toBe(true)
  })
})
