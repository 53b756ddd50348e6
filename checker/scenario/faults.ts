/**
 * Turns a scenario's faults into a fault model.
 */
import * as Result from "effect/Result"
import { strengths } from "../../spec/kernel/adversary.ts"
import {
  type AnyPremise,
  amnesia,
  amnesiaInSilence,
  corruption,
  crash,
  type Fault,
  type FaultBudget,
  type FaultModel
} from "../../spec/kernel/fault.ts"
import type { NodeId } from "../../spec/kernel/node.ts"
import type { AnyProcess } from "../../spec/kernel/process.ts"
import { PremiseName, premise } from "../../spec/liveness/liveness.ts"
import type { StorageProtocol } from "../../spec/protocols.ts"
import { type Loaded, refused, suggest } from "./refusal.ts"
import type { Scenario } from "./scenario.ts"

/** The nodes of the roles that may suffer faults. */
interface Everyone {
  readonly servers: ReadonlyArray<NodeId>
  readonly clients: ReadonlyArray<NodeId>
}

/** How many nodes may suffer a fault, or which ones. */
interface Bounds {
  readonly servers?: number | ReadonlyArray<string>
  readonly clients?: number | ReadonlyArray<string>
  readonly while?: string
}

const suffering = {
  crashes: "crash",
  corruptions: "be corrupted",
  amnesia: "lose their memory"
} as const

/** By default, an adversary has the greatest strength. */
const strongest = strengths.at(-1) as (typeof strengths)[number]

/**
 * The possible faults in a system of the protocol with these nodes; `source` names the scenario in
 * errors.
 */
export const faultsOf = (
  source: string,
  protocol: StorageProtocol,
  given: Scenario["faults"],
  all: Everyone & { readonly context: unknown }
): Loaded<FaultModel> => {
  const { crashes = {}, corruptions, amnesia: forgetting } = given ?? {}
  const bounds = typeof crashes === "string" ? { while: crashes } : crashes
  return Result.gen(function* () {
    const forgets =
      forgetting?.restarts === "under-its-name"
        ? amnesiaInSilence(protocol.roles.server as AnyProcess, all.context)
        : amnesia
    const mayCrash = [
      ...(yield* budgets(source, "crashes", crash, all, bounds, [])),
      ...(forgetting === undefined
        ? []
        : yield* budgets(source, "amnesia", forgets, all, forgetting, []))
    ]
    const supposed = yield* premiseOf(source, protocol, bounds.while, corruptions?.while)
    const crashing = { budgets: mayCrash, ...(supposed === undefined ? {} : { premise: supposed }) }
    if (corruptions === undefined) return crashing
    const { strength = strongest, domain, overhears, atOnce } = corruptions
    const atStart = yield* corruptAtStart(source, corruptions.atStart ?? [], all)
    const mayTurn = yield* budgets(source, "corruptions", corruption, all, corruptions, atStart)
    return {
      ...crashing,
      budgets: [...mayCrash, ...mayTurn],
      atStart: atStart.map((node) => ({ fault: corruption, node })),
      ...(atOnce === true ? { isEager: true } : {}),
      adversary: {
        strength,
        ...(domain === undefined ? {} : { domain }),
        ...(overhears === undefined ? {} : { overhears })
      }
    }
  })
}

/** The premise that bounds both crashes and corruptions, if there is one. */
const premiseOf = (
  source: string,
  { name, tolerates, premises = [] }: StorageProtocol,
  ofCrashes: string | undefined,
  ofCorruptions: string | undefined
): Loaded<AnyPremise | undefined> => {
  const place = "faults.corruptions.while"
  if (ofCrashes !== undefined && ofCorruptions !== undefined && ofCrashes !== ofCorruptions)
    return refused(source, place, "crashes suppose another premise", `write "${ofCrashes}"`)
  const wanted = ofCrashes ?? ofCorruptions
  if (wanted === undefined) return Result.succeed(undefined)
  const own = premises.find((one) => one.name === wanted)
  if (own !== undefined) return Result.succeed(own)
  const general = PremiseName.literals.find((one) => one === wanted)
  if (general !== undefined) return Result.succeed(premise(general, tolerates))
  const known = [...premises.map((one) => one.name), ...PremiseName.literals]
  return refused(source, place, `${name} has no premise "${wanted}"`, suggest(wanted, known))
}

const corruptAtStart = (
  source: string,
  names: ReadonlyArray<string>,
  { servers, clients }: Everyone
): Loaded<ReadonlyArray<NodeId>> => {
  const nodes = [...servers, ...clients]
  for (const [index, name] of names.entries()) {
    const place = `faults.corruptions.atStart[${index}]`
    if (!nodes.some((node) => node === name))
      return refused(source, place, `there is no node ${name}`, suggest(name, nodes))
    if (names.indexOf(name) < index)
      return refused(source, place, `${name} is named twice`, "name it once")
  }
  return Result.succeed(nodes.filter((node) => names.includes(node)))
}

/**
 * Per role, the nodes that may suffer this fault and their maximum number; a node that has suffered
 * it at the beginning counts.
 */
const budgets = (
  source: string,
  kind: keyof typeof suffering,
  fault: Fault,
  all: Everyone,
  bounds: Bounds,
  already: ReadonlyArray<NodeId>
): Loaded<ReadonlyArray<FaultBudget>> => {
  const found: Array<FaultBudget> = []
  for (const role of ["servers", "clients"] as const) {
    const nodes = all[role]
    const begun = nodes.filter((node) => already.includes(node))
    const bound = bounds[role] ?? (bounds.while === undefined ? begun.length : nodes.length)
    const place = `faults.${kind}.${role}`
    const isListed = (id: NodeId) =>
      typeof bound === "number" || bound.includes(id) || begun.includes(id)
    const stranger =
      typeof bound === "number"
        ? undefined
        : bound.find((name) => !nodes.some((node) => node === name))
    if (stranger !== undefined)
      return refused(
        source,
        place,
        `there is no ${role.slice(0, -1)} ${stranger}`,
        suggest(stranger, nodes)
      )
    const named = nodes.filter(isListed)
    const most = typeof bound === "number" ? bound : named.length
    if (most > nodes.length)
      return refused(
        source,
        place,
        `${most} ${role} cannot ${suffering[kind]} where there are only ${nodes.length}`,
        `write a number from 0 to ${nodes.length}`
      )
    if (most < begun.length)
      return refused(
        source,
        place,
        `${begun.length} ${role} are corrupt at the beginning, and at most ${most} may be`,
        `write ${begun.length} or more`
      )
    // If no other node may suffer the fault, no other node needs to be named.
    found.push({ fault, nodes: begun.length > 0 && most === begun.length ? begun : named, most })
  }
  return Result.succeed(found)
}
