/**
 * Every step that a client of DynaStore in the middle of an operation, or a storage node, can take
 * from any state of a small domain with any message, reachable or not: a view, and one edge that
 * leads from it to another. (Those in which a client ignores the message are left out: nothing
 * changes.)
 */

import { common, proposed } from "../../../proofs/dynastore/symbols.ts"
import { labelOfView, type Memory, noMemory } from "../../../proofs/dynastore/tie.ts"
import { chose } from "../../../proofs/register/history.ts"
import { labelOfOperation, labelOfValue, labelsOfPair } from "../../../proofs/register/tie.ts"
import type { Taken } from "../../../proofs/tie/run.ts"
import type { Fact } from "../../../proofs/tie/tie.ts"
import { isQuorum, majority } from "../../../spec/configuration/configuration.ts"
import { subsets } from "../../../spec/configuration/quorums.ts"
import { client as clientProcess } from "../../../spec/dynastore/client.ts"
import type { Message } from "../../../spec/dynastore/messages.ts"
import { type ServerState, server as serverProcess } from "../../../spec/dynastore/server.ts"
import type { Stage, Traversing } from "../../../spec/dynastore/state.ts"
import { variants } from "../../../spec/dynastore/variants.ts"
import { extended, initialView, type View } from "../../../spec/dynastore/view.ts"
import { client, type ServerSet, servers } from "../../../spec/nodes/nodes.ts"
import type { Access } from "../../../spec/register/operation.ts"
import { initialPair, type Pair } from "../../../spec/register/pair.ts"
import { changeOf } from "../../../spec/storage/reconfiguration.ts"

const [self, other] = [client("c1"), client("c2")]
export const parameters = {
  servers: servers("s1", "s2", "s3"),
  clients: [self, other],
  configuration: majority(servers("s1", "s2"))
}
const first = initialView(parameters)
const edge = changeOf(["+s3"])
const next = extended(first, edge)
const begun = 1
const phase = 4

const pairs: ReadonlyArray<Pair> = [
  initialPair,
  { value: 1, timestamp: { number: 1, client: other } },
  { value: 2, timestamp: { number: 2, client: other } }
]
const own: Pair = { value: 9, timestamp: { number: 2, client: self } }
const operations: ReadonlyArray<Access> = [{ _tag: "Read" }, { _tag: "Write", value: 9 }]
const endorsements = [[], [{ change: edge }]]

/** The sets of nodes that may have answered without being a quorum. */
const waiting = (access: "read" | "write"): ReadonlyArray<ServerSet> => {
  const { configuration } = parameters
  return [...configuration.members.keys()]
    .flatMap((size) => subsets(configuration.members, size))
    .filter((answered) => !isQuorum(configuration, access, answered))
}
const inPhase = <Answer>(answered: ServerSet, answer: Answer) => ({
  ...{ configurations: [parameters.configuration], answered, answer }
})

/** The stages of a weak snapshot: of an update, or of a scan. */
const snapshots = (isScan: boolean) =>
  isScan
    ? ([1, 2] as const).flatMap((round) => [
        ...waiting("read").flatMap((answered) =>
          endorsements.map((found) => ({
            ...{ _tag: "Collecting" as const, round, phase: inPhase(answered, found) }
          }))
        ),
        ...waiting("write").map((answered) => ({
          ...{ _tag: "WritingBack" as const, round, phase: inPhase(answered, [{ change: edge }]) }
        }))
      ])
    : [
        { _tag: "Endorsing" as const },
        ...waiting("write").map((answered) => ({
          ...{ _tag: "Spreading" as const, phase: inPhase(answered, [{ change: edge }]) }
        }))
      ]

const stages: ReadonlyArray<Stage> = [
  ...snapshots(false).map((snapshot) => ({ _tag: "Proposing" as const, snapshot })),
  ...snapshots(true).flatMap((snapshot) => [
    { _tag: "Scanning" as const, snapshot },
    { _tag: "Checking" as const, snapshot }
  ]),
  ...waiting("read").flatMap((answered) =>
    [[], [edge]].map((found) => ({
      ...{ _tag: "Getting" as const, found, phase: inPhase(answered, null) }
    }))
  ),
  ...waiting("write").map((answered) => ({
    ...{ _tag: "Setting" as const, phase: inPhase(answered, null) }
  }))
]

/** Where a client can be: it desires the view that it visits, or the next one too. */
const states: ReadonlyArray<Traversing> = operations.flatMap((operation) =>
  stages.flatMap((stage) =>
    [first, next].flatMap((desired: View) =>
      [...pairs, ...(operation._tag === "Write" ? [own] : [])].flatMap((pair) => {
        const isLeaf = stage._tag === "Setting" || stage._tag === "Checking"
        // A traversal that proposes lacks something; one at a leaf desires nothing else.
        if (stage._tag === "Proposing" && desired === first) return []
        if (isLeaf && desired === next) return []
        const mayHaveChosen = operation._tag === "Write" && pair !== initialPair
        const chosen = isLeaf && operation._tag === "Write" ? [true] : [false, true]
        return chosen
          .filter((has) => (has ? mayHaveChosen : pair !== own))
          .map(
            (has): Traversing => ({
              ...{ _tag: "Traversing", begun, operation, phase, start: first, desired },
              ...{ front: [first], view: first, pair, chosen: has, stage }
            })
          )
      })
    )
  )
)

const answers: ReadonlyArray<Message> = [phase - 1, phase].flatMap(
  (number): ReadonlyArray<Message> => {
    const numbers = { operation: begun, phase: number }
    return [
      { _tag: "Endorsed", ...numbers, change: edge },
      { _tag: "Stored", ...numbers },
      ...endorsements.map(
        (some): Message => ({ _tag: "Collected", ...numbers, endorsements: some })
      ),
      ...pairs.map((pair): Message => ({ _tag: "GetReply", ...numbers, pair })),
      { _tag: "SetReply", ...numbers }
    ]
  }
)

/** A step, what is remembered of the way to it, and what has happened before. */
export interface LocalStep {
  readonly taken: Taken
  readonly memory: Memory
  readonly supposed: ReadonlyArray<Fact>
}

const o = labelOfOperation(self, begun)
const [from, to] = [labelOfView(first), labelOfView(next)]

/** The edge was proposed; and all scans have it in common, if one has found it. */
const history = ({ chosen, stage }: Traversing): ReadonlyArray<Fact> => [
  [proposed, from, to],
  ...(stage._tag === "Getting" && stage.found.length > 0 ? [[common, from, to] as const] : []),
  ...(chosen ? [[chose, o, ...labelsOfPair(own)] as const] : [])
]

const ofClients = (context: ReturnType<typeof contextOf>): ReadonlyArray<LocalStep> =>
  states.flatMap((before) =>
    answers.flatMap((message) =>
      parameters.servers.flatMap((sender): ReadonlyArray<LocalStep> => {
        const input = { _tag: "Receive", from: sender, message } as const
        const step = clientProcess.step(context, self, before, input)
        if (step.state === before && step.sends.length === 0) return []
        const memory = noMemory()
        memory.settled.set(from, to)
        const { operation } = before
        if (operation._tag === "Write") memory.written.set(o, labelOfValue(operation.value))
        const taken = { node: self, role: "client", before, input, step }
        return [{ taken, memory, supposed: history(before) }]
      })
    )
  )

const questions: ReadonlyArray<Message> = [
  { _tag: "Get", operation: begun, phase },
  ...pairs.map((pair): Message => ({ _tag: "Set", operation: begun, phase, pair })),
  { _tag: "Endorse", operation: begun, phase, view: first, change: edge },
  { _tag: "Store", operation: begun, phase, view: first, endorsements: [{ change: edge }] },
  { _tag: "Collect", operation: begun, phase, view: first },
  { _tag: "AskView" },
  { _tag: "Notify", operation: begun, phase, view: next }
]

const ofServers = (context: ReturnType<typeof contextOf>): ReadonlyArray<LocalStep> => {
  const [node] = parameters.servers
  if (node === undefined) return []
  const parts: ReadonlyArray<ServerState["snapshots"]> = [
    [],
    [{ view: first, endorsed: null, known: [{ change: edge }] }],
    [{ view: first, endorsed: edge, known: [{ change: edge }] }]
  ]
  return pairs.flatMap((pair) =>
    [first, next].flatMap((latest) =>
      parts.flatMap((snapshotsOfNode) =>
        questions.map((message): LocalStep => {
          const before: ServerState = { pair, latest, snapshots: snapshotsOfNode }
          const input = { _tag: "Receive", from: self, message } as const
          const step = serverProcess.step(context, node, before, input)
          const taken = { node, role: "server", before, input, step }
          return { taken, memory: noMemory(), supposed: [] }
        })
      )
    )
  )
}

const contextOf = (variant: string) => {
  const found = variants.find(({ name }) => name === variant)
  if (found === undefined) throw new Error(`no variant ${variant}`)
  return { ...parameters, rules: found.rules }
}

export const localSteps = (variant: string): ReadonlyArray<LocalStep> => {
  const context = contextOf(variant)
  return [...ofServers(context), ...ofClients(context)]
}
