/**
 * The reductions: named parts that leave states out of the search without changing a verdict. What each assumes, and
 * why it is sound, is argued in `proofs/reductions.md`.
 */
import type { Model } from "./model.ts"

export type ReductionName = "obsolete-messages" | "dead-requests" | "answers-at-once" | "server-symmetry"

export interface Reduction {
  readonly name: ReductionName
  readonly about: string
  /** The first property of the model whose verdict it may change; undefined if it keeps them all. */
  readonly loses: (model: Model, checksDeadlock: boolean) => string | undefined
}

export const reductions: ReadonlyArray<Reduction> = [
  {
    name: "obsolete-messages",
    about: "drop a message when its receiver declares that it will never have an effect",
    loses: () => undefined
  },
  {
    name: "dead-requests",
    about:
      "drop a request that will never change its receiver when its sender no longer waits for answers to it",
    loses: () => undefined
  },
  {
    name: "answers-at-once",
    about: "take an answer in the step in which it is given, or never",
    loses: (model, checksDeadlock) => {
      if (checksDeadlock) return "deadlock-freedom"
      return model.properties.find((property) => {
        switch (property._tag) {
          case "Observed":
            return !property.observer(model.setup).allowsEarlierResponses
          case "Process":
          case "Step":
          case "Pair":
            return property.role !== "server"
          case "Whole":
          case "Sometimes":
          case "Live":
            return true
          default:
            return property satisfies never
        }
      })?.name
    }
  },
  {
    name: "server-symmetry",
    about: "of the states that differ only in the names of interchangeable servers, visit one",
    loses: (model) =>
      model.crashPremise?.name ??
      (model.mayCrash && "a scenario that names who may crash") ??
      model.properties.find((property) => {
        if (property._tag === "Observed") return property.observer(model.setup).mentionsServers
        return property._tag === "Live" || !(property.isSymmetric ?? false)
      })?.name
  }
]

export const allReductions: ReadonlyArray<ReductionName> = reductions.map(({ name }) => name)

/** Of the given reductions, those that keep the verdict of every property that is asked for. */
export const soundReductions = (
  names: ReadonlyArray<ReductionName>,
  model: Model,
  checksDeadlock: boolean
): ReadonlyArray<ReductionName> =>
  reductions
    .filter(({ name, loses }) => names.includes(name) && loses(model, checksDeadlock) === undefined)
    .map(({ name }) => name)
