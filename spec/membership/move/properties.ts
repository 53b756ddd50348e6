/**
 * What the membership service promises while it moves (S1, S2, S4 and S5 of the reference, and that
 * former replicas sign nothing any more).
 */
import type { Noted } from "../../administrator/observation.ts"
import { viewsOf } from "../../administrator/view.ts"
import { type Knowledge, knownTerms } from "../../kernel/adversary.ts"
import { equals } from "../../kernel/data.ts"
import { type Judged, judged } from "../../kernel/judged.ts"
import type { AnyNote, Observation } from "../../kernel/observation.ts"
import type {
  Observed,
  ProcessInvariant,
  StepInvariant,
  WholeInvariant
} from "../../kernel/property.ts"
import type { GlobalState } from "../../kernel/system.ts"
import { areEnough } from "../../kernel/threshold.ts"
import type { Value } from "../../register/operation.ts"
import type { StorageParameters } from "../../storage/parameters.ts"
import type { Following } from "../following.ts"
import type { ClientState } from "./client.ts"
import type { LogState } from "./log.ts"
import type { Message, ServiceShare } from "./messages.ts"
import type { Advanced, AskEpoch, Told } from "./operation.ts"
import type { ReplicaState } from "./replica.ts"

interface Roles {
  readonly server: ReplicaState
  readonly client: ClientState
  readonly administrator: LogState
}
type Whole = Pick<GlobalState<Roles, Message>, "known">
type Context = Pick<StorageParameters, "configuration" | "successors">

/**
 * "No certificate of an epoch is ever made by those who left": an adversary that takes them over,
 * whatever it has recorded, never has enough shares of one dealing.
 */
export const fewShares: WholeInvariant<Context, Whole> = {
  _tag: "Whole",
  name: "few-shares",
  about: "the adversary never has enough shares of one dealing to sign for the service",
  isSymmetric: true,
  allowsEarlierReceipts: true,
  holds: (_context, { known = [] }) => !areEnough(sharesIn(known))
}

const sharesIn = (known: Knowledge): ReadonlyArray<ServiceShare> =>
  knownTerms(known, "share") as ReadonlyArray<ServiceShare>

/** Whether the epoch that a node believes in is the log's epoch with this number. */
const isOfLog = (context: Context, { view }: Following): boolean =>
  equals(viewsOf(context)[view.number] ?? null, view)

const about =
  "is the one of its number that stands in the log: its certificate was signed by replicas of the epoch before, one of which does not lie, and no other has its number"

/** S1 and S4, for clients. */
export const clientsFollowLog: ProcessInvariant<Context, "client", ClientState> = {
  _tag: "Process",
  name: "clients-follow-log",
  about: `the epoch that a client believes in ${about}`,
  role: "client",
  isSymmetric: true,
  allowsEarlierReceipts: true,
  holds: (context, _self, state) => isOfLog(context, state)
}

/** S1 and S4, for replicas that join the service: the certificate determines their state. */
export const replicasFollowLog: ProcessInvariant<Context, "server", ReplicaState> = {
  _tag: "Process",
  name: "replicas-follow-log",
  about: `the epoch that a node believes in, and takes over the state of, ${about}`,
  role: "server",
  isSymmetric: true,
  allowsEarlierReceipts: true,
  holds: (context, _self, state) => isOfLog(context, state)
}

/** S2. */
export const epochsAreConsecutive: StepInvariant<unknown, "client", ClientState> = {
  _tag: "Step",
  name: "epochs-are-consecutive",
  about: "a client goes from each epoch to the next one, and skips none",
  role: "client",
  isSymmetric: true,
  allowsEarlierReceipts: true,
  holds: (_context, _self, { view: before }, { view: after }) =>
    after.number === before.number || after.number === before.number + 1
}

/** The lowest epoch that may be returned now, and the lowest for each client that is asking. */
interface Fresh extends Judged {
  readonly least: number
  readonly asking: Readonly<Record<string, number>>
}

type EpochNoted = Extract<Noted, { readonly name: "forgotten" }>

/**
 * S5, without clocks: a client does not learn of an epoch that had ended when it began to ask, nor
 * of one earlier than another client had learned of by then. A lease that begins with the question
 * is stale by at most the time since then.
 */
export const fresh: Observed<unknown, Observation<AskEpoch, Value, EpochNoted>> = judged<
  Fresh,
  AskEpoch,
  Value,
  EpochNoted
>(
  {
    name: "fresh",
    about:
      "a client is told of no epoch that was over, or older than what somebody had been told, when it began to ask"
  },
  { violation: null, least: 0, asking: {} },
  {
    begins: (state, client) => ({ ...state, asking: { ...state.asking, [client]: state.least } }),
    notes: (state, _node, note: AnyNote) =>
      note.name === "forgotten"
        ? {
            ...state,
            least: Math.max(state.least, (note.detail as EpochNoted["detail"]).number + 1)
          }
        : state,
    ends: (state, client, operation, result) => {
      const { [client]: least = 0, ...asking } = state.asking
      // A move of the service also ends.
      if (operation._tag !== "Ask" || typeof result !== "number") return { ...state, asking }
      const violation =
        result < least
          ? `${client} is told that epoch ${result} is the current one, and epoch ${least} was when it began to ask`
          : null
      return { ...state, asking, least: Math.max(state.least, result), violation }
    }
  },
  ({ _tag }) => _tag === "Response"
)

/** The lowest epoch of the system that may be told now, and to who has begun to ask. */
interface FreshSystem extends Fresh {
  /** How many replicas that do not lie state no epoch before the one of this number any more. */
  readonly advanced: Readonly<Record<number, number>>
}

/**
 * S5 of the system's epochs. One is over once the next is certified: then 2f+1 replicas state it no
 * more, f+1 of which do not lie.
 */
export const freshSystem: Observed<unknown, Observation<AskEpoch, Value, Advanced | Told>> = judged<
  FreshSystem,
  AskEpoch,
  Value,
  Advanced | Told
>(
  {
    name: "fresh-system",
    about:
      "a client is told of no epoch of the system that was over, or older than what somebody had been told, when it began to ask"
  },
  { violation: null, least: 0, asking: {}, advanced: {} },
  {
    begins: (state, client, { _tag }) =>
      _tag === "Ask" ? { ...state, asking: { ...state.asking, [client]: state.least } } : state,
    notes: (state, node, note: AnyNote) => {
      if (note.name === "advanced") return advancing(state, note as Advanced)
      return note.name === "told" ? telling(state, node, note as Told) : state
    }
  },
  (observation) => observation._tag === "Note" && observation.name === "told"
)

const advancing = (state: FreshSystem, { detail: { number, enough } }: Advanced): FreshSystem => {
  const replicas = (state.advanced[number] ?? 0) + 1
  const { [number]: _over, ...advanced } = state.advanced
  return replicas < enough
    ? { ...state, advanced: { ...advanced, [number]: replicas } }
    : { ...state, advanced, least: Math.max(state.least, number) }
}

const telling = (state: FreshSystem, client: string, { detail }: Told): FreshSystem => {
  const { [client]: least = 0, ...asking } = state.asking
  const violation =
    detail.system < least
      ? `${client} is told that epoch ${detail.system} of the system is the current one, and epoch ${least} was when it began to ask`
      : null
  return { ...state, asking, least: Math.max(state.least, detail.system), violation }
}
