/**
 * Tiny protocols with a violation that a search without reductions finds and a reduction could
 * lose. Each reduction must find it too, or else be left out.
 */
import { describe, expect, it } from "vitest"
import type { Model } from "../../../checker/network/model.ts"
import type { Reduction } from "../../../checker/network/reduction.ts"
import { answersAtOnce } from "../../../checker/network/reductions/answers-at-once.ts"
import { deadRequests } from "../../../checker/network/reductions/dead-requests.ts"
import { obsoleteMessages } from "../../../checker/network/reductions/obsolete-messages.ts"
import type { ReductionName } from "../../../checker/network/reductions.ts"
import { type FaultModel, type Premise, replacement } from "../../../spec/kernel/fault.ts"
import type { NodeId } from "../../../spec/kernel/node.ts"
import { whileFearless } from "./replacing.ts"
import { checked, loadedFrom, verdicts } from "./searching.ts"
import {
  named,
  never,
  type Reaction,
  type TinyRole,
  type TinyScripts,
  tinyModel,
  tinyProcess
} from "./tiny-protocols.ts"

/** The reactions of a process, by its state and what it receives: `"idle ask": { … }`. */
const table =
  (reactions: Readonly<Record<string, Reaction>>) =>
  (state: string, message: string): Reaction | undefined =>
    reactions[`${state} ${message}`]

/** The verdict of the only property. */
const outcome = (model: Model, reductions: ReadonlyArray<ReductionName>): string =>
  Object.values(verdicts(checked(loadedFrom(model, false), { reductions }))).join()

describe("an answer that a client calls obsolete and then waits for", () => {
  /**
   * Between its operations the client forgets its question; in the second one it takes any answer
   * for its own.
   */
  const forgetful: TinyRole = {
    first: "idle",
    invokes: table({
      "idle invoke": { to: "asked", sends: [["s1", "ask"]] },
      "asked invoke": { to: "waiting", sends: [["s1", "bump"]] }
    }),
    receives: table({ "waiting one": { to: "misled" } }),
    promises: {
      isObsolete: (state) => state === "asked",
      isSettled: (state, message) => state === "asked" && message === "ask"
    }
  }
  const counter: TinyRole = {
    first: "zero",
    receives: (state, message, from) =>
      message === "bump" ? { to: "one" } : { sends: [[from, state]] },
    promises: { onlyAnswers: (_state, message) => message === "ask" }
  }
  const model = tinyModel({ server: counter, client: forgetful }, { servers: 1, operations: 2 }, [
    never("client", "misled")
  ])

  it("misleads the client", () => {
    expect(outcome(model, [])).toBe("violated")
  })

  it("is not silently dropped with the request", () => {
    expect(outcome(model, ["dead-requests"])).toBe("violated")
  })
})

describe("an answer that is sent together with another message", () => {
  /** A server informs the client and another server, which gives the client a hint. */
  const chatty: TinyRole = {
    first: "quiet",
    receives: table({
      "quiet ask": {
        sends: [
          ["c1", "answer"],
          ["s2", "rumour"]
        ]
      },
      "quiet rumour": { to: "told", sends: [["c1", "hint"]] },
      "told check": { to: "caught" }
    })
  }
  /**
   * The client makes s2 check itself if the hint comes before the answer; then it needs no answer
   * any more.
   */
  const impatient: TinyRole = {
    first: "idle",
    invokes: table({ "idle invoke": { to: "waiting", sends: [["s1", "ask"]] } }),
    receives: table({
      "waiting answer": { to: "served" },
      "waiting hint": { to: "hinted", sends: [["s2", "check"]] }
    }),
    promises: { isAnswer: (_state, message) => message === "answer" }
  }
  const model = tinyModel({ server: chatty, client: impatient }, { servers: 2, operations: 1 }, [
    never("server", "caught")
  ])

  it("may be in flight while the other message does harm", () => {
    expect(outcome(model, [])).toBe("violated")
  })

  it("may be lost without the other message", () => {
    expect(outcome(model, ["answers-at-once"])).toBe("violated")
  })
})

describe("an answer that one server sends to another", () => {
  const gossiping: TinyRole = {
    first: "fresh",
    receives: table({
      "fresh ask": { to: "asked", sends: [["s2", "answer"]] },
      "fresh answer": { to: "bad" }
    }),
    promises: { isAnswer: (_state, message) => message === "answer" }
  }
  const asking: TinyRole = {
    first: "idle",
    invokes: table({ "idle invoke": { to: "asking", sends: [["s1", "ask"]] } })
  }
  const model = tinyModel({ server: gossiping, client: asking }, { servers: 2, operations: 1 }, [
    never("server", "bad")
  ])

  it("makes the other server bad", () => {
    expect(outcome(model, [])).toBe("violated")
  })

  it("is judged when it is taken at once", () => {
    expect(outcome(model, ["answers-at-once"])).toBe("violated")
  })
})

describe("an answer whose order matters only later", () => {
  /**
   * s1 answers, and causes `go`, from s2 or from itself, and then `stop` to be sent to the client.
   */
  const relaying = (sender: "s1" | "s2"): TinyRole => ({
    first: "fresh",
    receives: table({
      "fresh ask": {
        to: "asked",
        sends: [
          ["c1", "answer"],
          ["s2", "rumour"]
        ]
      },
      "fresh rumour": { to: "relay", sends: [sender === "s1" ? ["s1", "nudge"] : ["c1", "go"]] },
      "asked nudge": { sends: [["c1", "go"]] },
      "relay gone": { to: "relayed", sends: [["c1", "stop"]] },
      "asked boom": { to: "bad" }
    })
  })
  /** Before `go` the answer commutes with everything; after it, not with `stop`. */
  const fickle = (stopping: "receives stop" | "invokes"): TinyRole => {
    const stops = { "going invoke": { to: "stopped" }, "served-going invoke": { to: "quiet" } }
    const receives = {
      "waiting answer": { to: "served" },
      "waiting go": { to: "going", sends: [["s2", "gone"]] },
      "served go": { to: "served-going", sends: [["s2", "gone"]] },
      "going answer": { to: "served-going" },
      "stopped answer": { to: "exploding", sends: [["s1", "boom"]] }
    } as const
    const received = { "going stop": { to: "stopped" }, "served-going stop": { to: "quiet" } }
    return {
      first: "idle",
      invokes: table({
        "idle invoke": { to: "waiting", sends: [["s1", "ask"]] },
        ...(stopping === "invokes" ? stops : {})
      }),
      receives: table({ ...receives, ...(stopping === "invokes" ? {} : received) }),
      promises: { isAnswer: (_state, message) => message === "answer" }
    }
  }
  const model = (stopping: Parameters<typeof fickle>[0], sender: "s1" | "s2" = "s2") =>
    tinyModel(
      { server: relaying(sender), client: fickle(stopping) },
      { servers: 2, operations: 2 },
      [never("server", "bad")]
    )

  it("makes a server bad when it arrives last", () => {
    const models = [model("receives stop"), model("invokes"), model("receives stop", "s1")]
    expect(models.map((one) => outcome(one, []))).toEqual(["violated", "violated", "violated"])
  })

  it("is not silently taken before another message", () => {
    expect(outcome(model("receives stop"), ["answers-at-once"])).toBe("violated")
  })

  it("is not silently taken before an invocation", () => {
    expect(outcome(model("invokes"), ["answers-at-once"])).toBe("violated")
  })

  it("is not silently taken before another message that the same server sends later", () => {
    expect(outcome(model("receives stop", "s1"), ["answers-at-once"])).toBe("violated")
  })
})

describe("an answer that has no effect for a while", () => {
  /** s1 answers, and makes s2 mute the client and then unmute it. */
  const muting: TinyRole = {
    first: "fresh",
    receives: table({
      "fresh ask": {
        to: "asked",
        sends: [
          ["c1", "answer"],
          ["s2", "rumour"]
        ]
      },
      "fresh rumour": { to: "relay", sends: [["c1", "mute"]] },
      "relay muted": { to: "relayed", sends: [["c1", "unmute"]] },
      "asked boom": { to: "bad" }
    })
  }
  const deafened: TinyRole = {
    first: "idle",
    invokes: table({ "idle invoke": { to: "waiting", sends: [["s1", "ask"]] } }),
    receives: table({
      "waiting answer": { to: "served" },
      "waiting mute": { to: "deaf", sends: [["s2", "muted"]] },
      "deaf unmute": { to: "hearing" },
      "hearing answer": { to: "exploding", sends: [["s1", "boom"]] }
    }),
    promises: { isAnswer: (_state, message) => message === "answer" }
  }
  const model = tinyModel({ server: muting, client: deafened }, { servers: 2, operations: 1 }, [
    never("server", "bad")
  ])

  it("makes a server bad once it has an effect again", () => {
    expect(outcome(model, [])).toBe("violated")
  })

  it("is not silently lost", () => {
    expect(outcome(model, ["answers-at-once"])).toBe("violated")
  })
})

describe("two answers of one node that are in flight together", () => {
  /** It answers the first question with "one", whatever it is, and the second with "two". */
  const counting: TinyRole = {
    first: "fresh",
    receives: (state, message) =>
      table({
        "fresh ask": { to: "once", sends: [["c1", "one"]] },
        "once ask": { to: "twice", sends: [["c1", "two"]] },
        "fresh go": { sends: [["c1", "stop"]] },
        "twice boom": { to: "bad" }
      })(state, message === "beg" ? "ask" : message)
  }
  /**
   * At first the order does not matter; it does when "stop" comes between the second and the first.
   */
  const asking = (questions: ReadonlyArray<string>): TinyRole => ({
    first: "idle",
    invokes: table({
      "idle invoke": {
        to: "waiting",
        sends: questions.map((question) => ["s1", question] as const)
      }
    }),
    receives: table({
      "waiting one": { to: "first" },
      "waiting two": { to: "second", sends: [["s2", "go"]] },
      "first two": { to: "both", sends: [["s2", "go"]] },
      "second one": { to: "both" },
      "second stop": { to: "stopped" },
      "both stop": { to: "quiet" },
      "stopped one": { to: "exploding", sends: [["s1", "boom"]] }
    }),
    promises: { isAnswer: (_state, message) => message === "one" || message === "two" }
  })
  const model = (questions: ReadonlyArray<string>) =>
    tinyModel({ server: counting, client: asking(questions) }, { servers: 2, operations: 1 }, [
      never("server", "bad")
    ])

  it.each([
    ["ask", "ask"],
    ["ask", "beg"]
  ])("are not silently treated as alternatives: %s, %s", (...questions) => {
    expect(outcome(model(questions), [])).toBe("violated")
    expect(outcome(model(questions), ["answers-at-once"])).toBe("violated")
  })

  it("are not silently treated as alternatives, though at first only one of two questions is asked", () => {
    const askingLater: TinyRole = {
      ...asking([]),
      invokes: (state, _invoke, operation) =>
        ["idle", "waiting", "first"].includes(state)
          ? {
              to: state === "idle" ? "waiting" : state,
              sends: [["s1", operation === "Write" ? "ask" : "beg"]]
            }
          : undefined
    }
    const scripts: TinyScripts = [[{ _tag: "Write", value: 1 }, { _tag: "Read" }]]
    const later = tinyModel({ server: counting, client: askingLater }, { servers: 2, scripts }, [
      never("server", "bad")
    ])
    expect(outcome(later, [])).toBe("violated")
    expect(outcome(later, ["answers-at-once"])).toBe("violated")
  })
})

describe("a server that can go bad by itself, if it has the right name", () => {
  /** The client releases the first server that is ready. */
  const choosing: TinyRole = {
    first: "idle",
    invokes: table({
      "idle invoke": {
        to: "asking",
        sends: [
          ["s1", "ask"],
          ["s2", "ask"]
        ]
      }
    }),
    receives: (state, message, from) =>
      state === "asking" && message === "ready" ? { to: "done", sends: [[from, "go"]] } : undefined
  }
  const named = (name: string): TinyRole => ({
    first: "fresh",
    receives: table({ "fresh ask": { sends: [["c1", "ready"]] }, "fresh go": { to: "going" } }),
    chooses: (state, self) => (state === "going" && self === name ? [{ to: "bad" }] : [])
  })

  it.each(["s1", "s2"])("is not silently identified with another: %s", (name) => {
    const model = tinyModel(
      { server: named(name), client: choosing },
      { servers: 2, operations: 1 },
      [never("server", "bad")]
    )
    expect(outcome(model, [])).toBe("violated")
    expect(outcome(model, ["server-symmetry"])).toBe("violated")
  })
})

describe("an answer that keeps the client from a step of its own", () => {
  /** s1 answers, and makes s2 poke the client, which goes bad when it has received both. */
  const hearing: TinyRole = {
    first: "fresh",
    receives: table({
      "fresh ask": {
        to: "asked",
        sends: [
          ["c1", "answer"],
          ["s2", "rumour"]
        ]
      },
      "fresh rumour": { sends: [["c1", "poke"]] },
      "asked boom": { to: "warned" },
      "asked hello": { to: "greeted" },
      "warned hello": { to: "bad" },
      "greeted boom": { to: "bad" }
    })
  }
  /** The step leads to the same state, whether or not the client offers it. */
  const wilful: TinyRole = {
    first: "idle",
    invokes: table({ "idle invoke": { to: "waiting", sends: [["s1", "ask"]] } }),
    chooses: (state) => (state === "poked" ? [{ to: "done", sends: [["s1", "boom"]] }] : []),
    receives: table({
      "waiting answer": { to: "served", sends: [["s1", "hello"]] },
      "waiting poke": { to: "poked" },
      "poked answer": { to: "content", sends: [["s1", "hello"]] },
      "served poke": { to: "content" },
      "done answer": { sends: [["s1", "hello"]] }
    }),
    promises: { isAnswer: (_state, message) => message === "answer" }
  }
  const model = tinyModel({ server: hearing, client: wilful }, { servers: 2, operations: 1 }, [
    never("server", "bad")
  ])

  it("may come after that step", () => {
    expect(outcome(model, [])).toBe("violated")
  })

  it("is not silently taken before it", () => {
    expect(outcome(model, ["answers-at-once"])).toBe("violated")
  })
})

describe("an answer that is given when an operation begins", () => {
  /** c1 gives it to c2, and makes c2 check itself in its second operation. */
  const giving: TinyRole = {
    first: "idle",
    invokes: (state, _, operation) =>
      state !== "idle"
        ? undefined
        : operation === "Write"
          ? { sends: [["c2", "answer"]] }
          : { to: "done", sends: [["c2", "check"]] },
    receives: table({ "idle answer": { to: "served" }, "idle check": { sends: [["s1", "boom"]] } }),
    promises: { isAnswer: (_state, message) => message === "answer" }
  }
  const fragile: TinyRole = { first: "fresh", receives: table({ "fresh boom": { to: "bad" } }) }
  const scripts: TinyScripts = [[{ _tag: "Write", value: 1 }, { _tag: "Read" }], []]
  const model = tinyModel({ server: fragile, client: giving }, { servers: 1, scripts }, [
    never("server", "bad")
  ])

  it("may be in flight while the next operation does harm", () => {
    expect(outcome(model, [])).toBe("violated")
  })

  it("may be lost", () => {
    expect(outcome(model, ["answers-at-once"])).toBe("violated")
  })
})

describe("a node that a fault gives another process, which does not know the earlier promises", () => {
  /**
   * One of these nodes may turn: from then on it runs another process, which begins as `begins`
   * says.
   */
  const mayTurn = (
    nodes: ReadonlyArray<NodeId>,
    into: TinyRole,
    begins: (state: string, self: string) => string
  ): FaultModel => ({
    budgets: [
      {
        fault: replacement("replacement", tinyProcess(into), (self, state) =>
          begins(String(state), self)
        ),
        nodes,
        most: 1
      }
    ]
  })
  const [servers, clients] = [named("s", 1), named("c", 1)]
  const exploding = (message: string, to: string): TinyRole => ({
    first: "calm",
    receives: (state, received) =>
      state === "mad" && received === message ? { to: "calm", sends: [[to, "boom"]] } : undefined
  })

  /** The server ignores being hit; afterwards the client sends it a message. */
  const hit = tinyModel(
    {
      server: {
        first: "fresh",
        receives: table({ "fresh go": { to: "told" } }),
        promises: { isObsolete: (_state, message) => message === "hit" }
      },
      client: {
        first: "idle",
        invokes: table({
          "idle invoke": { to: "begun", sends: [["s1", "hit"]] },
          "begun invoke": { to: "done", sends: [["s1", "go"]] }
        }),
        receives: table({ "done boom": { to: "bad" } })
      }
    },
    {
      servers: 1,
      operations: 2,
      faults: mayTurn(servers, exploding("hit", "c1"), (state) =>
        state === "told" ? "mad" : "calm"
      )
    },
    [never("client", "bad")]
  )

  /**
   * The server only answers; the client asks, and informs the server once it no longer waits for
   * the answer.
   */
  const given = tinyModel(
    {
      server: {
        first: "fresh",
        receives: (state, message, from) =>
          message === "ask"
            ? { sends: [[from, "answer"]] }
            : state === "fresh"
              ? { to: "told" }
              : undefined,
        promises: { onlyAnswers: (_state, message) => message === "ask" }
      },
      client: {
        first: "idle",
        invokes: table({
          "idle invoke": { to: "waiting", sends: [["s1", "ask"]] },
          "waiting invoke": { to: "done", sends: [["s1", "go"]] }
        }),
        receives: table({ "done boom": { to: "bad" } }),
        promises: {
          isObsolete: (state, message) => state === "done" && message === "answer",
          isSettled: (state, message) => state === "done" && message === "ask"
        }
      }
    },
    {
      servers: 1,
      operations: 2,
      faults: mayTurn(servers, exploding("ask", "c1"), (state) =>
        state === "told" ? "mad" : "calm"
      )
    },
    [never("client", "bad")]
  )

  /** The client turns once it was poked, which happens after the answer was given. */
  const poked = tinyModel(
    {
      server: {
        first: "fresh",
        receives: table({
          "fresh ask": {
            to: "asked",
            sends: [
              ["c1", "answer"],
              ["s2", "rumour"]
            ]
          },
          "fresh rumour": { sends: [["c1", "poke"]] },
          "asked boom": { to: "bad" }
        })
      },
      client: {
        first: "idle",
        invokes: table({ "idle invoke": { to: "waiting", sends: [["s1", "ask"]] } }),
        receives: table({
          "waiting answer": { to: "served" },
          "waiting poke": { to: "poked" },
          "served poke": { to: "content" },
          "poked answer": { to: "content" }
        }),
        promises: { isAnswer: (_state, message) => message === "answer" }
      }
    },
    {
      servers: 2,
      operations: 1,
      faults: mayTurn(clients, exploding("answer", "s1"), (state) =>
        state === "poked" ? "mad" : "calm"
      )
    },
    [never("server", "bad")]
  )

  const cases: ReadonlyArray<readonly [name: ReductionName, reduction: Reduction, model: Model]> = [
    ["obsolete-messages", obsoleteMessages, hit],
    ["dead-requests", deadRequests, given],
    ["answers-at-once", answersAtOnce, poked]
  ]

  it.each(cases)("does harm that is not lost with %s", (name, reduction, model) => {
    expect(outcome(model, [])).toBe("violated")
    expect(outcome(model, [name])).toBe("violated")
    // The verdict would be `holds` if the reduction ignored the fault.
    whileFearless(reduction, () => expect(outcome(model, [name])).toBe("holds"))
  })

  it.each(["s1", "s2"])(
    "is not taken for another in silence, if it matters which it is: %s",
    (name) => {
      const choosing: TinyRole = {
        first: "idle",
        invokes: table({
          "idle invoke": {
            to: "asking",
            sends: [
              ["s1", "ask"],
              ["s2", "ask"]
            ]
          }
        }),
        receives: (state, message, from) =>
          state === "asking" && message === "ready"
            ? { to: "done", sends: [[from, "go"]] }
            : state === "done" && message === "boom"
              ? { to: "bad" }
              : undefined
      }
      const going: TinyRole = {
        first: "fresh",
        receives: table({ "fresh ask": { sends: [["c1", "ready"]] }, "fresh go": { to: "going" } })
      }
      const mad: TinyRole = {
        first: "calm",
        chooses: (state) => (state === "mad" ? [{ to: "calm", sends: [["c1", "boom"]] }] : [])
      }
      const faults = mayTurn(named("s", 2), mad, (state, self) =>
        state === "going" && self === name ? "mad" : "calm"
      )
      const model = tinyModel(
        { server: going, client: choosing },
        { servers: 2, operations: 1, faults },
        [never("client", "bad")]
      )
      expect(outcome(model, [])).toBe("violated")
      const { notes } = checked(loadedFrom(model, false), { reductions: ["server-symmetry"] })
      expect(notes.join()).toMatch(
        /does not treat s1 and s2 alike: s\d in state "going" is something else after a fault/
      )
      expect(outcome(model, ["server-symmetry"])).toBe("violated")
    }
  )
})

describe("a fault that happens only while no client has received an answer", () => {
  /**
   * s1 answers and informs s2, which may be corrupted from then on. If it is, the client's next
   * message violates the property.
   */
  const telling: TinyRole = {
    first: "fresh",
    receives: table({
      "fresh ask": {
        to: "asked",
        sends: [
          ["c1", "answer"],
          ["s2", "rumour"]
        ]
      },
      "fresh rumour": { to: "told" },
      "asked boom": { to: "bad" }
    })
  }
  const going: TinyRole = {
    first: "idle",
    invokes: table({ "idle invoke": { to: "waiting", sends: [["s1", "ask"]] } }),
    receives: table({ "waiting answer": { to: "done", sends: [["s2", "go"]], notes: ["done"] } }),
    promises: { isAnswer: (_state, message) => message === "answer" }
  }
  const turned: TinyRole = {
    first: "calm",
    receives: table({ "mad go": { sends: [["s1", "boom"]] } })
  }
  const unanswered = (allowsEarlierResponses: boolean): Premise<unknown, boolean> => ({
    name: "unanswered",
    observer: () => ({
      name: "unanswered",
      initial: true,
      observe: (holds, { _tag }) => holds && _tag === "Fault",
      allowsEarlierResponses,
      mentionsServers: false,
      violation: () => undefined
    }),
    holds: (holds) => holds
  })
  const model = (allowsEarlierResponses: boolean): Model => {
    const faults: FaultModel = {
      budgets: [
        {
          fault: replacement("replacement", tinyProcess(turned), (_self, state) =>
            state === "told" ? "mad" : "calm"
          ),
          nodes: named("s", 2),
          most: 1
        }
      ],
      premise: unanswered(allowsEarlierResponses) as Premise<unknown, unknown>
    }
    return tinyModel({ server: telling, client: going }, { servers: 2, operations: 1, faults }, [
      never("server", "bad")
    ])
  }

  it("does harm while the answer is in flight", () => {
    expect(outcome(model(false), [])).toBe("violated")
  })

  it("is not lost when answers are taken at once, unless the premise allows that", () => {
    expect(outcome(model(false), ["answers-at-once"])).toBe("violated")
    expect(outcome(model(true), ["answers-at-once"])).toBe("holds")
  })
})
