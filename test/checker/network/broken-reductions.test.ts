/**
 * The comparison with searches without reductions is worth something: each reduction, broken on purpose, is caught by it.
 */
import * as fc from "fast-check"
import { expect, it } from "vitest"
import type { Model } from "../../../checker/network/model.ts"
import { Network } from "../../../checker/network/network.ts"
import { PromiseProof } from "../../../checker/network/promise-proof.ts"
import type { Installation } from "../../../checker/network/reduction.ts"
import type { ReductionName } from "../../../checker/network/reductions.ts"
import { obsoleteMessages } from "../../../checker/network/reductions/obsolete-messages.ts"
import { serverSymmetry } from "../../../checker/network/reductions/server-symmetry.ts"
import { compareAlone } from "./comparing.ts"
import { randomProperties } from "./random-properties.ts"
import { answeringModels, dubiousPromises, modelsOf, truePromises } from "./random-protocols.ts"
import { loadedFrom } from "./searching.ts"

type Methods = Record<string, (...given: never) => unknown>

/** Runs something while a method, however private, of a class is replaced. */
const whileReplaced = (
  owner: { readonly prototype: unknown },
  method: string,
  by: Methods[string],
  run: () => void
): void => {
  const methods = owner.prototype as Methods
  const original = methods[method] as Methods[string]
  methods[method] = by
  try {
    run()
  } finally {
    methods[method] = original
  }
}

interface Breakage {
  readonly reduction: ReductionName
  readonly how: string
  readonly whileBroken: (run: () => void) => void
  readonly models: fc.Arbitrary<Model>
}
const honest = modelsOf(truePromises)
const dubious = modelsOf(dubiousPromises, randomProperties)

const breakages: ReadonlyArray<Breakage> = [
  {
    reduction: "obsolete-messages",
    how: "believes every promise",
    whileBroken: (run) => whileReplaced(PromiseProof, "verify", () => undefined, run),
    models: dubious
  },
  {
    reduction: "obsolete-messages",
    how: "drops the first message that comes",
    whileBroken: (run) =>
      whileReplaced(
        { prototype: obsoleteMessages },
        "install",
        ({ hooks }: Installation) => hooks.inbox.push((_process, inbox) => inbox.slice(1)),
        run
      ),
    models: honest
  },
  {
    reduction: "dead-requests",
    how: "does not care whether the receiver only answers",
    whileBroken: (run) =>
      whileReplaced(
        PromiseProof,
        "promises",
        () => true,
        () => whileReplaced(PromiseProof, "rely", () => undefined, run)
      ),
    models: honest
  },
  {
    reduction: "answers-at-once",
    how: "never loses an answer",
    whileBroken: (run) => whileReplaced(Network, "changesMore", () => false, run),
    models: answeringModels
  },
  {
    reduction: "server-symmetry",
    how: "takes for granted that servers are treated alike",
    whileBroken: (run) => {
      const { install } = serverSymmetry
      const unverified = (installation: Installation) => {
        install(installation)
        // Its is the only one: no other reduction is on.
        installation.hooks.effect.pop()
      }
      whileReplaced({ prototype: serverSymmetry }, "install", unverified, run)
    },
    models: honest
  }
]

it.each(breakages)("$reduction is caught when it $how", ({ reduction, whileBroken, models }) => {
  const { failed } = fc.check(
    fc.property(models, (model) => compareAlone(loadedFrom(model, false), reduction, 200, whileBroken)),
    { numRuns: 2_000, endOnFailure: true }
  )
  expect(failed).toBe(true)
})
