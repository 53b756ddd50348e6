/**
 * What others can make a process hold: each limit with what is left of it, for those who watch.
 */
import { counter, gauge, type Measure } from "../metrics/metrics.ts"
import type { Connections } from "./connections.ts"
import type { Holdings } from "./holdings.ts"
import { mostDescriptors, openDescriptors } from "./machine.ts"

/** How many connections a process takes, if nothing is said and there are descriptors for them. */
export const defaultConnections = 4096
/** How much all connections may hold of messages that are not complete. */
export const mostIncompleteBytes = 64 * 2 ** 20

/** What is left of what every process has that listens. */
export const measuresOfLimits = (
  connections: Connections,
  holdings: Holdings
): ReadonlyArray<Measure> => {
  const descriptors = mostDescriptors()
  return [
    gauge("connections", "Connections that are open", () => connections.size),
    gauge("connections_left", "Connections that may be opened", () => connections.left),
    counter(
      "connections_refused",
      "Connections that were refused or cut to make place",
      () => connections.refused
    ),
    gauge("incomplete_bytes", "Bytes held of messages that are not complete", () => holdings.bytes),
    gauge(
      "incomplete_bytes_left",
      "Bytes that may be held of messages that are not complete",
      () => holdings.leftBytes
    ),
    gauge("descriptors_left", "Descriptors that may be opened", () =>
      descriptors === undefined ? Number.NaN : descriptors - (openDescriptors() ?? Number.NaN)
    )
  ]
}
