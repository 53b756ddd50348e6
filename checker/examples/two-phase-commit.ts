/**
 * Two-phase commit: resource managers agree, through a transaction manager, either to all commit or
 * to all abort.
 *
 * After Lamport's TwoPhase specification (Gray and Lamport, "Consensus on Transaction Commit",
 * section 3), state for state, so that the counts equal those of TLC. A sent message stays in
 * flight: it can be received again, or never. Only safety is specified: any process may stop at any
 * time, by taking no further step.
 */
import type { Action, Relation } from "../relation/relation.ts"

type ResourceManager = string

export interface TwoPhaseCommit {
  readonly resourceManagers: Readonly<
    Record<ResourceManager, "working" | "prepared" | "committed" | "aborted">
  >
  readonly transactionManager: "init" | "committed" | "aborted"
  /** The resource managers from which the transaction manager has received Prepared. */
  readonly heardFrom: Readonly<Record<ResourceManager, boolean>>
  /**
   * The messages that have been sent: Prepared with its sender, and the transaction manager's
   * Commit and Abort.
   */
  readonly sent: {
    readonly prepared: Readonly<Record<ResourceManager, boolean>>
    readonly commit: boolean
    readonly abort: boolean
  }
}

/**
 * When the transaction manager may commit. The second rule is a mistake that violates consistency.
 */
export type CommitRule = "when all are prepared" | "when one is prepared"

export interface TwoPhaseCommitOptions {
  /** The number of resource managers: rm1, rm2, … */
  readonly count: number
  readonly commitRule?: CommitRule
}

/** Two-phase commit with this many resource managers. */
export const twoPhaseCommit = ({
  count,
  commitRule = "when all are prepared"
}: TwoPhaseCommitOptions): Relation<TwoPhaseCommit> => {
  const managers = Array.from({ length: count }, (_, index) => `rm${index + 1}`)
  const each = <Value>(value: Value) =>
    Object.fromEntries(managers.map((manager) => [manager, value]))
  const ofEach = (name: string, action: (manager: ResourceManager) => Action<TwoPhaseCommit>) =>
    Object.fromEntries(managers.map((manager) => [`${name}(${manager})`, action(manager)]))
  return {
    initial: [
      {
        resourceManagers: each("working"),
        transactionManager: "init",
        heardFrom: each(false),
        sent: { prepared: each(false), commit: false, abort: false }
      }
    ],
    actions: {
      TMCommit: commit(managers, commitRule),
      TMAbort: abort,
      ...ofEach("TMRcvPrepared", receivePrepared),
      ...ofEach("RMPrepare", prepare),
      ...ofEach("RMChooseToAbort", chooseToAbort),
      ...ofEach("RMRcvCommitMsg", receiveCommit),
      ...ofEach("RMRcvAbortMsg", receiveAbort)
    },
    invariants: {
      consistency: ({ resourceManagers }) =>
        !managers.some((manager) => resourceManagers[manager] === "committed") ||
        !managers.some((manager) => resourceManagers[manager] === "aborted")
    },
    sometimes: {
      "all commit": ({ resourceManagers }) =>
        managers.every((manager) => resourceManagers[manager] === "committed"),
      "all abort": ({ resourceManagers }) =>
        managers.every((manager) => resourceManagers[manager] === "aborted")
    }
  }
}

/** The transaction manager commits, once it has received Prepared from every resource manager. */
const commit =
  (managers: ReadonlyArray<ResourceManager>, rule: CommitRule): Action<TwoPhaseCommit> =>
  ({ transactionManager, heardFrom }) => {
    if (transactionManager !== "init") return []
    const mayCommit =
      rule === "when all are prepared"
        ? managers.every((manager) => heardFrom[manager])
        : managers.some((manager) => heardFrom[manager])
    return mayCommit ? [{ transactionManager: "committed", sent: { commit: true } }] : []
  }

/** The transaction manager aborts, for any reason, as long as it has not decided. */
const abort: Action<TwoPhaseCommit> = ({ transactionManager }) =>
  transactionManager === "init" ? [{ transactionManager: "aborted", sent: { abort: true } }] : []

/**
 * The transaction manager, undecided, receives a resource manager's Prepared, perhaps not for the
 * first time.
 */
const receivePrepared =
  (manager: ResourceManager): Action<TwoPhaseCommit> =>
  ({ transactionManager, sent }) =>
    transactionManager === "init" && sent.prepared[manager]
      ? [{ heardFrom: { [manager]: true } }]
      : []

/**
 * A working resource manager prepares and sends Prepared: from now on it obeys the transaction
 * manager.
 */
const prepare =
  (manager: ResourceManager): Action<TwoPhaseCommit> =>
  ({ resourceManagers }) =>
    resourceManagers[manager] === "working"
      ? [{ resourceManagers: { [manager]: "prepared" }, sent: { prepared: { [manager]: true } } }]
      : []

/**
 * A working resource manager aborts on its own. It sends no message: the transaction manager never
 * learns of it.
 */
const chooseToAbort =
  (manager: ResourceManager): Action<TwoPhaseCommit> =>
  ({ resourceManagers }) =>
    resourceManagers[manager] === "working" ? [{ resourceManagers: { [manager]: "aborted" } }] : []

/** A resource manager receives Commit and commits, whatever it did before. */
const receiveCommit =
  (manager: ResourceManager): Action<TwoPhaseCommit> =>
  ({ sent }) =>
    sent.commit ? [{ resourceManagers: { [manager]: "committed" } }] : []

/** A resource manager receives Abort and aborts, whatever it did before. */
const receiveAbort =
  (manager: ResourceManager): Action<TwoPhaseCommit> =>
  ({ sent }) =>
    sent.abort ? [{ resourceManagers: { [manager]: "aborted" } }] : []
