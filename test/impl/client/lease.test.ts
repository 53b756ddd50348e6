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
    ask: (asker) => said.push(`${asker} asks`),
    askAgain: (asker) => said.push(`${asker} asks again`),
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
    expect(pass(0)).toEqual(["0 asks"])
    expect(pass(1100)).toEqual(["0 asks again"])
    lease.answered(0, "now")
    expect(said.splice(0)).toEqual(["now"])
    expect(pass(2200)).toEqual([])
    expect(pass(100)).toEqual(["0 asks"])
    expect(lease.current).toBe("now")
  })

  it("ends at a fixed time after the question, regardless of when the answer came", () => {
    const { lease, pass, said } = leased()
    pass(0)
    pass(9000)
    said.splice(0)
    lease.answered(0, "now")
    expect(said.splice(0)).toEqual(["now"])
    expect(pass(2000)).toContain(null)
    expect(lease.current).toBeNull()
  })

  it("does not begin with an answer that comes too late, but with one to a later question", () => {
    const { lease, pass, said } = leased()
    pass(0)
    expect(pass(11_000)).toEqual(["0 asks again", "1 asks"])
    lease.answered(0, "then")
    expect([said.splice(0), lease.current]).toEqual([[], null])
    lease.answered(1, "now")
    expect(said).toEqual(["now"])
  })

  it("asks anew at once where an answer comes too late and each process was waiting for one", () => {
    const { lease, pass, said } = leased()
    for (const asker of [0, 1, 2]) expect(pass(asker === 0 ? 0 : 3400)).toContain(`${asker} asks`)
    expect(pass(3400).filter((one) => `${one}`.endsWith("asks"))).toEqual([])
    lease.answered(0, "then")
    expect(said.splice(0)).toEqual(["0 asks"])
    expect(lease.current).toBeNull()
  })

  it("does not end as long as each answer comes before the end, counted from its own question", () => {
    const { lease, pass, said } = leased()
    const delayMilliseconds = 6000
    const due: Array<{ readonly at: number; readonly asker: number }> = []
    for (let now = 0; now <= 60_000; now += 100) {
      for (const one of pass(now === 0 ? 0 : 100)) {
        const asker = /^(\d) asks$/.exec(`${one}`)?.[1]
        if (asker !== undefined) due.push({ at: now + delayMilliseconds, asker: Number(asker) })
      }
      if (due[0]?.at === now) lease.answered(due.shift()?.asker as number, `at ${now}`)
      said.splice(0)
      expect([now, lease.current !== null]).toEqual([now, now >= delayMilliseconds])
    }
  })

  it("is not shortened by the late answer to an earlier question", () => {
    const { lease, pass, said } = leased()
    pass(0)
    pass(3400)
    said.splice(0)
    lease.answered(1, "now")
    lease.answered(0, "then")
    expect(said).toEqual(["now"])
    expect(lease.current).toBe("now")
    expect(pass(9900)).not.toContain(null)
  })

  it("has ended for a machine that slept, before anything else is taken", () => {
    const { lease, pass, said } = leased()
    pass(0)
    lease.answered(0, "now")
    expect(said.splice(0)).toEqual(["now"])
    expect(pass(11_000, true)).toEqual([null, "0 asks"])
  })
})
