/**
 * The metrics of an endpoint for Prometheus, at `GET /metrics`, and its health, at `GET /health`.
 * (Effect's exporter loads an HTTP router and keeps a registry that is updated at each event; here
 * a value is read when it is asked for.)
 */
import * as Effect from "effect/Effect"
import { type Address, DirectoryRefused, describeAddress } from "../directory/address.ts"

export type Measure = {
  readonly name: string
  readonly help: string
} & (
  | { readonly kind: "gauge" | "counter"; readonly value: () => number }
  | { readonly kind: "histogram"; readonly histogram: Histogram }
)

/** A measure of a current value. */
export const gauge = (name: string, help: string, value: () => number): Measure => ({
  name: `quorate_${name}`,
  help,
  kind: "gauge",
  value
})

/** A measure that counts events since the start. */
export const counter = (name: string, help: string, value: () => number): Measure => ({
  name: `quorate_${name}_total`,
  help: `${help} since the start`,
  kind: "counter",
  value
})

/** The upper bound of each bucket, in seconds. */
const bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/** A distribution of durations, in seconds. */
export class Histogram {
  private readonly counts = bounds.map(() => 0)
  private sum = 0
  private count = 0

  add(seconds: number): void {
    const bucket = bounds.findIndex((bound) => seconds <= bound)
    if (bucket >= 0) this.counts[bucket] = (this.counts[bucket] ?? 0) + 1
    this.sum += seconds
    this.count += 1
  }

  /** The measure in Prometheus's text format. */
  render(name: string): string {
    let upTo = 0
    const buckets = bounds.map((bound, bucket) => {
      upTo += this.counts[bucket] ?? 0
      return `${name}_bucket{le="${bound}"} ${upTo}\n`
    })
    return `${buckets.join("")}${name}_bucket{le="+Inf"} ${this.count}\n${name}_sum ${this.sum}\n${name}_count ${this.count}\n`
  }
}

/** All measures in Prometheus's text format. */
export const render = (measures: ReadonlyArray<Measure>): string =>
  measures
    .map((measure) => {
      const { name, help, kind } = measure
      const lines =
        measure.kind === "histogram"
          ? measure.histogram.render(name)
          : `${name} ${measure.value()}\n`
      return `# HELP ${name} ${help}\n# TYPE ${name} ${kind}\n${lines}`
    })
    .join("")

/** The maximum number of concurrent requests, and the time limit of each. */
const maxConnections = 16
const requestMilliseconds = 5000

/**
 * Serves the measures until the scope ends; returns the address. `problem` returns what is wrong,
 * if anything is.
 */
export const serveMetrics = Effect.fnUntraced(function* (
  address: Address,
  measures: ReadonlyArray<Measure>,
  problem: () => Promise<string | undefined> = () => Promise.resolve(undefined)
) {
  // An import would also load an HTTP client, in every command that may serve metrics.
  const { createServer } = process.getBuiltinModule("node:http")
  const server = createServer(
    { requestTimeout: requestMilliseconds, headersTimeout: requestMilliseconds },
    async (request, response) => {
      const [status, text] =
        request.method !== "GET"
          ? [405, "only GET is supported\n"]
          : request.url === "/metrics"
            ? [200, render(measures)]
            : request.url === "/health"
              ? await problem().then((found) =>
                  found === undefined ? [200, "ok\n"] : [503, `${found}\n`]
                )
              : [404, "see /metrics or /health\n"]
      response.writeHead(Number(status), { "content-type": "text/plain; version=0.0.4" })
      response.end(text)
    }
  )
  server.maxConnections = maxConnections
  yield* Effect.callback<void, DirectoryRefused>((resume) => {
    server.once("error", (error: NodeJS.ErrnoException) =>
      resume(
        Effect.fail(
          new DirectoryRefused({
            source: describeAddress(address),
            problem: `cannot listen there (${error.code})`,
            mend: "stop the process that listens there, or give another address"
          })
        )
      )
    )
    server.listen(address.port, address.host, () => resume(Effect.void))
  })
  yield* Effect.addFinalizer(() =>
    Effect.callback<void>((resume) => {
      server.closeAllConnections()
      server.close(() => resume(Effect.void))
    })
  )
  return { host: address.host, port: (server.address() as { readonly port: number }).port }
})
