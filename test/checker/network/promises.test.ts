/**
 * A false promise must never change a verdict silently: the checker leaves out the reductions that
 * rely on it, and the result says so.
 */
import { describe, expect, it } from "vitest"
import type { Model } from "../../../checker/network/model.ts"
import { allReductions, type ReductionName } from "../../../checker/network/reductions.ts"
import { keyed } from "../../../spec/kernel/keyed.ts"
import type { AnyProcess } from "../../../spec/kernel/process.ts"
import { type ClientState, client as honestClient } from "../../../spec/majority/client.ts"
import type { Message } from "../../../spec/majority/messages.ts"
import { parts } from "../../../spec/majority/registers.ts"
import { server as honestServer, type ServerState } from "../../../spec/majority/server.ts"
import { checked, loadedFrom, scenarioOf } from "./searching.ts"
import { type TinyRole, tinyModel } from "./tiny-protocols.ts"

const clients = [["write 1"], ["read"]]
const { model } = scenarioOf({ protocol: "majority", servers: 3, clients })
/** The model, with another process for one role. */
const running = (role: "server" | "client", process: AnyProcess, of: Model = model): Model => ({
  ...of,
  system: {
    ...of.system,
    nodes: of.system.nodes.map((node) => (node.role === role ? { ...node, process } : node))
  }
})

/** Majority replication in which storage nodes, or clients, make false promises. */
const lyingServers = (lie: (typeof honestServer)["promises"]): Model =>
  running("server", {
    ...honestServer,
    promises: { ...honestServer.promises, ...lie }
  } as AnyProcess)
const lyingClients = (lie: (typeof honestClient)["promises"], of: Model = model): Model =>
  running(
    "client",
    { ...honestClient, promises: { ...honestClient.promises, ...lie } } as AnyProcess,
    of
  )

/** The notes of the result about reductions that were left out. */
const notes = (of: Model, reductions: ReadonlyArray<ReductionName>): string =>
  checked(loadedFrom(of, false), { reductions }).notes.join("\n")

describe("a promise of majority replication that is broken", () => {
  it("leaves the reduction out if a client calls an answer obsolete that it waits for", () => {
    const liar = lyingClients({
      isObsolete: (_context, _self, state: ClientState, _from, message: Message) =>
        state._tag === "Getting" && message._tag === "GetReply" && message.operation === state.begun
    })
    expect(notes(liar, ["obsolete-messages"])).toMatch(
      / c\d promised "isObsolete" of .*GetReply.* has an effect/
    )
  })

  it("leaves the reduction out if a client revokes that an answer is obsolete", () => {
    const liar = lyingClients({
      isObsolete: (_context, _self, state: ClientState, _from, message: Message) =>
        state._tag === "Setting" && message._tag === "GetReply"
    })
    expect(notes(liar, ["obsolete-messages"])).toMatch(
      / c\d promised "isObsolete" of .* revokes the promise/
    )
  })

  it("leaves the reduction out if a server claims only to answer a newer Set", () => {
    const liar = lyingServers({
      onlyAnswers: (_context, _self, _state, _from, { _tag }) => _tag === "Set"
    })
    expect(notes(liar, ["dead-requests"])).toMatch(
      / s\d promised "onlyAnswers" of .*Set.* has an effect/
    )
  })

  it("leaves the reduction out if a server revokes that it only answers a request", () => {
    const liar = lyingServers({
      onlyAnswers: (_context, _self, state: ServerState, _from, { _tag }) =>
        _tag === "Get" && state.pair.timestamp.number === 0
    })
    expect(notes(liar, ["dead-requests"])).toMatch(
      / s\d promised "onlyAnswers" of .* revokes the promise/
    )
  })

  it("leaves the reduction out if a client calls a request settled whose answer it counts", () => {
    const liar = lyingClients({
      isSettled: (_context, _self, { _tag }: ClientState) => _tag === "Getting"
    })
    expect(notes(liar, ["dead-requests"])).toMatch(/ c\d promised "isObsolete" of .*GetReply/)
  })

  it("leaves the reduction out if a client declares a message an answer although its order matters", () => {
    const quorums = {
      read: { sets: [["s1"], ["s2", "s3"]] },
      write: {
        sets: [
          ["s1", "s2"],
          ["s1", "s3"]
        ]
      }
    }
    const other = scenarioOf({
      protocol: "majority",
      servers: 3,
      clients,
      quorums,
      properties: ["atomicity"]
    })
    const liar = lyingClients({ isAnswer: () => true }, other.model)
    expect(notes(liar, ["answers-at-once"])).toMatch(
      / c\d promised that .* is an answer, but it matters/
    )
  })

  it("leaves the reduction out if an operation begins with an answer", () => {
    const step: (typeof honestClient)["step"] = (context, self, state, input) => {
      const { observations, ...rest } = honestClient.step(context, self, state, input)
      const begins =
        input._tag === "Receive" && input.message._tag === "GetReply" && state._tag === "Getting"
      const invocation = { _tag: "Invocation", operation: { _tag: "Read" } } as const
      return { ...rest, observations: begins ? [...observations, invocation] : observations }
    }
    const liar = running("client", { ...honestClient, step } as AnyProcess)
    expect(notes(liar, ["answers-at-once"])).toMatch(
      / c\d promised that .* is an answer, but an operation begins/
    )
  })

  it("leaves the reduction out if a server's steps depend on its own name", () => {
    const step: (typeof honestServer)["step"] = (context, self, state, input) =>
      self === "s1" && input._tag === "Receive" && input.message._tag === "Set"
        ? { state, sends: [], observations: [] }
        : honestServer.step(context, self, state, input)
    const liar = running("server", { ...honestServer, step } as AnyProcess)
    expect(notes(liar, ["server-symmetry"])).toMatch(/does not treat s1 and s2 alike/)
  })

  it("leaves nothing out for honest majority replication", () => {
    for (const name of [
      "obsolete-messages",
      "dead-requests",
      "answers-at-once",
      "server-symmetry"
    ] as const)
      expect(notes(model, [name])).toBe("")
  })
})

describe("the promises of naive reconfiguration", () => {
  it("hold when two clients ask a third one to pause", () => {
    const pausing = scenarioOf({
      protocol: "naive",
      variant: "stop-the-world",
      servers: 3,
      clients: [["read"], ["reconfigure +s2"], ["reconfigure +s2"]],
      properties: ["atomicity"]
    })
    const { notes: left } = checked(pausing, {
      reductions: ["obsolete-messages", "dead-requests", "answers-at-once"]
    })
    expect(left).toEqual([])
  })
})

describe("answers to two questions of which a client asks only one", () => {
  /** The server answers with its value, which changes spontaneously. */
  const server: TinyRole = {
    first: "old",
    receives: (state, message) =>
      message === "ask" || message === "beg" ? { sends: [["c1", state]] } : undefined,
    chooses: (state) => (state === "old" ? [{ to: "new" }] : [])
  }
  /** It keeps what it receives, in order. */
  const client: TinyRole = {
    first: "idle",
    invokes: (state) => (state === "idle" ? { to: "begun" } : undefined),
    chooses: (state) =>
      state === "begun"
        ? ["ask", "beg"].map((question) => ({ to: "waiting", sends: [["s1", question]] }))
        : [],
    receives: (state, message) =>
      state.startsWith("waiting") ? { to: `${state} ${message}` } : undefined,
    promises: { isAnswer: () => true }
  }
  const either = tinyModel({ server, client }, { servers: 1, operations: 1 }, [])

  it("are never in flight together, and break no promise", () => {
    expect(notes(either, ["answers-at-once"])).toBe("")
  })

  it("are in flight together, and break one, if the client asks both", () => {
    const both: TinyRole = {
      ...client,
      chooses: (state) =>
        state === "begun"
          ? [
              {
                to: "waiting",
                sends: [
                  ["s1", "ask"],
                  ["s1", "beg"]
                ]
              }
            ]
          : []
    }
    const model = tinyModel({ server, client: both }, { servers: 1, operations: 1 }, [])
    expect(notes(model, ["answers-at-once"])).toMatch(
      / c1 promised that .* is an answer, but it matters/
    )
  })
})

describe("answers about several objects of one client", () => {
  const several = { protocol: "majority-registers", servers: 3, properties: ["atomicity"] }
  const clients = [["write x 1", "read y"], ["read x"]]

  it("are taken at once: a response may precede the observation of another object", () => {
    const scenario = scenarioOf({ ...several, clients })
    const [all, none] = [
      allReductions,
      allReductions.filter((name) => name !== "answers-at-once")
    ].map((reductions) => checked(scenario, { reductions }))
    expect([all?.notes, all?.reductions]).toEqual([[], expect.arrayContaining(["answers-at-once"])])
    expect([all?.verdict, all?.counts.distinct]).toEqual(["holds", 1_408])
    expect([none?.verdict, none?.counts.distinct]).toEqual(["holds", 24_808])
  })

  it("hide no violation", () => {
    const asked = [
      ["write x 1", "write y 1"],
      ["read x", "read x"]
    ]
    const mutant = { ...several, clients: asked, variant: "read-without-set-phase" }
    const steps = [allReductions, []].map((reductions) => {
      const { notes, properties } = checked(scenarioOf(mutant), { reductions })
      return [
        notes,
        properties.map(({ verdict, counterexample }) => [verdict, counterexample?.steps.length])
      ]
    })
    expect(steps[0]).toEqual([[], [["violated", 16]]])
    expect(steps[1]).toEqual(steps[0])
  })

  it("are not answers if they are all about one object, and their order is observed", () => {
    const { model: of } = scenarioOf({ ...several, servers: 1, clients })
    /** It responds to everything as if there were one register. */
    const confused = keyed({
      ...parts.client,
      step: (context, self, state, input, after) => {
        const step = parts.client.step(context, self, state, input, after)
        const observations = step.observations.map((one) => ({
          ...one,
          operation: { ...one.operation, object: "x" }
        }))
        return { ...step, observations }
      }
    } as typeof parts.client) as AnyProcess
    expect(
      notes({ ...running("client", confused, of), properties: [] }, ["answers-at-once"])
    ).toMatch(/left out, .*answers-at-once.* it matters whether it comes before or after /)
  })
})
