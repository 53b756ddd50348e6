/**
 * How the model of DynaStore is tied to the executable specification: forward simulation, as of the weak snapshot
 * (`../weak-snapshot/tie.ts`). The messages of weak snapshots are no transitions here; what an update or a scan comes to is.
 *
 * Of the edges that may be common to all scans of a view, one has to be named when the first of them ends. It is one of
 * those that the first scan to write anything back has found (`settled`), as the weak snapshot's invariant says.
 */
import { type Configuration, isQuorum } from "../../spec/configuration/configuration.ts"
import { type Directory, type DirectoryId, directoryService } from "../../spec/directory/directory.ts"
import { client } from "../../spec/dynastore/client.ts"
import type { Message } from "../../spec/dynastore/messages.ts"
import type { Rules } from "../../spec/dynastore/rules.ts"
import { type ServerState, server } from "../../spec/dynastore/server.ts"
import type { ClientState, Traversing } from "../../spec/dynastore/state.ts"
import { configurationsOf, extended, initialView, type View } from "../../spec/dynastore/view.ts"
import { canonical, equals, setOf } from "../../spec/kernel/data.ts"
import type { NodeId } from "../../spec/kernel/node.ts"
import type { Input } from "../../spec/kernel/process.ts"
import type { ClientId, ServerId } from "../../spec/nodes/nodes.ts"
import type { Value } from "../../spec/register/operation.ts"
import { isLarger, type Pair, type Timestamp } from "../../spec/register/pair.ts"
import type { StorageOperation } from "../../spec/storage/reconfiguration.ts"
import { changesOf } from "../../spec/weak-snapshot/endorsements.ts"
import type { Row, Structure } from "../structure/structure.ts"
import { type Claim, each, exactly, including, provided, subsetsOf, tableWith } from "../tie/claims.ts"
import { changedIn, moveAlong, type Taken } from "../tie/follow.ts"
import { dynastore } from "./model.ts"

export interface Domain {
  readonly servers: ReadonlyArray<ServerId>
  readonly configuration: Configuration
  readonly directory?: DirectoryId
  readonly rules: Rules
  /** What each client is to do, one after the other. Reconfigurations never leave a view without members. */
  readonly scripts: ReadonlyMap<ClientId, ReadonlyArray<StorageOperation>>
}

export interface Envelope {
  readonly from: NodeId
  readonly to: NodeId
  readonly message: Message
}
export interface SystemState {
  readonly servers: ReadonlyMap<ServerId, ServerState>
  readonly clients: ReadonlyMap<ClientId, ClientState>
  readonly directory: Directory | undefined
  readonly onTheirWay: ReadonlyArray<Envelope>
}
export type Event =
  | { readonly _tag: "Invoke"; readonly client: ClientId; readonly operation: StorageOperation }
  | { readonly _tag: "Receive"; readonly envelope: Envelope }

/** A system that is followed: its state, the structure that goes with it, and per view an edge that will be common. */
export interface Followed {
  readonly state: SystemState
  readonly structure: Structure
  readonly settled: ReadonlyMap<string, View>
}

/** An element that has yet to be found. */
const unknown = -1

/** More phases than any operation here has. */
const mostPhases = 200

/** All views that these changes can lead to. */
const viewsOf = (domain: Domain): ReadonlyArray<View> => {
  const changes = [...domain.scripts.values()]
    .flat()
    .flatMap((operation) =>
      operation._tag === "Reconfigure"
        ? [
            ...operation.add.map((id) => ({ add: [id], remove: [] })),
            ...operation.remove.map((id) => ({ add: [], remove: [id] }))
          ]
        : []
    )
  return setOf(subsetsOf(setOf(changes)).map((some) => some.reduce<View>(extended, initialView(domain))))
}

/** Numbers for what the domain has. */
const numbersOf = (domain: Domain) => {
  const views = viewsOf(domain)
  const clients = [...domain.scripts.keys()]
  const operations = [...domain.scripts].flatMap(([id, script]) =>
    script.map((operation, place) => ({ client: id, begun: place + 1, operation }))
  )
  const values: ReadonlyArray<Value> = [
    null,
    ...operations.flatMap(({ operation }) => (operation._tag === "Write" ? [operation.value] : []))
  ]
  const timestamps: ReadonlyArray<Timestamp> = [
    { number: 0, client: null },
    ...operations.flatMap((_, number) => clients.map((id) => ({ number: number + 1, client: id })))
  ]
  const quorums = (access: "read" | "write") =>
    views.flatMap((view, v) =>
      configurationsOf(domain, view).flatMap((configuration) =>
        subsetsOf(configuration.members)
          .filter((some) => isQuorum(configuration, access, some))
          .map((members) => ({ v, members }))
      )
    )
  const byText = new Map(views.map((view, v) => [canonical(view), v]))
  const timestamp = (one: Timestamp): number => timestamps.findIndex((other) => equals(other, one))
  const numbers = {
    views,
    clients,
    operations,
    values,
    timestamps,
    read: quorums("read"),
    write: quorums("write"),
    server: (id: NodeId): number => domain.servers.indexOf(id as ServerId),
    view: (one: View): number => byText.get(canonical(one)) ?? -1,
    operation: (id: NodeId, begun: number): number =>
      operations.findIndex((one) => one.client === id && one.begun === begun),
    timestamp,
    pair: ({ timestamp: t, value }: Pair): Row => [timestamp(t), values.indexOf(value)],
    phase: (o: number, phase: number): number => (phase < mostPhases ? o * mostPhases + phase : -1)
  }
  return numbers
}
type Numbers = ReturnType<typeof numbersOf>

const stageOf = {
  Proposing: "proposing",
  Scanning: "scanning",
  Getting: "getting",
  Setting: "setting",
  Checking: "checking",
  Notifying: "arrived",
  Announcing: "arrived"
} as const
const stageNames = ["visiting", ...new Set(Object.values(stageOf))]

/** What a state of the system says of the structure. */
const claimsUnder = (numbers: Numbers) => {
  const ofServer = (id: ServerId, { pair, latest, snapshots }: ServerState): ReadonlyArray<Claim> => [
    exactly("holds", [numbers.server(id)], [numbers.pair(pair)]),
    including("open", [], each([numbers.view(latest)])),
    ...snapshots.map(({ view, endorsed, known }) =>
      including(
        "proposed",
        [numbers.view(view)],
        each(
          [...changesOf(known), ...(endorsed === null ? [] : [endorsed])].map((change) =>
            numbers.view(extended(view, change))
          )
        )
      )
    )
  ]
  const ofTraversal = (o: number, state: Traversing): ReadonlyArray<Claim> => {
    const { stage } = state
    const [v, p] = [numbers.view(state.view), numbers.phase(o, state.phase)]
    const views = (some: ReadonlyArray<View>) => each(some.map(numbers.view))
    return [
      // Where the traversal is over, the client's `start` is where it would be retried from.
      ...(stageOf[stage._tag] === "arrived" ? [] : [exactly("start", [o], views([state.start]))]),
      exactly("at", [o], [[v]]),
      exactly("desired", [o], views([state.desired])),
      exactly("front", [o], views(state.front)),
      exactly("pair", [o], [numbers.pair(state.pair)]),
      exactly("hasChosen", [o], provided(state.chosen)),
      ...("phase" in stage && (stage._tag === "Getting" || stage._tag === "Setting")
        ? [
            exactly("inPhase", [o], [[p]]),
            exactly(
              stage._tag === "Getting" ? "answered" : "acknowledged",
              [p],
              each(stage.phase.answered.map(numbers.server))
            )
          ]
        : []),
      ...(stage._tag === "Getting"
        ? [
            exactly("found", [o], views(stage.found.map((change) => extended(state.view, change)))),
            exactly("hasFound", [o], provided(stage.found.length > 0))
          ]
        : [])
    ]
  }
  const ofClient = (id: ClientId, state: ClientState): ReadonlyArray<Claim> => [
    ...(state._tag === "Idle" ? [including("open", [], [[numbers.view(state.view)]])] : []),
    ...numbers.operations.flatMap(({ client: of, begun }, o) => {
      if (of !== id) return []
      const current = state._tag === "Traversing" && state.begun === begun ? state : undefined
      const isDone = begun < state.begun || (begun === state.begun && current === undefined)
      return [
        exactly("invoked", [o], provided(begun <= state.begun)),
        exactly("done", [o], provided(isDone)),
        ...stageNames.map((name) =>
          exactly(name, [o], provided(current !== undefined && stageOf[current.stage._tag] === name))
        ),
        ...(current === undefined ? [] : ofTraversal(o, current))
      ]
    })
  ]
  const ofEnvelope = ({ from, to, message }: Envelope): ReadonlyArray<Claim> => {
    if (message._tag === "ViewReply" || message._tag === "Notify")
      return [including("open", [], [[numbers.view(message.view)]])]
    if (!("phase" in message)) return []
    const o = numbers.operation(numbers.server(to) >= 0 ? from : to, message.operation)
    const [p, s] = [numbers.phase(o, message.phase), numbers.server(from)]
    switch (message._tag) {
      case "Get":
        return [including("gets", [p], [[]])]
      case "GetReply":
        return [including("getReply", [p, s], [numbers.pair(message.pair)])]
      case "Set":
        return [including("sets", [p], [numbers.pair(message.pair)])]
      case "SetReply":
        return [including("setReply", [p], [[s]])]
      case "Endorse":
        return [
          including(
            "proposed",
            [numbers.view(message.view)],
            [[numbers.view(extended(message.view, message.change))]]
          )
        ]
      default:
        return []
    }
  }
  return ({ servers, clients, onTheirWay }: SystemState): ReadonlyArray<Claim> => [
    ...[...servers].flatMap(([id, state]) => ofServer(id, state)),
    ...[...clients].flatMap(([id, state]) => ofClient(id, state)),
    ...onTheirWay.flatMap(ofEnvelope)
  ]
}

/** The structure in which nothing has happened yet. */
const structureOf = (domain: Domain, numbers: Numbers): Structure => {
  const { views, operations, timestamps, values, clients, read, write } = numbers
  const pairs = (of: ReadonlyArray<unknown>, holds: (left: number, right: number) => boolean) =>
    tableWith(of.flatMap((_, left) => of.flatMap((__, right) => (holds(left, right) ? [[left, right]] : []))))
  const changes = views.map(({ add, remove }) => [...add, ...remove.map((id) => `-${id}`)])
  const members = (quorums: typeof read) =>
    tableWith(quorums.flatMap((quorum, q) => quorum.members.map((id) => [numbers.server(id), q])))
  const initial = numbers.view(initialView(domain))
  const relations = new Map(changedIn(dynastore).map((name) => [name, tableWith([])]))
  for (const name of ["established", "latest", "open"]) relations.set(name, tableWith([[initial]]))
  relations.set("written", tableWith([[0, 0]]))
  relations.set("holds", tableWith(domain.servers.map((_, s) => [s, 0, 0])))
  relations.set(
    "within",
    pairs(views, (v, w) => (changes[v] ?? []).every((one) => changes[w]?.includes(one)))
  )
  relations.set(
    "noLarger",
    pairs(views, (v, w) => (changes[v]?.length ?? 0) <= (changes[w]?.length ?? 0))
  )
  relations.set(
    "atMost",
    pairs(timestamps, (t, u) => !isLarger(timestamps[t] as Timestamp, timestamps[u] as Timestamp))
  )
  relations.set("readOf", tableWith(read.map(({ v }, q) => [q, v])))
  relations.set("writeOf", tableWith(write.map(({ v }, q) => [q, v])))
  relations.set("inRead", members(read))
  relations.set("inWrite", members(write))
  relations.set(
    "isWrite",
    tableWith(operations.flatMap(({ operation }, o) => (operation._tag === "Write" ? [[o]] : [])))
  )
  const ofOperation = ([o = 0]: Row) => operations[o]
  return {
    sizes: new Map([
      ["server", domain.servers.length],
      ["client", clients.length],
      ["operation", operations.length],
      ["timestamp", timestamps.length],
      ["value", values.length],
      ["view", views.length],
      ["phase", operations.length * mostPhases],
      ["readQuorum", read.length],
      ["writeQuorum", write.length]
    ]),
    relations,
    functions: new Map<string, (row: Row) => number>([
      ["clientOf", (row) => clients.findIndex((id) => id === ofOperation(row)?.client)],
      [
        "owner",
        ([t = 0]) =>
          Math.max(
            0,
            clients.findIndex((id) => id === timestamps[t]?.client)
          )
      ],
      [
        "argument",
        (row) => {
          const operation = ofOperation(row)?.operation
          return operation?._tag === "Write" ? values.indexOf(operation.value) : 0
        }
      ],
      ["zero", () => 0],
      ["bottom", () => 0],
      ["initialView", () => initial]
    ])
  }
}

/** The transitions that a step of a storage node is. */
const ofRequest = (
  numbers: Numbers,
  before: ServerState,
  { from, to, message }: Envelope
): ReadonlyArray<Taken> => {
  if (message._tag !== "Get" && message._tag !== "Set") return []
  const p = numbers.phase(numbers.operation(from, message.operation), message.phase)
  const s = numbers.server(to)
  const [had = -1, hadValue = -1] = numbers.pair(before.pair)
  if (message._tag === "Get") return [{ transition: "receiveGet", parameters: { p, s, t: had, v: hadValue } }]
  const [t = -1, v = -1] = numbers.pair(message.pair)
  return [{ transition: "receiveSet", parameters: { p, s, t, v, had, hadValue } }]
}

/** The edges that a scan which is over has found: what it has written back the second time. */
const edgesOf = ({ stage, view }: Traversing): ReadonlyArray<View> =>
  "snapshot" in stage && "phase" in stage.snapshot && stage.snapshot._tag === "WritingBack"
    ? changesOf(stage.snapshot.phase.answer).map((change) => extended(view, change))
    : []

/** The transitions that a step of a client is. */
const ofTraversalUnder = (numbers: Numbers, settled: ReadonlyMap<string, View>) => {
  const take = (transition: string, parameters: Taken["parameters"]): Taken => ({ transition, parameters })
  /** A view is visited: its snapshot is updated, or scanned at once. */
  const visits = (o: number, after: ClientState): ReadonlyArray<Taken> => {
    if (after._tag === "Idle") return []
    const w = numbers.view(after.view)
    if (after.stage._tag === "Proposing") return [take("propose", { o, w, d: numbers.view(after.desired) })]
    return after.stage._tag === "Scanning" ? [take("startScan", { o, w })] : []
  }
  const ends = (o: number, before: Traversing): ReadonlyArray<Taken> => {
    const w = numbers.view(before.view)
    const [u = -1, x = -1] = numbers.pair(before.pair)
    if (before.operation._tag !== "Write") return [take("finishRead", { o, w, t: u, v: x })]
    const v = numbers.values.indexOf(before.operation.value)
    return [take("finishWrite", { o, w, t: unknown, v, u, x })]
  }
  const begins = (o: number, before: ClientState, after: ClientState): ReadonlyArray<Taken> =>
    after._tag === "Idle"
      ? []
      : [
          take("startTraversal", {
            o,
            v: numbers.view((before as { view: View }).view),
            d: numbers.view(after.desired)
          }),
          ...visits(o, after)
        ]
  const retries = (o: number, before: Traversing, after: ClientState): ReadonlyArray<Taken> =>
    after._tag === "Idle"
      ? []
      : [
          take("receiveViewReply", {
            o,
            v: numbers.view(after.start),
            had: numbers.view(before.desired),
            d: numbers.view(after.desired)
          }),
          ...visits(o, after)
        ]
  const quorum = (quorums: Numbers["read"], v: number, heard: ReadonlyArray<NodeId>) =>
    quorums.findIndex((one) => one.v === v && one.members.every((id) => heard.includes(id)))
  const finds = (o: number, w: number, edges: ReadonlyArray<View>) =>
    edges.map((edge) => take("scanFinds", { o, w, v: numbers.view(edge) }))

  const answers = (o: number, before: Traversing, after: ClientState, { from, message }: Envelope) => {
    const { stage } = before
    const now = after._tag === "Idle" ? undefined : after
    const isOver = now === undefined || now.stage._tag !== stage._tag || now.view !== before.view
    const [w, p] = [numbers.view(before.view), numbers.phase(o, before.phase)]
    const next = numbers.phase(o, now?.phase ?? mostPhases)
    const edges = edgesOf(before)
    const chosen = settled.get(canonical(before.view))
    const c = chosen === undefined ? -1 : numbers.view(chosen)
    const [had = -1, hadValue = -1] = numbers.pair(before.pair)
    const s = numbers.server(from)
    switch (stage._tag) {
      case "Proposing":
        return isOver ? [take("finishUpdate", { o, w })] : []
      case "Scanning":
        if (!isOver) return []
        return [
          ...finds(o, w, edges),
          edges.length === 0
            ? take("startGet", { o, w, p: next })
            : take("startGetWithEdges", { o, w, c, p: next })
        ]
      case "Getting": {
        if (message._tag !== "GetReply" || equals(before, after)) return []
        const [t = -1, v = -1] = numbers.pair(message.pair)
        const counted = take("receiveGetReply", { o, p, s, t, v, had, hadValue })
        if (now?.phase === before.phase) return [counted]
        const q = quorum(numbers.read, w, [...stage.phase.answered, from])
        const [u = -1, x = -1] = isLarger(message.pair.timestamp, before.pair.timestamp)
          ? [t, v]
          : [had, hadValue]
        if (now?.stage._tag === "Setting") {
          const [mine = -1] = numbers.pair(now.pair)
          const isFirst = before.operation._tag === "Write" && !equals(now.pair, before.pair) && mine !== u
          return [
            counted,
            isFirst
              ? take("startSetOfWrite", { o, p, w, q, had: u, hadValue: x, t: mine, n: next })
              : take("startSet", { o, p, w, q, t: u, v: x, n: next })
          ]
        }
        if (now === undefined) return [counted]
        const desired = [numbers.view(before.desired), numbers.view(now.desired)]
        const [old = -1, d = -1] = desired
        return [
          counted,
          take("follow", { o, p, w, q, c, had: old, d, next: numbers.view(now.view) }),
          ...visits(o, now)
        ]
      }
      case "Setting": {
        if (message._tag !== "SetReply" || equals(before, after)) return []
        const counted = take("receiveSetReply", { o, p, s })
        if (!isOver) return [counted]
        const q = quorum(numbers.write, w, [...stage.phase.answered, from])
        return [counted, take("startCheck", { o, p, w, q, t: had, v: hadValue })]
      }
      case "Checking":
        if (!isOver) return []
        if (edges.length > 0)
          return [
            ...finds(o, w, edges),
            take("visitAgain", { o, w, c }),
            ...(now === undefined ? [] : visits(o, now))
          ]
        return [take("arrive", { o, w, t: had, v: hadValue }), ...(now === undefined ? ends(o, before) : [])]
      default:
        return now === undefined ? ends(o, before) : []
    }
  }
  return { begins, retries, answers }
}

export const tieOf = (domain: Domain) => {
  const numbers = numbersOf(domain)
  const claimsOf = claimsUnder(numbers)
  const { servers, configuration, directory, rules, scripts } = domain
  const context = {
    ...{ servers, configuration, rules, clients: [...scripts.keys()] },
    ...(directory !== undefined && { directory })
  }
  const service = directoryService<Message>()

  const initially = (): Followed => ({
    state: {
      servers: new Map(servers.map((id) => [id, server.initial(context, id)])),
      clients: new Map([...scripts.keys()].map((id) => [id, client.initial(context, id)])),
      directory: directory === undefined ? undefined : service.initial(context, directory),
      onTheirWay: []
    },
    structure: structureOf(domain, numbers),
    settled: new Map()
  })

  const eventsIn = ({ clients, onTheirWay }: SystemState): ReadonlyArray<Event> => [
    ...[...clients].flatMap(([id, state]) => {
      const operation = state._tag === "Idle" ? scripts.get(id)?.[state.begun] : undefined
      return operation === undefined ? [] : [{ _tag: "Invoke" as const, client: id, operation }]
    }),
    ...onTheirWay.map((envelope) => ({ _tag: "Receive" as const, envelope }))
  ]

  const follow = ({ state, structure, settled }: Followed, event: Event) => {
    const to = event._tag === "Invoke" ? event.client : event.envelope.to
    const left =
      event._tag === "Invoke" ? state.onTheirWay : state.onTheirWay.filter((one) => one !== event.envelope)
    const input: Input<StorageOperation, Message, undefined> =
      event._tag === "Invoke"
        ? { _tag: "Invoke", operation: event.operation }
        : { _tag: "Receive", from: event.envelope.from, message: event.envelope.message }
    const sent = (sends: ReadonlyArray<{ readonly to: NodeId; readonly message: Message }>) => [
      ...left,
      ...sends.map((one) => ({ from: to, ...one }))
    ]
    const member = servers.find((id) => id === to)
    const who = [...scripts.keys()].find((id) => id === to)
    let [next, taken, edges] = [state, [] as ReadonlyArray<Taken>, settled]
    if (member !== undefined && event._tag === "Receive") {
      const before = state.servers.get(member) as ServerState
      const step = server.step(context, member, before, input as never)
      taken = ofRequest(numbers, before, event.envelope)
      next = {
        ...state,
        servers: new Map(state.servers).set(member, step.state),
        onTheirWay: sent(step.sends)
      }
    } else if (who !== undefined) {
      const before = state.clients.get(who) as ClientState
      const step = client.step(context, who, before, input)
      edges = settling(settled, before, step.state)
      const ofTraversal = ofTraversalUnder(numbers, edges)
      taken =
        event._tag === "Invoke"
          ? ofTraversal.begins(numbers.operation(who, before.begun + 1), before, step.state)
          : before._tag === "Idle"
            ? []
            : event.envelope.message._tag === "ViewReply"
              ? equals(before, step.state)
                ? []
                : ofTraversal.retries(numbers.operation(who, before.begun), before, step.state)
              : ofTraversal.answers(numbers.operation(who, before.begun), before, step.state, event.envelope)
      taken = resolved(taken, structure)
      next = { ...state, clients: new Map(state.clients).set(who, step.state), onTheirWay: sent(step.sends) }
    } else if (directory !== undefined && state.directory !== undefined) {
      const step = service.step(context, directory, state.directory, input as never)
      next = { ...state, directory: step.state, onTheirWay: sent(step.sends as never) }
    }
    moveAlong(dynastore, structure, taken, claimsOf(next))
    return {
      followed: { state: next, structure, settled: edges },
      taken: taken.map(({ transition }) => transition)
    }
  }

  return { initially, eventsIn, follow }
}

/** The first scan of a view that has written back what its first collect has found settles which edge is common. */
const settling = (
  settled: ReadonlyMap<string, View>,
  before: ClientState,
  after: ClientState
): ReadonlyMap<string, View> => {
  if (before._tag === "Idle" || after._tag === "Idle" || !("snapshot" in before.stage)) return settled
  if (!("snapshot" in after.stage)) return settled
  const [was, is] = [before.stage.snapshot, after.stage.snapshot]
  const key = canonical(before.view)
  if (was._tag !== "WritingBack" || was.round !== 1 || is._tag !== "Collecting" || settled.has(key))
    return settled
  const [first] = changesOf(was.phase.answer)
  return first === undefined ? settled : new Map(settled).set(key, extended(before.view, first))
}

/** What a client does not keep, and the structure does: the tag that a write chose. */
const resolved = (taken: ReadonlyArray<Taken>, structure: Structure): ReadonlyArray<Taken> =>
  taken.map(({ transition, parameters }) => {
    if (transition !== "finishWrite") return { transition, parameters }
    const [chosen] = structure.relations.get("chose")?.matching(1, [parameters["o"] ?? unknown]) ?? []
    return { transition, parameters: { ...parameters, t: chosen?.[1] ?? unknown } }
  })
