/**
 * The properties of a weak snapshot (tutorial 6; integrity is from the original paper [2]), each an
 * automaton over invocations and responses.
 */
import { equals, including, setOf, union, without } from "../kernel/data.ts"
import { type Judged, judged } from "../kernel/judged.ts"
import type { NodeId } from "../kernel/node.ts"
import type { Observed, PairInvariant, StepInvariant } from "../kernel/property.ts"
import { type Change, type Changes, change } from "./change.ts"
import {
  listed,
  type SnapshotObservation,
  type SnapshotOperation,
  type SnapshotResult
} from "./operation.ts"
import type { ServerState } from "./server.ts"

/**
 * The transitions of a property at the begin and the end of an operation; without one, the state
 * stays.
 */
interface Transitions<State extends Judged> {
  readonly updateBegins?: (state: State, change: Change) => State
  readonly updateEnds?: (state: State) => State
  readonly scanBegins?: (state: State, client: NodeId) => State
  readonly scanEnds?: (state: State, client: NodeId, found: Changes) => State
}

const isScanned = (observation: SnapshotObservation): boolean =>
  observation._tag === "Response" && observation.operation._tag === "Scan"

const observed = <State extends Judged>(
  name: string,
  about: string,
  initial: State,
  { updateBegins, updateEnds, scanBegins, scanEnds }: Transitions<State>
): Observed<unknown, SnapshotObservation> =>
  judged<State, SnapshotOperation, SnapshotResult>(
    { name, about },
    initial,
    {
      begins: (state, client, operation) =>
        (operation._tag === "Update"
          ? updateBegins?.(state, change(operation))
          : scanBegins?.(state, client)) ?? state,
      // An update returns null, a scan the changes it found.
      ends: (state, client, _operation, result) =>
        (result === null ? updateEnds?.(state) : scanEnds?.(state, client, result)) ?? state
    },
    isScanned
  )

/** Integrity: a scan returns only proposed changes. */
export const integrity = observed<Judged & { readonly proposed: Changes }>(
  "integrity",
  "a scan returns only changes proposed by an earlier update",
  { proposed: [], violation: null },
  {
    updateBegins: (state, proposal) => ({
      ...state,
      proposed: including(state.proposed, proposal)
    }),
    scanEnds: (state, client, found) => {
      const invented = without(found, state.proposed)
      return invented.length === 0
        ? state
        : {
            ...state,
            violation: `${client}'s scan returned ${listed(invented)}, which no update had proposed`
          }
    }
  }
)

/**
 * "(1) Once an update completes, every subsequent scan returns a non-empty set of configuration
 * changes."
 */
export const validity = observed<
  Judged & {
    readonly isUpdated: boolean
    /** The clients whose current scan began after that. */
    readonly mustFind: ReadonlyArray<NodeId>
  }
>(
  "validity",
  "once an update completes, every later scan finds a change",
  { isUpdated: false, mustFind: [], violation: null },
  {
    updateEnds: (state) => ({ ...state, isUpdated: true }),
    scanBegins: (state, client) =>
      state.isUpdated ? { ...state, mustFind: including(state.mustFind, client) } : state,
    scanEnds: (state, client, found) =>
      state.mustFind.includes(client) && found.length === 0
        ? {
            ...state,
            violation: `${client}'s scan found nothing, though an update was complete before it began`
          }
        : { ...state, mustFind: without(state.mustFind, [client]) }
  }
)

/**
 * "(2) Once some configuration change is returned by a scan, it is returned by all subsequent
 * scans."
 */
export const monotonicity = observed<
  Judged & {
    /** Every change that a scan has returned. */
    readonly returned: Changes
    /** For each scan in progress, the changes returned before it began. */
    readonly before: ReadonlyArray<{ readonly client: NodeId; readonly changes: Changes }>
  }
>(
  "monotonicity",
  "every change returned by a scan is returned by all later scans",
  { returned: [], before: [], violation: null },
  {
    scanBegins: (state, client) => ({
      ...state,
      before: setOf([...state.before, { client, changes: state.returned }])
    }),
    scanEnds: (state, client, found) => {
      const missed = without(
        state.before.find((scan) => scan.client === client)?.changes ?? [],
        found
      )
      if (missed.length > 0) {
        const what = `${client}'s scan returned ${listed(found)} without ${listed(missed)}`
        return { ...state, violation: `${what}, which an earlier scan had returned` }
      }
      return {
        returned: union(state.returned, found),
        before: state.before.filter((scan) => scan.client !== client),
        violation: null
      }
    }
  }
)

/** "There exists some common configuration change that is returned in all non-empty scans." */
export const nonEmptyIntersection = observed<
  Judged & {
    /** The changes that every non-empty scan so far has returned; null before the first. */
    readonly common: Changes | null
  }
>(
  "non-empty-intersection",
  "all non-empty scans return a common change",
  { common: null, violation: null },
  {
    scanEnds: (state, client, found) => {
      if (found.length === 0) return state
      const common =
        state.common === null
          ? found
          : state.common.filter((one) => including(found, one) === found)
      if (common.length > 0) return { ...state, common }
      const others = `the earlier ones have only ${listed(state.common ?? [])} in common`
      return { common, violation: `${client}'s scan returned ${listed(found)}; ${others}` }
    }
  }
)

/**
 * "If a storage node had already endorsed another configuration change d', it simply responds with
 * d'."
 */
export const endorsementsAreFinal: StepInvariant<
  unknown,
  "server",
  Pick<ServerState, "endorsed">
> = {
  _tag: "Step",
  name: "endorsements-are-final",
  about: "a storage node never changes or revokes its endorsement",
  role: "server",
  isSymmetric: true,
  holds: (_context, _self, before, after) =>
    before.endorsed === null || equals(before.endorsed, after.endorsed)
}

/**
 * "N_i[j] holds the configuration change endorsed by storage node s_j": a column holds one change
 * in all rows. Without columns the property is vacuous (see the variant `with-columns`).
 */
export const columnsHaveOneChange: PairInvariant<unknown, "server", Pick<ServerState, "known">> = {
  _tag: "Pair",
  name: "columns-have-one-change",
  about: "the rows of all storage nodes hold at most one change per endorser",
  role: "server",
  isSymmetric: true,
  holds: (_context, left, right) => {
    const rows = [...left.known, ...right.known]
    return rows.every(({ by, change }) =>
      rows.every((other) => by === undefined || other.by !== by || equals(other.change, change))
    )
  }
}
