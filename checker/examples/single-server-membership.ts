/**
 * Changing the membership of a leader-based log by one server at a time, after Raft (Ongaro's
 * thesis, section 4.1), reduced to the essentials: terms, elections, and the configuration entries
 * of the log.
 *
 * Two configurations that differ by one server have majorities that intersect. So a leader may
 * append a configuration to its log, and uses it from then on; the configuration is committed when
 * a majority of it has stored it. The rule as first published is not enough: leaders of different
 * terms can each append a change to the same old configuration, and two such changes may have
 * disjoint majorities. The fix, published later: a leader appends no configuration before it has
 * committed an entry of its own term. (Two one-server changes of the same configuration have
 * disjoint majorities only if its size is even.)
 */
import type { Action, Relation } from "../relation/relation.ts"

type Server = string
type Members = ReadonlyArray<Server>

/**
 * An entry of the log: the configuration from here on. An ordinary or an empty entry repeats the
 * previous one.
 */
interface Entry {
  readonly term: number
  readonly members: Members
}

interface Node {
  readonly term: number
  readonly isLeader: boolean
  readonly log: ReadonlyArray<Entry>
  /** The number of entries of its log that the node, as leader, knows to be committed. */
  readonly committed: number
}

/**
 * Every message is received at once, or never: a node that receives nothing for a while is one to
 * which no node sends.
 */
export interface Membership {
  readonly nodes: Readonly<Record<Server, Node>>
}

/**
 * When a leader may append a configuration: as first published, or only after an entry of its own
 * term is committed.
 */
export type ChangeRule = "at once" | "after an entry of its term"

export interface MembershipOptions {
  /** The initial members: s1, s2, … */
  readonly members: number
  /** Other servers, which can be added. */
  readonly spares?: number
  readonly rule: ChangeRule
  /** The last term with an election; terms begin at 0, with s1 as the leader. */
  readonly lastTerm?: number
  /** The maximum number of entries of a log, including the first configuration. */
  readonly longestLog?: number
}

/** Membership changes of such a log, up to a last term and a maximum length of the log. */
export const singleServerMembership = ({
  members,
  spares = 0,
  rule,
  lastTerm = 3,
  longestLog = 3
}: MembershipOptions): Relation<Membership> => {
  const servers = Array.from({ length: members + spares }, (_, index) => `s${index + 1}`)
  const first: Entry = { term: 0, members: servers.slice(0, members) }
  const start = (name: Server): Node => ({
    term: 0,
    isLeader: name === "s1",
    log: [first],
    committed: 1
  })
  const ofEach = (name: string, action: (server: Server) => Action<Membership>) =>
    servers.map((server) => [`${name}(${server})`, action(server)] as const)
  const ofPairs = (name: string, action: (left: Server, right: Server) => Action<Membership>) =>
    servers.flatMap((left) =>
      servers
        .filter((right) => right !== left)
        .map((right) => [`${name}(${left},${right})`, action(left, right)] as const)
    )
  return {
    initial: [{ nodes: Object.fromEntries(servers.map((name) => [name, start(name)])) }],
    actions: Object.fromEntries([
      ...ofEach("Elect", elect(servers, lastTerm)),
      ...ofEach("Append", append(longestLog)),
      ...ofEach("Change", change(servers, rule, longestLog)),
      ...ofPairs("Replicate", replicate),
      ...ofEach("Commit", commit)
    ]),
    // One for each pair: the checker evaluates an invariant again only if the values that it read
    // have changed.
    invariants: Object.fromEntries(
      servers.flatMap((left, index) =>
        servers
          .slice(index + 1)
          .map((right) => [
            `committed entries of ${left} and ${right} agree`,
            ({ nodes }: Membership) => agree(nodes[left] as Node, nodes[right] as Node)
          ])
      )
    ),
    sometimes: {
      "a change is committed": ({ nodes }) =>
        servers.some((name) => isChanged(nodes[name] as Node, first.members.length))
    }
  }
}

/** Two nodes agree on the committed entries that both know. */
const agree = (left: Node, right: Node): boolean =>
  left.log
    .slice(0, Math.min(left.committed, right.committed))
    .every((entry, index) => isSame(entry, right.log[index]))

const isSame = (left: Entry | undefined, right: Entry | undefined): boolean =>
  left?.term === right?.term && left?.members.join() === right?.members.join()

const isChanged = ({ log, committed }: Node, size: number): boolean =>
  log.slice(0, committed).some(({ members }) => members.length !== size)

/** The configuration that a node uses: the last one in its log, committed or not. */
const configurationOf = ({ log }: Node): Members => lastOf(log).members
const lastOf = (log: ReadonlyArray<Entry>): Entry => log.at(-1) as Entry

const isMajority = (members: Members, nodes: Members): boolean =>
  members.filter((member) => nodes.includes(member)).length > members.length / 2

/** A voter grants its vote only to a log that is at least as up to date as its own. */
const isUpToDate = (candidate: Node, voter: Node): boolean => {
  const [mine, its] = [lastOf(candidate.log), lastOf(voter.log)]
  return mine.term === its.term ? candidate.log.length >= voter.log.length : mine.term > its.term
}

/**
 * A node is elected in some later term, by any majority of the configuration that it uses; no voter
 * has heard of that term.
 */
const elect =
  (servers: Members, lastTerm: number) =>
  (candidate: Server): Action<Membership> =>
  ({ nodes }) => {
    const node = nodes[candidate] as Node
    const members = configurationOf(node)
    if (!members.includes(candidate)) return []
    const elections: Array<{ readonly nodes: Record<Server, Partial<Node>> }> = []
    for (let term = node.term + 1; term <= lastTerm; term++) {
      const willing = servers.filter((name) => {
        const voter = nodes[name] as Node
        return members.includes(name) && voter.term < term && isUpToDate(node, voter)
      })
      for (const voters of minimalMajorities(members, candidate, willing)) {
        const voted = Object.fromEntries(voters.map((name) => [name, { term, isLeader: false }]))
        elections.push({ nodes: { ...voted, [candidate]: { term, isLeader: true } } })
      }
    }
    return elections
  }

/**
 * The smallest majorities of the members that contain the candidate and consist of willing voters.
 */
const minimalMajorities = (
  members: Members,
  candidate: Server,
  willing: Members
): ReadonlyArray<Members> => {
  const others = willing.filter((name) => name !== candidate)
  const size = Math.floor(members.length / 2)
  return willing.includes(candidate)
    ? subsetsOf(others, size).map((subset) => [candidate, ...subset])
    : []
}

const subsetsOf = (names: Members, size: number): ReadonlyArray<Members> => {
  if (size === 0) return [[]]
  return names.flatMap((name, index) =>
    subsetsOf(names.slice(index + 1), size - 1).map((subset) => [name, ...subset])
  )
}

/** A leader appends an entry that does not change the membership. */
const append =
  (longestLog: number) =>
  (leader: Server): Action<Membership> =>
  ({ nodes }) => {
    const { term, isLeader, log } = nodes[leader] as Node
    if (!isLeader || log.length >= longestLog) return []
    return [{ nodes: { [leader]: { log: [...log, { term, members: lastOf(log).members }] } } }]
  }

/**
 * A leader appends a configuration with one server more or less, once it knows that the last change
 * is committed; by the second rule, an entry of its own term must be committed too.
 */
const change =
  (servers: Members, rule: ChangeRule, longestLog: number) =>
  (leader: Server): Action<Membership> =>
  ({ nodes }) => {
    const { term, isLeader, log, committed } = nodes[leader] as Node
    if (!isLeader || log.length >= longestLog || lastChange(log) >= committed) return []
    if (rule === "after an entry of its term" && log[committed - 1]?.term !== term) return []
    const members = lastOf(log).members
    return servers.map((server) => {
      const changed = members.includes(server)
        ? members.filter((name) => name !== server)
        : [...members, server].sort()
      return { nodes: { [leader]: { log: [...log, { term, members: changed }] } } }
    })
  }

/** The index of the entry that introduced the configuration in use. */
const lastChange = (log: ReadonlyArray<Entry>): number =>
  log.findIndex(({ members }) => members.join() === lastOf(log).members.join())

/**
 * A leader's log reaches a node that has not heard of a later term, and replaces that node's own.
 */
const replicate =
  (leader: Server, follower: Server): Action<Membership> =>
  ({ nodes }) => {
    const { term, isLeader, log } = nodes[leader] as Node
    return isLeader && (nodes[follower] as Node).term <= term
      ? [{ nodes: { [follower]: { term, isLeader: false, log } } }]
      : []
  }

/**
 * A majority of the configuration that the leader uses has stored the leader's last entry, which is
 * of its own term, and all of this majority are still in that term: the entry is committed, and so
 * are all before it.
 */
const commit =
  (leader: Server): Action<Membership> =>
  ({ nodes }) => {
    const node = nodes[leader] as Node
    const { term, isLeader, log } = node
    if (!isLeader || lastOf(log).term !== term) return []
    const members = configurationOf(node)
    const holders = members.filter((name) => {
      const holder = nodes[name] as Node
      return holder.term === term && isSame(holder.log[log.length - 1], lastOf(log))
    })
    return isMajority(members, holders) ? [{ nodes: { [leader]: { committed: log.length } } }] : []
  }
