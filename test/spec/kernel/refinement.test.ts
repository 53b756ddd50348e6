/**
 * Shipped refinements with crashing nodes: a crash is also a step of the abstract systems, and
 * hides nothing. And which steps systems side by side have, one by one.
 */
import { describe, expect, it } from "vitest"
import type { Model } from "../../../checker/network/model.ts"
import { allReductions } from "../../../checker/network/reductions.ts"
import type { AnyPart, Part } from "../../../spec/kernel/keyed.ts"
import { keyed } from "../../../spec/kernel/keyed.ts"
import type { NodeId } from "../../../spec/kernel/node.ts"
import type { AnyOperation } from "../../../spec/kernel/observation.ts"
import type { AnyProcess } from "../../../spec/kernel/process.ts"
import { initialStateOf, isStepOf, refinesSingle } from "../../../spec/kernel/refinement.ts"
import type { AnyGlobalState, Envelope, System } from "../../../spec/kernel/system.ts"
import { parts } from "../../../spec/majority/registers.ts"
import {
  checked,
  loadedFrom,
  scenarioOf,
  stepsToViolation,
  verdicts
} from "../../checker/network/searching.ts"

const crashes = { crashes: { servers: 1, clients: 1 } }
const checkedWith = (scenario: object) =>
  checked(scenarioOf(scenario), { reductions: allReductions })

const registers = { protocol: "majority-registers", servers: 2, properties: ["refines-single"] }
const reconfigured = {
  ...{ servers: 2, configuration: ["s1"], clients: [["reconfigure +s2 -s1"], ["read"]] },
  properties: ["refines-sequence"]
}

describe("where nodes crash", () => {
  it.each([
    {
      protocol: "majority",
      servers: 2,
      clients: [["write 1"], ["read"]],
      properties: ["refines-ordered-register"]
    },
    { ...registers, clients: [["write x 1", "read y"]] },
    { protocol: "rambo", ...reconfigured },
    { protocol: "rds", ...reconfigured },
    { protocol: "rambo-ii", ...reconfigured, properties: ["refines-sequence-in-parallel"] }
  ])("$protocol refines what it does where none do", (scenario) => {
    const result = checkedWith({ ...scenario, faults: crashes })
    expect(Object.values(verdicts(result))).toContain("holds")
    expect([result.verdict, result.exhaustive]).toEqual(["holds", true])
    expect(Object.keys(result.actions)).toEqual(
      expect.arrayContaining(["client crashes", "server crashes"])
    )
  })

  it.each([
    [
      {
        protocol: "majority",
        variant: "quorum-one-short",
        servers: 3,
        clients: [["write 1"], ["read"]]
      },
      { "refines-ordered-register": 5 }
    ],
    [
      {
        ...{
          protocol: "rambo",
          variant: "consensus-instance-shared",
          servers: 3,
          configuration: ["s1"]
        },
        clients: [["reconfigure +s2"], ["reconfigure +s3"]]
      },
      { "refines-sequence": 17 }
    ]
  ])("a mutant is still found: $variant", (scenario, steps) => {
    const asked = { ...scenario, faults: crashes, properties: Object.keys(steps) }
    expect(stepsToViolation(checkedWith(asked))).toEqual(steps)
  })

  it("is not a step of the abstract register that an operation of a remaining client ends without an end", () => {
    const mutant = { protocol: "majority", variant: "read-without-set-phase", servers: 3 }
    const asked = {
      ...{ ...mutant, clients: [["write 1"], ["read"]], faults: { crashes: { clients: ["c1"] } } },
      properties: ["refines-ordered-register"]
    }
    expect(checkedWith(asked).verdict).toBe("violated")
  })
})

/** The model; one role runs this part for each register. */
const running = (role: "server" | "client", part: AnyPart, model: Model): Model => ({
  ...model,
  system: {
    ...model.system,
    nodes: model.system.nodes.map((node) =>
      node.role === role ? { ...node, process: keyed(part) as AnyProcess } : node
    )
  }
})

describe("registers side by side", () => {
  const clients = [["write x 1", "read y"]]
  const { model } = scenarioOf({ ...registers, servers: 1, clients, faults: crashes })
  const verdictOf = (part: AnyPart, role: "server" | "client" = "server") =>
    checked(loadedFrom(running(role, part, model), false)).verdict
  const server = parts.server as AnyPart

  it("differ from registers that are confused", () => {
    expect(verdictOf(server)).toBe("holds")
    const confused: AnyPart = {
      ...server,
      step: (context, self, state, input, after) => {
        const { sends, ...step } = server.step(context, self, state, input, after)
        return { ...step, sends: sends.map((send) => ({ ...send, key: "x" })) }
      }
    }
    expect(verdictOf(confused)).toBe("violated")
  })

  it("differ from registers that mention each other alongside their own answers", () => {
    const chatty: Part<unknown, unknown, never, never, unknown, unknown, NodeId> = {
      ...(server as Part<unknown, unknown, never, never, unknown, unknown, NodeId>),
      step: (context, self, state, input, after) => {
        const { sends, ...step } = server.step(context, self, state, input, after)
        const more = sends.flatMap((send) => [send, { ...send, key: "y" }])
        return { ...step, sends: more, observations: [] }
      }
    }
    expect(verdictOf(chatty as AnyPart)).toBe("violated")
  })

  it("may have names that every record has", () => {
    const named = [["write constructor 1", "read __proto__"]]
    const twice = [...named, ["write __proto__ 2"]]
    for (const asked of [{ clients: named, faults: crashes }, { clients: twice }]) {
      const { verdict, counts } = checkedWith({ ...registers, ...asked, servers: 1 })
      expect(verdict).toBe("holds")
      expect(counts.distinct).toBeGreaterThan(20)
    }
  })
})

/** It asks `b` once, when a user wants it to, and may rest once it has the answer. */
const asks = {
  ready: (_context: unknown, _self: NodeId, state: unknown) => state === "idle",
  choices: (_context: unknown, _self: NodeId, state: unknown) => (state === "told" ? ["rest"] : []),
  initial: () => "idle",
  step: (_context: unknown, _self: NodeId, state: unknown, input: { readonly _tag: string }) => {
    const to = { Invoke: "asking", Receive: "told", Choose: "idle" }[input._tag] ?? state
    const sends = input._tag === "Invoke" ? [{ to: "b", message: "question" }] : []
    return { state: to, sends, observations: [] }
  }
} as unknown as AnyProcess

/** It counts what it is asked, and answers. */
const answers = {
  ready: () => false,
  choices: () => [],
  initial: () => 0,
  step: (
    _context: unknown,
    _self: NodeId,
    state: number,
    { from }: Extract<Parameters<AnyProcess["step"]>[3], { readonly _tag: "Receive" }>
  ) => ({ state: state + 1, sends: [{ to: from, message: "answer" }], observations: [] })
} as unknown as AnyProcess

const [a, b] = ["a", "b"] as unknown as readonly [NodeId, NodeId]
const askers: System = {
  nodes: [
    { id: a, role: "client", process: asks },
    { id: b, role: "server", process: answers }
  ],
  context: {},
  parameters: {}
}
const ask: AnyOperation = { _tag: "Ask" }
const begun = (_role: string, state: unknown) => (state === "asking" ? ask : undefined)
const sideBySide = refinesSingle(() => askers, begun)
type Abstract = ReturnType<typeof sideBySide.mapping>

const question: Envelope<unknown> = { from: a, message: "question" }
const answer: Envelope<unknown> = { from: b, message: "answer" }
/** A state of the two, and what is in flight to each. */
const both = (
  client: string,
  server: number,
  toA: ReadonlyArray<Envelope<unknown>> = [],
  toB: ReadonlyArray<Envelope<unknown>> = []
): AnyGlobalState => ({
  nodes: { client: { [a]: client }, server: { [b]: server } },
  inFlight: { [a]: toA, [b]: toB }
})
const initially = both("idle", 0)
const asking = both("asking", 0, [], [question])
const answered = both("asking", 1, [answer])
const told = both("told", 1)

describe("a step of a system", () => {
  it("begins in the initial states, with nothing in flight", () => {
    expect(initialStateOf(askers)).toEqual(initially)
  })

  it.each([
    ["a user invokes an operation", initially, asking, true],
    [
      "the same, where nothing is said to be in flight",
      { ...initially, inFlight: { [b]: [] } },
      asking,
      true
    ],
    [
      "an operation that the node is not ready for",
      asking,
      both("asking", 0, [], [question, question]),
      false
    ],
    ["a message is received, and answered", asking, answered, true],
    [
      "one of two equal messages is received",
      both("asking", 0, [], [question, question]),
      both("asking", 1, [answer], [question]),
      true
    ],
    [
      "both are received",
      both("asking", 0, [], [question, question]),
      both("asking", 1, [answer]),
      false
    ],
    [
      "a message is received and stays in flight",
      asking,
      both("asking", 1, [answer], [question]),
      false
    ],
    [
      "the answer is added to what is in flight",
      both("asking", 0, [answer], [question]),
      both("asking", 1, [answer, answer]),
      true
    ],
    [
      "what is in flight has no order",
      both("asking", 0, [answer, { from: b, message: "other" }], [question]),
      both("asking", 1, [{ from: b, message: "other" }, answer, answer]),
      true
    ],
    ["the node takes a step of its own", told, both("idle", 1), true],
    ["it takes one that it does not offer", asking, both("idle", 0, [], [question]), false],
    ["nothing happens", asking, asking, false]
  ] as const)("%s", (_, before, after, isStep) => {
    expect(isStepOf(askers, before, after, [ask])).toBe(isStep)
  })

  it("is invoked by a user only with these operations", () => {
    expect(isStepOf(askers, initially, asking, [])).toBe(false)
  })
})

describe("systems side by side", () => {
  const abstract = (systems: Abstract["systems"], gone: ReadonlyArray<NodeId> = []): Abstract => ({
    gone,
    systems
  })
  const allows = (before: Abstract, after: Abstract) => sideBySide.allows({}, before, after)
  const aloneB = (state: number, ...inFlight: ReadonlyArray<Envelope<unknown>>) => ({
    nodes: { server: { [b]: state } },
    inFlight: { [b]: inFlight }
  })

  it("are one system for each key that some node or message has", () => {
    const keyedState = {
      nodes: {
        client: { [a]: { shared: {}, objects: { x: { at: "x" } } } },
        server: { [b]: { shared: { sum: 1 }, objects: { y: { at: "y" } } } }
      },
      inFlight: { [a]: [{ from: b, message: { key: "z", message: "answer" } }] }
    } as never
    const inbox = (...toA: ReadonlyArray<Envelope<unknown>>) => ({ [a]: toA, [b]: [] })
    const [isIdle, isNew] = [{ client: { [a]: "idle" } }, { server: { [b]: 0 } }]
    expect(sideBySide.mapping({}, keyedState)).toEqual({
      gone: [],
      systems: {
        x: { nodes: { client: { [a]: { at: "x" } }, ...isNew }, inFlight: inbox() },
        y: { nodes: { ...isIdle, server: { [b]: { sum: 1, at: "y" } } }, inFlight: inbox() },
        z: { nodes: { ...isIdle, ...isNew }, inFlight: inbox(answer) }
      }
    })
    const { nodes } = keyedState as { readonly nodes: Record<string, unknown> }
    const without = { nodes: { client: {}, server: nodes.server }, inFlight: {} } as never
    expect(sideBySide.mapping({}, without)).toEqual({
      gone: [a],
      systems: { y: { nodes: { server: { [b]: { sum: 1, at: "y" } } }, inFlight: { [b]: [] } } }
    })
  })

  it("begin with no key, and no node gone", () => {
    expect(sideBySide.begins({}, abstract({}))).toBe(true)
    expect(sideBySide.begins({}, abstract({ x: initially }))).toBe(false)
    expect(sideBySide.begins({}, abstract({}, [a]))).toBe(false)
  })

  it.each([
    ["one system takes a step", abstract({}), abstract({ x: asking }), true],
    ["under a name that every record has", abstract({}), abstract({ constructor: asking }), true],
    ["another is as it was", abstract({ y: told }), abstract({ x: asking, y: told }), true],
    [
      "one appears as it is initially",
      abstract({ y: told }),
      abstract({ x: initially, y: told }),
      true
    ],
    ["one in its initial state is left out", abstract({ x: initially }), abstract({}), true],
    ["two take one", abstract({}), abstract({ x: asking, y: asking }), false],
    ["one takes two", abstract({}), abstract({ x: answered }), false],
    ["one fails", abstract({ x: asking }), abstract({ x: aloneB(0, question) }, [a]), true],
    ["one fails, where no system has begun", abstract({}), abstract({}, [a]), true],
    [
      "one fails, and another takes a step",
      abstract({ x: asking }),
      abstract({ x: aloneB(1) }, [a]),
      false
    ],
    [
      "one fails, and a message to another is lost",
      abstract({ x: asking }),
      abstract({ x: aloneB(0) }, [a]),
      false
    ],
    ["two fail", abstract({}), abstract({}, [a, b]), false],
    ["one fails as another recovers", abstract({}, [a]), abstract({}, [b]), false],
    ["one recovers", abstract({}, [a]), abstract({}), false],
    ["one fails, and then a second", abstract({}, [a]), abstract({}, [a, b]), true],
    [
      "what is sent to one that is gone is lost",
      abstract({ x: aloneB(0, question) }, [a]),
      abstract({ x: aloneB(1) }, [a]),
      true
    ]
  ])("%s", (_, before, after, isAllowed) => {
    expect(allows(before, after)).toBe(isAllowed)
  })

  it("take no step that begins an operation in one of them, but what that one has begun", () => {
    const { allows: withoutOperations } = refinesSingle(
      () => askers,
      () => undefined
    )
    expect(withoutOperations({}, abstract({}), abstract({ x: asking }))).toBe(false)
  })
})
