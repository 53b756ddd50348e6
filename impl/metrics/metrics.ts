/**
 * What an endpoint does, for Prometheus: `GET /metrics`; and whether it is well: `GET /health`.
 */
import { createServer } from "node:http"
import * as Effect from "effect/Effect"
import { type Address, DirectoryRefused, describeAddress } from "../directory/address.ts"

export type Measure = {
  readonly name: string
  readonly help: string
} & (
  | { readonly kind: "gauge" | "counter"; readonly value: () => number }
  | { readonly kind: "histogram"; readonly histogram: Histogram }
)

/** What there is of something now. */
export const gauge = (name: string, help: string, value: () => number): Measure => ({
  name: `quorate_${name}`,
  help,
  kind: "gauge",
  value
})

/** How often something happened since the start. */
export const counter = (name: string, help: string, value: () => number): Measure => ({
  name: `quorate_${name}_total`,
  help: `${help} since the start`,
  kind: "counter",
  value
})

/** Up to how many seconds each bucket goes. */
const bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/** How often something took how many seconds. */
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

  /** The lines that Prometheus reads. */
  render(name: string): string {
    let upTo = 0
    const buckets = bounds.map((bound, bucket) => {
      upTo += this.counts[bucket] ?? 0
      return `${name}_bucket{le="${bound}"} ${upTo}\n`
    })
    return `${buckets.join("")}${name}_bucket{le="+Inf"} ${this.count}\n${name}_sum ${this.sum}\n${name}_count ${this.count}\n`
  }
}

/** The text that Prometheus reads. */
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

/** So many may ask at once, and so long may each take to do it. */
const mostConnections = 16
const requestMilliseconds = 5000

/**
 * Serves the measures until the scope ends; says where. `problem` says what is wrong, if something
 * is.
 */
export const serveMetrics = Effect.fnUntraced(function* (
  address: Address,
  measures: ReadonlyArray<Measure>,
  problem: () => Promise<string | undefined> = () => Promise.resolve(undefined)
) {
  const server = createServer(
    { requestTimeout: requestMilliseconds, headersTimeout: requestMilliseconds },
    async (request, response) => {
      const [status, text] =
        request.method !== "GET"
          ? [405, "only GET is known here\n"]
          : request.url === "/metrics"
            ? [200, render(measures)]
            : request.url === "/health"
              ? await problem().then((found) =>
                  found === undefined ? [200, "ok\n"] : [503, `${found}\n`]
                )
              : [404, "there are /metrics and /health here\n"]
      response.writeHead(Number(status), { "content-type": "text/plain; version=0.0.4" })
      response.end(text)
    }
  )
  server.maxConnections = mostConnections
  yield* Effect.callback<void, DirectoryRefused>((resume) => {
    server.once("error", (error: NodeJS.ErrnoException) =>
      resume(
        Effect.fail(
          new DirectoryRefused({
            source: describeAddress(address),
            problem: `it is not possible to listen there (${error.code})`,
            mend: "stop what listens there, or name another address"
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
