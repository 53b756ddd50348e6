/**
 * The kernel is open: this file adds a fourth role, a second kind of fault and a new type of
 * object. The checker knows none of them.
 */
import * as Schema from "effect/Schema"
import { describe, expect, it } from "vitest"
import { Check } from "../../../checker/check.ts"
import type { Model } from "../../../checker/network/model.ts"
import {
  allReductions,
  type ReductionName,
  soundReductions
} from "../../../checker/network/reductions.ts"
import { ParallelCheck } from "../../../checker/parallel/parallel-check.ts"
import { SearchWorker } from "../../../checker/parallel/worker.ts"
import { counterexampleDocument } from "../../../checker/report/json.ts"
import { story } from "../../../checker/report/story.ts"
import type { CheckResult } from "../../../checker/result.ts"
import type { LoadedScenario } from "../../../checker/scenario/load.ts"
import {
  crash,
  type Fault,
  type FaultModel,
  noFaults,
  type Premise,
  replacement
} from "../../../spec/kernel/fault.ts"
import { NodeId } from "../../../spec/kernel/node.ts"
import { type ObjectType, objectTypeOf } from "../../../spec/kernel/object.ts"
import type { AnyObservation, AnyOperation, Observation } from "../../../spec/kernel/observation.ts"
import type { Observer } from "../../../spec/kernel/observer.ts"
import {
  type AnyProcess,
  become,
  type NoOperation,
  type Process
} from "../../../spec/kernel/process.ts"
import type { AnyProperty, Observed, Property } from "../../../spec/kernel/property.ts"
import { premise } from "../../../spec/liveness/liveness.ts"
import type { Message as MajorityMessage } from "../../../spec/majority/messages.ts"
import { server as majorityServer, type ServerState } from "../../../spec/majority/server.ts"
import {
  type Access,
  register,
  type Value,
  Value as ValueSchema
} from "../../../spec/register/operation.ts"
import { initialPair } from "../../../spec/register/pair.ts"
import { atomic } from "../../../spec/register/properties.ts"
import { checked, loadedFrom, scenarioOf, verdicts } from "./searching.ts"
import { searchSlowly } from "./slow-search.ts"

const node = (name: string): NodeId => NodeId.make(name)

/** A scenario whose check ends once this is violated. */
const untilViolated = (model: Model, name: string): LoadedScenario => ({
  ...loadedFrom(model, false),
  expect: new Map([[name, "violated"]])
})

const counterexampleOf = ({ properties }: CheckResult, name: string) =>
  properties.find((property) => property.name === name)?.counterexample

const together = async (
  scenario: LoadedScenario,
  count: number,
  reductions: ReadonlyArray<ReductionName> = []
) => {
  const { model, checksDeadlock } = scenario
  const check = new ParallelCheck(
    scenario,
    reductions,
    { keeping: "states" },
    ({ reductions: on, log }) =>
      Array.from({ length: count }, (_, index) => {
        const setup = {
          model,
          reductions: on,
          checksDeadlock,
          keeping: "states",
          index,
          count,
          log
        } as const
        const worker = new SearchWorker(setup)
        return { ask: async (order) => worker.answer(order) }
      })
  )
  while (await check.advance());
  return check.result()
}

const alone = (scenario: LoadedScenario, reductions: ReadonlyArray<ReductionName> = []) => {
  const check = new Check(scenario, "bfs", reductions, { keeping: "states" })
  while (check.advance(1_000));
  return check.result()
}

const outcome = (result: CheckResult) => ({
  counts: result.counts,
  verdicts: verdicts(result),
  steps: result.properties.map(({ counterexample }) =>
    counterexample?.steps.map(({ node: who, action }) => ({ who, action }))
  )
})

describe("a protocol with a fourth role", () => {
  /**
   * One of two servers holds the value; the directory names it. An administrator moves the value,
   * at any time.
   */
  const Message = Schema.Union([
    Schema.TaggedStruct("Where", {}),
    Schema.TaggedStruct("At", { server: NodeId }),
    Schema.TaggedStruct("Put", { value: ValueSchema }),
    Schema.TaggedStruct("Get", {}),
    Schema.TaggedStruct("Done", { value: ValueSchema }),
    Schema.TaggedStruct("NotMine", {}),
    Schema.TaggedStruct("HandOver", { to: NodeId }),
    Schema.TaggedStruct("Take", { value: ValueSchema }),
    Schema.TaggedStruct("Taken", {})
  ])
  type Message = typeof Message.Type

  const [directory, administrator] = [node("d"), node("a")]
  const [first, second] = [node("s1"), node("s2")]
  const clients = [node("c1"), node("c2")]

  interface Context {
    /** Whether a server that has handed the value over stops answering for it. */
    readonly letsGo: boolean
  }
  const ServerState = Schema.Struct({ isMine: Schema.Boolean, value: ValueSchema })
  type ServerState = typeof ServerState.Type

  const server: Process<Context, ServerState, NoOperation, never, Message> = {
    State: ServerState,
    durable: true,
    initial: (_context, self) => ({ isMine: self === first, value: null }),
    ready: () => false,
    choices: () => [],
    step: ({ letsGo }, _self, state, input) => {
      if (input._tag !== "Receive") return become(state)
      const { from, message } = input
      const answer = (answered: Message, after = state) => ({
        state: after,
        sends: [{ to: from, message: answered }],
        observations: []
      })
      switch (message._tag) {
        case "Put":
          if (!state.isMine) return answer({ _tag: "NotMine" })
          return answer({ _tag: "Done", value: null }, { ...state, value: message.value })
        case "Get":
          return answer(state.isMine ? { _tag: "Done", value: state.value } : { _tag: "NotMine" })
        case "HandOver":
          return {
            state: letsGo ? { isMine: false, value: null } : state,
            sends: [{ to: message.to, message: { _tag: "Take", value: state.value } }],
            observations: []
          }
        case "Take":
          return {
            state: { isMine: true, value: message.value },
            sends: [{ to: administrator, message: { _tag: "Taken" } }],
            observations: []
          }
        default:
          return become(state)
      }
    }
  }

  const DirectoryState = Schema.Struct({ at: NodeId })
  type DirectoryState = typeof DirectoryState.Type
  const directoryProcess: Process<Context, DirectoryState, NoOperation, never, Message> = {
    State: DirectoryState,
    durable: true,
    initial: () => ({ at: first }),
    ready: () => false,
    choices: () => [],
    step: (_context, _self, state, input) => {
      if (input._tag !== "Receive") return become(state)
      const { from, message } = input
      if (message._tag === "At") return become({ at: message.server })
      if (message._tag !== "Where") return become(state)
      return {
        state,
        sends: [{ to: from, message: { _tag: "At", server: state.at } }],
        observations: []
      }
    }
  }

  const AdministratorState = Schema.Literals(["content", "moving", "done"])
  type AdministratorState = typeof AdministratorState.Type
  const Move = Schema.TaggedStruct("Move", { to: NodeId })
  const administratorProcess: Process<
    Context,
    AdministratorState,
    NoOperation,
    never,
    Message,
    typeof Move.Type
  > = {
    State: AdministratorState,
    durable: false,
    initial: () => "content",
    ready: () => false,
    choices: (_context, _self, state) =>
      state === "content" ? [{ _tag: "Move", to: second }] : [],
    step: (_context, _self, state, input) => {
      switch (input._tag) {
        case "Choose":
          return {
            state: "moving",
            sends: [{ to: first, message: { _tag: "HandOver", to: input.choice.to } }],
            observations: []
          }
        case "Receive":
          return input.message._tag !== "Taken"
            ? become(state)
            : {
                state: "done",
                sends: [{ to: directory, message: { _tag: "At", server: second } }],
                observations: []
              }
        case "Invoke":
          return become(state)
      }
    }
  }

  const ClientState = Schema.Struct({
    pending: Schema.NullOr(register.Operation as Schema.Codec<Access, Access>)
  })
  type ClientState = typeof ClientState.Type
  const client: Process<Context, ClientState, Access, Observation<Access, Value>, Message> = {
    State: ClientState as Schema.Codec<ClientState, unknown>,
    durable: false,
    initial: () => ({ pending: null }),
    ready: (_context, _self, { pending }) => pending === null,
    choices: () => [],
    step: (_context, _self, state, input) => {
      const ask = { to: directory, message: { _tag: "Where" } } as const
      if (input._tag === "Choose") return become(state)
      if (input._tag === "Invoke") {
        const { operation } = input
        return {
          state: { pending: operation },
          sends: [ask],
          observations: [{ _tag: "Invocation", operation }]
        }
      }
      const { message } = input
      const { pending } = state
      if (pending === null) return become(state)
      switch (message._tag) {
        case "At": {
          const request: Message =
            pending._tag === "Write" ? { _tag: "Put", value: pending.value } : { _tag: "Get" }
          return { state, sends: [{ to: message.server, message: request }], observations: [] }
        }
        case "NotMine":
          return { state, sends: [ask], observations: [] }
        case "Done":
          return {
            state: { pending: null },
            sends: [],
            observations: [{ _tag: "Response", operation: pending, result: message.value }]
          }
        default:
          return become(state)
      }
    }
  }

  interface Roles {
    readonly server: ServerState
    readonly client: ClientState
    readonly directory: DirectoryState
    readonly administrator: AdministratorState
  }
  type RolesProperty = Property<Context, Roles, Observation<Access, Value>, Message>
  const oneHolder: RolesProperty = {
    _tag: "Whole",
    name: "one-holder",
    about: "at any time one server has the value, or it is on its way",
    holds: (_context, { nodes, inFlight }) =>
      Object.values(nodes.server).filter(({ isMine }) => isMine).length +
        (inFlight[second] ?? []).filter(({ message }) => message._tag === "Take").length ===
      1
  }
  const moves: RolesProperty = {
    _tag: "Sometimes",
    name: "moves",
    about: "the administrator gets its way, and the directory knows",
    holds: (_context, { nodes }) =>
      nodes.administrator[administrator] === "done" && nodes.directory[directory]?.at === second
  }
  const staysThere: RolesProperty = {
    _tag: "Step",
    name: "stays-there",
    about: "the directory never goes back to the first server",
    role: "directory",
    holds: (_context, _self, before, after) => before.at !== second || after.at === second
  }
  const properties = [
    atomic,
    oneHolder,
    moves,
    staysThere
  ] as ReadonlyArray<unknown> as ReadonlyArray<AnyProperty>

  const modelOf = (letsGo: boolean, faults: FaultModel = noFaults): Model => ({
    protocol: {
      name: "moving",
      about: "a register that an administrator moves from one server to another",
      objects: [register],
      Message,
      properties,
      describe: (message) => (message as Message)._tag
    },
    system: {
      nodes: [
        { id: first, role: "server", process: server as AnyProcess },
        { id: second, role: "server", process: server as AnyProcess },
        { id: directory, role: "directory", process: directoryProcess as AnyProcess },
        { id: administrator, role: "administrator", process: administratorProcess as AnyProcess },
        ...clients.map((id) => ({ id, role: "client", process: client as AnyProcess }))
      ],
      context: { letsGo },
      parameters: {}
    },
    scripts: {
      [clients[0] as NodeId]: [{ _tag: "Write", value: 1 } as Access],
      [clients[1] as NodeId]: [{ _tag: "Read" }, { _tag: "Read" }]
    },
    faults,
    properties
  })

  it("is checked: the administrator takes steps of its own, and every property holds", () => {
    const result = checked(loadedFrom(modelOf(true)))
    expect(result.exhaustive).toBe(true)
    expect(verdicts(result)).toEqual({
      atomicity: "holds",
      "one-holder": "holds",
      moves: "holds",
      "stays-there": "holds",
      "deadlock-freedom": "holds"
    })
    expect(result.actions["administrator takes step Move"]).toBeGreaterThan(0)
    expect(result.actions["directory receives Where"]).toBeGreaterThan(0)
    expect(result.vacuous).toEqual([])
  })

  it("loses atomicity if the first server continues as if the value had not moved", () => {
    const result = checked(untilViolated(modelOf(false), "atomicity"))
    const found = counterexampleOf(result, "atomicity")
    expect(found?.steps.some(({ role }) => role === "administrator")).toBe(true)
    expect(found && story(found)).toMatch(/\ba\b.*\n/)
    expect(verdicts(result)["one-holder"]).toBe("violated")
  })

  it("holds with every reduction that is sound, and has the same states for its slow twin", () => {
    const model = modelOf(true)
    const plain = checked(loadedFrom(model))
    const { distinct, generated, depth } = plain.counts
    expect(searchSlowly(model)).toEqual({ distinct, generated, depth, nearest: {} })
    for (const reductions of [...allReductions.map((name) => [name]), allReductions])
      expect(verdicts(checked(loadedFrom(model), { reductions }))).toEqual(verdicts(plain))
  })

  it("is stuck if the directory may crash, not if the administrator may", () => {
    const crashing = (id: NodeId) =>
      modelOf(true, { budgets: [{ fault: crash, nodes: [id], most: 1 }] })
    const withoutDirectory = checked(loadedFrom(crashing(directory)))
    expect(verdicts(withoutDirectory)["deadlock-freedom"]).toBe("violated")
    expect(withoutDirectory.actions["directory crashes"]).toBeGreaterThan(0)
    const withoutAdministrator = checked(loadedFrom(crashing(administrator)))
    expect(verdicts(withoutAdministrator)).toMatchObject({
      "deadlock-freedom": "holds",
      atomicity: "holds"
    })
    expect(withoutAdministrator.actions["administrator crashes"]).toBeGreaterThan(0)
  })
})

describe("a second kind of fault", () => {
  const safety = ["atomicity", "timestamps-grow", "timestamps-name-values"]
  const majority = (servers: number, clients: ReadonlyArray<ReadonlyArray<string>>) =>
    scenarioOf({ protocol: "majority", servers, clients, properties: safety }).model
  const three = majority(3, [["write 1"], ["read"]])
  const two = majority(2, [["write 1"], ["read"]])
  const serversOf = ({ system }: Model) =>
    system.nodes.filter(({ role }) => role === "server").map(({ id }) => id)

  /** It knows nothing that was written, claims to store, and corrupts what it holds. */
  const liar: Process<unknown, ServerState, NoOperation, never, MajorityMessage> = {
    State: majorityServer.State,
    durable: true,
    initial: () => ({ pair: initialPair }),
    ready: () => false,
    choices: () => [],
    step: (_context, _self, state, input) => {
      if (input._tag !== "Receive") return become(state)
      const { from, message } = input
      const { operation } = message
      switch (message._tag) {
        case "Get":
          return {
            state: { pair: initialPair },
            sends: [{ to: from, message: { _tag: "GetReply", operation, pair: initialPair } }],
            observations: []
          }
        case "Set":
          return {
            state: { pair: { ...message.pair, value: "nonsense" } },
            sends: [{ to: from, message: { _tag: "SetReply", operation } }],
            observations: []
          }
        default:
          return become(state)
      }
    }
  }
  const corrupted = replacement("takeover", liar as AnyProcess)

  /** A fault of this test alone: the server continues, but has forgotten everything. */
  const amnesia: Fault = {
    name: "amnesia",
    verb: "forgets everything",
    becomes: { process: majorityServer as AnyProcess, begin: () => ({ pair: initialPair }) }
  }

  const suffering = (
    model: Model,
    fault: Fault,
    most: number,
    more: Partial<FaultModel> = {}
  ): Model => ({
    ...model,
    faults: { budgets: [{ fault, nodes: serversOf(model), most }], ...more }
  })

  it.each([
    [corrupted, "is replaced"],
    [amnesia, "forgets everything"]
  ])("loses atomicity of majority replication, and the story shows it: $name", (fault, words) => {
    const result = checked(untilViolated(suffering(three, fault, 1), "atomicity"))
    const found = counterexampleOf(result, "atomicity")
    expect(verdicts(result)).toMatchObject({ atomicity: "violated" })
    expect(found?.steps.filter(({ action }) => action._tag === "Fault")).toHaveLength(1)
    expect(found && story(found)).toContain(words)
    const faulty = found?.steps.at(-1)?.after.nodes.filter((one) => one.fault !== undefined)
    expect(faulty?.map((one) => one.fault)).toEqual([fault.name])
    expect(result.actions[`server ${words}`]).toBeGreaterThan(0)
    expect(JSON.stringify(found && counterexampleDocument(found))).toContain(
      `"_tag":"${fault.name === "amnesia" ? "Amnesia" : "Takeover"}"`
    )
  })

  it.each([corrupted, amnesia])(
    "does nothing where the fault model allows none: $name",
    (fault) => {
      const [never, none] = [suffering(three, fault, 0), { ...three, faults: noFaults }].map(
        (model) => checked(loadedFrom(model, false), { reductions: allReductions })
      )
      expect(verdicts(never as CheckResult)).toEqual({
        atomicity: "holds",
        "timestamps-grow": "holds",
        "timestamps-name-values": "holds"
      })
      expect((never as CheckResult).counts.distinct).toBe(none?.counts.distinct)
    }
  )

  it("breaks nothing if every quorum has all servers, and the other one does not lie", () => {
    for (const fault of [corrupted, amnesia]) {
      const result = checked(loadedFrom(suffering(two, fault, 1), false))
      expect(verdicts(result).atomicity).toBe("holds")
      expect(verdicts(checked(loadedFrom(suffering(two, fault, 2), false))).atomicity).toBe(
        "violated"
      )
    }
  })

  it("does not break invariants: they are about correct nodes", () => {
    const { timestampsGrow, timestampsNameValues } = {
      timestampsGrow: "timestamps-grow",
      timestampsNameValues: "timestamps-name-values"
    }
    expect(verdicts(checked(loadedFrom(suffering(two, corrupted, 1), false)))).toMatchObject({
      [timestampsGrow]: "holds",
      [timestampsNameValues]: "holds"
    })
    // The same process, run by a node without a fault.
    const nodes = two.system.nodes.map((one) =>
      one.id === "s1" ? { ...one, process: liar as AnyProcess } : one
    )
    expect(
      verdicts(checked(loadedFrom({ ...two, system: { ...two.system, nodes } }, false)))
    ).toMatchObject({
      [timestampsGrow]: "violated",
      [timestampsNameValues]: "violated"
    })
  })

  /** At some time this many servers are correct. */
  const correctServers = (count: number): AnyProperty => ({
    _tag: "Sometimes",
    name: `${count} correct`,
    about: `at some time ${count} servers are correct`,
    isSymmetric: true,
    holds: (_context, { nodes }) => Object.keys(nodes.server ?? {}).length === count
  })
  const counted = (model: Model): Readonly<Record<string, string>> =>
    verdicts(checked(loadedFrom({ ...model, properties: [0, 1, 2].map(correctServers) }, false)))

  it("befalls as many nodes as its budget allows, and no more", () => {
    const reachable = (...counts: ReadonlyArray<boolean>) =>
      Object.fromEntries(counts.map((is, count) => [`${count} correct`, is ? "holds" : "violated"]))
    expect(counted(suffering(two, corrupted, 0))).toEqual(reachable(false, false, true))
    expect(counted(suffering(two, corrupted, 1))).toEqual(reachable(false, true, true))
    expect(counted(suffering(two, corrupted, 2))).toEqual(reachable(true, true, true))
    const named = (budgets: FaultModel["budgets"]) => counted({ ...two, faults: { budgets } })
    const all = serversOf(two)
    // Each fault has a budget of its own, and counts against each budget that names it.
    expect(
      named([
        { fault: corrupted, nodes: all, most: 2 },
        { fault: corrupted, nodes: all.slice(0, 1), most: 0 }
      ])
    ).toEqual(reachable(false, true, true))
    expect(
      named([
        { fault: corrupted, nodes: all, most: 1 },
        { fault: amnesia, nodes: all, most: 1 }
      ])
    ).toEqual(reachable(true, true, true))
  })

  it("does not happen if it would break the premise", () => {
    const atMostOne: Premise<unknown, number> = {
      name: "at-most-one-fault",
      observer: () => ({
        name: "faults-so-far",
        initial: 0,
        observe: (count, event) => (event._tag === "Fault" ? count + 1 : count),
        allowsEarlierResponses: true,
        mentionsServers: false,
        violation: () => undefined
      }),
      holds: (count) => count <= 1
    }
    const bounded = suffering(two, corrupted, 2, {
      premise: atMostOne as Premise<unknown, unknown>
    })
    expect(counted(bounded)).toEqual({
      "0 correct": "violated",
      "1 correct": "holds",
      "2 correct": "holds"
    })
    expect(verdicts(checked(loadedFrom(bounded, false))).atomicity).toBe("holds")
    // The premise of static liveness: fewer than half of two.
    const isLive = suffering(two, corrupted, 2, {
      premise: premise("static-liveness") as Premise<unknown, unknown>
    })
    expect(counted(isLive)).toEqual({
      "0 correct": "violated",
      "1 correct": "violated",
      "2 correct": "holds"
    })
  })

  it("is seen by observers", () => {
    const gossip: Observed<unknown, AnyObservation> = {
      _tag: "Observed",
      name: "gossip",
      about: "nobody hears of a fault",
      observer: (): Observer<unknown, AnyObservation> => ({
        name: "gossip",
        initial: "nothing",
        observe: (heard, event) =>
          event._tag === "Fault" ? `${event.fault} of ${event.node}` : heard,
        allowsEarlierResponses: true,
        mentionsServers: true,
        violation: (heard) => (heard === "nothing" ? undefined : `heard of ${String(heard)}`)
      })
    }
    for (const fault of [corrupted, amnesia, crash]) {
      const model = { ...suffering(three, fault, 1), properties: [gossip as AnyProperty] }
      const found = counterexampleOf(checked(untilViolated(model, "gossip")), "gossip")
      expect(found?.steps).toHaveLength(1)
      expect(found?.reason).toMatch(new RegExp(`^heard of ${fault.name} of s\\d$`))
    }
  })

  it.each([corrupted, amnesia])(
    "is counted alike by the slow twin, and by two workers: $name",
    async (fault) => {
      for (const clients of [[["write 1"]], [["write 1", "read"]]]) {
        const model = suffering(majority(2, clients), fault, 2)
        const result = alone(loadedFrom(model, false))
        const { distinct, generated, depth } = result.counts
        expect(searchSlowly(model)).toMatchObject({ distinct, generated, depth })
        for (const workers of [1, 2])
          expect(outcome(await together(loadedFrom(model, false), workers))).toEqual(
            outcome(result)
          )
      }
    }
  )

  it.each([corrupted, amnesia])(
    "has the same verdicts with every reduction, of one and two workers: $name",
    async (fault) => {
      for (const most of [1, 2]) {
        const model = suffering(two, fault, most)
        const plain = checked(loadedFrom(model, false))
        for (const names of [...allReductions.map((name) => [name]), allReductions]) {
          const reductions = soundReductions(names, model, false)
          const reduced = alone(loadedFrom(model, false), reductions)
          expect(verdicts(reduced), String(names)).toEqual(verdicts(plain))
          expect(reduced.notes).toEqual([])
          for (const workers of [1, 2])
            expect(outcome(await together(loadedFrom(model, false), workers, reductions))).toEqual(
              outcome(reduced)
            )
        }
      }
    }
  )

  it("revokes a node's promises: the checker leaves out the reductions that rely on them", () => {
    const sound = (model: Model) => soundReductions(allReductions, model, false)
    const but = (...names: ReadonlyArray<ReductionName>) =>
      allReductions.filter((name) => !names.includes(name))
    // Two servers may differ only while one of them has not received a message yet.
    expect(sound(three)).toEqual(but("welcome-messages"))
    const single = { ...three, properties: three.properties.filter(({ _tag }) => _tag !== "Pair") }
    expect(sound(single)).toEqual(allReductions)
    expect(sound(suffering(single, crash, 1))).toEqual(allReductions)
    // The server promises that it only answers an old Set, and clients make the other promises; no
    // process makes a promise of welcome messages.
    expect(sound(suffering(single, amnesia, 1))).toEqual(but("dead-requests"))
    const clients = single.system.nodes.filter(({ role }) => role === "client").map(({ id }) => id)
    const madClients = {
      ...single,
      faults: { budgets: [{ fault: corrupted, nodes: clients, most: 1 }] }
    }
    expect(sound(madClients)).toEqual(["server-symmetry", "welcome-messages"])
  })

  it("revokes what a storage node under an administrator has declared welcome", () => {
    const { model } = scenarioOf({
      ...{ protocol: "administered", servers: 4, configuration: ["s1", "s2", "s3"] },
      ...{
        administrator: ["reconfigure +s4 -s3"],
        clients: [["write 1"]],
        properties: ["atomicity"]
      }
    })
    const sound = (fault: Fault) =>
      soundReductions(["welcome-messages"], suffering(model, fault, 1), false)
    expect(sound(crash)).toEqual(["welcome-messages"])
    expect(sound(amnesia)).toEqual([])
  })
})

describe("a new type of object", () => {
  const Increment = Schema.TaggedStruct("Increment", {})
  const Get = Schema.TaggedStruct("Get", {})
  const Operation = Schema.Union([Increment, Get])
  type Operation = typeof Operation.Type
  type Result = number | null
  type Shown = Observation<Operation, Result>

  const bare =
    <Op extends Operation>(operation: Op) =>
    (words: ReadonlyArray<string>): Op | undefined =>
      words.length > 0 ? undefined : operation

  const counter: ObjectType<Operation, Result> = {
    name: "counter",
    Operation,
    kinds: [
      { tag: "Increment", syntax: "increment", parse: bare({ _tag: "Increment" }) },
      { tag: "Get", syntax: "get", parse: bare({ _tag: "Get" }) }
    ],
    describe: ({ _tag }) => (_tag === "Increment" ? "increment" : "get"),
    isKnownByResult: ({ _tag }) => _tag === "Get",
    describeResult: ({ _tag }, result) => (_tag === "Get" ? `${result} counted` : "done")
  }

  /**
   * The number of increments that have begun and ended, and the number that had ended when each
   * pending get began.
   */
  interface Counted {
    readonly begun: number
    readonly ended: number
    readonly gets: Readonly<Record<string, number>>
    readonly wrong: string | null
  }
  const counting: Observer<Counted, Shown> = {
    name: "counting",
    initial: { begun: 0, ended: 0, gets: {}, wrong: null },
    observe: (state, event) => {
      if (event._tag === "Fault") return state
      const { node: who, observation } = event
      const isIncrement = observation.operation._tag === "Increment"
      if (observation._tag === "Invocation")
        return isIncrement
          ? { ...state, begun: state.begun + 1 }
          : { ...state, gets: { ...state.gets, [who]: state.ended } }
      if (isIncrement) return { ...state, ended: state.ended + 1 }
      const { [who]: least = 0, ...gets } = state.gets
      const got = observation.result ?? 0
      const isRight = least <= got && got <= state.begun
      return {
        ...state,
        gets,
        wrong: isRight ? state.wrong : `${who} got ${got}, not ${least} to ${state.begun}`
      }
    },
    allowsEarlierResponses: false,
    mentionsServers: false,
    violation: ({ wrong }) => wrong ?? undefined
  }
  const counts: Observed<unknown, Shown> = {
    _tag: "Observed",
    name: "counts",
    about:
      "a get returns no less than has been counted before it began, and no more than was begun",
    observer: () => counting as Observer<unknown, Shown>,
    canFailAt: (observation) =>
      observation._tag === "Response" && observation.operation._tag === "Get"
  }

  const Message = Schema.Union([
    Schema.TaggedStruct("Add", {}),
    Schema.TaggedStruct("Added", {}),
    Schema.TaggedStruct("HowMany", {}),
    Schema.TaggedStruct("SoMany", { count: Schema.Int })
  ])
  type Message = typeof Message.Type
  const owner = node("counter")

  const keeper: Process<unknown, number, NoOperation, never, Message> = {
    State: Schema.Int,
    durable: true,
    initial: () => 0,
    ready: () => false,
    choices: () => [],
    step: (_context, _self, count, input) => {
      if (input._tag !== "Receive") return become(count)
      const answer: Message =
        input.message._tag === "Add" ? { _tag: "Added" } : { _tag: "SoMany", count }
      return {
        state: input.message._tag === "Add" ? count + 1 : count,
        sends: [{ to: input.from, message: answer }],
        observations: []
      }
    }
  }

  const User = Schema.NullOr(Operation)
  type User = typeof User.Type
  /** A hasty user does not wait until its increment is counted. */
  const user = (isHasty: boolean): Process<unknown, User, Operation, Shown, Message> => ({
    State: User,
    durable: false,
    initial: () => null,
    ready: (_context, _self, pending) => pending === null,
    choices: () => [],
    step: (_context, _self, pending, input) => {
      if (input._tag === "Choose") return become(pending)
      if (input._tag === "Invoke") {
        const { operation } = input
        const isIncrement = operation._tag === "Increment"
        const request: Message = isIncrement ? { _tag: "Add" } : { _tag: "HowMany" }
        const ends = isIncrement && isHasty
        return {
          state: ends ? null : operation,
          sends: [{ to: owner, message: request }],
          observations: [
            { _tag: "Invocation", operation },
            ...(ends ? [{ _tag: "Response", operation, result: null } as const] : [])
          ]
        }
      }
      const { message } = input
      const isAnswer =
        (pending?._tag === "Increment" && message._tag === "Added") ||
        (pending?._tag === "Get" && message._tag === "SoMany")
      if (pending === null || !isAnswer) return become(pending)
      const result = message._tag === "SoMany" ? message.count : null
      return {
        state: null,
        sends: [],
        observations: [{ _tag: "Response", operation: pending, result }]
      }
    }
  })

  /** An operation, as its object type reads it. */
  const parse = (text: string): AnyOperation => {
    const [word = "", ...rest] = text.split(" ")
    const found = counter.kinds.find(({ tag }) => tag.toLowerCase() === word)?.parse(rest)
    if (found === undefined) throw new Error(`no operation: ${text}`)
    return found
  }

  const modelOf = (isHasty: boolean, scripts: ReadonlyArray<ReadonlyArray<string>>): Model => {
    const users = scripts.map((_, index) => node(`u${index + 1}`))
    const properties = [counts as AnyProperty]
    return {
      protocol: {
        name: "counter",
        about: "one node counts for all",
        objects: [counter as never],
        Message,
        properties,
        describe: (message) => (message as Message)._tag
      },
      system: {
        nodes: [
          { id: owner, role: "keeper", process: keeper as AnyProcess },
          ...users.map((id) => ({ id, role: "user", process: user(isHasty) as AnyProcess }))
        ],
        context: {},
        parameters: {}
      },
      scripts: Object.fromEntries(
        users.map((id, index) => [id, (scripts[index] ?? []).map(parse)])
      ),
      faults: noFaults,
      properties
    }
  }
  const scripts = [["increment", "get"], ["increment"], ["get"]]

  it("parses its operations, and refuses words that denote none", () => {
    expect(objectTypeOf([register as never, counter as never], { _tag: "Increment" })?.name).toBe(
      "counter"
    )
    expect(() => parse("increment twice")).toThrow("no operation")
  })

  it("is checked by its own observer", () => {
    const model = modelOf(false, scripts)
    const result = checked(loadedFrom(model), { reductions: allReductions })
    expect(verdicts(result)).toEqual({ counts: "holds", "deadlock-freedom": "holds" })
    expect(result.vacuous).toEqual([])
    expect(result.actions["user invokes Increment"]).toBeGreaterThan(0)
    const { distinct, generated, depth } = checked(loadedFrom(model)).counts
    expect(searchSlowly(model)).toEqual({ distinct, generated, depth, nearest: {} })
  })

  it("has its own words in the story of a run that breaks it", () => {
    const result = checked(untilViolated(modelOf(true, scripts), "counts"))
    const found = counterexampleOf(result, "counts")
    expect(found?.reason).toMatch(/^u\d got 0, not 1 to [12]$/)
    const told = found === undefined ? "" : story(found)
    expect(told).toContain("increment")
    expect(told).toContain("get: 0 counted")
  })
})
