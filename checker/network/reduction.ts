/**
 * What a reduction is: a named part that leaves states out of the search without changing a
 * verdict.
 */
import { derivation, withoutSecrets } from "../../spec/kernel/adversary.ts"
import type { Promises } from "../../spec/kernel/process.ts"
import type { Hooks } from "./hooks.ts"
import { hearsLate, type Model, nodesOf } from "./model.ts"
import type { LocalTable, ProcessTable } from "./process-table.ts"
import type { PromiseProof } from "./promise-proof.ts"

export type ReductionName = string

/** What a reduction may look at, and what it changes. */
export interface Installation {
  readonly model: Model
  readonly processes: ProcessTable
  readonly locals: LocalTable & Purging
  /**
   * The proof, as the search runs, of what processes promise about messages; shared by those that
   * rely on it.
   */
  readonly promises: PromiseProof
  readonly hooks: Hooks
}

/** Local states without messages that are not needed any more. */
export interface Purging {
  /** The local state whose inbox is this one. */
  withInbox(local: number, inbox: ReadonlyArray<number>): number
  /** The envelopes on their way to the node. */
  inboxOf(local: number): ReadonlyArray<number>
  /** The bits of the nodes that have sent some of the messages on their way (`senderBit`). */
  sendersOf(local: number): number
}

export interface Reduction {
  readonly name: ReductionName
  readonly about: string
  /**
   * The first property of the model whose verdict it may change; undefined if it keeps them all.
   */
  readonly loses: (model: Model, checksDeadlock: boolean) => string | undefined
  readonly install: (installation: Installation) => void
}

/**
 * The first property that looks at the messages on their way in the initial state. (One that does
 * so later only is found out as the search runs: `Judgement.showMessages`.)
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
    if (property._tag === "Refines") return true
    if (property._tag !== "Whole" && property._tag !== "Sometimes") return false
    let looks = false
    property.holds(context, {
      nodes: Object.fromEntries(nodes.map(({ role }) => [role, ofRole(role)])),
      get inFlight() {
        looks = true
        return Object.fromEntries(nodes.map(({ id }) => [id, []]))
      },
      known: []
    })
    return looks
  })?.name
}

/**
 * What is lost if answers are not overheard, if anything is: those of a node that answers with what
 * it keeps secret tell what nobody knows.
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
  return isSecretive ? "what answers tell" : undefined
}

/**
 * What is lost if messages are dropped that would be overheard when their receiver is taken over,
 * if anything is.
 */
export const hearsWhatIsDropped = (model: Model): string | undefined =>
  hearsLate(model) ? "what is on its way to nodes that are corrupted" : undefined

/**
 * The fault, if there is one, that may put another process in the place of one which makes any of
 * these promises: the other knows nothing of them. (What a node that is gone has promised, stays
 * true.)
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
      ...replacing.flatMap(({ fault: other, nodes: befallen }) =>
        other.name !== fault.name &&
        other.becomes !== undefined &&
        befallen.some((id) => nodes.includes(id))
          ? [other.becomes]
          : []
      )
    ]
    return before.some(({ process }) =>
      promises.some((promise) => process.promises?.[promise] !== undefined)
    )
  })?.fault.name
}
