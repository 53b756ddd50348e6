/**
 * Liveness (tutorial 2.2 and 3.3): when is a storage system guaranteed to answer?
 *
 * Each definition has a premise, about which nodes crash and what is being reconfigured, and one
 * promise: "then all the operations of correct clients eventually complete". A premise speaks of
 * "any time t in the execution", so what an observer carries beside the four sets is which premises
 * have held at every time so far.
 *
 * The definitions also suppose that there are finitely many reconfigurations. A scenario's scripts
 * see to that.
 */
import * as Schema from "effect/Schema"
import { listed } from "../configuration/configuration.ts"
import { crashFaults, type ToleratedFaults } from "../configuration/tolerated-faults.ts"
import { union } from "../kernel/data.ts"
import type { Premise } from "../kernel/fault.ts"
import type { AnyObservation } from "../kernel/observation.ts"
import type { Observer } from "../kernel/observer.ts"
import type { Live } from "../kernel/property.ts"
import type { StorageParameters } from "../storage/parameters.ts"
import { addPending, after, initial, removePending, Sets } from "./sets.ts"

/** The names of the premises, and of the definitions that suppose them. */
export const PremiseName = Schema.Literals(["static-liveness", "dynamic-liveness"])
export type PremiseName = typeof PremiseName.Type

/**
 * The premise of static liveness: "fewer than |Current(t)|/2 processes out of Current(t) are in
 * Failed(t)". It is about systems that are not reconfigured; for those it is the same as the
 * premise of dynamic liveness.
 */
export const staticPremise = (faults: ToleratedFaults, { current, failed }: Sets): boolean =>
  faults.survives(current.filter((node) => failed.includes(node)).length, current.length)

/**
 * The premise of dynamic liveness: "fewer than |Current(t)|/2 processes out of Current(t) ∪
 * AddPending(t) are in Failed(t) ∪ RemovePending(t)". Changes that may or may not have taken effect
 * count as what is worse: a node that is being added may fail already and is no help yet; one that
 * is being removed is no help any more.
 */
export const dynamicPremise = (faults: ToleratedFaults, sets: Sets): boolean => {
  const lost = union(sets.failed, removePending(sets))
  const inSystem = union(sets.current, addPending(sets))
  return faults.survives(inSystem.filter((node) => lost.includes(node)).length, sets.current.length)
}

const premises: Readonly<Record<PremiseName, (faults: ToleratedFaults, sets: Sets) => boolean>> = {
  "static-liveness": staticPremise,
  "dynamic-liveness": dynamicPremise
}

/**
 * What the omniscient observer carries: the sets, and the premises that have held at every time so
 * far.
 */
export const Omniscient = Schema.Struct({ sets: Sets, held: Schema.Array(PremiseName) })
export type Omniscient = typeof Omniscient.Type

type Context = Pick<StorageParameters, "servers" | "configuration">

/**
 * The observer that the definitions are stated by, where such faults are tolerated. It judges
 * nothing by itself.
 */
export const omniscient = (
  context: Context,
  faults: ToleratedFaults = crashFaults
): Observer<Omniscient, AnyObservation> => {
  const sets = initial(context)
  return {
    // Two that hold different premises to be broken are two.
    name: faults.name === crashFaults.name ? "omniscient" : `omniscient of ${faults.name} faults`,
    initial: { sets, held: PremiseName.literals.filter((name) => premises[name](faults, sets)) },
    observe: ({ sets, held }, event) => {
      const next = after(context, sets, event)
      return { sets: next, held: held.filter((name) => premises[name](faults, next)) }
    },
    allowsEarlierResponses: false,
    mentionsServers: true,
    violation: () => undefined
  }
}

/**
 * The premise of this name as a bound on an adversary: faults may happen as long as it holds
 * afterwards.
 */
export const premise = (
  name: PremiseName,
  faults: ToleratedFaults = crashFaults
): Premise<Context, Omniscient> => ({
  name,
  observer: (context) => omniscient(context, faults),
  holds: ({ held }) => held.includes(name)
})

/** The definitions for protocols that tolerate such faults. */
export const livenessOf = (faults: ToleratedFaults) => {
  const observer = (context: Context) => omniscient(context, faults)
  const pending = ({ sets }: Omniscient) => sets.pending
  const excuse = ({ sets }: Omniscient) => broken(faults, sets)
  const { share } = faults
  const owed = "every operation of a client that no fault befalls"

  /**
   * "A correct client should terminate its operation" (2.2), whatever fails: what no system can
   * promise without a premise.
   */
  const termination: Live<Context, AnyObservation, Omniscient> = {
    _tag: "Live",
    name: "termination",
    about: `${owed} eventually completes, whatever befalls others`,
    observer,
    owes: () => true,
    pending
  }

  /**
   * Static liveness (3.3): a minority of a configuration that never changes may fail; a smaller
   * one, if nodes lie.
   */
  const staticLiveness: Live<Context, AnyObservation, Omniscient> = {
    _tag: "Live",
    name: "static-liveness",
    about: `if at any time faults have befallen fewer than ${share.words} the configuration, ${owed} completes`,
    observer,
    owes: premise("static-liveness", faults).holds,
    pending,
    excuse
  }

  /** Dynamic liveness (3.3): what can be asked of any reasonable protocol that reconfigures. */
  const dynamicLiveness: Live<Context, AnyObservation, Omniscient> = {
    _tag: "Live",
    name: "dynamic-liveness",
    about: `if at any time fewer than |Current|/${share.divisor} of Current and AddPending are in Failed or RemovePending, ${owed} completes`,
    observer,
    owes: premise("dynamic-liveness", faults).holds,
    pending,
    excuse
  }
  return { termination, staticLiveness, dynamicLiveness }
}

/** The definitions where nodes crash and do nothing worse. */
export const { termination, staticLiveness, dynamicLiveness } = livenessOf(crashFaults)

/** The four sets by which a premise is broken. */
const broken = ({ share }: ToleratedFaults, sets: Sets): string => {
  const [joining, leaving] = [addPending(sets), removePending(sets)]
  const inSystem = union(sets.current, joining)
  const lost = union(sets.failed, leaving).filter((node) => inSystem.includes(node))
  const members = [
    `Current is ${listed(sets.current)}`,
    ...(joining.length > 0 ? [`AddPending ${listed(joining)}`] : []),
    ...(sets.failed.length > 0 ? [`Failed ${listed(sets.failed)}`] : []),
    ...(leaving.length > 0 ? [`RemovePending ${listed(leaving)}`] : [])
  ]
  return `${members.join(", ")}: ${lost.length} of them failed or may be removed, not fewer than |Current|/${share.divisor}.`
}
