/**
 * The limits on what peers can make a process hold, and how much of each is left, as metrics.
 */
import { counter, gauge, type Measure } from "../metrics/metrics.ts"
import type { Connections } from "./connections.ts"
import type { Holdings } from "./holdings.ts"
import { maxDescriptors, openDescriptors } from "./machine.ts"

/** The default maximum number of connections, if there are enough descriptors. */
export const defaultConnections = 4096
/** The maximum number of bytes that all connections hold of incomplete messages. */
export const maxIncompleteBytes = 64 * 2 ** 20

/** The measures of every process that listens. */
export const measuresOfLimits = (
  connections: Connections,
  holdings: Holdings
): ReadonlyArray<Measure> => {
  const descriptors = maxDescriptors()
  return [
    gauge("connections", "Open connections", () => connections.size),
    gauge("connections_left", "Connections that may still be opened", () => connections.left),
    counter(
      "connections_refused",
      "Connections that were refused or closed to make room",
      () => connections.refused
    ),
    gauge("incomplete_bytes", "Bytes held of incomplete messages", () => holdings.bytes),
    gauge(
      "incomplete_bytes_left",
      "Bytes of incomplete messages that may still be held",
      () => holdings.leftBytes
    ),
    gauge("descriptors_left", "Descriptors that may still be opened", () =>
      descriptors === undefined ? Number.NaN : descriptors - (openDescriptors() ?? Number.NaN)
    )
  ]
}
