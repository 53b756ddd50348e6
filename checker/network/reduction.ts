/**
 * A reduction: a named technique that leaves states out of the search without changing a verdict.
 */
import { derivation, withoutSecrets } from "../../spec/kernel/adversary.ts"
import type { Promises } from "../../spec/kernel/process.ts"
import type { Hooks } from "./hooks.ts"
import { hearsLate, type Model, nodesOf } from "./model.ts"
import type { LocalTable, ProcessTable } from "./process-table.ts"
import type { PromiseProof } from "./promise-proof.ts"

export type ReductionName = string

/** The tables that a reduction may read, and the hooks that it may set. */
export interface Installation {
  readonly model: Model
  readonly processes: ProcessTable
  readonly locals: LocalTable & Purging
  /**
   * The run-time proof of the promises about messages; all reductions that rely on promises share
   * it.
   */
  readonly promises: PromiseProof
  readonly hooks: Hooks
}

/** Local states, and how to drop messages from them. */
export interface Purging {
  /** The local state that differs from this one only in its inbox. */
  withInbox(local: number, inbox: ReadonlyArray<number>): number
  /** The envelopes in flight to the node. */
  inboxOf(local: number): ReadonlyArray<number>
}

export interface Reduction {
  readonly name: ReductionName
  readonly about: string
  /**
   * The first property of the model whose verdict the reduction may change; undefined if it
   * preserves all of them.
   */
  readonly loses: (model: Model, checksDeadlock: boolean) => string | undefined
  /** Whether the reduction is off unless the user names it. */
  readonly onRequest?: true
  /**
   * Whether a nearest violation may take more steps than without the reduction: reports then do not
   * call a counterexample shortest.
   */
  readonly lengthens?: true
  readonly install: (installation: Installation) => void
}

/**
 * The first property that looks at the messages in flight in the initial state. (The search itself
 * detects a property that looks at them only later: `Judgement.showMessages`.)
 */
export const looksAtMessages = (model: Model): string | undefined => {
  const { context, nodes } = model.system
  const ofRole = (role: string) =>
    Object.fromEntries(
      nodes
        .filter((node) => node.role === role)
        .map(({ id, process }) => [id, process.initial(context, id)])
    )
  return model.properties.find((property) => {
    if (property._tag !== "Whole" && property._tag !== "Sometimes" && property._tag !== "Refines")
      return false
    let looks = false
    const whole = {
      nodes: Object.fromEntries(nodes.map(({ role }) => [role, ofRole(role)])),
      get inFlight() {
        looks = true
        return Object.fromEntries(nodes.map(({ id }) => [id, []]))
      },
      known: []
    }
    if (property._tag === "Refines") property.mapping(context, whole)
    else property.holds(context, whole)
    return looks
  })?.name
}

/**
 * What the search loses if the adversary does not overhear answers; undefined if it loses nothing.
 * A node that answers with its secrets tells the adversary something new.
 */
export const tellsSecrets = (model: Model): string | undefined => {
  const { adversary } = model.faults
  if (adversary === undefined || (adversary.overhears ?? "everything") !== "everything")
    return undefined
  const { learn } = derivation(adversary)
  const { context, nodes } = model.system
  const isSecretive = nodes.some(({ id, process }) => {
    if (process.promises?.onlyAnswers === undefined) return false
    const held = learn([], process.State, process.initial(context, id))
    return withoutSecrets(held).length < held.length
  })
  return isSecretive ? "the contents of answers" : undefined
}

/**
 * What the search loses if it drops messages that the adversary would overhear once it takes their
 * receiver over; undefined if it loses nothing.
 */
export const hearsWhatIsDropped = (model: Model): string | undefined =>
  hearsLate(model) ? "messages in flight to corrupted nodes" : undefined

/**
 * A fault that may replace a process that makes any of these promises: the new process does not
 * know of them. Undefined if there is none. (The promises of a node that is gone stay true.)
 */
export const takesBack = (
  model: Model,
  promises: ReadonlyArray<keyof Promises<unknown, unknown, unknown>>
): string | undefined => {
  const replacing = model.faults.budgets.filter(
    ({ fault, most }) => fault.becomes !== undefined && most > 0
  )
  return replacing.find(({ fault, nodes }) => {
    const before = [
      ...nodesOf(model).filter(({ id }) => nodes.includes(id)),
      ...replacing.flatMap(({ fault: other, nodes: faulty }) =>
        other.name !== fault.name &&
        other.becomes !== undefined &&
        faulty.some((id) => nodes.includes(id))
          ? [other.becomes]
          : []
      )
    ]
    return before.some(({ process }) =>
      promises.some((promise) => process.promises?.[promise] !== undefined)
    )
  })?.fault.name
}
