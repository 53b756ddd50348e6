/**
 * The lease of an endpoint's clients: how long they rely on an answer.
 */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { Lease } from "../../../impl/client/lease.ts"

const began = Date.UTC(2026, 0, 1)

const leased = () => {
  let steady = 0
  const said: Array<unknown> = []
  const lease = new Lease({
    clock: { nowMilliseconds: () => steady, after: () => () => undefined, soon: () => undefined },
    milliseconds: 10_000,
    ask: () => said.push("asks"),
    askAgain: () => said.push("asks again"),
    tell: (current) => said.push(current),
    isWanted: () => true
  })
  /** So much later; the steady clock stands still while the machine sleeps. */
  const pass = (milliseconds: number, isAsleep = false): ReadonlyArray<unknown> => {
    vi.setSystemTime(Date.now() + milliseconds)
    if (!isAsleep) steady += milliseconds
    lease.look()
    return said.splice(0)
  }
  return { lease, pass, said }
}

describe("a lease", () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["Date"], now: began })
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  it("is requested repeatedly, and renewed before it ends", () => {
    const { lease, pass, said } = leased()
    expect(pass(0)).toEqual(["asks"])
    expect(pass(1100)).toEqual(["asks again"])
    lease.answered("now")
    expect(said.splice(0)).toEqual(["now"])
    expect(pass(3800)).toEqual([])
    expect(pass(1000)).toEqual(["asks"])
    expect(lease.current).toBe("now")
  })

  it("ends at a fixed time after the question, regardless of when the answer came", () => {
    const { lease, pass, said } = leased()
    pass(0)
    pass(9000)
    lease.answered("now")
    expect(said).toEqual(["now"])
    said.splice(0)
    expect(pass(2000)).toContain(null)
    expect(lease.current).toBeNull()
  })

  it("does not begin with an answer that comes too late: it asks anew at once", () => {
    const { lease, pass, said } = leased()
    pass(0)
    pass(11_000)
    said.splice(0)
    lease.answered("then")
    expect(said.splice(0)).toEqual(["asks"])
    expect(lease.current).toBeNull()
    lease.answered("now")
    expect(said).toEqual(["now"])
  })

  it("has ended for a machine that slept, before anything else is taken", () => {
    const { lease, pass, said } = leased()
    pass(0)
    lease.answered("now")
    expect(said.splice(0)).toEqual(["now"])
    expect(pass(11_000, true)).toEqual([null, "asks"])
  })
})
