/**
 * The comparison with searches without reductions is effective: it catches each reduction when that
 * is broken on purpose.
 */
import * as fc from "fast-check"
import { expect, it } from "vitest"
import type { Model } from "../../../checker/network/model.ts"
import { Network } from "../../../checker/network/network.ts"
import { PromiseProof } from "../../../checker/network/promise-proof.ts"
import type { Installation, Reduction } from "../../../checker/network/reduction.ts"
import { obsoleteMessages } from "../../../checker/network/reductions/obsolete-messages.ts"
import { serverSymmetry } from "../../../checker/network/reductions/server-symmetry.ts"
import type { ReductionName } from "../../../checker/network/reductions.ts"
import { compareAlone } from "./comparing.ts"
import { randomProperties } from "./random-properties.ts"
import {
  answeringModels,
  crashesOnly,
  dubiousPromises,
  modelsOf,
  truePromises
} from "./random-protocols.ts"
import { whileReplaced } from "./replacing.ts"
import { loadedFrom } from "./searching.ts"

interface Breakage {
  readonly reduction: ReductionName
  readonly how: string
  readonly whileBroken: (run: () => void) => void
  readonly models: fc.Arbitrary<Model>
  /** One whose models soon show it; without one, that of all tests. */
  readonly seed?: number
}
const honest = modelsOf(truePromises)
const dubious = modelsOf(dubiousPromises, randomProperties)
const hasTwoServers = ({ system }: Model) =>
  system.nodes.filter(({ role }) => role === "server").length === 2

/** Runs something while a reduction is installed without the last of its hooks of this kind. */
const whileWithout = (reduction: Reduction, hook: "effect", run: () => void): void => {
  const { install } = reduction
  const lacking = (installation: Installation) => {
    install(installation)
    // The last hook belongs to this reduction: no other is on.
    installation.hooks[hook].pop()
  }
  whileReplaced({ prototype: reduction }, "install", lacking, run)
}

const breakages: ReadonlyArray<Breakage> = [
  {
    reduction: "obsolete-messages",
    how: "believes every promise",
    whileBroken: (run) => whileReplaced(PromiseProof, "verify", () => undefined, run),
    models: dubious,
    seed: 2
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
    models: honest,
    seed: 2
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
    models: honest,
    seed: 4
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
    whileBroken: (run) => whileWithout(serverSymmetry, "effect", run),
    models: modelsOf(truePromises, randomProperties, crashesOnly).filter(hasTwoServers),
    seed: 7
  }
]

it.each(breakages)(
  "$reduction is caught when it $how",
  ({ reduction, whileBroken, models, seed }) => {
    const { failed } = fc.check(
      fc.property(models, (model) =>
        compareAlone(loadedFrom(model, false), reduction, 200, whileBroken)
      ),
      { numRuns: 2_000, endOnFailure: true, ...(seed !== undefined && { seed }) }
    )
    expect(failed).toBe(true)
  }
)
