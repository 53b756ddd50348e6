/**
 * When one state may represent others, and when not.
 */
import { RelationIllFormed } from "./ill-formed.ts"
import type { Relation } from "./relation.ts"

/**
 * Throws if a view is requested while liveness must be decided: runs through merged states may not
 * exist.
 */
export const refuseReducedLiveness = <State extends object>(
  { view, symmetry }: Relation<State>,
  liveProperties: number
): void => {
  if (view !== undefined && liveProperties > 0)
    throw new RelationIllFormed({
      where: "view",
      problem: "liveness properties cannot be decided under a view",
      mend: "leave out the view or these properties"
    })
  if (view !== undefined && symmetry !== undefined)
    throw new RelationIllFormed({
      where: "view",
      problem: "there is also a symmetry, and the two may disagree on which state represents which",
      mend: "leave out one of them"
    })
}

/** What a space provides to test whether states differ in names alone. */
interface Exchangeable {
  readonly successor: Int32Array
  readonly eachSuccessor: (
    state: Int32Array,
    each: (action: number, successor: Int32Array) => void
  ) => void
  readonly represented: (state: Int32Array) => Int32Array
  readonly judgeInvariants: (state: Int32Array) => number
  readonly isDone: (state: Int32Array) => boolean
  readonly decode: (state: Int32Array) => unknown
}

/**
 * Throws if two states that should differ in names alone differ in their successors or in what is
 * true of them.
 */
export const refuseAsymmetry = (
  space: Exchangeable,
  state: Int32Array,
  other: Int32Array
): void => {
  const told = (of: Int32Array): ReadonlyArray<string> => {
    const successors: Array<string> = []
    space.successor.set(of)
    space.eachSuccessor(of, (_, successor) => {
      successors.push(space.represented(successor).join(" "))
    })
    return successors.sort()
  }
  const isSame =
    told(state).join() === told(other).join() &&
    space.judgeInvariants(state) === space.judgeInvariants(other) &&
    space.isDone(state) === space.isDone(other)
  if (isSame) return
  throw new RelationIllFormed({
    where: "symmetry",
    problem: `the names cannot be exchanged: ${JSON.stringify(space.decode(state))} and ${JSON.stringify(space.decode(other))} differ in more than names`,
    mend: "leave out the names that are treated differently; name the fields with sorted arrays in `sets`",
    state: space.decode(state)
  })
}
