/**
 * Reconfiguration along a sequence: the executable specification does what the models say, and no mutant that loses safety
 * does.
 */
import { describe, expect, it } from "vitest"
import type { Model } from "../../../proofs/logic/model.ts"
import { tieOf } from "../../../proofs/rambo/follow.ts"
import { protocol as modelled } from "../../../proofs/rambo/variants.ts"
import { protocol as modelledII } from "../../../proofs/rambo-ii/variants.ts"
import { majority } from "../../../spec/configuration/configuration.ts"
import type { AnyOperation } from "../../../spec/kernel/observation.ts"
import { servers } from "../../../spec/nodes/nodes.ts"
import type { StorageProtocol } from "../../../spec/protocols.ts"
import { rambo } from "../../../spec/rambo/protocol.ts"
import { ramboII } from "../../../spec/rambo-ii/protocol.ts"
import { followRuns, names, parametersOf, systemUnder } from "../ties.ts"

const modelOf = (name: string, of = modelled): Model =>
  of.variants.find((variant) => variant.name === name)?.model as Model

/** c1 (and with consensus c2) reconfigures twice; the others read and write. */
const operations = (reconfigurers: ReadonlyArray<string>) => () => {
  const changes = new Map([
    ["c1", [["s4"], ["s1"], ["s1"], ["s2"]]],
    ["c2", [["s5"], ["s3"]]]
  ])
  let count = 0
  return (client: string, random: (below: number) => number): AnyOperation | undefined => {
    if (!reconfigurers.includes(client)) {
      if (reconfigurers.length > 1 && random(4) !== 0) return undefined
      return (random(2) === 0 ? { _tag: "Read" } : { _tag: "Write", value: ++count }) as AnyOperation
    }
    if (reconfigurers.length === 1 && random(6) !== 0) return undefined
    const mine = changes.get(client) ?? []
    const [add, remove] = mine.splice(0, 2)
    if (add === undefined || remove === undefined) return undefined
    return {
      _tag: "Reconfigure",
      add: servers(...add),
      remove: servers(...remove)
    } as unknown as AnyOperation
  }
}

const followed = (
  variant: string,
  {
    model,
    protocol = rambo,
    reconfigurers = ["c1"],
    runs = 40,
    steps = 150
  }: {
    readonly model: Model
    readonly protocol?: StorageProtocol
    readonly reconfigurers?: ReadonlyArray<string>
    readonly runs?: number
    readonly steps?: number
  }
) => {
  const configuration = majority(servers("s1", "s2", "s3"))
  const parameters = { ...parametersOf(5, 4, configuration), bounds: { ballots: 3 } }
  return followRuns(
    () =>
      tieOf({
        model,
        servers: names("s", 5),
        clients: names("c", 4),
        configuration,
        isDecided: "decide" in model.transitions,
        nextOldest: protocol === rambo ? (retired) => retired + 1 : (_retired, goal) => goal,
        mostConfigurations: 5,
        mostRounds: 4
      }),
    systemUnder(protocol, parameters, variant),
    { runs, steps, operations: operations(reconfigurers), judgedEvery: 50 }
  )
}

describe("reconfiguration along a sequence is tied to its models", () => {
  it("follows random runs where a person gives the sequence", () => {
    const model = modelOf("correct")
    const { departure, judged, taken } = followed("correct", { model })
    expect(departure).toBeUndefined()
    expect(judged).toBeGreaterThan(50)
    expect([...taken, "receiveAskMap"].toSorted()).toEqual(Object.keys(model.transitions).toSorted())
  })

  const two = { reconfigurers: ["c1", "c2"], runs: 60, steps: 120 }

  it("follows random runs where consensus decides on it, in which every transition is taken", () => {
    const model = modelOf("with-consensus")
    const { departure, taken } = followed("with-consensus", { model, ...two })
    expect(departure).toBeUndefined()
    expect([...taken].toSorted()).toEqual(Object.keys(model.transitions).toSorted())
  })

  it("follows random runs of RAMBO II, in which every transition is taken", () => {
    const model = modelOf("correct", modelledII)
    const { departure, taken } = followed("correct", { model, protocol: ramboII, ...two })
    expect(departure).toBeUndefined()
    expect([...taken].toSorted()).toEqual(Object.keys(model.transitions).toSorted())
  })

  it("does not follow RAMBO II where Action 1 is done in one configuration alone", () => {
    const model = modelOf("correct", modelledII)
    const { departure } = followed("parallel-retirement-of-one", { model, protocol: ramboII, ...two })
    expect(departure).toMatch(/has no .* quorum of configuration/)
  })

  it("does not follow an instance of consensus that all configurations share", () => {
    const { departure } = followed("consensus-instance-shared", { model: modelOf("with-consensus"), ...two })
    expect(departure).toBeDefined()
  })

  it.each(["announcement-not-awaited", "announced-first"])("follows %s, which is safe", (variant) => {
    expect(followed(variant, { model: modelOf("correct"), runs: 10 }).departure).toBeUndefined()
  })

  it.each([
    "as-written",
    "copied-from-anywhere",
    "answers-kept-at-retirement",
    "no-forward-pointer",
    "forward-pointer-one-short",
    "get-before-forward-pointer",
    "populate-without-get",
    "retire-before-transfer",
    "learned-configuration-ignored",
    "new-configuration-alone",
    "set-phase-not-extended"
  ])("does not follow %s", (variant) => {
    const { departure } = followed(variant, { model: modelOf("correct") })
    expect(departure).toBeDefined()
  })
})
