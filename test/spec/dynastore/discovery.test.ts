/**
 * The views that a storage node and a client of DynaStore keep, for any order of messages.
 */
import { describe, expect, it } from "vitest"
import { majority } from "../../../spec/configuration/configuration.ts"
import { directory } from "../../../spec/directory/directory.ts"
import {
  afterTraversal,
  receiveAnnounced,
  receiveViewReply
} from "../../../spec/dynastore/discovery.ts"
import type { Message } from "../../../spec/dynastore/messages.ts"
import { correct } from "../../../spec/dynastore/rules.ts"
import { server as process, type ServerState, snapshotOf } from "../../../spec/dynastore/server.ts"
import { type Context, type Traversing, traversalOf } from "../../../spec/dynastore/state.ts"
import type { View } from "../../../spec/dynastore/view.ts"
import { client, server, servers } from "../../../spec/nodes/nodes.ts"
import { begin } from "../../../spec/phase/phase.ts"
import { changeOf } from "../../../spec/storage/reconfiguration.ts"

const [c1, s1] = [client("c1"), server("s1")]
const context = { configuration: majority(servers("s1")), rules: correct } as Context
const viewOf = (text: string): View => changeOf(text.split(" "))
const numbers = { operation: 1, phase: 1 }

const told = (state: ServerState, message: Message) =>
  process.step(context as never, s1, state, { _tag: "Receive", from: c1, message })
const fresh = process.initial(context as never, s1)

describe("the latest view of a storage node", () => {
  const notify = (state: ServerState, text: string) =>
    told(state, { _tag: "Notify", ...numbers, view: viewOf(text) })

  it("is the later of two views it receives, in either order, and the node acknowledges both", () => {
    const [early, late] = ["+s1 +s2", "+s1 +s2 -s1"]
    const inOrder = notify(notify(fresh, early).state, late)
    const overtaken = notify(notify(fresh, late).state, early)
    for (const { state, sends } of [inOrder, overtaken]) {
      expect(state.latest).toEqual(viewOf(late))
      expect(sends).toEqual([{ to: c1, message: { _tag: "Notified", ...numbers } }])
      expect(told(state, { _tag: "AskView" }).sends).toEqual([
        { to: c1, message: { _tag: "ViewReply", view: viewOf(late) } }
      ])
    }
  })
})

describe("the weak snapshots of a storage node", () => {
  const views = ["+s1", "+s1 +s2", "+s1 +s3", "+s1 +s2 -s1", "+s1 +s3 -s3"].map(viewOf)

  it("are separate, even if their views have much in common", () => {
    const changes = views.map((_, at) => viewOf(`+s${at + 4}`))
    const endorsing = views.reduce((state, view, at) => {
      const change = changes[at] as View
      return told(state, { _tag: "Endorse", ...numbers, view, change }).state
    }, fresh)
    expect(views.map((view) => snapshotOf(endorsing, view).endorsed)).toEqual(changes)
    expect(snapshotOf(endorsing, viewOf("+s1 +s4")).endorsed).toBeNull()
  })
})

const traversing: Traversing = {
  _tag: "Traversing",
  begun: 1,
  operation: { _tag: "Write", value: 1 },
  phase: 3,
  start: viewOf("+s1"),
  desired: viewOf("+s1 +s2 +s3"),
  front: [viewOf("+s1 +s2"), viewOf("+s1 +s3")],
  view: viewOf("+s1 +s2"),
  pair: { value: 1, timestamp: { number: 4, client: c1 } },
  chosen: true,
  stage: { _tag: "Setting", phase: begin([], null) }
}

describe("a client that learns of a later view", () => {
  const hears = (text: string) =>
    receiveViewReply(context, c1, traversing, { _tag: "ViewReply", view: viewOf(text) })

  it("continues only there, and keeps its desired changes, its pair, and that it has chosen the pair", () => {
    const later = viewOf("+s1 +s4 -s1")
    expect(hears("+s1 +s4 -s1").state).toMatchObject({
      operation: traversing.operation,
      start: later,
      front: [later],
      view: later,
      desired: viewOf("+s1 +s2 +s3 +s4 -s1"),
      pair: traversing.pair,
      chosen: true
    })
  })

  it("ignores a view that is not later than the one it began in", () => {
    expect(hears("+s1")).toEqual({ state: traversing, sends: [], observations: [] })
  })
})

describe("a reconfiguration whose traversal is complete", () => {
  const withDirectory = { ...context, directory: directory("d") }
  const operation = { _tag: "Reconfigure", ...changeOf(["+s2"]) } as const
  const { state } = afterTraversal(withDirectory, traversalOf({ ...traversing, operation }))
  const notifying = state as Traversing
  const unchanged = (of: Traversing) => ({ state: of, sends: [], observations: [] })

  it("restarts in a view later than the one it reached, and in no view on the way there", () => {
    const hears = (text: string) =>
      receiveViewReply(withDirectory, c1, notifying, { _tag: "ViewReply", view: viewOf(text) })
    expect(notifying.stage._tag).toBe("Notifying")
    expect(hears("+s1 +s2")).toEqual(unchanged(notifying))
    expect(hears("+s1 +s2 +s4").state).toMatchObject({ start: viewOf("+s1 +s2 +s4") })
  })

  it("returns when the directory acknowledges the view that it announced, and at no other time", () => {
    const announcing: Traversing = { ...notifying, stage: { _tag: "Announcing" } }
    const acknowledged = (of: Traversing, number: number) =>
      receiveAnnounced(withDirectory, of, { _tag: "Announced", number })
    expect(acknowledged(notifying, 2)).toEqual(unchanged(notifying))
    expect(acknowledged(announcing, 1)).toEqual(unchanged(announcing))
    const idle = acknowledged(announcing, 2)
    expect(idle.observations).toEqual([{ _tag: "Response", operation, result: null }])
    expect(receiveAnnounced(withDirectory, idle.state, { _tag: "Announced", number: 2 })).toEqual({
      ...{ state: idle.state, sends: [], observations: [] }
    })
  })
})
