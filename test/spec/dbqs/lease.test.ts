/**
 * When a client may count answers: only with a lease, and only in the epoch that the lease confirms
 * or a later one.
 */
import { expect, it } from "vitest"
import { mayCount } from "../../../spec/dbqs/lease.ts"

it.each([
  [null, 0, false],
  [0, 0, true],
  [2, 1, false],
  [2, 2, true],
  [2, 3, true]
])("with a lease on epoch %s, a client in epoch %d may count answers: %s", (lease, epoch, may) => {
  expect(mayCount(lease, epoch)).toBe(may)
})
