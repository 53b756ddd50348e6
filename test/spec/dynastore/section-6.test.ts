/**
 * Reconfiguration without consensus: the sentences of the tutorial's section 6 about operations, in
 * order. `test/spec/weak-snapshot` tests those about weak snapshots, `discovery.test.ts` those
 * about the directory.
 */
import { describe, expect, it } from "vitest"
import { majority } from "../../../spec/configuration/configuration.ts"
import { client } from "../../../spec/dynastore/client.ts"
import type { Message } from "../../../spec/dynastore/messages.ts"
import { correct } from "../../../spec/dynastore/rules.ts"
import { server } from "../../../spec/dynastore/server.ts"
import { membersOf } from "../../../spec/dynastore/view.ts"
import type { NodeId } from "../../../spec/kernel/node.ts"
import type { Input } from "../../../spec/kernel/process.ts"
import { client as clientId, type ServerId, servers } from "../../../spec/nodes/nodes.ts"
import { changeOf, type StorageOperation } from "../../../spec/storage/reconfiguration.ts"

const read: StorageOperation = { _tag: "Read" }
const write = (value: number): StorageOperation => ({ _tag: "Write", value })
const reconfigure = (...change: ReadonlyArray<string>): StorageOperation => ({
  _tag: "Reconfigure",
  ...changeOf(change)
})

/** Initially three storage nodes of five, three clients, and links under the test's control. */
const system = () => {
  const all = servers("s1", "s2", "s3", "s4", "s5")
  const users = ["c1", "c2", "c3"].map(clientId)
  const context = { configuration: majority(servers("s1", "s2", "s3")), rules: correct }
  const processes = new Map<NodeId, typeof client | typeof server>([
    ...users.map((id) => [id, client] as const),
    ...all.map((id) => [id, server] as const)
  ])
  const states = new Map<NodeId, unknown>(
    [...processes].map(([id, process]) => [id, process.initial(context, id as never)])
  )
  const underway: Array<{ readonly from: NodeId; readonly to: NodeId; readonly message: Message }> =
    []
  const asked: Array<{ readonly from: NodeId; readonly to: NodeId; readonly message: Message }> = []
  const results: Array<unknown> = []

  const give = (self: NodeId, input: Input<StorageOperation, Message, never>): void => {
    const process = processes.get(self) as typeof client
    const step = process.step(context as never, self as never, states.get(self) as never, input)
    states.set(self, step.state)
    for (const { to, message } of step.sends) {
      underway.push({ from: self, to, message })
      if (users.some((user) => user === self)) asked.push({ from: self, to, message })
    }
    for (const seen of step.observations) if (seen._tag === "Response") results.push(seen.result)
  }
  /**
   * Delivers one message in flight between these nodes, or anywhere; whether there was one.
   */
  const deliverOne = (between: ReadonlyArray<string>): boolean => {
    const at = underway.findIndex(
      ({ from, to }) => between.length === 0 || (between.includes(from) && between.includes(to))
    )
    const [next] = at < 0 ? [] : underway.splice(at, 1)
    if (next === undefined) return false
    give(next.to, { _tag: "Receive", from: next.from, message: next.message })
    return true
  }
  /**
   * Delivers all messages in flight between these nodes, or all, and those that follow from them.
   */
  const deliver = (...between: ReadonlyArray<string>): void => {
    while (deliverOne(between));
  }
  const invoke = (id: string, operation: StorageOperation): void =>
    give(id as NodeId, { _tag: "Invoke", operation })
  return {
    results,
    deliver,
    /** Delivers what concerns the client until it asks a question with this tag. */
    deliverUntilAsked: (id: string, tag: string): void => {
      const isAsked = () => asked.some(({ from, message }) => from === id && message._tag === tag)
      while (!isAsked() && deliverOne([id, ...all]));
    },
    invoke,
    /** The whole operation, and what its client asked meanwhile, each question once. */
    operate: (id: string, operation: StorageOperation): ReadonlyArray<string> => {
      const before = asked.length
      invoke(id, operation)
      deliver()
      return questionsIn(asked.slice(before))
    },
    questionsOf: (id: string) => questionsIn(asked.filter(({ from }) => from === id)),
    pairAt: (id: ServerId) =>
      (states.get(id) as { readonly pair: { readonly value: unknown } }).pair.value,
    viewOf: (id: string) => (states.get(id as NodeId) as { readonly view: never }).view
  }
}

/** `Get s1,s2,s3`: what was asked, and whom. */
const questionsIn = (
  asked: ReadonlyArray<{ readonly to: string; readonly message: Message }>
): ReadonlyArray<string> => {
  const questions = new Map<string, Array<string>>()
  for (const { to, message } of asked) {
    const key = `${"phase" in message ? message.phase : 0} ${message._tag}`
    questions.set(key, [...(questions.get(key) ?? []), to])
  }
  return [...questions].map(([key, to]) => `${key.split(" ")[1]} ${to.sort().join()}`)
}

describe("an operation", () => {
  it("gets, sets at a vertex without outgoing edges, and scans again", () => {
    const { operate, results } = system()
    const questions = ["Collect", "Get", "Set", "Collect"].map((tag) => `${tag} s1,s2,s3`)
    expect(operate("c1", write(1))).toEqual(questions)
    expect(operate("c2", read)).toEqual(questions)
    expect(results).toEqual([null, 1])
  })

  it("that reconfigures creates an edge by an update, and stores only in the new configuration", () => {
    const { operate } = system()
    expect(operate("c1", reconfigure("+s4", "-s1"))).toEqual([
      ...["Endorse", "Store"].map((tag) => `${tag} s1,s2,s3`),
      // A scan that finds something collects twice, and writes back each time.
      ...["Collect", "Store", "Collect", "Store"].map((tag) => `${tag} s1,s2,s3`),
      "Get s1,s2,s3",
      ...["Collect", "Get", "Set", "Collect"].map((tag) => `${tag} s2,s3,s4`)
    ])
  })

  it("reads from all configurations on its path, and copies the data to the last", () => {
    const { operate, pairAt, results } = system()
    operate("c1", write(7))
    operate("c2", reconfigure("+s4", "+s5", "-s1", "-s2"))
    const [s3, s4, s5] = servers("s3", "s4", "s5") as readonly [ServerId, ServerId, ServerId]
    expect([s3, s4, s5].map(pairAt)).toEqual([7, 7, 7])
    const questions = operate("c3", read)
    expect(questions.filter((question) => question.startsWith("Get"))).toEqual([
      "Get s1,s2,s3",
      "Get s3,s4,s5"
    ])
    expect(questions.filter((question) => question.startsWith("Set"))).toEqual(["Set s3,s4,s5"])
    expect(results.at(-1)).toBe(7)
  })

  it("starts in the most recent configuration that its client knows", () => {
    const { operate } = system()
    operate("c1", reconfigure("+s4", "-s1"))
    expect(operate("c1", read)[0]).toBe("Collect s2,s3,s4")
    expect(operate("c2", read)[0]).toBe("Collect s1,s2,s3")
    expect(operate("c2", read)[0]).toBe("Collect s2,s3,s4")
  })

  it("continues if its last scan finds a new edge, created while it stored its data", () => {
    const { deliver, deliverUntilAsked, invoke, operate, questionsOf, results } = system()
    invoke("c2", write(5))
    deliverUntilAsked("c2", "Set")
    operate("c1", reconfigure("+s4", "-s1"))
    deliver()
    expect(results).toEqual([null, null])
    expect(questionsOf("c2").filter((question) => /^(Get|Set)/.test(question))).toEqual([
      "Get s1,s2,s3",
      "Set s1,s2,s3",
      // What was stored there meanwhile is read once more before the configuration is left.
      "Get s1,s2,s3",
      "Get s2,s3,s4",
      "Set s2,s3,s4"
    ])
  })
})

describe("two concurrent reconfigurations", () => {
  /** c1 adds s4 and c2 removes s3: each has its change endorsed by another storage node first. */
  const both = () => {
    const made = system()
    made.invoke("c1", reconfigure("+s4"))
    made.invoke("c2", reconfigure("-s3"))
    made.deliver("c1", "s1")
    made.deliver("c2", "s2")
    made.deliver()
    return made
  }

  it("end, and the last configuration has the changes of both", () => {
    const { results, operate, viewOf } = both()
    expect(results).toEqual([null, null])
    operate("c3", read)
    expect(membersOf(viewOf("c3"))).toEqual(servers("s1", "s2", "s4"))
  })

  it("are merged: a client that finds several branches creates edges from each to a new vertex", () => {
    const { questionsOf } = both()
    const merging = ["c1", "c2"].flatMap((id) =>
      questionsOf(id).filter((question) => question.startsWith("Endorse"))
    )
    // Besides the edges from the initial configuration: from {s1,s2,s3,s4}, and from {s1,s2}.
    expect(merging).toContain("Endorse s1,s2,s3,s4")
    expect(merging).toContain("Endorse s1,s2")
  })

  it("one whose change was not endorsed follows the other edge, and tries from its end", () => {
    const { operate, viewOf } = system()
    operate("c1", reconfigure("+s4"))
    const asked = operate("c2", reconfigure("-s3"))
    expect(asked.filter((question) => question.startsWith("Endorse"))).toEqual([
      "Endorse s1,s2,s3",
      "Endorse s1,s2,s3,s4"
    ])
    expect(membersOf(viewOf("c2"))).toEqual(servers("s1", "s2", "s4"))
  })

  it("leave a path common to all: a later client ends where they did", () => {
    const { operate, questionsOf, viewOf } = both()
    operate("c1", write(3))
    const { results } = { results: operate("c3", read) }
    expect(results.at(-1)).toBe("Collect s1,s2,s4")
    expect(questionsOf("c1").at(-1)).toBe("Collect s1,s2,s4")
    expect(membersOf(viewOf("c1"))).toEqual(membersOf(viewOf("c3")))
  })
})
