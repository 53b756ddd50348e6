/**
 * Properties of traversals from the proof of the original paper [2], in addition to atomicity. The
 * numbers are those of its lemmas.
 *
 * A view is "established" if it is on the path of every traversal. Established views form a chain,
 * and data is stored in no others. No process knows which views are established; the observable
 * consequence is that the views in which data is stored form a chain.
 */
import { including, setOf } from "../kernel/data.ts"
import { type Judged, judged } from "../kernel/judged.ts"
import type { NodeId } from "../kernel/node.ts"
import type { Observed, ProcessInvariant, StepInvariant } from "../kernel/property.ts"
import type { Value } from "../register/operation.ts"
import { isLarger, type Timestamp } from "../register/pair.ts"
import type { StorageOperation } from "../storage/reconfiguration.ts"
import type { DynaStoreObservation, Stores } from "./observation.ts"
import type { ClientState } from "./state.ts"
import { describeView, isWithin, type View } from "./view.ts"

const isStored = (observation: DynaStoreObservation): boolean => observation._tag === "Note"

/** The transitions of a property at the events of an operation; without one, the state stays. */
interface Transitions<State extends Judged> {
  readonly begins?: (state: State, client: NodeId, operation: StorageOperation) => State
  readonly stores?: (state: State, client: NodeId, stores: Stores["detail"]) => State
  readonly ends?: (state: State, client: NodeId) => State
}

const observed = <State extends Judged>(
  name: string,
  about: string,
  initial: State,
  { stores, ...others }: Transitions<State>
): Observed<unknown, DynaStoreObservation> =>
  judged<State, StorageOperation, Value, Stores>(
    { name, about },
    initial,
    { ...others, notes: (state, client, { detail }) => stores?.(state, client, detail) ?? state },
    isStored
  )

/** 5.8: data is stored only in established views, which form a chain. */
export const storedViewsFormAChain = observed<Judged & { readonly stored: ReadonlyArray<View> }>(
  "stored-views-form-a-chain",
  "of any two views in which data is stored, one contains the other",
  { stored: [], violation: null },
  {
    stores: (state, client, { view }) => {
      const rival = state.stored.find((other) => !isWithin(other, view) && !isWithin(view, other))
      return rival === undefined
        ? { ...state, stored: including(state.stored, view) }
        : {
            ...state,
            violation: `${client} stores in ${describeView(view)}, another in ${describeView(rival)}`
          }
    }
  }
)

/** A client's operation: its lower bounds, and what it has stored so far. */
interface Course<A> {
  readonly client: NodeId
  readonly isWrite: boolean
  /** The results of the operations that ended before this one began. */
  readonly before: ReadonlyArray<A>
  readonly stored: A | null
}

const courseOf = <A>(courses: ReadonlyArray<Course<A>>, client: NodeId): Course<A> | undefined =>
  courses.find((course) => course.client === client)

const withCourse = <A>(
  courses: ReadonlyArray<Course<A>>,
  course: Course<A>
): ReadonlyArray<Course<A>> =>
  setOf([...courses.filter(({ client }) => client !== course.client), course])

/**
 * 5.13 and 5.14: a traversal that begins after the end of another never stores in a smaller view.
 */
export const viewsGrow = observed<
  Judged & { readonly ended: ReadonlyArray<View>; readonly courses: ReadonlyArray<Course<View>> }
>(
  "views-grow",
  "an operation never stores data in a view that lacks changes of a view in which an earlier operation ended",
  { ended: [], courses: [], violation: null },
  {
    begins: (state, client, { _tag }) => {
      const course = { client, isWrite: _tag === "Write", before: state.ended, stored: null }
      return { ...state, courses: withCourse(state.courses, course) }
    },
    stores: (state, client, { view }) => {
      const course = courseOf(state.courses, client)
      if (course === undefined) return state
      const missed = course.before.find((other) => !isWithin(other, view))
      return missed === undefined
        ? { ...state, courses: withCourse(state.courses, { ...course, stored: view }) }
        : {
            ...state,
            violation: `${client} stores in ${describeView(view)} after ${describeView(missed)}`
          }
    },
    ends: (state, client) => ({
      ...state,
      courses: state.courses.filter((course) => course.client !== client),
      ended: largest([
        ...state.ended,
        courseOf(state.courses, client)?.stored ?? { add: [], remove: [] }
      ])
    })
  }
)

/** The maximal views; the others impose no further bound. */
const largest = (views: ReadonlyArray<View>): ReadonlyArray<View> =>
  setOf(views).filter(
    (view, at, all) => !all.some((other, index) => index !== at && isWithin(view, other))
  )

/**
 * 5.17: an operation that begins after the end of another has a timestamp at least as large, and a
 * write has a larger one. The timestamp of a write is the one it chose; that of a read is the last
 * one it stored.
 */
export const timestampsFollowTime = observed<
  Judged & { readonly ended: Timestamp | null; readonly courses: ReadonlyArray<Course<Timestamp>> }
>(
  "timestamps-follow-time",
  "an operation that begins after the end of another has a timestamp at least as large, and a write has a larger one",
  { ended: null, courses: [], violation: null },
  {
    begins: (state, client, { _tag }) => {
      if (_tag === "Reconfigure") return state
      const before = state.ended === null ? [] : [state.ended]
      const course = { client, isWrite: _tag === "Write", before, stored: null }
      return { ...state, courses: withCourse(state.courses, course) }
    },
    stores: (state, client, { timestamp }) => {
      const course = courseOf(state.courses, client)
      // A write's timestamp is the first it stores. Later ones belong to other writes.
      if (course === undefined || (course.isWrite && course.stored !== null)) return state
      const late = course.before.find(
        (one) => isLarger(one, timestamp) || (course.isWrite && !isLarger(timestamp, one))
      )
      return late === undefined
        ? { ...state, courses: withCourse(state.courses, { ...course, stored: timestamp }) }
        : { ...state, violation: `${client} stores ${describe(timestamp)} after ${describe(late)}` }
    },
    ends: (state, client) => {
      const stored = courseOf(state.courses, client)?.stored ?? null
      const isNewer = stored !== null && (state.ended === null || isLarger(stored, state.ended))
      return {
        ...state,
        courses: state.courses.filter((course) => course.client !== client),
        ended: isNewer ? stored : state.ended
      }
    }
  }
)

const describe = ({ number, client }: Timestamp): string =>
  `timestamp (${number}, ${client ?? "⊥"})`

const desiredBy = (state: ClientState): View => (state._tag === "Idle" ? state.view : state.desired)

/** 5.2: a client's desired changes only grow, within an operation and from one to the next. */
export const desiredGrows: StepInvariant<unknown, "client", ClientState> = {
  _tag: "Step",
  name: "desired-grows",
  about: "the desired changes of a client only grow",
  role: "client",
  isSymmetric: true,
  holds: (_context, _self, before, after) => isWithin(desiredBy(before), desiredBy(after))
}

/** 5.3: a client desires every change of the views in its front. */
export const frontIsDesired: ProcessInvariant<unknown, "client", ClientState> = {
  _tag: "Process",
  name: "front-is-desired",
  about: "a client desires every change of the views in its front, and visits one of these views",
  role: "client",
  isSymmetric: true,
  holds: (_context, _self, state) =>
    state._tag === "Idle" ||
    (state.front.every((view) => isWithin(view, state.desired)) &&
      state.front.some((view) => isWithin(view, state.view) && isWithin(state.view, view)))
}

/**
 * 5.6: a client stores data only when nothing is left to merge: its front is the single desired
 * view.
 */
export const storesWhatIsDesired: ProcessInvariant<unknown, "client", ClientState> = {
  _tag: "Process",
  name: "stores-in-desired-view",
  about: "a client stores data only in the single view of its front, which has all desired changes",
  role: "client",
  isSymmetric: true,
  holds: (_context, _self, state) =>
    state._tag === "Idle" ||
    state.stage._tag !== "Setting" ||
    (state.front.length === 1 && isWithin(state.desired, state.view))
}

/** 5.7: a reconfiguration ends in a view with its changes. */
export const reconfigurationIsDone: StepInvariant<unknown, "client", ClientState> = {
  _tag: "Step",
  name: "reconfiguration-is-done",
  about: "when a reconfiguration ends, the client's view has its changes",
  role: "client",
  isSymmetric: true,
  holds: (_context, _self, before, after) =>
    before._tag === "Idle" ||
    after._tag !== "Idle" ||
    before.operation._tag !== "Reconfigure" ||
    isWithin({ add: before.operation.add, remove: before.operation.remove }, after.view)
}
