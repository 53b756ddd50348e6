/**
 * Byzantine failures and the attack "I still work here", sentence by sentence of the tutorial's
 * sections 7 and 7.1, in their order. (Section 7.2 is in `forgetting/section-7.test.ts`.)
 */
import { describe, expect, it } from "vitest"
import type { Noted } from "../../../spec/administrator/observation.ts"
import { boundedForEver, boundedUntilForgotten } from "../../../spec/administrator/premises.ts"
import { administered as protocol } from "../../../spec/administrator/protocol.ts"
import { plain } from "../../../spec/administrator/rules.ts"
import { configurationOf } from "../../../spec/administrator/view.ts"
import { isQuorum, tolerating } from "../../../spec/configuration/configuration.ts"
import { byzantineFaults, crashFaults } from "../../../spec/configuration/tolerated-faults.ts"
import { setOf } from "../../../spec/kernel/data.ts"
import { type ServerId, server, servers } from "../../../spec/nodes/nodes.ts"
import { pbft } from "../../../spec/pbft/protocol.ts"
import {
  a,
  admin,
  administered,
  answer,
  at,
  b,
  c,
  c1,
  client1,
  contextOf,
  d,
  e,
  invoke,
  newView,
  next,
  nonceOf,
  old,
  read,
  receivers,
  signed,
  told,
  trusted,
  write
} from "./scene.ts"

const sizes = Array.from({ length: 13 }, (_, index) => index + 1)
const named = (size: number) => setOf(Array.from({ length: size }, (_, n) => server(`s${n + 1}`)))
/** How many of this many members are a quorum, counted one by one. */
const minOf = (size: number): number => {
  const configuration = tolerating(byzantineFaults, named(size))
  return sizes.find((count) => isQuorum(configuration, "write", named(size).slice(0, count))) ?? 0
}
/** Whether the premise allows these to be corrupt, once this was noted. */
const allows = (
  premise: typeof boundedForEver,
  corrupt: ReadonlyArray<ServerId>,
  notes: ReadonlyArray<Noted["name"]> = []
): boolean => {
  const observer = premise.observer(contextOf())
  const events = [
    ...notes.map((name) => ({
      ...{ _tag: "Observed", node: admin },
      observation: { _tag: "Note", name, detail: { number: 0 } }
    })),
    ...corrupt.map((node) => ({ _tag: "Fault", node, fault: "corruption" }))
  ] as ReadonlyArray<Parameters<typeof observer.observe>[1]>
  return premise.holds(
    events.reduce((state, event) => observer.observe(state, event), observer.initial)
  )
}

describe("dealing with Byzantine failures (7)", () => {
  it("there must be more than two-thirds of correct nodes instead of a majority", () => {
    for (const size of sizes) {
      expect(3 * (size - byzantineFaults.maxFaulty(size))).toBeGreaterThan(2 * size)
      expect(3 * (size - byzantineFaults.maxFaulty(size) - 1)).toBeLessThanOrEqual(2 * size)
      expect(2 * (size - crashFaults.maxFaulty(size))).toBeGreaterThan(size)
    }
  })

  it("if this assumption is violated, the system may lose safety: two quorums share only liars", () => {
    for (const size of sizes) {
      const shared = 2 * minOf(size) - size
      expect(shared).toBeGreaterThan(byzantineFaults.maxFaulty(size))
      // One liar more: all that two quorums have in common may lie, or too few are left to answer.
      const liars = byzantineFaults.maxFaulty(size) + 1
      expect(shared <= liars || size - liars < minOf(size)).toBe(true)
    }
  })

  it("and liveness: those who are left are no quorum", () => {
    for (const size of sizes) {
      expect(size - byzantineFaults.maxFaulty(size)).toBeGreaterThanOrEqual(minOf(size))
      expect(byzantineFaults.survives(byzantineFaults.maxFaulty(size) + 1, size)).toBe(false)
    }
  })

  it("the replication scheme must store data on more than two-thirds of the storage nodes", () => {
    // The least that are enough: of six, four, which are two-thirds and not more.
    for (const size of sizes) expect(3 * minOf(size)).toBeGreaterThanOrEqual(2 * size)
    expect([4, 7, 10].map(minOf)).toEqual([3, 5, 7])
    const got = [a, b, c].map((from) => told(from, answer(nonceOf("get"))))
    const set = [a, b, d].map((from) => told(from, answer(nonceOf("set"), signed(1, 1))))
    const stateAfter = (count: number) =>
      client1([invoke(write), ...got, ...set.slice(0, count)]).state._tag
    expect([0, 1, 2, 3].map(stateAfter)).toEqual(["Busy", "Busy", "Busy", "Idle"])
  })

  it("the consensus protocol, if used, must be resilient to Byzantine failures", () => {
    expect(pbft.tolerates).toBe(byzantineFaults)
    // None is used here: the administrator decides.
    expect(Object.keys(protocol.roles)).toContain("administrator")
  })

  it("storage nodes can lie about the composition of the current configuration: nothing but the administrator's word says it", () => {
    const asking = client1([invoke(read)]).state
    const notice = { _tag: "Notice", view: next } as const
    expect(client1([invoke(read), told(b, notice)]).state).toEqual(asking)
    expect(client1([invoke(read), told(admin, notice)]).state.view).toEqual(next)
  })
})

describe("the attack (7.1)", () => {
  it("a designer makes assumptions on the number of machines that may be Byzantine, at most a third of them", () => {
    expect(allows(boundedForEver, [a])).toBe(true)
    expect(allows(boundedForEver, [a, b])).toBe(false)
    // Of each configuration: e and a are members of one each.
    expect(allows(boundedForEver, [a, e])).toBe(true)
    expect(allows(boundedForEver, [b, e])).toBe(false)
  })

  it("after a storage node is removed there should be no assumptions on what can happen to it", () => {
    expect(allows(boundedUntilForgotten, [a, b])).toBe(false)
    expect(allows(boundedUntilForgotten, [a, b], ["asked"])).toBe(false)
    expect(allows(boundedUntilForgotten, [a, b], ["forgotten"])).toBe(true)
    // Who stays is a member of the next one too.
    expect(allows(boundedUntilForgotten, [a, b, c], ["forgotten"])).toBe(false)
  })

  it("a client that returns to activity interacts with storage nodes that were long removed", () => {
    expect(receivers(client1([invoke(read)]), "Get")).toEqual(old.members)
    const woken = client1([told(admin, { _tag: "Notice", view: next }), invoke(read)])
    expect(receivers(woken, "Get")).toEqual(next.members)
  })

  it("these pretend that the reconfiguration never took place, and serve the client inappropriately", () => {
    const lies = (["get", "set"] as const).flatMap((stage) =>
      [a, b, c].map((from) => told(from, answer(nonceOf(stage))))
    )
    expect(client1([invoke(read), ...lies]).observations.at(-1)).toEqual({
      ...{ _tag: "Response", operation: read, result: null }
    })
  })

  it("a correct one that was removed answers nothing in the old configuration", () => {
    const stopped = at(a, admin, newView).state
    expect(at(a, c1, { _tag: "Get", number: 0, nonce: nonceOf("get") }, stopped).sends).toEqual([])
  })

  it("that any new configuration overlaps with the old one does not help: one that was not told, one that was removed and a liar are a super-majority", () => {
    const shared = old.members.filter((member) => next.members.includes(member))
    expect(shared).toEqual([b, c, d])
    const untold = at(c, c1, { _tag: "Get", number: 0, nonce: nonceOf("get") })
    expect(receivers(untold, "Answer")).toEqual([c1])
    expect(isQuorum(configurationOf(old), "read", servers("a", "b", "c"))).toBe(true)
    // It has ended by then: a falsely, b and d have said that they have stopped.
    const stops = [a, b, d].map((from) => told(from, answer(nonceOf("stop", 0, admin))))
    expect(administered(stops).state.view).toEqual(next)
  })

  describe("one never-changing trusted server always points to the current configuration", () => {
    const current = (stage: "get" | "set", view = next) =>
      told(trusted, { _tag: "Current", nonce: nonceOf(stage), view })
    const got = [a, b, c].map((from) => told(from, answer(nonceOf("get"))))

    it("it is told before anybody else, so that what it says was true when it said so", () => {
      const begun = administered([], contextOf(plain, true))
      expect(begun.sends).toEqual([{ to: trusted, message: { _tag: "Announce", view: next } }])
      const known = told(trusted, { _tag: "Announced", number: 1 })
      expect(receivers(administered([known], contextOf(plain, true)), "NewView")).toHaveLength(5)
    })

    it("asked once, it was right when it was asked: the client goes on in a configuration that is over", () => {
      const context = contextOf({ ...plain, asksFirst: true }, true)
      const asked = client1([invoke(read)], context)
      expect(receivers(asked, "Ask")).toEqual([trusted])
      const set = [a, b, c].map((from) => told(from, answer(nonceOf("set"))))
      const inputs = [invoke(read), current("get", old), ...got, ...set]
      expect(client1(inputs, context).state._tag).toBe("Idle")
    })

    it("asked after each phase, it has the client do the phase again", () => {
      const context = contextOf({ ...plain, asksAfterwards: true }, true)
      expect(receivers(client1([invoke(read), ...got], context), "Ask")).toEqual([trusted])
      const again = client1([invoke(read), ...got, current("get")], context)
      expect(receivers(again, "Get")).toEqual(next.members)
      expect(
        receivers(client1([invoke(read), ...got, current("get", old)], context), "Confirm")
      ).toEqual(old.members)
    })

    it("it can never be removed: no reconfiguration changes who it is", () => {
      expect(protocol.nodes(contextOf(plain, true)).map(({ id }) => id)).toContain(trusted)
      expect([...old.members, ...next.members] as ReadonlyArray<string>).not.toContain(trusted)
    })
  })
})
