/**
 * What the proof of the original paper [2] says of traversals, beside atomicity; the numbers are
 * those of its lemmas.
 *
 * "Established" views are those that are on everybody's way: they form a chain, and data is stored
 * in them alone. Which views are established is no part of anybody's state; that stored views form
 * a chain is what can be seen of it.
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

/** What the events of an operation mean to a property; what is left out means nothing to it. */
interface Meaning<State extends Judged> {
  readonly begins?: (state: State, client: NodeId, operation: StorageOperation) => State
  readonly stores?: (state: State, client: NodeId, stores: Stores["detail"]) => State
  readonly ends?: (state: State, client: NodeId) => State
}

const seen = <State extends Judged>(
  name: string,
  about: string,
  initial: State,
  { stores, ...others }: Meaning<State>
): Observed<unknown, DynaStoreObservation> =>
  judged<State, StorageOperation, Value, Stores>(
    { name, about },
    initial,
    { ...others, notes: (state, client, { detail }) => stores?.(state, client, detail) ?? state },
    isStored
  )

/**
 * 5.8: data is stored in established views only, and of any two of these one follows from the
 * other.
 */
export const storedViewsFormAChain = seen<Judged & { readonly stored: ReadonlyArray<View> }>(
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

/**
 * What is kept of a client's operation: what it must not fall behind, and what it has stored so
 * far.
 */
interface Course<A> {
  readonly client: NodeId
  readonly isWrite: boolean
  /** The results of operations that had ended when this one began. */
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

/** 5.13 and 5.14: a traversal that begins after another has ended stores in no smaller view. */
export const viewsGrow = seen<
  Judged & { readonly ended: ReadonlyArray<View>; readonly courses: ReadonlyArray<Course<View>> }
>(
  "views-grow",
  "an operation stores data in no view that lacks changes of a view in which an earlier one had ended",
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

/** Of these views, those that no other one contains: the others demand nothing more. */
const largest = (views: ReadonlyArray<View>): ReadonlyArray<View> =>
  setOf(views).filter(
    (view, at, all) => !all.some((other, index) => index !== at && isWithin(view, other))
  )

/**
 * 5.17: an operation that begins after another has ended has no smaller timestamp, and a write has
 * a larger one. The timestamp of a write is the one that it chose, that of a read the one that it
 * stored last.
 */
export const timestampsFollowTime = seen<
  Judged & { readonly ended: Timestamp | null; readonly courses: ReadonlyArray<Course<Timestamp>> }
>(
  "timestamps-follow-time",
  "an operation that begins after another has ended has no smaller timestamp, and a write has a larger one",
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
      // A write's timestamp is the first that it stores. Whatever else it stores is not its own.
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

/** 5.2: what a client desires only grows, from one operation to the next as well. */
export const desiredGrows: StepInvariant<unknown, "client", ClientState> = {
  _tag: "Step",
  name: "desired-grows",
  about: "a client that desires a change, or is in a view with it, does so forever",
  role: "client",
  isSymmetric: true,
  holds: (_context, _self, before, after) => isWithin(desiredBy(before), desiredBy(after))
}

/** 5.3: a client desires whatever led to a view of its front. */
export const frontIsDesired: ProcessInvariant<unknown, "client", ClientState> = {
  _tag: "Process",
  name: "front-is-desired",
  about:
    "every view of a client's front is made of changes that it desires, and the view that it visits is one of them",
  role: "client",
  isSymmetric: true,
  holds: (_context, _self, state) =>
    state._tag === "Idle" ||
    (state.front.every((view) => isWithin(view, state.desired)) &&
      state.front.some((view) => isWithin(view, state.view) && isWithin(state.view, view)))
}

/**
 * 5.6: data is stored only when nothing is left to merge: the front is the one view that is
 * desired.
 */
export const storesWhatIsDesired: ProcessInvariant<unknown, "client", ClientState> = {
  _tag: "Process",
  name: "stores-in-desired-view",
  about:
    "a client that stores data does so in the one view of its front, which has all changes that it desires",
  role: "client",
  isSymmetric: true,
  holds: (_context, _self, state) =>
    state._tag === "Idle" ||
    state.stage._tag !== "Setting" ||
    (state.front.length === 1 && isWithin(state.desired, state.view))
}

/** 5.7: a reconfiguration ends in a view that has its changes. */
export const reconfigurationIsDone: StepInvariant<unknown, "client", ClientState> = {
  _tag: "Step",
  name: "reconfiguration-is-done",
  about: "a client whose reconfiguration ends is in a view that has its changes",
  role: "client",
  isSymmetric: true,
  holds: (_context, _self, before, after) =>
    before._tag === "Idle" ||
    after._tag !== "Idle" ||
    before.operation._tag !== "Reconfigure" ||
    isWithin({ add: before.operation.add, remove: before.operation.remove }, after.view)
}
