/**
 * State transfer (protocols.md 8.2 and 8.3; membership.md 5): the epochs whose data a replica has,
 * and how it obtains that data.
 *
 * A replica is in the group of an object for some epochs in a row: a *stint*. It copies the data
 * once, at the beginning of the stint, from the group of the epoch before; from then on every write
 * reaches it, or a quorum of which enough members stay. It may pass through epochs while it copies:
 * it then completes the stint late, and until then no other node counts on it.
 */
import * as Schema from "effect/Schema"
import { including, without } from "../kernel/data.ts"
import { Count, type NodeId, SetOf } from "../kernel/node.ts"
import { type ServerId, ServerSet } from "../nodes/nodes.ts"
import { begin, type Enough } from "../phase/phase.ts"
import { type Chain, configurationOf, groupIn, isAmong } from "./epoch.ts"
import type { CommonRules, ReplicaRules } from "./rules.ts"

/** An epoch, and the replicas heard from about it. */
export const Heard = Schema.Struct({ epoch: Count, replicas: ServerSet })
export type Heard = typeof Heard.Type

/** The epochs at whose start it began to copy, and the old replicas that it has heard from. */
export const Copying = SetOf(Heard)
/**
 * The epochs whose new replicas may still copy from it the data of the previous epoch, and the
 * replicas that have the data by now.
 */
export const Owing = SetOf(Heard)

type Rules = ReplicaRules & CommonRules

/** The number of the last epoch of a chain. */
export const lastOf = (chain: Chain): number => chain.length - 1

/** The replica group in the epoch with this number; empty if the epoch is unknown. */
export const groupAt = (rules: Rules, chain: Chain, number: number): ServerSet => {
  const certificate = chain[number]
  return certificate === undefined ? [] : groupIn(rules, certificate.content)
}

export const isReplica = (rules: Rules, chain: Chain, number: number, node: string): boolean =>
  isAmong(groupAt(rules, chain, number), node)

/** The first epoch of the stint of a replica that this epoch belongs to. */
export const stintOf = (rules: Rules, chain: Chain, number: number, self: ServerId): number =>
  number > 0 && isReplica(rules, chain, number - 1, self)
    ? stintOf(rules, chain, number - 1, self)
    : number

/** Whether a replica has the data of this epoch: it is in the group, and is not copying for it. */
export const isComplete = (
  rules: Rules,
  {
    certificates,
    copying
  }: { readonly certificates: Chain; readonly copying: typeof Copying.Type },
  number: number,
  self: ServerId
): boolean => {
  if (!isReplica(rules, certificates, number, self)) return false
  const stint = stintOf(rules, certificates, number, self)
  return !copying.some(({ epoch }) => epoch === stint)
}

/** The members of this epoch's group that were not in the previous one. */
export const newcomers = (rules: Rules, chain: Chain, number: number): ServerSet =>
  without(groupAt(rules, chain, number), groupAt(rules, chain, number - 1))

/**
 * The nodes that must keep their data for the new replicas of this epoch: the previous group, from
 * which these copy.
 */
export const keepers = (rules: Rules, chain: Chain, number: number): ServerSet => {
  if (rules.erases === null || number === 0 || newcomers(rules, chain, number).length === 0)
    return []
  const old = groupAt(rules, chain, number - 1)
  return rules.keepsWhileIn ? old : without(old, groupAt(rules, chain, number))
}

/** The replicas heard from, including this one; null when they are enough. */
export const heard = (
  { epoch, replicas }: Heard,
  from: ServerId,
  isEnough: (replicas: ServerSet) => boolean
): Heard | null => {
  const now = including(replicas, from)
  return isEnough(now) ? null : { epoch, replicas: now }
}

/** Whether these members of a group are enough by a rule about phases. */
export const areEnough = (enough: Enough, group: ServerSet, replicas: ServerSet): boolean =>
  enough({ ...begin([configurationOf(group)], null), answered: replicas }, "read")

/** The entries with this one replaced by its successor, if any. */
export const replaced = (
  entries: ReadonlyArray<Heard>,
  entry: Heard,
  after: Heard | null
): ReadonlyArray<Heard> => {
  const others = without(entries, [entry])
  return after === null ? others : including(others, after)
}

/** The member of a group with this name, if it has not been heard from. */
export const missingIn = (
  group: ServerSet,
  { replicas }: Heard,
  from: NodeId
): ServerId | undefined => group.find((one) => one === from && !isAmong(replicas, one))
