/**
 * Exports spans to an OpenTelemetry collector: OTLP over HTTP, in JSON.
 *
 * A collector that is down or slow costs only spans: at most a fixed number of batches wait for it,
 * and no span begins beyond that.
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as OtlpExporter from "effect/observability/OtlpExporter"
import * as OtlpSerialization from "effect/observability/OtlpSerialization"
import * as OtlpTracer from "effect/observability/OtlpTracer"
import * as Tracer from "effect/Tracer"
import { contextOf, idsIn, type OpenSpan, type Tracing } from "./tracing.ts"

const exportInterval = "1 second"
const maxSpansInBatch = 512
/** While this many batches are being sent, no span begins. */
const maxBatchesOnTheirWay = 8
const batchTime = "5 seconds"
const lastBatchTime = "2 seconds"

/** Sends the spans of the endpoint with this name to the collector, until the scope ends. */
export const exportTraces = Effect.fnUntraced(function* (url: URL, name: string) {
  const watch = { onTheirWay: 0, isFailing: false }
  const client = Layer.effect(
    HttpClient.HttpClient,
    Effect.map(HttpClient.HttpClient, (plain) => watched(plain, url, watch))
  )
  const exporting = Layer.mergeAll(
    Layer.provide(client, FetchHttpClient.layer),
    OtlpSerialization.layerJson,
    OtlpExporter.layerFlusher
  )
  const tracer = yield* OtlpTracer.make({
    url: url.href,
    resource: { serviceName: "quorate", attributes: { "service.instance.id": name } },
    exportInterval,
    maxBatchSize: maxSpansInBatch,
    shutdownTimeout: lastBatchTime
  }).pipe(
    Effect.provideContext(Context.merge(yield* Effect.context(), yield* Layer.build(exporting)))
  )
  const clock = yield* Clock.Clock
  const tracing: Tracing = {
    begin: (called, kind, cause, attributes) => {
      if (watch.onTheirWay >= maxBatchesOnTheirWay) return undefined
      const span = tracer.span({
        name: called,
        kind,
        parent:
          cause === undefined ? Option.none() : Option.some(Tracer.externalSpan(idsIn(cause))),
        annotations: Context.empty(),
        links: [],
        startTime: clock.currentTimeNanosUnsafe(),
        root: cause === undefined,
        sampled: true
      })
      for (const attribute in attributes) span.attribute(attribute, attributes[attribute])
      const open: OpenSpan = {
        context: contextOf(span),
        end: (problem) =>
          span.end(
            clock.currentTimeNanosUnsafe(),
            problem === undefined ? Exit.void : Exit.fail(new Error(problem))
          )
      }
      return open
    }
  }
  return tracing
})

/**
 * Counts the batches being sent, limits the time of each, and logs once that the collector does not
 * accept them.
 */
const watched = (
  plain: HttpClient.HttpClient,
  url: URL,
  watch: { onTheirWay: number; isFailing: boolean }
): HttpClient.HttpClient =>
  HttpClient.transform(plain, (response, _request) =>
    Effect.suspend(() => {
      watch.onTheirWay += 1
      return response
    }).pipe(
      Effect.timeoutOrElse({
        duration: batchTime,
        orElse: () => Effect.die(new Error("it does not answer"))
      }),
      Effect.onExit((exit) => {
        watch.onTheirWay -= 1
        const isFailing = Exit.isFailure(exit) || exit.value.status >= 400
        const isNews = isFailing !== watch.isFailing
        watch.isFailing = isFailing
        if (!isNews) return Effect.void
        return isFailing
          ? Effect.logWarning(`spans are lost: the collector at ${url.href} does not accept them`)
          : Effect.logInfo(`the collector at ${url.href} accepts spans again`)
      })
    )
  )
