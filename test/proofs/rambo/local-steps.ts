/**
 * Every step that a storage node, or a client that reads or writes, can take from any state of a
 * small domain with any message, reachable or not: there are two configurations, and a cmap knows
 * the first, both, or only the second.
 */
import { getAsked, setAsked, told } from "../../../proofs/rambo/state.ts"
import { labelOfPhase, labelsOfMap, type Memory, noMemory } from "../../../proofs/rambo/tie.ts"
import { labelOfOperation, labelOfValue, labelsOfPair } from "../../../proofs/register/tie.ts"
import type { AnyInput, AnyStep, Taken } from "../../../proofs/tie/run.ts"
import type { Fact } from "../../../proofs/tie/tie.ts"
import { type Configuration, majority } from "../../../spec/configuration/configuration.ts"
import { subsets } from "../../../spec/configuration/quorums.ts"
import { client, type ServerId, type ServerSet, servers } from "../../../spec/nodes/nodes.ts"
import { asked } from "../../../spec/phase/phase.ts"
import type { ConfigurationMap } from "../../../spec/rambo/configuration-map.ts"
import type { Message } from "../../../spec/rambo/messages.ts"
import type { ServerState } from "../../../spec/rambo/server.ts"
import type { ClientState } from "../../../spec/rambo/state.ts"
import type { Message as RdsMessage } from "../../../spec/rds/messages.ts"
import type { Access } from "../../../spec/register/operation.ts"
import { initialPair, type Pair } from "../../../spec/register/pair.ts"

export const [self, other] = [client("c1"), client("c2")]
export const all = servers("s1", "s2", "s3")
export const first = majority(servers("s1", "s2"))
export const second = majority(servers("s2", "s3"))

const maps: ReadonlyArray<ConfigurationMap> = [
  { retired: 0, active: [first] },
  { retired: 0, active: [first, second] },
  { retired: 1, active: [second] }
]
const pairs: ReadonlyArray<Pair> = [
  initialPair,
  { value: 1, timestamp: { number: 1, client: other } },
  { value: 2, timestamp: { number: 2, client: other } }
]
const own: Pair = { value: 9, timestamp: { number: 2, client: self } }
const operations: ReadonlyArray<Access> = [{ _tag: "Read" }, { _tag: "Write", value: 9 }]
export const begun = 2

/** A step, what is remembered of the way to it, and what has happened before. */
export interface LocalStep {
  readonly taken: Taken
  readonly memory: Memory
  readonly supposed: ReadonlyArray<Fact>
}

/** RAMBO's, or one that says more. */
export type Answer = Message | RdsMessage

/** What is tried: the processes of a protocol, and how its states and messages look. */
export interface Tried {
  readonly choices: (state: ClientState) => ReadonlyArray<unknown>
  readonly step: (role: "server" | "client", state: unknown, input: AnyInput) => AnyStep
  /** Which is to be the oldest active configuration, by its index. */
  readonly nextOldest: (retired: number, goal: number) => number
  /** Whether the nodes that have voted are enough for a decision. */
  readonly isEnough: (configuration: Configuration, voters: ServerSet) => boolean
  /**
   * The ways in which an answer may say more, a client wait for a decision, and a phase of a read
   * or a write ask.
   */
  readonly answers: (message: Message) => ReadonlyArray<Answer>
  readonly deciding: (state: ClientState) => ReadonlyArray<ClientState>
  readonly asking: (state: ClientState) => ReadonlyArray<ClientState>
  /** The ways in which a storage node may also be an acceptor. */
  readonly accepting: (state: ServerState) => ReadonlyArray<ServerState>
  /** Whether an answer like this can come to a client in this state, from this storage node. */
  readonly mayAnswer: (state: ClientState, from: ServerId, message: Answer) => boolean
  /** What has happened before a client was in this state, in addition to what the state says. */
  readonly history: (state: ClientState) => ReadonlyArray<Fact>
}

/** Answers tell cmaps that storage nodes have told. */
const toldMaps = maps.map((map): Fact => [told, ...labelsOfMap(map)])

/** What is remembered if the client is in this operation, which began a phase with this cmap. */
const memoryOf = (operation: Access, phase: number, map: ConfigurationMap): Memory => {
  const memory = noMemory()
  for (const number of [begun - 1, begun]) memory.accesses.add(labelOfOperation(self, number))
  if (operation._tag === "Write")
    memory.written.set(labelOfOperation(self, begun), labelOfValue(operation.value))
  const [oldest] = labelsOfMap(map)
  memory.oldest.set(labelOfPhase(self, { operation: begun, phase }), oldest)
  memory.oldest.set(labelOfPhase(self, { operation: begun - 1, phase: 1 }), "0")
  return memory
}

const clientStates = (map: ConfigurationMap, operation: Access): ReadonlyArray<ClientState> => {
  const { retired, active } = map
  const members = asked({ configurations: active, answered: [], answer: null })
  const phases = (answers: ReadonlyArray<Pair>) =>
    [...members.keys(), members.length]
      .flatMap((size) => subsets(members, size))
      .flatMap((answered) =>
        answers.map((answer) => ({ configurations: active, answered, answer }))
      )
  return [
    ...phases(pairs).map(
      (phase): ClientState => ({
        ...{ begun, phase: 1, map },
        activity: { _tag: "Getting", operation, retired, phase }
      })
    ),
    ...phases(operation._tag === "Read" ? pairs : [own]).map(
      (phase): ClientState => ({
        ...{ begun, phase: 2, map },
        activity: { _tag: "Setting", operation, retired, phase }
      })
    )
  ]
}

const repliesTo = ({ answers }: Tried, { phase }: ClientState): ReadonlyArray<Answer> =>
  [
    { operation: begun, phase },
    { operation: begun - 1, phase: 1 }
  ].flatMap((numbers) =>
    maps
      .flatMap(
        (map): ReadonlyArray<Message> => [
          { _tag: "SetReply", ...numbers, map },
          ...pairs.map((pair): Message => ({ _tag: "GetReply", ...numbers, map, pair }))
        ]
      )
      .flatMap(answers)
  )

const ofClients = (tried: Tried): ReadonlyArray<LocalStep> =>
  operations.flatMap((operation) =>
    maps.flatMap((map) =>
      clientStates(map, operation)
        .flatMap(tried.asking)
        .flatMap((before) => {
          const inputs = [
            ...tried.choices(before).map((choice) => ({ _tag: "Choose", choice }) as const),
            ...all.flatMap((from) =>
              repliesTo(tried, before)
                .filter((message) => tried.mayAnswer(before, from, message))
                .map((message) => ({ _tag: "Receive", from, message }) as const)
            )
          ]
          return inputs.map((input): LocalStep => {
            const step = tried.step("client", before, input)
            const memory = memoryOf(operation, before.phase, map)
            const isAsked = before.activity._tag === "Getting" ? getAsked : setAsked
            return {
              ...{ taken: { node: self, role: "client", before, input, step }, memory },
              supposed: [
                ...toldMaps,
                ...tried.history(before),
                [isAsked, labelOfOperation(self, begun), labelsOfMap(map)[0]]
              ]
            }
          })
        })
    )
  )

/** What a storage node may be asked, and what is remembered of the client that asks. */
const questions = (): ReadonlyArray<{ readonly message: Message; readonly memory: Memory }> => {
  const [map = { retired: 0, active: [first] }] = maps
  const [read = { _tag: "Read" }] = operations
  const byReader = (message: Message) => ({ message, memory: memoryOf(read, 1, map) })
  const byReconfigurer = (message: Message, phase: number, from: string, pair?: Pair) => {
    const memory = noMemory()
    const label = labelOfPhase(other, { operation: 1, phase })
    memory.oldest.set(label, from)
    if (pair !== undefined) memory.transfers.set(label, { n: "1", t: labelsOfPair(pair)[0] })
    return { message, memory }
  }
  const numbers = (phase: number) => ({ operation: 1, phase })
  return [
    byReader({ _tag: "AskMap" }),
    byReader({ _tag: "Get", operation: begun, phase: 1 }),
    ...pairs.flatMap((pair) => [
      byReader({ _tag: "Set", operation: begun, phase: 1, pair }),
      byReconfigurer({ _tag: "Set", ...numbers(2), pair }, 2, "0", pair)
    ]),
    ...maps.flatMap((map) => [
      byReconfigurer({ _tag: "StorePointer", ...numbers(1), map }, 1, labelsOfMap(map)[0]),
      byReconfigurer({ _tag: "Retire", ...numbers(3), map }, 3, labelsOfMap(map)[0])
    ])
  ]
}

const ofServers = (tried: Tried): ReadonlyArray<LocalStep> =>
  pairs.flatMap((pair) =>
    maps.flatMap((map) =>
      tried.accepting({ pair, map, instances: [] }).flatMap((before) =>
        questions().map(({ message, memory }): LocalStep => {
          const [node = self] = all
          const from = memory.accesses.size > 0 ? self : other
          const input = { _tag: "Receive", from, message } as const
          const step = tried.step("server", before, input)
          return { taken: { node, role: "server", before, input, step }, memory, supposed: [] }
        })
      )
    )
  )

/** Those of storage nodes, and of clients that read or write. */
export const localSteps = (tried: Tried): ReadonlyArray<LocalStep> => [
  ...ofServers(tried),
  ...ofClients(tried)
]
