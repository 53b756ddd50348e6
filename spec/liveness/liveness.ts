/**
 * Liveness (tutorial 2.2 and 3.3): when does a storage system guarantee that operations complete?
 *
 * Each definition has a premise, on the nodes that crash and the reconfigurations in progress, and
 * the same promise: "then all the operations of correct clients eventually complete". A premise is
 * about "any time t in the execution", so the observer keeps the four sets and the premises that
 * have held at every time so far.
 *
 * The definitions also assume finitely many reconfigurations. The finite scripts of a scenario
 * ensure this.
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

/** The names of the premises and of the definitions that assume them. */
export const PremiseName = Schema.Literals(["static-liveness", "dynamic-liveness"])
export type PremiseName = typeof PremiseName.Type

/**
 * The premise of static liveness: "fewer than |Current(t)|/2 processes out of Current(t) are in
 * Failed(t)". It applies to systems without reconfiguration, where it equals the premise of dynamic
 * liveness.
 */
export const staticPremise = (faults: ToleratedFaults, { current, failed }: Sets): boolean =>
  faults.survives(current.filter((node) => failed.includes(node)).length, current.length)

/**
 * The premise of dynamic liveness: "fewer than |Current(t)|/2 processes out of Current(t) ∪
 * AddPending(t) are in Failed(t) ∪ RemovePending(t)". A pending change counts as the worse of its
 * two outcomes: a node being added may already fail but does not help yet; a node being removed no
 * longer helps.
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
 * The state of the omniscient observer: the sets, and the premises that have held at every time so
 * far.
 */
export const Omniscient = Schema.Struct({ sets: Sets, held: Schema.Array(PremiseName) })
export type Omniscient = typeof Omniscient.Type

type Context = Pick<StorageParameters, "servers" | "configuration">

/**
 * The observer on which the definitions are based, for a system that tolerates these faults. It
 * reports no violation itself.
 */
export const omniscient = (
  context: Context,
  faults: ToleratedFaults = crashFaults
): Observer<Omniscient, AnyObservation> => {
  const sets = initial(context)
  return {
    // Observers that differ in their premises need different names.
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
 * The premise of this name as a bound on the adversary: a fault may happen if the premise holds
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

/** The definitions for protocols that tolerate these faults. */
export const livenessOf = (faults: ToleratedFaults) => {
  const observer = (context: Context) => omniscient(context, faults)
  const pending = ({ sets }: Omniscient) => sets.pending
  const excuse = ({ sets }: Omniscient) => broken(faults, sets)
  const { share } = faults
  const owed = "every operation of a correct client"

  /**
   * "A correct client should terminate its operation" (2.2), whatever fails. No system can promise
   * this without a premise.
   */
  const termination: Live<Context, AnyObservation, Omniscient> = {
    _tag: "Live",
    name: "termination",
    about: `${owed} eventually completes, regardless of other nodes' faults`,
    observer,
    owes: () => true,
    pending
  }

  /**
   * Static liveness (3.3): a minority of a fixed configuration may crash; fewer nodes may fail if
   * they can lie.
   */
  const staticLiveness: Live<Context, AnyObservation, Omniscient> = {
    _tag: "Live",
    name: "static-liveness",
    about: `if at any time fewer than ${share.words} the configuration has failed, ${owed} completes`,
    observer,
    owes: premise("static-liveness", faults).holds,
    pending,
    excuse
  }

  /** Dynamic liveness (3.3): what any reasonable protocol with reconfiguration can guarantee. */
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

/** The definitions for crash faults. */
export const { termination, staticLiveness, dynamicLiveness } = livenessOf(crashFaults)

/** Shows the four sets that violate a premise. */
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
