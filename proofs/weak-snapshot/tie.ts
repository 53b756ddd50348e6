/**
 * How the model of the weak snapshot is tied to the executable specification: forward simulation. Every step of `spec/weak-snapshot/`
 * is none, one or two transitions of the model.
 *
 * A state of the system is claimed to be so-and-so in the structure (`claimsOf`). History needs no such claim: the structure
 * is carried along and moved by the model's own transitions. Which transitions a step is, and for which elements, is proposed
 * here (`proposedFor`) and not trusted: the conditions of each are evaluated before it is taken, and all claims afterwards.
 */
import { type Configuration, isQuorum } from "../../spec/configuration/configuration.ts"
import { equals } from "../../spec/kernel/data.ts"
import type { NodeId } from "../../spec/kernel/node.ts"
import type { Input } from "../../spec/kernel/process.ts"
import type { ServerId } from "../../spec/nodes/nodes.ts"
import { type Change, change as changeOf } from "../../spec/weak-snapshot/change.ts"
import { type ClientState, client } from "../../spec/weak-snapshot/client.ts"
import { changesOf, type Endorsements } from "../../spec/weak-snapshot/endorsements.ts"
import type { Message } from "../../spec/weak-snapshot/messages.ts"
import type { SnapshotOperation } from "../../spec/weak-snapshot/operation.ts"
import type { Rules } from "../../spec/weak-snapshot/rules.ts"
import { type ServerState, server } from "../../spec/weak-snapshot/server.ts"
import { type Row, type Structure, Table } from "../structure/structure.ts"
import { type Claim, each, exactly, including, provided, subsetsOf, tableWith } from "../tie/claims.ts"
import { changedIn, moveAlong, type Taken } from "../tie/follow.ts"
import { weakSnapshot } from "./model.ts"

/** The elements: what there is in a system, in the order in which they are numbered. */
export interface Domain {
  readonly configuration: Configuration
  readonly rules: Rules
  readonly changes: ReadonlyArray<Change>
  /** What each client is to do, one after the other. */
  readonly scripts: ReadonlyMap<NodeId, ReadonlyArray<SnapshotOperation>>
}

export interface Envelope {
  readonly from: NodeId
  readonly to: NodeId
  readonly message: Message
}
/** A state of the executable system. */
export interface SystemState {
  readonly servers: ReadonlyMap<ServerId, ServerState>
  readonly clients: ReadonlyMap<NodeId, ClientState>
  readonly onTheirWay: ReadonlyArray<Envelope>
}
export type Event =
  | { readonly _tag: "Invoke"; readonly client: NodeId; readonly operation: SnapshotOperation }
  | { readonly _tag: "Receive"; readonly envelope: Envelope }

const [firstRound, secondRound] = [0, 1]

/** Numbers for what the domain has. */
const numbersOf = (domain: Domain) => {
  const { members } = domain.configuration
  const operations = [...domain.scripts].flatMap(([client, script]) =>
    script.map((operation, place) => ({ client, begun: place + 1, operation }))
  )
  const quorums = (access: "read" | "write") =>
    subsetsOf(members).filter((some) => isQuorum(domain.configuration, access, some))
  const change = (one: Change): number => domain.changes.findIndex((other) => equals(other, one))
  return {
    operations,
    read: quorums("read"),
    write: quorums("write"),
    change,
    server: (id: NodeId): number => members.indexOf(id as ServerId),
    operation: (client: NodeId, begun: number): number =>
      operations.findIndex((one) => one.client === client && one.begun === begun),
    changes: (some: Endorsements): ReadonlyArray<number> => changesOf(some).map(change),
    /** A row is numbered by the changes in it, as bits. */
    row: (some: Endorsements): number => changesOf(some).reduce((bits, one) => bits | (1 << change(one)), 0)
  }
}
type Numbers = ReturnType<typeof numbersOf>

/** Scans have four phases: collect, write back, and both again. */
const roundOf = (phase: number): number => (phase <= 2 ? firstRound : secondRound)

const ofServer = (numbers: Numbers, id: ServerId, { endorsed, known }: ServerState): ReadonlyArray<Claim> => {
  const s = numbers.server(id)
  return [
    exactly("endorsed", [s], endorsed === null ? [] : [[numbers.change(endorsed)]]),
    exactly("hasEndorsed", [s], provided(endorsed !== null)),
    exactly("knows", [s], each(numbers.changes(known)))
  ]
}

const ofClient = (numbers: Numbers, id: NodeId, state: ClientState): ReadonlyArray<Claim> =>
  numbers.operations.flatMap(({ client, begun }, o) => {
    if (client !== id) return []
    const stage = state._tag === "Busy" && state.begun === begun ? state.stage : undefined
    const isStage = (tag: string, round: number) =>
      stage?._tag === tag && "round" in stage && stage.round === round + 1
    return [
      exactly("invoked", [o], provided(begun <= state.begun)),
      exactly("done", [o], provided(begun < state.begun || (begun === state.begun && state._tag === "Idle"))),
      exactly("endorsing", [o], provided(stage?._tag === "Endorsing")),
      exactly("spreading", [o], provided(stage?._tag === "Spreading")),
      ...[firstRound, secondRound].flatMap((k) => [
        exactly("collecting", [o, k], provided(isStage("Collecting", k))),
        exactly("writingBack", [o, k], provided(isStage("WritingBack", k)))
      ]),
      ...(stage === undefined ? [] : ofStage(numbers, o, stage))
    ]
  })

type Busy = Extract<ClientState, { readonly _tag: "Busy" }>

const ofStage = (numbers: Numbers, o: number, stage: Busy["stage"]): ReadonlyArray<Claim> => {
  if (stage._tag === "Endorsing") return [exactly("spreads", [o], [])]
  const [who, what] = [stage.phase.answered.map(numbers.server), numbers.changes(stage.phase.answer)]
  if (stage._tag === "Spreading")
    return [exactly("spreads", [o], each(what)), exactly("spread", [o], each(who))]
  const k = stage.round - 1
  return [
    exactly("found", [o, k], each(what)),
    ...(stage._tag === "Collecting"
      ? [exactly("answered", [o, k], each(who)), including("collect", [o, k], [[]])]
      : [exactly("acknowledged", [o, k], each(who)), including("writeBack", [o, k], [[]])])
  ]
}

/** What is on its way was sent. */
const ofEnvelope = (numbers: Numbers, { from, to, message }: Envelope): ReadonlyArray<Claim> => {
  const isQuestion = numbers.server(to) >= 0
  const o = numbers.operation(isQuestion ? from : to, message.operation)
  const [s, k] = [numbers.server(from), roundOf(message.phase)]
  const isUpdate = numbers.operations[o]?.operation._tag === "Update"
  switch (message._tag) {
    case "Endorse":
      return [including("invoked", [o], [[]])]
    case "Endorsed":
      return [including("endorsedReply", [o, s], [[numbers.change(message.change)]])]
    case "Store": {
      const what = each(numbers.changes(message.endorsements))
      return isUpdate
        ? [exactly("spreads", [o], what)]
        : [including("writeBack", [o, k], [[]]), exactly("found", [o, k], what)]
    }
    case "Stored":
      return isUpdate ? [including("storedReply", [o], [[s]])] : [including("writtenBack", [o, k], [[s]])]
    case "Collect":
      return [including("collect", [o, k], [[]])]
    case "Collected":
      return [including("collected", [o, k, s], [[numbers.row(message.endorsements)]])]
  }
}

/** All that is said of the structure on account of the state: the relation between the two. */
const claimsOf = (numbers: Numbers, { servers, clients, onTheirWay }: SystemState): ReadonlyArray<Claim> => [
  ...[...servers].flatMap(([id, state]) => ofServer(numbers, id, state)),
  ...[...clients].flatMap(([id, state]) => ofClient(numbers, id, state)),
  ...onTheirWay.flatMap((one) => ofEnvelope(numbers, one))
]

/** A structure of which the claims are true, and as little else as possible. */
const structureOf = (domain: Domain, numbers: Numbers, claims: ReadonlyArray<Claim>): Structure => {
  const { members } = domain.configuration
  const membership = (quorums: ReadonlyArray<ReadonlyArray<ServerId>>) =>
    tableWith(quorums.flatMap((quorum, q) => quorum.map((id) => [numbers.server(id), q])))
  const proposals = numbers.operations.map(({ operation }) =>
    operation._tag === "Update" ? numbers.change(changeOf(operation)) : 0
  )
  const rows = 1 << domain.changes.length
  const relations = new Map(changedIn(weakSnapshot).map((name) => [name, new Table()]))
  for (const { relation, key, rest } of claims) {
    for (const row of rest) relations.get(relation)?.add([...key, ...row])
  }
  relations.set("inRead", membership(numbers.read))
  relations.set("inWrite", membership(numbers.write))
  relations.set(
    "isUpdate",
    tableWith(numbers.operations.flatMap(({ operation }, o) => (operation._tag === "Update" ? [[o]] : [])))
  )
  relations.set(
    "inRow",
    tableWith(
      Array.from({ length: rows }, (_, bits) =>
        domain.changes.flatMap((_, d) => ((bits & (1 << d)) === 0 ? [] : [[d, bits]]))
      ).flat()
    )
  )
  return {
    sizes: new Map([
      ["server", members.length],
      ["change", domain.changes.length],
      ["row", rows],
      ["round", 2],
      ["operation", numbers.operations.length],
      ["readQuorum", numbers.read.length],
      ["writeQuorum", numbers.write.length]
    ]),
    relations,
    functions: new Map<string, (row: Row) => number>([
      ["first", () => firstRound as number],
      ["second", () => secondRound as number],
      ["proposal", ([o = 0]) => proposals[o] ?? 0]
    ])
  }
}

/** The transitions that the step of a storage node is. */
const ofRequest = (
  numbers: Numbers,
  after: ServerState,
  { from, to, message }: Envelope
): ReadonlyArray<Taken> => {
  const [o, s] = [numbers.operation(from, message.operation), numbers.server(to)]
  const k = roundOf(message.phase)
  switch (message._tag) {
    case "Endorse":
      return [
        {
          transition: "receiveEndorse",
          parameters: { o, s, d: numbers.change(after.endorsed ?? message.change) }
        }
      ]
    case "Store": {
      const [d = 0] = numbers.changes(message.endorsements)
      return numbers.operations[o]?.operation._tag === "Update"
        ? [{ transition: "receiveStore", parameters: { o, s, d } }]
        : [{ transition: "receiveWriteBack", parameters: { o, k, s } }]
    }
    case "Collect":
      return [{ transition: "receiveCollect", parameters: { o, k, s, r: numbers.row(after.known) } }]
    default:
      return []
  }
}

/** The transitions that the step of a client is that has received an answer: it counts it, and may go on. */
const ofAnswer = (
  numbers: Numbers,
  before: ClientState,
  after: ClientState,
  { from, to, message }: Envelope
): ReadonlyArray<Taken> => {
  if (before._tag === "Idle" || equals(before, after)) return []
  const { stage } = before
  const [o, s] = [numbers.operation(to, before.begun), numbers.server(from)]
  if (stage._tag === "Endorsing") {
    if (message._tag !== "Endorsed") return []
    return [{ transition: "receiveEndorsed", parameters: { o, s, d: numbers.change(message.change) } }]
  }
  const goesOn = after._tag === "Idle" || after.phase !== before.phase
  const heard = [...stage.phase.answered, from]
  const quorum = (of: ReadonlyArray<ReadonlyArray<ServerId>>) =>
    of.findIndex((one) => one.every((id) => heard.includes(id)))
  const [q, w] = [quorum(numbers.read), quorum(numbers.write)]
  if (stage._tag === "Spreading") {
    return [
      { transition: "receiveSpread", parameters: { o, s } },
      ...(goesOn ? [{ transition: "finishUpdate", parameters: { o, w } }] : [])
    ]
  }
  const k = stage.round - 1
  if (stage._tag === "WritingBack") {
    const [d = 0] = numbers.changes(stage.phase.answer)
    const next = after._tag === "Idle" ? { transition: "finishScan", parameters: { o, w } } : undefined
    return [
      { transition: "receiveWrittenBack", parameters: { o, k, s } },
      ...(goesOn ? [next ?? { transition: "startSecondCollect", parameters: { o, w, d } }] : [])
    ]
  }
  if (message._tag !== "Collected") return []
  const d = numbers.changes([...stage.phase.answer, ...message.endorsements])[0] ?? 0
  const next = after._tag === "Idle" ? "finishEmpty" : "startWriteBack"
  return [
    { transition: "receiveCollected", parameters: { o, k, s, r: numbers.row(message.endorsements) } },
    ...(goesOn
      ? [{ transition: next, parameters: next === "finishEmpty" ? { o, k, q } : { o, k, q, d } }]
      : [])
  ]
}

/** A system that is followed: its state, and the structure that goes with it. */
export interface Followed {
  readonly state: SystemState
  readonly structure: Structure
}

export const tieOf = (domain: Domain) => {
  const numbers = numbersOf(domain)
  const context = { configuration: domain.configuration, rules: domain.rules }

  /** The state with a structure of which all that is claimed on its account is true. */
  const begin = (state: SystemState): Followed => ({
    state,
    structure: structureOf(domain, numbers, claimsOf(numbers, state))
  })

  const initially = (): Followed =>
    begin({
      servers: new Map(domain.configuration.members.map((id) => [id, server.initial(context, id)])),
      clients: new Map([...domain.scripts.keys()].map((id) => [id, client.initial(context, id)])),
      onTheirWay: []
    })

  /** What can happen next: an idle client does what its script says, or a message arrives. */
  const eventsIn = ({ clients, onTheirWay }: SystemState): ReadonlyArray<Event> => [
    ...[...clients].flatMap(([id, state]) => {
      const operation = state._tag === "Idle" ? domain.scripts.get(id)?.[state.begun] : undefined
      return operation === undefined ? [] : [{ _tag: "Invoke" as const, client: id, operation }]
    }),
    ...onTheirWay.map((envelope) => ({ _tag: "Receive" as const, envelope }))
  ]

  /** The executable step, and the transitions that it is proposed to be. */
  const executed = (state: SystemState, event: Event) => {
    const left =
      event._tag === "Invoke" ? state.onTheirWay : state.onTheirWay.filter((one) => one !== event.envelope)
    const to = event._tag === "Invoke" ? event.client : event.envelope.to
    const input: Input<SnapshotOperation, Message, undefined> =
      event._tag === "Invoke"
        ? { _tag: "Invoke", operation: event.operation }
        : { _tag: "Receive", from: event.envelope.from, message: event.envelope.message }
    const member = domain.configuration.members.find((id) => id === to)
    const sent = (sends: ReadonlyArray<{ readonly to: NodeId; readonly message: Message }>) =>
      sends.map((one) => ({ from: to, ...one }))
    if (member !== undefined && event._tag === "Receive" && input._tag === "Receive") {
      const before = state.servers.get(member) ?? server.initial(context, member)
      const step = server.step(context, member, before, input)
      return {
        state: {
          ...state,
          servers: new Map(state.servers).set(member, step.state),
          onTheirWay: [...left, ...sent(step.sends)]
        },
        taken: ofRequest(numbers, step.state, event.envelope),
        observations: []
      }
    }
    const before = state.clients.get(to) ?? client.initial(context, to)
    const step = client.step(context, to, before, input)
    const o = numbers.operation(to, before.begun + 1)
    const begins = event._tag === "Invoke" && event.operation._tag === "Update" ? "startUpdate" : "startScan"
    return {
      state: {
        ...state,
        clients: new Map(state.clients).set(to, step.state),
        onTheirWay: [...left, ...sent(step.sends)]
      },
      taken:
        event._tag === "Invoke"
          ? [{ transition: begins, parameters: { o } }]
          : ofAnswer(numbers, before, step.state, event.envelope),
      observations: step.observations
    }
  }

  /** What a scan returned is what the structure says that it returned. */
  const returnsOf = (before: SystemState, event: Event, { observations }: ReturnType<typeof executed>) =>
    observations.flatMap((observation) => {
      if (observation._tag !== "Response" || observation.result === null) return []
      const id = event._tag === "Invoke" ? event.client : event.envelope.to
      const o = numbers.operation(id, before.clients.get(id)?.begun ?? 0)
      return [exactly("returned", [o], each(observation.result.map(numbers.change)))]
    })

  /** Takes the step, moves the structure along, and says by which transitions; fails if the model does not allow it. */
  const follow = ({ state, structure }: Followed, event: Event) => {
    const step = executed(state, event)
    const claims = [...claimsOf(numbers, step.state), ...returnsOf(state, event, step)]
    moveAlong(weakSnapshot, structure, step.taken, claims)
    return {
      followed: { state: step.state, structure },
      taken: step.taken.map(({ transition }) => transition)
    }
  }

  return { begin, initially, eventsIn, follow }
}
