/**
 * What the forgetting protocol promises about its keys (tutorial 7.2).
 */
import type { AdministratorState } from "../administrator/administrator.ts"
import { configurationOf, isMember, viewsOf } from "../administrator/view.ts"
import { isQuorum } from "../configuration/configuration.ts"
import { type Knowledge, knownTerms } from "../kernel/adversary.ts"
import type { SigningKey } from "../kernel/cryptography.ts"
import { setOf } from "../kernel/data.ts"
import type { WholeInvariant } from "../kernel/property.ts"
import type { GlobalState } from "../kernel/system.ts"
import type { StorageParameters } from "../storage/parameters.ts"
import type { KeyName, Message, SharedKey } from "./messages.ts"
import type { Rules } from "./rules.ts"
import type { ServerState } from "./server.ts"

/** The roles that these properties observe. */
interface Roles {
  readonly server: ServerState
  readonly administrator: AdministratorState
}
type Whole = Pick<GlobalState<Roles, Message>, "nodes" | "known">
type Context = StorageParameters & { readonly rules: Pick<Rules, "askedIsStopped"> }

/** The names of the private keys that the adversary knows. */
const namesIn = (known: Knowledge = []): ReadonlyArray<KeyName> =>
  (knownTerms(known, "signing key") as ReadonlyArray<SigningKey<KeyName>>)
    .map(({ owner }) => owner)
    .filter((owner) => typeof owner === "object")

/**
 * The number of forgotten configurations: all before the latest one that the administrator chose.
 */
const forgottenBy = ({ rules }: Context, { view, activity }: AdministratorState): number =>
  rules.askedIsStopped && activity?.stage === "stop" ? view.number + 1 : view.number

/** "In every supermajority at least one storage node is missing its key." */
export const fewKeys: WholeInvariant<Context, Whole> = {
  _tag: "Whole",
  name: "few-keys",
  about: "the adversary never knows the keys of a super-majority of a forgotten configuration",
  isSymmetric: true,
  allowsEarlierReceipts: true,
  holds: (context, { nodes, known }) => {
    const names = namesIn(known)
    const [chief] = Object.values(nodes.administrator)
    const forgotten = chief === undefined ? 0 : forgottenBy(context, chief)
    return viewsOf(context)
      .slice(0, forgotten)
      .every((view) => {
        const owners = names.filter(
          ({ number, server }) => number === view.number && isMember(view, server)
        )
        return !isQuorum(configurationOf(view), "read", setOf(owners.map(({ server }) => server)))
      })
  }
}

/** Whether a correct storage node holds keys of its current configuration, and no others. */
const holdsCurrentKeys = (
  self: string,
  { storage: { view }, key, possessions }: ServerState
): boolean => {
  // A removed node has erased all its keys; a node that was never a member has its first key.
  const mayHold = isMember(view, self) || view.number === 0
  return (
    (key === null || (mayHold && key.times === view.number)) &&
    possessions.every(
      ({ key: { owner } }) => mayHold && owner.server === self && owner.number === view.number
    )
  )
}

/**
 * "The key is known only to that storage node", until the adversary takes over the node while it
 * holds the key: in the configuration of that key, or in an earlier one, whose symmetric key leads
 * to it. The keys it holds later lead to no earlier key, since correct storage nodes erase those.
 */
export const confidentiality: WholeInvariant<Context, Whole> = {
  _tag: "Whole",
  name: "confidentiality",
  about: "the adversary knows only private keys of storage nodes that it took over in time",
  isSymmetric: true,
  allowsEarlierReceipts: true,
  holds: (_context, { nodes, known }) => {
    const shared = knownTerms(known ?? [], "symmetric key") as ReadonlyArray<SharedKey>
    return (
      Object.entries(nodes.server).every(([self, state]) => holdsCurrentKeys(self, state)) &&
      namesIn(known).every(
        ({ server, number }) =>
          !(server in nodes.server) &&
          shared.some(({ owner, times }) => owner === server && times <= number)
      )
    )
  }
}
