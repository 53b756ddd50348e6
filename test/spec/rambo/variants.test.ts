/**
 * Each variant of reconfiguration with consensus is another one with one step changed: in every situation that random
 * runs of it reach, its step is the same but where it is about the step that the variant is named for.
 */
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { equals } from "../../../spec/kernel/data.ts"
import { isNoNews, known } from "../../../spec/rambo/configuration-map.ts"
import type { ClientState } from "../../../spec/rambo/state.ts"
import { type VariantName, variants } from "../../../spec/rambo/variants.ts"
import { contextOf, drive, movesOf, type RamboStep, stepOf, type Transition } from "./drive.ts"

type Activity = ClientState["activity"]["_tag"]
type About = (transition: Transition, right: RamboStep) => boolean

/** A client does this. */
const is =
  (...tags: ReadonlyArray<Activity>): About =>
  ({ state }) =>
    "activity" in state && tags.includes(state.activity._tag)

/** A message with this tag arrives. */
const receives =
  (...tags: ReadonlyArray<string>): About =>
  ({ input }) =>
    input._tag === "Receive" && tags.includes(input.message._tag)

/** The right step is to send a message with this tag. */
const sends =
  (...tags: ReadonlyArray<string>): About =>
  (_transition, { sends: sent }) =>
    sent.some(({ message }) => tags.includes(message._tag))

const mapIn = ({ input }: Transition) =>
  input._tag === "Receive" && "map" in input.message ? input.message.map : undefined

/** A cmap arrives in which a configuration is retired that the client holds to be active. */
const hearsOfRetirement: About = (transition) =>
  (mapIn(transition)?.retired ?? 0) > (transition.state as ClientState).map.retired

/** A cmap arrives that says something new. */
const hearsNews: About = (transition) => {
  const map = mapIn(transition)
  return map !== undefined && !isNoNews((transition.state as ClientState).map, map)
}

/** Several configurations are active in the client's cmap. */
const knowsSeveral: About = ({ state }) => state.map.active.length > 1

const both =
  (left: About, right: About): About =>
  (transition, step) =>
    left(transition, step) && right(transition, step)
const either =
  (...abouts: ReadonlyArray<About>): About =>
  (transition, step) =>
    abouts.some((about) => about(transition, step))

const asks = is("Getting", "Setting")

/** The right variant, and the steps that the switch is about. */
const changes: Record<Exclude<VariantName, "correct">, readonly [VariantName, About]> = {
  "with-consensus": [
    "correct",
    either(is("Deciding"), ({ input }) => input._tag === "Invoke" && input.operation._tag === "Reconfigure")
  ],
  "parallel-retirement": [
    "with-consensus",
    both(sends("Point", "Set", "Retire"), ({ state }, right) => {
      const maps = [state, right.state].map((one) => known((one as ClientState).map))
      return maps.some((length) => length > 2)
    })
  ],
  "fused-with-consensus": [
    "with-consensus",
    either(receives("Get", "Set", "Ballot"), is("Deciding", "Idle"), asks)
  ],
  "as-written": ["correct", either(is("Pointing"), both(asks, hearsOfRetirement))],
  "copied-from-anywhere": ["correct", both(is("Pointing"), sends("Set"))],
  "answers-kept-at-retirement": ["correct", both(asks, hearsOfRetirement)],
  "no-forward-pointer": ["correct", sends("Point")],
  "forward-pointer-one-short": ["correct", both(is("Pointing"), receives("PointReply"))],
  "get-before-forward-pointer": ["correct", either(sends("Point"), is("Copying", "Pointing"))],
  "populate-without-get": ["correct", both(is("Pointing"), receives("PointReply"))],
  "retire-before-transfer": ["correct", either(both(is("Pointing"), sends("Set")), sends("Retire"))],
  "learned-configuration-ignored": ["correct", both(asks, hearsNews)],
  "new-configuration-alone": ["correct", both(asks, either(hearsNews, knowsSeveral))],
  "set-phase-not-extended": ["correct", is("Setting")],
  "announcement-not-awaited": ["correct", sends("Announce")],
  "announced-first": ["correct", either(sends("Point", "Announce"), is("Announcing"))],
  "consensus-instance-shared": ["with-consensus", receives("Ballot", "Point", "Retire")],
  "parallel-retirement-of-one": ["parallel-retirement", sends("Point")],
  "fused-pointer-untold": ["fused-with-consensus", receives("Get", "Set")],
  "fused-while-older-active": ["fused-with-consensus", is("Deciding", "Idle")],
  "fused-pair-ignored": ["fused-with-consensus", both(is("Deciding"), sends("Set"))]
}

describe("the variants of reconfiguration with consensus", () => {
  it("are catalogued with the correct one first, each under its own name", () => {
    expect(variants[0]).toMatchObject({ name: "correct", kind: "correct" })
    expect(
      variants
        .slice(1)
        .map(({ name }) => name)
        .toSorted()
    ).toEqual(Object.keys(changes).toSorted())
  })

  for (const { name } of variants) {
    if (name === "correct") continue
    const [right, about] = changes[name]
    it(`${name} takes the steps of ${right}, but for those that it is about`, () => {
      const seen = { changed: 0, same: 0 }
      fc.assert(
        fc.property(movesOf(160), (moves) => {
          for (const transition of drive(contextOf(name), moves)) {
            const rightStep = stepOf(contextOf(right), transition)
            const differs = !equals(rightStep, stepOf(contextOf(name), transition))
            if (differs && !about(transition, rightStep))
              throw new Error(
                `${transition.self} in ${JSON.stringify(transition.state)}: ${JSON.stringify(transition.input)}`
              )
            seen[differs ? "changed" : "same"] += 1
          }
        }),
        { numRuns: 12, endOnFailure: true }
      )
      expect(seen.changed).toBeGreaterThan(0)
      expect(seen.same).toBeGreaterThan(seen.changed)
    })
  }
})
