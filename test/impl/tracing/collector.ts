/**
 * A collector of spans: the part of OTLP over HTTP that the tests need.
 */
import { createServer, type Server, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"

export interface CollectedSpan {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId: string | undefined
  readonly name: string
  readonly milliseconds: number
  /** The endpoint that sent it. */
  readonly endpoint: string
  readonly attributes: Readonly<Record<string, unknown>>
  readonly isOk: boolean
}

interface Sent {
  readonly resourceSpans: ReadonlyArray<{
    readonly resource: { readonly attributes: ReadonlyArray<Attribute> }
    readonly scopeSpans: ReadonlyArray<{ readonly spans: ReadonlyArray<Record<string, never>> }>
  }>
}
interface Attribute {
  readonly key: string
  readonly value: Readonly<Record<string, unknown>>
}

const valuesOf = (attributes: ReadonlyArray<Attribute>): Record<string, unknown> =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]))

export class Collector {
  readonly spans: Array<CollectedSpan> = []
  readonly paths = new Set<string>()
  requests = 0
  /** Answers requests; it may leave them waiting. */
  answer: (response: ServerResponse) => void = (response) => response.end("{}")
  private readonly server: Server = createServer((request, response) => {
    const chunks: Array<Uint8Array> = []
    this.requests += 1
    this.paths.add(`${request.method} ${request.url}`)
    request.on("data", (chunk: Uint8Array) => chunks.push(chunk))
    request.on("end", () => {
      this.take(JSON.parse(Buffer.concat(chunks).toString("utf8")) as Sent)
      response.setHeader("content-type", "application/json")
      this.answer(response)
    })
  })

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve))
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections()
    await new Promise((resolve) => this.server.close(resolve))
  }

  private take({ resourceSpans }: Sent): void {
    for (const { resource, scopeSpans } of resourceSpans) {
      const endpoint = String(valuesOf(resource.attributes)["service.instance.id"])
      for (const span of scopeSpans.flatMap(({ spans }) => spans) as ReadonlyArray<
        Record<string, unknown>
      >) {
        const { traceId, spanId, parentSpanId, name } = span as unknown as CollectedSpan
        const nanoseconds = Number(span.endTimeUnixNano) - Number(span.startTimeUnixNano)
        const attributes = valuesOf(span.attributes as ReadonlyArray<Attribute>)
        const isOk = (span.status as { readonly code: number }).code === 1
        const milliseconds = nanoseconds / 1e6
        this.spans.push({
          traceId,
          spanId,
          parentSpanId,
          name,
          milliseconds,
          endpoint,
          attributes,
          isOk
        })
      }
    }
  }
}
