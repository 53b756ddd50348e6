/**
 * The mutants of the executable specification that lose safety, with the scenarios in which the
 * checker finds that they do.
 */
import * as Result from "effect/Result"
import { readScenario, shippedNames } from "../../checker/command/shipped.ts"
import manifest from "../../checker/scenarios/manifest.json" with { type: "json" }
import { protocols as protocolsModelled } from "../../proofs/protocols.ts"
import { protocols } from "../../spec/protocols.ts"

export interface Broken {
  readonly scenario: string
  readonly protocol: string
  readonly mutant: string
  /** The variant of the model that is to follow: the one that the mutant was made from. */
  readonly by: string
  /** How many states the search visits until it finds the run. */
  readonly states: number
}

/** The variants of models that follow mutants of something else than the protocol itself. */
const followers: Readonly<Record<string, string>> = {
  "majority/read-stored-at-read-quorum": "read-stored-value-at-once",
  "majority/read-without-set-phase": "read-stored-value-at-once",
  "supermajority/read-without-write-back": "unanimous-reads-return-at-once",
  "rambo/read-stored-at-read-quorum": "read-stored-value-at-once",
  "rambo/read-stored-in-one-configuration": "read-stored-value-at-once",
  "rambo/consensus-instance-shared": "with-consensus",
  "rambo/empty-successor-proposed": "with-consensus",
  "rambo/own-map-trusted": "with-consensus",
  "dbqs/erased-at-once": "old-replicas-erase",
  "dbqs/erased-before-late-copies": "old-replicas-erase",
  "dbqs/erased-by-quorum": "old-replicas-erase"
}

/**
 * What the models follow: a configuration without members, in which nothing ends, reconfigurations
 * that return too early, and timestamps that liars use up. They harm nothing that the models speak
 * of.
 */
export const followed: ReadonlyArray<string> = [
  "rambo/empty-successor-proposed",
  "rambo/own-map-trusted",
  "masking/highest-timestamp"
]

/**
 * What they cannot follow even of the protocol itself: a client that lies, and content-hash
 * objects.
 */
export const outside: ReadonlyArray<string> = [
  "supermajority/ties-not-broken",
  "dbqs/hash-not-verified"
]

/** Models of a part of what a protocol does: their ties say which mutants they do not follow. */
const partial = ["forgetting"]
const modelled = protocolsModelled.filter(({ name }) => !partial.includes(name))

/** All mutants of all protocols that have models of all that they do. */
export const allMutants = (): ReadonlyArray<string> =>
  modelled.flatMap(({ name }) =>
    (protocols.find((one) => one.name === name)?.variants ?? []).flatMap((variant) =>
      variant.kind === "mutant" ? [`${name}/${variant.name}`] : []
    )
  )

const living = /liveness|deadlock/

const counts: Readonly<Record<string, { readonly distinct: number }>> = manifest

/** The shipped scenarios in which a mutant of a modelled protocol breaks a property of safety. */
export const brokenScenarios = (): ReadonlyArray<Broken> =>
  shippedNames().flatMap((scenario) => {
    const { protocol, variant, expect } = JSON.parse(Result.getOrThrow(readScenario(scenario)))
    const found = protocols.find(({ name }) => name === protocol)
    const kind = found?.variants.find(({ name }) => name === variant)?.kind
    if (kind !== "mutant" || outside.includes(`${protocol}/${variant}`)) return []
    if (!modelled.some(({ name }) => name === protocol)) return []
    const loses = Object.entries(expect ?? {}).some(
      ([property, verdict]) => verdict === "violated" && !living.test(property)
    )
    if (!loses) return []
    const by = followers[`${protocol}/${variant}`] ?? "correct"
    const states = counts[scenario]?.distinct ?? Number.POSITIVE_INFINITY
    return [{ scenario, protocol, mutant: variant, by, states }]
  })
