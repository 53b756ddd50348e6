/**
 * The definitions of the tutorial's section 3.3, on its own cases and on corner cases.
 */
import { describe, expect, it } from "vitest"
import { majority } from "../../../spec/configuration/configuration.ts"
import {
  byzantineFaults,
  crashFaults,
  maskingFaults,
  type ToleratedFaults
} from "../../../spec/configuration/tolerated-faults.ts"
import type { NodeId } from "../../../spec/kernel/node.ts"
import type { AnyObservation } from "../../../spec/kernel/observation.ts"
import type { Event } from "../../../spec/kernel/observer.ts"
import {
  dynamicPremise,
  livenessOf,
  omniscient,
  premise as premiseOf,
  staticPremise
} from "../../../spec/liveness/liveness.ts"
import {
  addPending,
  after,
  initial,
  removePending,
  type Sets
} from "../../../spec/liveness/sets.ts"
import { client, server, servers } from "../../../spec/nodes/nodes.ts"
import {
  notJoined,
  refused,
  type StorageOperation,
  unanswered
} from "../../../spec/storage/reconfiguration.ts"

const all = servers("s1", "s2", "s3", "s4", "s5", "s6")
const contextOf = (...members: ReadonlyArray<string>) => ({
  servers: all,
  configuration: majority(servers(...members))
})
const [c1, c2] = [client("c1"), client("c2")]

const change = (text: string): StorageOperation => {
  const named = (sign: string) =>
    servers(
      ...text
        .split(" ")
        .filter((word) => word.startsWith(sign))
        .map((word) => word.slice(1))
    )
  return { _tag: "Reconfigure", add: named("+"), remove: named("-") }
}
const begins = (node: NodeId, operation: StorageOperation): Event<AnyObservation> => ({
  _tag: "Observed",
  node,
  observation: { _tag: "Invocation", operation }
})
const ends = (node: NodeId, operation: StorageOperation): Event<AnyObservation> => ({
  _tag: "Observed",
  node,
  observation: { _tag: "Response", operation, result: null }
})
const crashes = (name: string): Event<AnyObservation> => ({
  _tag: "Fault",
  node: name.startsWith("c") ? client(name) : server(name),
  fault: "crash"
})

const three = contextOf("s1", "s2", "s3")
const run = (events: ReadonlyArray<Event<AnyObservation>>, context = three): Sets =>
  events.reduce((sets, event) => after(context, sets, event), initial(context))

describe("the four sets", () => {
  it("move changes from pending to Current when their reconfiguration responds", () => {
    const replace = change("+s4 -s2")
    const outstanding = run([begins(c1, replace)])
    expect([outstanding.current, addPending(outstanding), removePending(outstanding)]).toEqual([
      ["s1", "s2", "s3"],
      ["s4"],
      ["s2"]
    ])
    const completed = run([begins(c1, replace), ends(c1, replace)])
    expect([completed.current, addPending(completed), removePending(completed)]).toEqual([
      ["s1", "s3", "s4"],
      [],
      []
    ])
  })

  it("forget a completed reconfiguration: a node that was added and later removed is no longer pending", () => {
    const added = [begins(c1, change("+s4")), ends(c1, change("+s4"))]
    const removed = [...added, begins(c2, change("-s4")), ends(c2, change("-s4"))]
    const sets = run(removed)
    expect([sets.current, addPending(sets), removePending(sets)]).toEqual([
      ["s1", "s2", "s3"],
      [],
      []
    ])
    expect(sets).toEqual(run([]))
    const back = run([
      begins(c1, change("-s3")),
      ends(c1, change("-s3")),
      begins(c2, change("+s3"))
    ])
    expect([back.current, addPending(back), removePending(back)]).toEqual([
      ["s1", "s2"],
      ["s3"],
      []
    ])
  })

  it("ignore additions of present nodes and removals of absent ones", () => {
    const vain = change("+s1 -s5")
    expect([addPending, removePending].map((set) => set(run([begins(c1, vain)])))).toEqual([[], []])
    expect(run([begins(c1, vain), ends(c1, vain)]).current).toEqual(["s1", "s2", "s3"])
  })

  it("count the removal of a node whose addition is pending: it may already be in the system", () => {
    const both = run([begins(c1, change("+s4")), begins(c2, change("-s4"))])
    expect([addPending(both), removePending(both)]).toEqual([["s4"], ["s4"]])
  })

  it("keep the changes of a crashed reconfigurer pending forever", () => {
    const dead = run([begins(c1, change("+s4 -s2")), crashes("c1")])
    expect([dead.pending, addPending(dead), removePending(dead)]).toEqual([[], ["s4"], ["s2"]])
  })

  it("separate the operations on several objects", () => {
    const [one, other] = ["x", "y"].map((object): StorageOperation => ({ _tag: "Read", object }))
    if (one === undefined || other === undefined) throw new Error("there are two")
    expect(run([begins(c1, one), begins(c1, other)]).pending).toEqual([
      { client: c1, object: "x" },
      { client: c1, object: "y" }
    ])
    expect(run([begins(c1, one), begins(c1, other), ends(c1, one)]).pending).toEqual([
      { client: c1, object: "y" }
    ])
  })

  it.each([refused, unanswered, notJoined])(
    "leave a change that was %s without effect",
    (result) => {
      const removal = change("-s1 -s2")
      const response: Event<AnyObservation> = {
        _tag: "Observed",
        node: c1,
        observation: { _tag: "Response", operation: removal, result }
      }
      expect(run([begins(c1, removal), response])).toEqual(initial(three))
    }
  )

  it("include the clients with pending operations, reads and writes too, while these clients are correct", () => {
    const read: StorageOperation = { _tag: "Read" }
    const write: StorageOperation = { _tag: "Write", value: 1 }
    expect(run([begins(c1, read), begins(c2, write)]).pending).toEqual([
      { client: c1 },
      { client: c2 }
    ])
    expect(run([begins(c1, read), begins(c2, write), ends(c1, read)]).pending).toEqual([
      { client: c2 }
    ])
    expect(run([begins(c1, read), begins(c2, write), crashes("c2")]).pending).toEqual([
      { client: c1 }
    ])
  })
})

describe("the premises", () => {
  const failing = (members: number, failed: number): Sets => {
    const names = all.slice(0, members)
    return run(
      names.slice(0, failed).map((name) => crashes(name)),
      contextOf(...names)
    )
  }

  it.each([
    [1, 0],
    [2, 0],
    [3, 1],
    [4, 1],
    [5, 2],
    [6, 2]
  ])("allow, of %i nodes that are not reconfigured, %i to fail and no more", (members, most) => {
    for (const premise of [staticPremise, dynamicPremise]) {
      expect(
        [most, most + 1].map((failed) => premise(crashFaults, failing(members, failed)))
      ).toEqual([true, false])
    }
  })

  it.each([
    [1, 0],
    [3, 0],
    [4, 1],
    [6, 1]
  ])("allow, of %i nodes that may lie, %i to be faulty and no more", (members, most) => {
    for (const premise of [staticPremise, dynamicPremise]) {
      const verdicts = [most, most + 1].map((failed) =>
        premise(byzantineFaults, failing(members, failed))
      )
      expect(verdicts).toEqual([true, false])
    }
  })

  it("count a node that is being removed as failed, once, whether it has failed or not", () => {
    const removing = [begins(c1, change("-s2"))]
    expect(dynamicPremise(crashFaults, run(removing))).toBe(true)
    expect(dynamicPremise(crashFaults, run([...removing, crashes("s2")]))).toBe(true)
    expect(dynamicPremise(crashFaults, run([...removing, crashes("s1")]))).toBe(false)
  })

  it("count the failure of a node that is being added, but not the node itself", () => {
    const adding = [begins(c1, change("+s4"))]
    expect(dynamicPremise(crashFaults, run([...adding, crashes("s4")]))).toBe(true)
    expect(dynamicPremise(crashFaults, run([...adding, crashes("s4"), crashes("s1")]))).toBe(false)
    // With s4 counted as a member, two of four would be half of them; of three they are more than
    // half.
    expect(dynamicPremise(crashFaults, run([...adding, crashes("s1"), crashes("s2")]))).toBe(false)
  })

  it("let a removed node fail once its removal has completed, and not before", () => {
    const remove = change("+s4 -s2")
    const before = [begins(c1, remove), crashes("s1")]
    expect(dynamicPremise(crashFaults, run(before))).toBe(false)
    const done = [begins(c1, remove), ends(c1, remove), crashes("s2"), crashes("s1")]
    expect(dynamicPremise(crashFaults, run(done))).toBe(true)
    expect(dynamicPremise(crashFaults, run([...done, crashes("s3")]))).toBe(false)
  })

  it("allow no removal from two nodes, and no second one from three", () => {
    expect(
      dynamicPremise(crashFaults, run([begins(c1, change("-s2"))], contextOf("s1", "s2")))
    ).toBe(false)
    expect(
      dynamicPremise(crashFaults, run([begins(c1, change("-s2")), begins(c2, change("-s3"))]))
    ).toBe(false)
  })
})

describe("the omniscient observer", () => {
  it("requires more correct nodes if nodes may lie, for any quorums", () => {
    const members = servers("s1", "s2", "s3", "s4", "s5")
    const heldWith = (faults: ToleratedFaults) => {
      const { initial, observe } = omniscient(
        { servers: all, configuration: majority(members) },
        faults
      )
      return [crashes("s1"), crashes("s2")].reduce(observe, initial).held
    }
    expect(heldWith(crashFaults)).toEqual(["static-liveness", "dynamic-liveness"])
    expect(heldWith(byzantineFaults)).toEqual([])
  })

  it("has a different name for each kind of fault, since states refer to it by name", () => {
    const context = { servers: all, configuration: majority(all) }
    const names = [crashFaults, byzantineFaults, maskingFaults].map((faults) => {
      const { termination, staticLiveness, dynamicLiveness } = livenessOf(faults)
      const watchers = [
        termination,
        staticLiveness,
        dynamicLiveness,
        premiseOf("static-liveness", faults)
      ]
      return [...new Set(watchers.map(({ observer }) => observer(context).name))]
    })
    expect(names).toEqual([
      ["omniscient"],
      ["omniscient of byzantine faults"],
      ["omniscient of masking faults"]
    ])
  })

  it("describes the tolerated faults", () => {
    const told = [crashFaults, byzantineFaults, maskingFaults].map((faults) => {
      const { staticLiveness, dynamicLiveness } = livenessOf(faults)
      const state = [crashes("s1"), crashes("s2")].reduce(
        omniscient(three, faults).observe,
        omniscient(three, faults).initial
      )
      return [staticLiveness.about, dynamicLiveness.about, staticLiveness.excuse?.(state)].join(
        "\n"
      )
    })
    expect(told.join("\n")).toMatchInlineSnapshot(`
      "if at any time fewer than half of the configuration has failed, every operation of a correct client completes
      if at any time fewer than |Current|/2 of Current and AddPending are in Failed or RemovePending, every operation of a correct client completes
      Current is {s1,s2,s3}, Failed {s1,s2}: 2 of them failed or may be removed, not fewer than |Current|/2.
      if at any time fewer than a third of the configuration has failed, every operation of a correct client completes
      if at any time fewer than |Current|/3 of Current and AddPending are in Failed or RemovePending, every operation of a correct client completes
      Current is {s1,s2,s3}, Failed {s1,s2}: 2 of them failed or may be removed, not fewer than |Current|/3.
      if at any time fewer than a quarter of the configuration has failed, every operation of a correct client completes
      if at any time fewer than |Current|/4 of Current and AddPending are in Failed or RemovePending, every operation of a correct client completes
      Current is {s1,s2,s3}, Failed {s1,s2}: 2 of them failed or may be removed, not fewer than |Current|/4."
    `)
  })

  it("excuses what stays pending by the sets as they are, those without a member left out", () => {
    const { initial, observe } = omniscient(contextOf("s1", "s2", "s3", "s4"))
    const excuseAfter = (...events: ReadonlyArray<Event<AnyObservation>>) =>
      livenessOf(crashFaults).dynamicLiveness.excuse?.(events.reduce(observe, initial))
    expect(
      [
        excuseAfter(begins(c1, change("-s2")), crashes("s1")),
        excuseAfter(begins(c1, change("-s2 -s3"))),
        excuseAfter(begins(c1, change("+s5")), crashes("s1"), crashes("s5")),
        excuseAfter(begins(c1, change("+s5 +s6 -s2")), crashes("s2"), crashes("s6"))
      ].join("\n")
    ).toMatchInlineSnapshot(`
      "Current is {s1,s2,s3,s4}, Failed {s1}, RemovePending {s2}: 2 of them failed or may be removed, not fewer than |Current|/2.
      Current is {s1,s2,s3,s4}, RemovePending {s2,s3}: 2 of them failed or may be removed, not fewer than |Current|/2.
      Current is {s1,s2,s3,s4}, AddPending {s5}, Failed {s1,s5}: 2 of them failed or may be removed, not fewer than |Current|/2.
      Current is {s1,s2,s3,s4}, AddPending {s5,s6}, Failed {s2,s6}, RemovePending {s2}: 2 of them failed or may be removed, not fewer than |Current|/2."
    `)
  })

  it("survives exactly the share it describes", () => {
    for (const { survives, share } of [crashFaults, byzantineFaults, maskingFaults])
      for (let current = 1; current <= 12; current++)
        for (let lost = 0; lost <= current; lost++)
          expect(survives(lost, current)).toBe(lost < current / share.divisor)
  })

  it("remembers that a premise was violated, even if it becomes true again", () => {
    const { initial, observe } = omniscient(three)
    const add = change("+s4 +s5")
    // Two of three have failed; two of five would be a minority.
    const late = [crashes("s1"), begins(c1, add), crashes("s2"), ends(c1, add)].reduce(
      observe,
      initial
    )
    expect([dynamicPremise(crashFaults, late.sets), late.held]).toEqual([true, []])
    const early = [crashes("s1"), begins(c1, add), ends(c1, add), crashes("s2")].reduce(
      observe,
      initial
    )
    expect(early.held).toEqual(["static-liveness", "dynamic-liveness"])
  })
})
