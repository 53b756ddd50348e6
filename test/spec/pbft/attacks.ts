/**
 * Four replicas of PBFT, one of which lies, driven by hand: every message is received as soon as it
 * is sent, which is one of the orders that a network may have.
 */
import { symbolic } from "../../../spec/kernel/cryptography.ts"
import { equals } from "../../../spec/kernel/data.ts"
import { variantOf } from "../../../spec/kernel/protocol.ts"
import { client, type ServerId, server, servers } from "../../../spec/nodes/nodes.ts"
import type { Context } from "../../../spec/pbft/collected.ts"
import type { Message, Proposal } from "../../../spec/pbft/messages.ts"
import { pbft } from "../../../spec/pbft/protocol.ts"
import { type Choice, type ReplicaState, replica } from "../../../spec/pbft/replica.ts"
import { refinesLog } from "../../../spec/pbft/slot.ts"

const [c1, c2] = [client("c1"), client("c2")]
const all = servers("s1", "s2", "s3", "s4")

/** The request of the client of this number. */
const request = (value: 1 | 2) => symbolic.sign({ owner: value === 1 ? c1 : c2 }, value)
const proposal = (view: number, value: 1 | 2): Proposal => ({ view, request: request(value) })

/** A correct replica, by its name, does something by itself. */
export type Act = readonly [name: string, choice: Choice]
/** The liar tells everybody, or those who are named. */
type Word = ((liar: ServerId) => Message) & { readonly to?: ReadonlyArray<string> }
export type Move = Act | Word

export const accepts = (name: string, view: number, value: 1 | 2): Act => [
  name,
  { _tag: "Accept", proposal: proposal(view, value) }
]
export const commits = (name: string): Act => [name, { _tag: "Commit" }]
export const decides = (name: string): Act => [name, { _tag: "Decide" }]
export const leaves = (name: string): Act => [name, { _tag: "ChangeView" }]
export const liarVotes =
  (view: number, value: 1 | 2): Word =>
  (owner) => ({ _tag: "Vote", vote: symbolic.sign({ owner }, proposal(view, value)) })
export const liarCommits =
  (view: number, value: 1 | 2): Word =>
  () => ({ _tag: "Commit", proposal: proposal(view, value) })
export const liarClaims =
  (view: number, prepared: readonly [view: number, value: 1 | 2] | null): Word =>
  (owner) => ({
    _tag: "ViewChange",
    claim: symbolic.sign(
      { owner },
      { view, prepared: prepared === null ? null : proposal(prepared[0], prepared[1]) }
    )
  })

/** The liar tells nobody but these. */
export const only = (to: ReadonlyArray<string>, word: Word): Word =>
  Object.assign((liar: ServerId) => word(liar), { to })

/**
 * What the correct replicas come to along the moves under the rules of a variant; or the number of
 * the first move that a replica refuses.
 */
export const play = (
  variantName: string,
  liar: string,
  moves: ReadonlyArray<Move>
): {
  readonly replicas: ReadonlyMap<string, ReplicaState>
  readonly refused: number | undefined
  /** The number of the first move that is no step of a log that is given. */
  readonly notOfLog: number | undefined
} => {
  const rules = variantOf(pbft, variantName)?.rules
  if (rules === undefined) throw new Error(`no variant ${variantName}`)
  const context: Context = { rules, cryptography: symbolic, servers: all, clients: [c1, c2] }
  const correct = all.filter((id) => id !== liar)
  const replicas = new Map<string, ReplicaState>(
    correct.map((id) => [id, replica.initial(context, id)])
  )
  const stateOf = (id: string): ReplicaState => replicas.get(id) as ReplicaState
  const tell = (from: ServerId | typeof c1, to: ServerId, message: Message) =>
    replicas.set(
      to,
      replica.step(context, to, stateOf(to), { _tag: "Receive", from, message }).state
    )
  for (const to of correct) {
    tell(c1, to, { _tag: "Request", request: request(1) })
    tell(c2, to, { _tag: "Request", request: request(2) })
  }
  const slot = () =>
    refinesLog.mapping(context, { nodes: { server: Object.fromEntries(replicas) }, inFlight: {} })
  let [before, notOfLog] = [slot(), undefined as number | undefined]
  for (const [number, move] of moves.entries()) {
    if (typeof move === "function") {
      for (const to of correct)
        if (move.to?.includes(to) !== false) tell(server(liar), to, move(server(liar)))
      continue
    }
    const [name, choice] = move
    const self = server(name)
    const offered = replica.choices(context, self, stateOf(name))
    if (!offered.some((one) => equals(one, choice))) return { replicas, refused: number, notOfLog }
    const { state, sends } = replica.step(context, self, stateOf(name), { _tag: "Choose", choice })
    replicas.set(name, state)
    for (const { to, message } of sends)
      for (const other of correct) if (other === to) tell(self, other, message)
    const after = slot()
    if (!equals(before, after) && !refinesLog.allows(context, before, after)) notOfLog ??= number
    before = after
  }
  return { replicas, refused: undefined, notOfLog }
}
