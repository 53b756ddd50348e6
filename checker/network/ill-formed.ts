/**
 * The ways in which a model can be ill-formed. A refusal tells its author the place, the problem,
 * and the fix.
 *
 * The engine identifies nodes, faults and properties by name, and holds faults and properties as
 * bits. If names were not unique, or there were more faults or properties than bits, the engine
 * would search another model than the author wrote, and its "holds" would be about that one.
 */
import * as Schema from "effect/Schema"
import type { Fault, FaultBudget } from "../../spec/kernel/fault.ts"
import type { NodeId } from "../../spec/kernel/node.ts"
import { deadlockFreedom } from "../engine/findings.ts"
import { maxProperties } from "../engine/space.ts"
import { canFail, faultsOf, hasAdversary, type Model, watchers } from "./model.ts"

/** The maximum number of kinds of faults of a model: a local state has one bit for each. */
export const maxFaults = 30

/** A model was refused because part of it is invalid. */
export class ModelIllFormed extends Schema.TaggedError<ModelIllFormed>()("ModelIllFormed", {
  /** The part of the model: `faults.budgets[0]`. */
  where: Schema.String,
  problem: Schema.String,
  mend: Schema.String
}) {
  override get message(): string {
    return `${this.where}: ${this.problem}; ${this.mend}`
  }
}

const refuse = (where: string, problem: string, mend: string): never => {
  throw new ModelIllFormed({ where, problem, mend })
}

/** The first item that equals an earlier one. */
const repeated = <A>(items: ReadonlyArray<A>): A | undefined =>
  items.find((item, index) => items.indexOf(item) < index)

/** Throws if the engine cannot search exactly this model. */
export const refuseIllFormed = (model: Model): void => {
  refuseNodes(model)
  refuseFaults(model)
  for (const [index, budget] of model.faults.budgets.entries())
    refuseBudget(model, budget, `faults.budgets[${index}]`)
  refuseBeginning(model)
  refuseProperties(model)
}

const refuseNodes = ({ system, scripts }: Model): void => {
  const ids = system.nodes.map(({ id }) => id)
  const twice = repeated(ids)
  if (twice !== undefined)
    refuse("system.nodes", `two nodes are named "${twice}"`, "rename one of them")
  const stranger = Object.keys(scripts).find((name) => !ids.some((id) => id === name))
  if (stranger !== undefined) refuseStranger(`scripts["${stranger}"]`, stranger, ids)
}

const refuseStranger = (where: string, stranger: string, known: ReadonlyArray<NodeId>): never =>
  refuse(
    where,
    `there is no node "${stranger}"`,
    `name some of ${known.join(", ")}, or add the node`
  )

/** All faults that the model names, and the places that name them. */
const mentions = ({ budgets, atStart = [] }: Model["faults"]) => [
  ...budgets.map(({ fault }, index) => ({ fault, where: `faults.budgets[${index}]` })),
  ...atStart.map(({ fault }, index) => ({ fault, where: `faults.atStart[${index}]` }))
]

const refuseFaults = (model: Model): void => {
  const byName = new Map<string, Fault>()
  for (const { fault, where } of mentions(model.faults)) {
    const known = byName.get(fault.name) ?? fault
    if (known !== fault)
      refuse(
        where,
        `two different faults are named "${fault.name}"`,
        "rename one of them; if both are meant to be one fault, create it once and use it twice"
      )
    byName.set(fault.name, fault)
  }
  const { length } = faultsOf(model)
  if (length > maxFaults)
    refuse(
      "faults.budgets",
      `there are ${length} kinds of faults, but one search supports at most ${maxFaults}`,
      "join some of them, or check them in two searches"
    )
  if (hasAdversary(model) && model.faults.adversary === undefined)
    refuse(
      "faults.adversary",
      "nodes may be taken over, but the model has no adversary to speak for them",
      'add one, such as { strength: "arbitrary" }'
    )
}

const refuseBudget = ({ system, faults }: Model, budget: FaultBudget, where: string): void => {
  const { fault, nodes, most } = budget
  const ids = system.nodes.map(({ id }) => id)
  const stranger = nodes.find((node) => !ids.includes(node))
  if (stranger !== undefined) refuseStranger(`${where}.nodes`, stranger, ids)
  const twice = repeated(nodes)
  if (twice !== undefined) refuse(`${where}.nodes`, `"${twice}" is named twice`, "name it once")
  if (!(Number.isInteger(most) && most >= 0))
    refuse(`${where}.most`, `${most} is not a number of nodes`, "write a whole number, 0 or more")
  const begun = (faults.atStart ?? []).filter(
    (one) => one.fault === fault && nodes.includes(one.node)
  ).length
  if (begun > most)
    refuse(
      `${where}.most`,
      `${begun} of these nodes suffer ${fault.name} at the start, but at most ${most} may`,
      `write ${begun} or more`
    )
}

const refuseBeginning = ({ system, faults }: Model): void => {
  const { atStart = [], budgets } = faults
  const ids = system.nodes.map(({ id }) => id)
  atStart.forEach(({ fault, node }, index) => {
    const where = `faults.atStart[${index}]`
    if (!ids.includes(node)) refuseStranger(where, node, ids)
    if (!budgets.some((budget) => budget.fault === fault && budget.nodes.includes(node)))
      refuse(
        where,
        `no budget of ${fault.name} names "${node}"`,
        "add the node to a budget: every fault counts against one"
      )
  })
  const twice = repeated(atStart.map(({ node }) => node))
  if (twice !== undefined)
    refuse("faults.atStart", `"${twice}" suffers two faults at the start`, "keep one of them")
}

const refuseProperties = (model: Model): void => {
  const names = model.properties.map(({ name }) => name)
  const twice = repeated([deadlockFreedom, ...names])
  if (twice !== undefined)
    refuse("properties", `two properties are named "${twice}"`, "rename one of them")
  const { length } = model.properties.filter(canFail)
  if (length > maxProperties)
    refuse(
      "properties",
      `${length} of them can fail in a state or a step, but one search decides at most ${maxProperties}`,
      "join some of them, or check them in two searches"
    )
  const namesake = watchers(model)
    .map((watcher) => watcher.observer(model.system.context).name)
    .find((name) => names.includes(name))
  if (namesake !== undefined)
    refuse(
      "properties",
      `one is named "${namesake}", as is the observer of a liveness property or of the premise`,
      "rename one of them: reports show by name what each has seen"
    )
}
