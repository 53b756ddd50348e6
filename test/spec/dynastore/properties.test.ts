/**
 * The invariants of DynaStore's proof fail on the states, steps and runs that violate them, and on
 * no others.
 */
import { describe, expect, it } from "vitest"
import type { DynaStoreObservation } from "../../../spec/dynastore/observation.ts"
import {
  desiredGrows,
  frontIsDesired,
  reconfigurationIsDone,
  storedViewsFormAChain,
  storesWhatIsDesired,
  timestampsFollowTime,
  viewsGrow
} from "../../../spec/dynastore/properties.ts"
import type { ClientState, Stage, Traversing } from "../../../spec/dynastore/state.ts"
import type { View } from "../../../spec/dynastore/view.ts"
import type { Event } from "../../../spec/kernel/observer.ts"
import { client } from "../../../spec/nodes/nodes.ts"
import { begin } from "../../../spec/phase/phase.ts"
import { initialPair } from "../../../spec/register/pair.ts"
import { changeOf, type StorageOperation } from "../../../spec/storage/reconfiguration.ts"

const c1 = client("c1")
/** `+s1 +s2 -s1`: the view that these changes lead to. */
const viewOf = (text: string): View => changeOf(text.split(" "))

const operations: Readonly<Record<string, StorageOperation>> = {
  read: { _tag: "Read" },
  write: { _tag: "Write", value: 1 },
  reconfigure: { _tag: "Reconfigure", ...viewOf("+s2 -s1") }
}

/**
 * `c1 write`, `c1 stores +s1 1.c1` and `c1 ends write`: an operation begins, stores in a view, and
 * ends.
 */
const eventOf = (text: string): Event<DynaStoreObservation> => {
  const [who, word, ...rest] = text.split(" ") as [string, string, ...ReadonlyArray<string>]
  const node = client(who)
  if (word === "stores") {
    const [number, by] = String(rest.at(-1)).split(".") as [string, string]
    const timestamp = { number: Number(number), client: client(by) }
    const detail = { view: viewOf(rest.slice(0, -1).join(" ")), timestamp }
    return { _tag: "Observed", node, observation: { _tag: "Note", name: "stores", detail } }
  }
  const operation = operations[word === "ends" ? (rest[0] as string) : word] as StorageOperation
  return {
    _tag: "Observed",
    node,
    observation:
      word === "ends"
        ? { _tag: "Response", operation, result: null }
        : { _tag: "Invocation", operation }
  }
}

const properties = { storedViewsFormAChain, viewsGrow, timestampsFollowTime }

/** The names of the properties that the run breaks. */
const broken = (...run: ReadonlyArray<string>): ReadonlyArray<string> =>
  Object.entries(properties).flatMap(([name, property]) => {
    const observer = property.observer({})
    const state = run.map(eventOf).reduce(observer.observe, observer.initial)
    return observer.violation(state) === undefined ? [] : [name]
  })

describe("runs of DynaStore", () => {
  const written = ["c1 write", "c1 stores +s1 +s2 2.c1", "c1 ends write"]

  it("satisfy the proof's invariants if views and timestamps grow", () => {
    expect(
      broken("c1 write", "c1 stores +s1 1.c1", "c1 stores +s1 +s2 1.c1", "c1 ends write")
    ).toEqual([])
    expect(broken(...written, "c2 read", "c2 stores +s1 +s2 +s3 2.c1", "c2 ends read")).toEqual([])
    expect(broken(...written, "c2 write", "c2 stores +s1 +s2 3.c2")).toEqual([])
    expect(broken(...written, "c2 write", "c2 stores +s1 +s2 2.c2")).toEqual([])
  })

  it("store data only in views that form a chain", () => {
    const stored = ["c1 write", "c1 stores +s1 +s2 1.c1", "c2 read"]
    expect(broken(...stored, "c2 stores +s1 1.c1")).toEqual([])
    expect(broken(...stored, "c2 stores +s1 +s3 1.c1")).toEqual(["storedViewsFormAChain"])
    expect(broken(...stored, "c2 stores +s1 -s2 1.c1")).toEqual(["storedViewsFormAChain"])
  })

  it("store data in no view that lacks changes of one in which an earlier operation ended", () => {
    expect(broken(...written, "c2 read", "c2 stores +s1 2.c1")).toEqual(["viewsGrow"])
    expect(broken("c2 read", ...written, "c2 stores +s1 2.c1")).toEqual([])
    const twice = [...written, "c3 read", "c3 stores +s1 +s2 +s3 2.c1", "c3 ends read"]
    expect(broken(...twice, "c2 read", "c2 stores +s1 +s2 2.c1")).toEqual(["viewsGrow"])
    const none = ["c1 reconfigure", "c1 stores +s1 +s2 1.c2", "c1 ends reconfigure"]
    expect(broken(...none, "c2 reconfigure", "c2 stores +s1 1.c2")).toEqual(["viewsGrow"])
  })

  it("have timestamps that follow real time, strictly for writes", () => {
    expect(broken(...written, "c2 read", "c2 stores +s1 +s2 1.c1")).toEqual([
      "timestampsFollowTime"
    ])
    expect(broken(...written, "c2 read", "c2 stores +s1 +s2 2.c1")).toEqual([])
    expect(broken(...written, "c1 write", "c1 stores +s1 +s2 2.c1")).toEqual([
      "timestampsFollowTime"
    ])
    expect(broken("c2 read", ...written, "c2 stores +s1 +s2 1.c1")).toEqual([])
    expect(broken(...written, "c2 reconfigure", "c2 stores +s1 +s2 1.c1")).toEqual([])
    const read = [
      ...written,
      "c2 write",
      "c2 stores +s1 +s2 3.c2",
      "c3 read",
      "c3 stores +s1 +s2 3.c2"
    ]
    expect(broken(...read, "c3 ends read", "c1 read", "c1 stores +s1 +s2 2.c1")).toEqual([
      "timestampsFollowTime"
    ])
  })
})

const idle = (view: string): ClientState => ({ _tag: "Idle", begun: 1, view: viewOf(view) })
const setting: Stage = { _tag: "Setting", phase: begin([], null) }
const getting: Stage = { _tag: "Getting", found: [], phase: begin([], null) }
const traversing = (
  view: string,
  desired: string,
  front: ReadonlyArray<string>,
  stage: Stage = getting
): Traversing => ({
  _tag: "Traversing",
  begun: 1,
  operation: operations.reconfigure as StorageOperation,
  phase: 1,
  start: viewOf("+s1"),
  desired: viewOf(desired),
  front: front.map(viewOf),
  view: viewOf(view),
  pair: initialPair,
  chosen: false,
  stage
})

describe("the desired changes of a client", () => {
  const holds = (before: ClientState, after: ClientState) =>
    desiredGrows.holds({}, c1, before, after)

  it("grow, within an operation and from one to the next", () => {
    const [small, large] = ["+s1", "+s1 +s2"]
    expect(holds(idle(small), traversing(small, large, [small]))).toBe(true)
    expect(holds(traversing(small, large, [small]), idle(large))).toBe(true)
    expect(holds(traversing(small, large, [small]), idle(small))).toBe(false)
    expect(holds(traversing(small, large, [small]), traversing(small, small, [small]))).toBe(false)
    expect(holds(idle(large), traversing(small, small, [small]))).toBe(false)
    expect(holds(idle("+s1 +s2 -s2"), idle(large))).toBe(false)
  })
})

describe("the front of a client", () => {
  const holds = (state: ClientState) => frontIsDesired.holds({}, c1, state)

  it("contains only desired changes, and the visited view", () => {
    expect(holds(idle("+s1"))).toBe(true)
    expect(holds(traversing("+s1", "+s1 +s2", ["+s1"]))).toBe(true)
    expect(holds(traversing("+s1 +s2", "+s1 +s2 +s3", ["+s1 +s2", "+s1 +s3"]))).toBe(true)
    expect(holds(traversing("+s1", "+s1 +s2", ["+s1", "+s1 +s3"]))).toBe(false)
    expect(holds(traversing("+s1", "+s1 +s2", ["+s1 +s2"]))).toBe(false)
    expect(holds(traversing("+s1", "+s1 +s2", []))).toBe(false)
  })
})

describe("a client that stores", () => {
  const holds = (state: ClientState) => storesWhatIsDesired.holds({}, c1, state)

  it("does so in the single view of its front, which has all desired changes", () => {
    expect(holds(traversing("+s1 +s2", "+s1 +s2", ["+s1 +s2"], setting))).toBe(true)
    expect(holds(traversing("+s1", "+s1 +s2", ["+s1"], getting))).toBe(true)
    expect(holds(idle("+s1"))).toBe(true)
    expect(holds(traversing("+s1", "+s1 +s2", ["+s1"], setting))).toBe(false)
    expect(holds(traversing("+s1 +s2", "+s1 +s2", ["+s1", "+s1 +s2"], setting))).toBe(false)
  })
})

describe("a reconfiguration that ends", () => {
  const before = traversing("+s1", "+s1 +s2 -s1", ["+s1"])
  const holds = (from: ClientState, to: ClientState) =>
    reconfigurationIsDone.holds({}, c1, from, to)

  it("is done if the client's view has its changes, and not if one is missing", () => {
    expect(holds(before, idle("+s1 +s2 -s1"))).toBe(true)
    expect(holds(before, idle("+s1 +s2 +s3 -s1"))).toBe(true)
    expect(holds(before, idle("+s1 +s2"))).toBe(false)
    expect(holds(before, idle("+s1 -s1"))).toBe(false)
    expect(holds(before, idle("+s1"))).toBe(false)
  })

  it("is neither the end of a read, nor a reconfiguration in progress", () => {
    expect(holds({ ...before, operation: { _tag: "Read" } }, idle("+s1"))).toBe(true)
    expect(holds(before, before)).toBe(true)
    expect(holds(idle("+s1"), idle("+s1"))).toBe(true)
  })
})
