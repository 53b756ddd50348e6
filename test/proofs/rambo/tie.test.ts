/**
 * Reconfiguration along a sequence: the executable specification does what the models say, and no
 * mutant that loses safety does.
 */
import { describe, expect, it } from "vitest"
import type { Model } from "../../../proofs/logic/model.ts"
import { tieOf } from "../../../proofs/rambo/follow.ts"
import { protocol as modelled } from "../../../proofs/rambo/variants.ts"
import { protocol as modelledII } from "../../../proofs/rambo-ii/variants.ts"
import { type Configuration, majority } from "../../../spec/configuration/configuration.ts"
import { directory } from "../../../spec/directory/directory.ts"
import type { AnyOperation } from "../../../spec/kernel/observation.ts"
import { servers } from "../../../spec/nodes/nodes.ts"
import type { StorageProtocol } from "../../../spec/protocols.ts"
import { rambo } from "../../../spec/rambo/protocol.ts"
import { readsAtOnce, withConsensus } from "../../../spec/rambo/rules.ts"
import type { ClientState } from "../../../spec/rambo/state.ts"
import { ramboII } from "../../../spec/rambo-ii/protocol.ts"
import { operations } from "../reconfigurations.ts"
import { followRuns, names, parametersOf, quorumsOf, systemUnder } from "../ties.ts"
import { ofAcceptors, ofProposers, ofStages } from "./local-reconfigurations.ts"
import { localSteps } from "./local-steps.ts"
import { departureOf, departuresOf, triedUnder } from "./tried.ts"

const modelOf = (name: string, of = modelled): Model =>
  of.variants.find((variant) => variant.name === name)?.model as Model

const followed = (
  variant: string,
  {
    model,
    protocol = rambo,
    reconfigurers = ["c1"],
    configuration = majority(servers("s1", "s2", "s3")),
    asked = operations(reconfigurers),
    hasDirectory = false,
    runs = 40,
    steps = 150
  }: {
    readonly model: Model
    readonly hasDirectory?: boolean
    readonly protocol?: StorageProtocol
    readonly reconfigurers?: ReadonlyArray<string>
    readonly configuration?: Configuration
    readonly asked?: ReturnType<typeof operations>
    readonly runs?: number
    readonly steps?: number
  }
) => {
  const parameters = {
    ...parametersOf(5, 4, configuration),
    bounds: { ballots: 3 },
    ...(hasDirectory && { directory: directory("d") })
  }
  return followRuns(
    () =>
      tieOf({
        model,
        servers: names("s", 5),
        clients: names("c", 4),
        configuration,
        isDecided: "decide" in model.transitions,
        nextOldest: protocol !== ramboII ? (retired) => retired + 1 : (_retired, goal) => goal,
        maxConfigurations: 5,
        maxRounds: 4
      }),
    systemUnder(protocol, parameters, variant),
    { runs, steps, operations: asked, judgedEvery: 50 }
  )
}

const departures: ReadonlyArray<readonly [variant: string, where: RegExp]> = [
  ["as-written", /^storingPointer: /],
  ["copied-from-anywhere", /^storingPointer: /],
  ["answers-kept-at-retirement", /^(answered|acknowledged): /],
  ["no-forward-pointer", /^getAsked\(c1#\d, \d\) does not hold/],
  ["forward-pointer-one-short", /has no read quorum of configuration/],
  ["get-before-forward-pointer", /^getAsked\(c1#\d, \d\) does not hold/],
  ["populate-without-get", /^collected: /],
  ["retire-before-transfer", /^retireSent\(\d, \d\) does not hold/],
  ["learned-configuration-ignored", /^mapOf: /],
  ["new-configuration-alone", /^mapOf: /],
  ["set-phase-not-extended", /^acknowledged: /]
]
const caught = departures.map(([variant]) => variant)
/** A read returns at once where not all of those write quorums hold its pair. */
const tooFewHolders = ["read-stored-in-one-configuration", "read-stored-at-read-quorum"]
/** These lose liveness alone. */
const safe = ["announcement-not-awaited", "announced-first"]

describe("reconfiguration along a sequence is tied to its models", () => {
  it("follows random runs where a person gives the sequence, in which every transition is taken", () => {
    const model = modelOf("correct")
    const { departure, judged, taken } = followed("correct", { model, hasDirectory: true })
    expect(departure).toBeUndefined()
    expect(judged).toBeGreaterThan(50)
    expect([...taken].toSorted()).toEqual(Object.keys(model.transitions).toSorted())
  })

  const two = { reconfigurers: ["c1", "c2"], runs: 45, steps: 120 }

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

  it("follows reads that return at once what is stored, in which every sentence holds", () => {
    const variant = "read-stored-value-at-once"
    const model = modelOf(variant)
    const { departure, judged, taken } = followed(variant, { model, hasDirectory: true })
    expect(departure).toBeUndefined()
    expect(judged).toBeGreaterThan(50)
    expect([...taken].toSorted()).toEqual(Object.keys(model.transitions).toSorted())
  })

  it("follows such reads where consensus decides on the sequence, as in the store", () => {
    const model = modelOf("with-consensus-reads-at-once")
    const [correct] = rambo.variants
    const both = { ...correct, name: "both", rules: { ...withConsensus, ...readsAtOnce } }
    const protocol = { ...rambo, variants: [both] } as StorageProtocol
    const { departure, taken } = followed("both", { model, protocol, ...two })
    expect(departure).toBeUndefined()
    expect([...taken].toSorted()).toEqual(Object.keys(model.transitions).toSorted())
  })

  it.each(tooFewHolders)("does not follow %s", (variant) => {
    const model = modelOf("read-stored-value-at-once")
    const { departure } = followed(variant, { model, configuration: quorumsOf(3, 1, 3) })
    expect(departure).toMatch(/has no write quorum of configuration/)
  })

  it("does not follow RAMBO II where Action 1 is done in one configuration alone", () => {
    const model = modelOf("correct", modelledII)
    const { departure } = followed("parallel-retirement-of-one", {
      model,
      protocol: ramboII,
      ...two,
      runs: 90
    })
    expect(departure).toMatch(/has no .* quorum of configuration/)
  })

  it("does not follow an instance of consensus that all configurations share", () => {
    const { departure } = followed("consensus-instance-shared", {
      model: modelOf("with-consensus"),
      ...two
    })
    expect(departure).toBeDefined()
  })

  it("follows two clients that remove every member, which ends all operations and harms nothing", () => {
    const remove = (...from: ReadonlyArray<string>) =>
      ({ _tag: "Reconfigure", add: [], remove: servers(...from) }) as unknown as AnyOperation
    const { departure } = followed("empty-successor-proposed", {
      ...{
        model: modelOf("with-consensus"),
        configuration: majority(servers("s1", "s2")),
        runs: 10
      },
      asked: () => {
        const left = new Map([
          ["c1", remove("s1")],
          ["c2", remove("s2")]
        ])
        return (client, random) => {
          const change = left.get(client)
          left.delete(client)
          return change ?? (random(2) === 0 ? ({ _tag: "Read" } as AnyOperation) : undefined)
        }
      }
    })
    expect(departure).toBeUndefined()
  })

  it("follows a client that trusts its own cmap: what it reports done is no part of the model", () => {
    const model = modelOf("with-consensus")
    const { departure } = followed("own-map-trusted", { model, ...two, runs: 10 })
    expect(departure).toBeUndefined()
  })

  it("leaves out no mutant", () => {
    expect(
      [...rambo.variants, ...ramboII.variants]
        .filter(({ kind, name }) => kind === "mutant" && ![...caught, ...safe].includes(name))
        .map(({ name }) => name)
    ).toEqual([
      ...tooFewHolders,
      // These have tests of their own, above.
      "consensus-instance-shared",
      "own-map-trusted",
      "empty-successor-proposed",
      "parallel-retirement-of-one"
    ])
  })

  it.each(safe)("follows %s, which is safe", (variant) => {
    const { departure, taken } = followed(variant, {
      model: modelOf("correct"),
      hasDirectory: true,
      runs: 10
    })
    expect(departure).toBeUndefined()
    expect(taken).toContain("receiveAskMap")
  })

  it.each(departures)("does not follow %s", (variant, where) => {
    const { departure } = followed(variant, { model: modelOf("correct") })
    expect(departure).toMatch(where)
  })

  describe("in every state of a small domain, reachable or not", () => {
    const tried = (variant: string) => {
      const found = rambo.variants.find(({ name }) => name === variant)
      if (found === undefined) throw new Error(`no variant ${variant}`)
      return triedUnder(found.rules)
    }
    const atOnce = "read-stored-value-at-once"
    /** The steps of a read that remembers which nodes hold the pair it has found. */
    const remembering = (variant: string) =>
      localSteps(tried(variant)).filter(
        ({ taken }) => "holders" in ((taken.before as Partial<ClientState>).activity ?? {})
      )

    it("follows every step of storage nodes, and of clients that read or write", () => {
      const steps = localSteps(tried("correct"))
      expect([...departuresOf(modelOf("correct"), steps)]).toEqual([])
      expect(steps.length).toBe(11_676)
    })

    it("follows every step of reads that remember which nodes hold the pair they found", () => {
      const steps = remembering(atOnce)
      expect([...departuresOf(modelOf(atOnce), steps)]).toEqual([])
      expect(steps.length).toBe(9768)
    })

    it("follows every step of reconfigurers, proposers and acceptors", () => {
      const model = modelOf("with-consensus")
      const [stages, proposers, acceptors] = [ofStages, ofProposers, ofAcceptors].map((of) =>
        of(tried("with-consensus"))
      )
      for (const steps of [stages, proposers, acceptors])
        expect([...departuresOf(model, steps ?? [])]).toEqual([])
      expect([stages?.length, proposers?.length, acceptors?.length]).toEqual([6660, 1266, 1800])
    })

    it.each([
      "answers-kept-at-retirement",
      "learned-configuration-ignored",
      "new-configuration-alone",
      "set-phase-not-extended"
    ])("does not follow some step of %s", (variant) => {
      expect(departureOf(modelOf("correct"), localSteps(tried(variant)))).toBeDefined()
    })

    it("nor of a read that returns too soon", () => {
      const steps = remembering("read-stored-in-one-configuration")
      expect(departureOf(modelOf(atOnce), steps)).toBeDefined()
    })

    it.each([
      "as-written",
      "copied-from-anywhere",
      "forward-pointer-one-short",
      "get-before-forward-pointer",
      "no-forward-pointer",
      "populate-without-get",
      "retire-before-transfer"
    ])("nor some step of a reconfigurer that is %s", (variant) => {
      expect(departureOf(modelOf("correct"), ofStages(tried(variant)))).toBeDefined()
    })
  })
})
