/**
 * Random small protocols: two roles with a handful of states each, three kinds of messages, and
 * tables of reactions. They make no sense, so they do what sensible protocols never do.
 */
import * as Schema from "effect/Schema"
import * as fc from "fast-check"
import type { Model, ModelledProtocol } from "../../../checker/network/model.ts"
import { crash, type Fault, type FaultModel, type Premise } from "../../../spec/kernel/fault.ts"
import type { NodeId } from "../../../spec/kernel/node.ts"
import type { Note, Observation } from "../../../spec/kernel/observation.ts"
import type { AnyProcess, Input, Process, Promises, Send } from "../../../spec/kernel/process.ts"
import type { AnyProperty } from "../../../spec/kernel/property.ts"
import { type Access, register, type Value } from "../../../spec/register/operation.ts"
import { patientProperties, randomProperties } from "./random-properties.ts"
import { named, Parameters } from "./tiny-protocols.ts"

const kinds = ["A", "B", "C"] as const
export type Kind = (typeof kinds)[number]
/** The values of the only field of a process's state. */
const places = [0, 1, 2] as const

export interface State {
  readonly at: number
  /** The number of own steps that the process may still take. */
  readonly spare: number
  /** The operation that a client has begun. */
  readonly pending: Access | null
}
export interface Message {
  readonly _tag: Kind
  readonly hops: number
}
type To = "sender" | "self" | "servers" | "clients"

/**
 * The effect of one input: the next place, the messages sent, the notes, and the result with which
 * a pending operation ends.
 */
interface Effect {
  /** Null if the process stays where it is. */
  readonly at: number | null
  readonly sends: ReadonlyArray<{ readonly to: To; readonly kind: Kind }>
  readonly notes: ReadonlyArray<number>
  readonly result: null | number | undefined
}
const silent: Effect = { at: null, sends: [], notes: [], result: undefined }

/** Per state: the effect of each input, and whether an operation may begin. */
interface Row {
  readonly receive: Readonly<Record<Kind, Effect | null>>
  readonly invoke: Effect
  readonly choose: Effect
  readonly choices: number
}
export type Role = "server" | "client"
type Table = ReadonlyArray<Row>
const promiseNames = [
  "isObsolete",
  "onlyAnswers",
  "isSettled",
  "isAnswer"
] as const satisfies ReadonlyArray<keyof Promises<unknown, unknown, unknown>>
/** Per promise, kind and state: what is claimed, true or not. */
type Claims = Readonly<
  Record<(typeof promiseNames)[number], Readonly<Record<Kind, ReadonlyArray<boolean>>>>
>

export interface RandomProtocol {
  readonly tables: Readonly<Record<Role, Table>>
  readonly claims: Readonly<Record<Role, Claims>>
  /** The kind of message that s1 alone ignores, if there is one. */
  readonly odd: Kind | null
  /** How many further messages may follow from one that is sent when an operation begins. */
  readonly hops: number
}

const sends = fc.record({
  to: fc.constantFrom<To>("sender", "sender", "sender", "self", "servers", "clients"),
  kind: fc.constantFrom(...kinds)
})
const stay = fc.constant(null)
const effectsWith = (
  at: fc.Arbitrary<number | null>,
  sent: fc.Arbitrary<Effect["sends"]>
): fc.Arbitrary<Effect> =>
  fc.record({
    at,
    sends: sent,
    notes: fc.oneof(
      { weight: 4, arbitrary: fc.constant([]) },
      fc.array(fc.nat({ max: 1 }), { maxLength: 2 })
    ),
    result: fc.option(fc.constantFrom(null, 1, 2), { nil: undefined, freq: 2 })
  })
const effects = effectsWith(
  fc.oneof(stay, { weight: 2, arbitrary: fc.constantFrom(...places) }),
  fc.array(sends, { maxLength: 2 })
)
const byKind = <A>(values: fc.Arbitrary<A>) => fc.record({ A: values, B: values, C: values })
const sometimes = (effect: fc.Arbitrary<Effect>, often: number) =>
  fc.oneof({ weight: often, arbitrary: effect }, { weight: 2, arbitrary: fc.constant(null) })

/** Arbitrary rows; messages have an effect `often` times in `often + 2`. */
const chaotic = (often: number): fc.Arbitrary<Row> =>
  fc.record({
    receive: byKind(sometimes(effects, often)),
    invoke: effects,
    choose: effects,
    choices: fc.constantFrom(0, 0, 1, 2)
  })

/**
 * A client that begins with a question A to all servers, and a server that answers it with B; the
 * rest is arbitrary.
 */
const askA = fc
  .array(sends, { maxLength: 1 })
  .map((more) => [{ to: "servers", kind: "A" } as const, ...more])
const answerB = fc
  .array(sends, { maxLength: 1 })
  .map((more) => [{ to: "sender", kind: "B" } as const, ...more])
const asking: fc.Arbitrary<Row> = chaotic(1).chain((row) =>
  effectsWith(fc.oneof(stay, fc.constantFrom(...places)), askA).map((invoke) => ({
    ...row,
    invoke
  }))
)
const answering: fc.Arbitrary<Row> = chaotic(1).chain((row) =>
  effectsWith(fc.oneof({ weight: 3, arbitrary: stay }, fc.constantFrom(...places)), answerB).map(
    (answer) => ({
      ...row,
      receive: { ...row.receive, A: answer }
    })
  )
)

const table = (rows: fc.Arbitrary<Row>): fc.Arbitrary<Table> =>
  fc.array(rows, { minLength: places.length, maxLength: places.length })
const tables: fc.Arbitrary<RandomProtocol["tables"]> = fc.oneof(
  fc.record({ server: table(chaotic(1)), client: table(chaotic(1)) }),
  fc.record({ server: table(chaotic(4)), client: table(chaotic(4)) }),
  { weight: 2, arbitrary: fc.record({ server: table(answering), client: table(asking) }) }
)

interface Context {
  readonly servers: ReadonlyArray<NodeId>
  readonly clients: ReadonlyArray<NodeId>
}
type Shown = Observation<Access, Value, Note<"note", number>>
type RandomProcess = Process<Context, State, Access, Shown, Message, number>

const stepOf =
  (role: Role, table: Table, { odd, hops: maxHops }: RandomProtocol): RandomProcess["step"] =>
  (
    { servers, clients }: Context,
    self: NodeId,
    state: State,
    input: Input<Access, Message, number>
  ) => {
    const row = table[state.at] as Row
    const from = input._tag === "Receive" ? input.from : self
    const hops =
      input._tag === "Receive" ? input.message.hops - 1 : input._tag === "Invoke" ? maxHops : 0
    const drawn =
      input._tag === "Receive"
        ? self === "s1" && input.message._tag === odd
          ? null
          : row.receive[input.message._tag]
        : input._tag === "Invoke"
          ? row.invoke
          : row.choose
    const { at, sends, notes, result } = drawn ?? silent
    const ends = role === "client" && result !== undefined && state.pending !== null
    const to = { sender: [from], self: [self], servers, clients }
    const spare = input._tag === "Choose" ? state.spare - 1 : state.spare
    const begun: ReadonlyArray<Shown> =
      input._tag === "Invoke" ? [{ _tag: "Invocation", operation: input.operation }] : []
    const ended: ReadonlyArray<Shown> =
      ends && state.pending !== null
        ? [
            {
              _tag: "Response",
              operation: state.pending,
              result: state.pending._tag === "Read" ? result : null
            }
          ]
        : []
    return {
      state: {
        at: at ?? state.at,
        spare,
        pending: input._tag === "Invoke" ? input.operation : ends ? null : state.pending
      },
      sends: sends.flatMap(
        ({ to: target, kind }): ReadonlyArray<Send<Message>> =>
          hops < 0 ? [] : to[target].map((id) => ({ to: id, message: { _tag: kind, hops } }))
      ),
      observations: [
        ...begun,
        ...ended,
        ...notes.map((detail): Shown => ({ _tag: "Note", name: "note", detail }))
      ]
    }
  }

/** A process that follows this table. */
const follows = (role: Role, table: Table, drawn: RandomProtocol): RandomProcess => ({
  State: Schema.Unknown as Schema.Codec<unknown, unknown> as Schema.Codec<State, unknown>,
  durable: false,
  initial: () => ({ at: 0, spare: 1, pending: null }),
  ready: (_context, _self, { pending }) => role === "client" && pending === null,
  choices: (_context, _self, { at, spare }) =>
    spare === 0 ? [] : Array.from({ length: (table[at] as Row).choices }, (_, choice) => choice),
  step: stepOf(role, table, drawn)
})

const processOf = (role: Role, drawn: RandomProtocol): RandomProcess => {
  const { tables, claims } = drawn
  const claimed =
    (promise: keyof Claims) =>
    (_context: unknown, _self: NodeId, { at }: State, _node: NodeId, { _tag }: Message) =>
      claims[role][promise][_tag][at] === true
  return {
    ...follows(role, tables[role], drawn),
    promises: Object.fromEntries(
      promiseNames
        .filter((promise) => kinds.some((kind) => claims[role][promise][kind].includes(true)))
        .map((promise) => [promise, claimed(promise)])
    )
  }
}

const Message = Schema.Union([
  Schema.TaggedStruct("A", { hops: Schema.Int }),
  Schema.TaggedStruct("B", { hops: Schema.Int }),
  Schema.TaggedStruct("C", { hops: Schema.Int })
])

const protocolOf = (properties: ReadonlyArray<AnyProperty>): ModelledProtocol => ({
  name: "random",
  about: "nothing in particular",
  objects: [register],
  Message,
  Parameters,
  properties,
  describe: String
})

const operations = fc.constantFrom<Access>(
  { _tag: "Write", value: 1 },
  { _tag: "Read" },
  { _tag: "Read" }
)
const crashes = fc.constantFrom(0, 0, 0, 1)

/** Which faults may happen to these servers and clients of a protocol. */
type Faults = (
  drawn: RandomProtocol,
  servers: ReadonlyArray<NodeId>,
  clients: ReadonlyArray<NodeId>
) => FaultModel

/** Now and then a server or a client may crash. */
export const crashesOnly: fc.Arbitrary<Faults> = fc
  .record({ server: crashes, client: crashes })
  .map(({ server, client }) => (_drawn, servers, clients) => ({
    budgets: [
      { fault: crash, nodes: servers, most: server },
      { fault: crash, nodes: clients, most: client }
    ]
  }))

/** Fails in some states, for no particular reason, and can hold again. */
const capricious: Premise<unknown, number> = {
  name: "capricious",
  observer: () => ({
    name: "caprice",
    initial: 0,
    observe: (at, event) =>
      event._tag === "Fault" ? (at + (event.fault === "crash" ? 1 : 3)) % 7 : (at + 2) % 7,
    allowsEarlierResponses: false,
    mentionsServers: false,
    violation: () => undefined
  }),
  holds: (at) => at !== 4 && at !== 6
}

/** The places in which a node that has gone mad begins. */
const beginnings = {
  "as it was": (_self: NodeId, state: State) => state,
  "all over": (_self: NodeId, { spare }: State) => ({ at: 0, spare, pending: null }),
  "one further": (_self: NodeId, state: State) => ({
    ...state,
    at: (state.at + 1) % places.length
  }),
  "s1 otherwise": (self: NodeId, state: State) => (self === "s1" ? { ...state, at: 2 } : state)
}
const beginning = fc.constantFrom<keyof typeof beginnings>(
  ...["as it was", "as it was", "all over", "one further", "s1 otherwise"].map(
    (name) => name as keyof typeof beginnings
  )
)

const madness = (table: Table, begins: keyof typeof beginnings, drawn: RandomProtocol): Fault => ({
  name: "madness",
  verb: "goes mad",
  becomes: {
    process: follows("server", table, drawn) as AnyProcess,
    begin: (self, state) => beginnings[begins](self, state as State)
  }
})

/**
 * A node may crash, or go mad: from then on it follows another table. Budgets name a role, all
 * nodes or one node, and may overlap.
 */
export const severalFaults: fc.Arbitrary<Faults> = fc
  .record({
    rows: table(chaotic(2)),
    beginning,
    mad: fc.record({ server: fc.constantFrom(0, 1, 1, 2), client: fc.constantFrom(0, 0, 1) }),
    crashes: fc.record({ server: crashes, client: crashes }),
    beside: fc.option(
      fc.record({
        isCrash: fc.boolean(),
        whom: fc.constantFrom("everybody", "first", "s1"),
        most: fc.constantFrom(0, 1, 2)
      }),
      { freq: 2 }
    ),
    hasPremise: fc.constantFrom(false, false, true)
  })
  .map(
    ({ rows, beginning, mad, crashes, beside, hasPremise }): Faults =>
      (drawn, servers, clients) => {
        const goesMad = madness(rows, beginning, drawn)
        const all = [...servers, ...clients]
        const whom = {
          everybody: all,
          first: [...servers.slice(0, 1), ...clients.slice(0, 1)],
          s1: all.slice(0, 1)
        }
        return {
          budgets: [
            { fault: crash, nodes: servers, most: crashes.server },
            { fault: crash, nodes: clients, most: crashes.client },
            { fault: goesMad, nodes: servers, most: mad.server },
            { fault: goesMad, nodes: clients, most: mad.client },
            ...(beside === null
              ? []
              : [
                  {
                    fault: beside.isCrash ? crash : goesMad,
                    nodes: whom[beside.whom as "s1"],
                    most: beside.most
                  }
                ])
          ],
          ...(hasPremise ? { premise: capricious as Premise<unknown, unknown> } : {})
        }
      }
  )

/** Crashes, most of the time. */
const usualFaults: fc.Arbitrary<Faults> = fc.oneof(
  { weight: 5, arbitrary: crashesOnly },
  { weight: 1, arbitrary: severalFaults }
)

/** Models of random protocols, whose promises are as `claims` draws them. */
export const modelsOf = (
  claims: (tables: RandomProtocol["tables"]) => fc.Arbitrary<RandomProtocol["claims"]>,
  someProperties: fc.Arbitrary<ReadonlyArray<AnyProperty>> = randomProperties,
  someFaults: fc.Arbitrary<Faults> = usualFaults
): fc.Arbitrary<Model> =>
  tables.chain((drawn) =>
    modelsOfProtocols(
      fc
        .tuple(claims(drawn), fc.option(fc.constantFrom(...kinds), { freq: 8 }))
        .map(
          ([claimed, odd]): RandomProtocol => ({ tables: drawn, claims: claimed, odd, hops: 1 })
        ),
      someProperties,
      someFaults
    )
  )

const modelsOfProtocols = (
  protocols: fc.Arbitrary<RandomProtocol>,
  someProperties: fc.Arbitrary<ReadonlyArray<AnyProperty>>,
  someFaults: fc.Arbitrary<Faults>
): fc.Arbitrary<Model> =>
  fc
    .record({
      drawn: protocols,
      properties: someProperties,
      servers: fc.constantFrom(1, 1, 2),
      scripts: fc.array(fc.array(operations, { minLength: 1, maxLength: 2 }), {
        minLength: 1,
        maxLength: 2
      }),
      faults: someFaults
    })
    .map(({ drawn, properties, servers: count, scripts, faults }) => {
      const [servers, clients] = [named("s", count), named("c", scripts.length)]
      const processes = { server: processOf("server", drawn), client: processOf("client", drawn) }
      return {
        protocol: protocolOf(properties),
        system: {
          nodes: [
            ...servers.map((id) => ({
              id,
              role: "server",
              process: processes.server as AnyProcess
            })),
            ...clients.map((id) => ({
              id,
              role: "client",
              process: processes.client as AnyProcess
            }))
          ],
          context: { servers, clients },
          parameters: { servers, clients }
        },
        scripts: Object.fromEntries(clients.map((id, index) => [id, scripts[index] ?? []])),
        faults: faults(drawn, servers, clients),
        properties
      }
    })

const claimsOf = (claimed: (kind: Kind, at: number) => boolean) => ({
  A: places.map((at) => claimed("A", at)),
  B: places.map((at) => claimed("B", at)),
  C: places.map((at) => claimed("C", at))
})
const nothingClaimed = claimsOf(() => false)
const noClaims: Claims = {
  isObsolete: nothingClaimed,
  onlyAnswers: nothingClaimed,
  isSettled: nothingClaimed,
  isAnswer: nothingClaimed
}

/** No promise is ever given. */
export const noPromises = () => fc.constant({ server: noClaims, client: noClaims })

/** Where a process may come to from a place, the place itself included. */
const reachable = (table: Table, from: number): ReadonlyArray<number> => {
  const found = [from]
  for (const at of found) {
    const { receive, invoke, choose } = table[at] as Row
    for (const effect of [...Object.values(receive), invoke, choose])
      if (effect !== null && effect.at !== null && !found.includes(effect.at)) found.push(effect.at)
  }
  return found
}

/** Every true promise; nothing is known of answers, so those promises are random. */
const honest = (
  tables: RandomProtocol["tables"],
  role: Role,
  isAnswer: ReadonlyArray<Kind>
): Claims => {
  const always = (kind: Kind, at: number, isMild: (effect: Effect) => boolean) =>
    reachable(tables[role], at).every((later) => {
      const effect = (tables[role][later] as Row).receive[kind]
      const stays = effect !== null && (effect.at ?? later) === later && effect.notes.length === 0
      return effect === null || (stays && effect.result === undefined && isMild(effect))
    })
  const isObsolete = (kind: Kind, at: number) => always(kind, at, ({ sends }) => sends.length === 0)
  const answersTo = (kind: Kind) =>
    [...tables.server, ...tables.client].flatMap(({ receive }) => receive[kind]?.sends ?? [])
  return {
    isObsolete: claimsOf(isObsolete),
    onlyAnswers: claimsOf((kind, at) =>
      always(kind, at, ({ sends }) => sends.every(({ to }) => to === "sender"))
    ),
    isSettled: claimsOf((kind, at) =>
      answersTo(kind).every((answer) => isObsolete(answer.kind, at))
    ),
    isAnswer: claimsOf((kind) => isAnswer.includes(kind))
  }
}

/** Makes every true promise, and random promises about answers. */
export const truePromises = (
  tables: RandomProtocol["tables"]
): fc.Arbitrary<RandomProtocol["claims"]> =>
  fc
    .record({ server: fc.subarray([...kinds]), client: fc.subarray([...kinds]) })
    .map(({ server, client }) => ({
      server: honest(tables, "server", server),
      client: honest(tables, "client", client)
    }))

/** Makes every true promise, and now and then a false one. */
export const dubiousPromises = (
  tables: RandomProtocol["tables"]
): fc.Arbitrary<RandomProtocol["claims"]> => {
  const rarely = fc.integer({ min: 0, max: 5 }).map((drawn) => drawn === 0)
  const flips = byKind(fc.array(rarely, { minLength: places.length, maxLength: places.length }))
  const lies = fc.record({
    isObsolete: flips,
    onlyAnswers: flips,
    isSettled: flips,
    isAnswer: flips
  })
  const flipped = (claims: Claims, lie: Claims): Claims => {
    const of = (promise: keyof Claims) =>
      claimsOf((kind, at) => claims[promise][kind][at] !== lie[promise][kind][at])
    return {
      isObsolete: of("isObsolete"),
      onlyAnswers: of("onlyAnswers"),
      isSettled: of("isSettled"),
      isAnswer: of("isAnswer")
    }
  }
  return fc
    .record({ truth: truePromises(tables), lies: fc.record({ server: lies, client: lies }) })
    .map(({ truth, lies: drawn }) => ({
      server: flipped(truth.server, drawn.server),
      client: flipped(truth.client, drawn.client)
    }))
}

/**
 * The same, but servers declare nothing an answer: then answers-at-once preserves the verdicts on
 * servers.
 */
export const dubiousAnswers = (
  tables: RandomProtocol["tables"]
): fc.Arbitrary<RandomProtocol["claims"]> =>
  dubiousPromises(tables).map(({ server, client }) => ({
    server: { ...server, isAnswer: nothingClaimed },
    client
  }))

/**
 * Models in which clients ask, servers answer, and a client does something more with the answers,
 * which it promises to be answers, truly or falsely.
 */
export const answeringModels: fc.Arbitrary<Model> = modelsOfProtocols(
  fc
    .record({
      server: table(answering),
      client: table(asking),
      hops: fc.integer({ min: 2, max: 3 })
    })
    .map(({ hops, ...drawn }) => ({
      tables: drawn,
      claims: { server: honest(drawn, "server", []), client: honest(drawn, "client", ["B", "C"]) },
      odd: null,
      hops
    })),
  patientProperties,
  crashesOnly
)
