/**
 * What the shipped scenarios show about the variants of each protocol, according to the manifest.
 */
import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { readManifest } from "../../../checker/command/manifest.ts"
import { shippedNames } from "../../../checker/command/shipped.ts"
import { livePropertiesOf } from "../../../checker/network/model.ts"
import { protocols } from "../../../spec/protocols.ts"
import { isOfVariant, shipped } from "../shipped.ts"

const names = shippedNames()
const manifest = readManifest()

/**
 * Scenarios of correct variants that show where a premise ends, or what another protocol promises.
 */
const beyondThePremise = [
  // The attack that no protocol without keys withstands; and a defence that the text rejects.
  "byzantine/i-still-work-here",
  "byzantine/large/i-still-work-here",
  "byzantine/sleeping-client",
  "byzantine/large/overlapping-configurations",
  "byzantine/large/overlapping-configurations-two-removed",
  "byzantine/masking-four-servers",
  "byzantine/signed-three-servers",
  // A client that lies may write what it likes, and sign two values under one timestamp.
  "byzantine/clients/administered-signs-two-values",
  "byzantine/clients/masking-in-anothers-name",
  "byzantine/clients/masking-undoes-a-write",
  "byzantine/clients/signs-two-values",
  "byzantine/clients/undoes-a-write",
  "byzantine/clients/writes-what-it-likes",
  "byzantine/large/client-undoes-a-write",
  // Content-hash objects are not atomic registers; and a fault window ends too early.
  "dbqs/content-found-once",
  "dbqs/window-until-copied",
  "dynastore/liveness/nobody-left",
  // Two of four say nothing.
  "forgetting/liveness/one-silent-too-many",
  // A phase that began before may complete.
  "forgetting/phase-completes",
  // Nothing is confirmed, where the premise asks for it.
  "forgetting/unconfirmed",
  "forgetting/large/unconfirmed",
  // A member whose memory is gone answers under its name.
  "majority/amnesia-under-its-name",
  // The nodes that left turn bad while the client still waits for the answer to an early question.
  "membership/move/ask-system-late",
  "rambo/amnesia-under-its-name",
  "rambo/refinement/parallel"
]

const expectedViolations = (name: string): ReadonlyArray<string> =>
  [...shipped(name).expect].flatMap(([property, verdict]) =>
    verdict === "violated" ? [property] : []
  )

/** The properties found violated; for scenarios that were never exhausted, those expected to be. */
const violatedIn = (name: string): ReadonlyArray<string> =>
  manifest[name] === undefined
    ? expectedViolations(name)
    : Object.keys(manifest[name].violated ?? {})

// Majority replication of several registers has the variants of that of one.
const judged = protocols.filter(({ name }) => name !== "majority-registers")

describe.each(judged)("the variants of $name", (protocol) => {
  const live = ["deadlock-freedom", ...livePropertiesOf(protocol).map(({ name }) => name)]
  const scenariosOf = (variant: string) =>
    names.filter((name) => isOfVariant(name, protocol, variant))

  it.each(protocol.variants.filter(({ kind }) => kind === "mutant"))(
    "$name, a mutant, is killed by a scenario that expects it",
    ({ name }) => {
      const killing = scenariosOf(name).filter((scenario) =>
        violatedIn(scenario).some((property) => expectedViolations(scenario).includes(property))
      )
      expect(killing).not.toEqual([])
    }
  )

  it.each(protocol.variants.filter(({ kind }) => kind === "correct"))(
    "$name, which is correct, loses nothing but liveness, and that only where nodes fail",
    ({ name }) => {
      const scenarios = scenariosOf(name).filter((one) => !beyondThePremise.includes(one))
      expect(scenarios).not.toEqual([])
      for (const scenario of scenarios) {
        const violated = violatedIn(scenario)
        expect(
          violated.filter((property) => !live.includes(property)),
          scenario
        ).toEqual([])
        const { budgets } = shipped(scenario).model.faults
        if (budgets.every(({ most }) => most === 0)) expect(violated, scenario).toEqual([])
      }
    }
  )
})

describe.each(protocols.map((protocol) => ({ name: protocol.name, protocol })))(
  "the properties of $name",
  ({ protocol }) => {
    it("are each named in a scenario, but for liveness, which several protocols share", () => {
      const named = new Set(
        names.flatMap((name) => {
          const { model, expect: expected } = shipped(name)
          return model.protocol === protocol
            ? [...model.properties.map((property) => property.name), ...expected.keys()]
            : []
        })
      )
      const safety = protocol.properties.filter(({ _tag }) => _tag !== "Live")
      expect(safety.map(({ name }) => name).filter((name) => !named.has(name))).toEqual([])
    })
  }
)

describe("the tables of what section 7 rests on", () => {
  const rows = ["supermajority", "masking", "administrator", "forgetting"]
    .map((folder) => readFileSync(`spec/${folder}/README.md`, "utf8"))
    .map((text) => text.split("what is taken away")[1]?.split("\n\n")[0] ?? "")
    .join("\n")
    .matchAll(/^\| `([^`]+)`/gm)
  const listed = [...rows].map(([, name]) => name as string)
  const ofSection7 = ["supermajority", "masking", "administered", "forgetting"]
  const mutants = protocols
    .filter(({ name }) => ofSection7.includes(name))
    .flatMap((protocol) =>
      protocol.variants
        .filter(({ kind }) => kind === "mutant")
        .map(({ name }) => ({ protocol, variant: name }))
    )

  it("have scenarios that are violated as they expect, and each of them once", () => {
    expect(new Set(listed).size).toBe(listed.length)
    expect(listed.filter((name) => expectedViolations(name).length === 0)).toEqual([])
    expect(listed.filter((name) => violatedIn(name).length === 0)).toEqual([])
  })

  it.each(mutants)("have one of $variant of $protocol.name", ({ protocol, variant }) => {
    expect(listed.filter((name) => isOfVariant(name, protocol, variant))).not.toEqual([])
  })
})
