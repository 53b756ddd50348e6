/**
 * What an operator's tools receive: health, and measures with their latencies, at an address that
 * serves nothing else.
 */
import * as Effect from "effect/Effect"
import { expect, it } from "vitest"
import { counter, gauge, Histogram, serveMetrics } from "../../../impl/metrics/metrics.ts"

/** The answers of an endpoint to these requests, each as its status and text. */
const answers = (
  problem: string | undefined,
  requests: ReadonlyArray<readonly [method: string, path: string]>
): Promise<ReadonlyArray<readonly [number, string]>> => {
  const histogram = new Histogram()
  for (const seconds of [0.0005, 0.002, 0.002, 0.3, 60]) histogram.add(seconds)
  const measures = [
    gauge("connections", "Connections", () => 3),
    counter("errors", "Errors", () => 2),
    { name: "quorate_request_seconds", help: "Durations", kind: "histogram" as const, histogram }
  ]
  const asked = Effect.gen(function* () {
    const address = { host: "127.0.0.1", port: 0 }
    const { port } = yield* serveMetrics(address, measures, async () => problem)
    return yield* Effect.promise(() =>
      Promise.all(
        requests.map(async ([method, path]) => {
          const response = await fetch(`http://127.0.0.1:${port}${path}`, { method })
          return [response.status, await response.text()] as const
        })
      )
    )
  })
  return Effect.runPromise(Effect.scoped(asked))
}

it("health is ok, or says what is wrong; nothing else is answered", async () => {
  expect(
    await answers(undefined, [
      ["GET", "/health"],
      ["POST", "/health"],
      ["GET", "/"]
    ])
  ).toEqual([
    [200, "ok\n"],
    [405, "only GET is supported\n"],
    [404, "see /metrics or /health\n"]
  ])
  expect(await answers("too few storage nodes are connected", [["GET", "/health"]])).toEqual([
    [503, "too few storage nodes are connected\n"]
  ])
})

it("measures are reported with what they are, and latencies by how many were no longer than each bound", async () => {
  const [[status, text] = []] = await answers("too few", [["GET", "/metrics"]])
  expect(status).toBe(200)
  expect(text).toContain("# TYPE quorate_connections gauge\nquorate_connections 3\n")
  expect(text).toContain("# HELP quorate_errors_total Errors since the start\n")
  expect(text).toContain("\nquorate_errors_total 2\n")
  const buckets = [...(text ?? "").matchAll(/_bucket\{le="(.*)"\} (\d+)/g)].map(
    ([, bound, count]) => `${bound}: ${count}`
  )
  const bounds = ["0.001: 1", "0.0025: 3", "0.25: 3", "0.5: 4", "10: 4", "+Inf: 5"]
  expect(buckets).toEqual(expect.arrayContaining(bounds))
  expect(text).toMatch(/^quorate_request_seconds_sum 60\.30\d*$/m)
  expect(text).toMatch(/^quorate_request_seconds_count 5$/m)
})
