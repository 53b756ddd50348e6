/**
 * What an endpoint does, for Prometheus: `GET /metrics`.
 */
import { createServer } from "node:http"
import * as Effect from "effect/Effect"
import { type Address, DirectoryRefused, describeAddress } from "../directory/address.ts"

export interface Measure {
  readonly name: string
  readonly help: string
  readonly kind: "gauge" | "counter"
  readonly value: () => number
}

/** The text that Prometheus reads. */
export const render = (measures: ReadonlyArray<Measure>): string =>
  measures
    .map(
      ({ name, help, kind, value }) => `# HELP ${name} ${help}\n# TYPE ${name} ${kind}\n${name} ${value()}\n`
    )
    .join("")

/** Serves the measures until the scope ends; says where. */
export const serveMetrics = Effect.fnUntraced(function* (address: Address, measures: ReadonlyArray<Measure>) {
  const server = createServer((request, response) => {
    const isKnown = request.method === "GET" && request.url === "/metrics"
    response.writeHead(isKnown ? 200 : 404, { "content-type": "text/plain; version=0.0.4" })
    response.end(isKnown ? render(measures) : "there is only /metrics here\n")
  })
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
