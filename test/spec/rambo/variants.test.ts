/**
 * Each variant of reconfiguration with consensus is another one with one step changed: in every
 * situation that its random runs reach, its step differs only where the changed rule applies.
 */
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { equals } from "../../../spec/kernel/data.ts"
import { isNoNews, latest, lengthOf } from "../../../spec/rambo/configuration-map.ts"
import { rambo } from "../../../spec/rambo/protocol.ts"
import type { ClientState } from "../../../spec/rds/state.ts"
import { refused } from "../../../spec/storage/reconfiguration.ts"
import {
  drive,
  movesOf,
  names,
  type RamboStep,
  stepOf,
  systemOf,
  type Transition
} from "./drive.ts"

type Activity = ClientState["activity"]["_tag"]
type About = (transition: Transition, right: RamboStep) => boolean

/** The client is in one of these activities. */
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
const knowsSeveral: About = ({ state }) => "map" in state && state.map.active.length > 1

/** The correct step is to refuse a change that would leave no members. */
const refuses: About = (_transition, { observations }) =>
  observations.some((seen) => seen._tag === "Response" && seen.result === refused)

const both =
  (left: About, right: About): About =>
  (transition, step) =>
    left(transition, step) && right(transition, step)
const either =
  (...abouts: ReadonlyArray<About>): About =>
  (transition, step) =>
    abouts.some((about) => about(transition, step))

const asks = is("Getting", "Setting")

/** The right step is to ask whether the latest configuration has a successor. */
const confirms: About = (_transition, { state }) =>
  "activity" in state &&
  state.activity._tag === "Deciding" &&
  equals(state.activity.proposer.value, latest(state.map))

/** A client that reads receives what a storage node holds, or continues. */
const looksForHolders: About = ({ state }) =>
  "activity" in state &&
  state.activity._tag === "Getting" &&
  state.activity.operation._tag === "Read"
const endsGet: About = both(looksForHolders, ({ input }) => input._tag === "Choose")

/**
 * The right variant, and the steps that the switch is about. (A stage that only mutants have is
 * what those are about.)
 */
const changes: Readonly<Record<string, readonly [string, About]>> = {
  "rambo with-consensus": [
    "rambo correct",
    either(
      is("Deciding"),
      ({ input }) => input._tag === "Invoke" && input.operation._tag === "Reconfigure"
    )
  ],
  "rambo-ii correct": [
    "rambo with-consensus",
    both(sends("StorePointer", "Set", "Retire"), ({ state }, right) => {
      const maps = [state, right.state].map((one) => lengthOf((one as ClientState).map))
      return maps.some((length) => length > 2)
    })
  ],
  "rds correct": [
    "rambo with-consensus",
    either(receives("Get", "Set", "Ballot"), is("Deciding", "Idle"), asks)
  ],
  "rambo read-stored-value-at-once": ["rambo correct", looksForHolders],
  "rambo read-stored-in-one-configuration": ["rambo read-stored-value-at-once", endsGet],
  "rambo read-stored-at-read-quorum": ["rambo read-stored-value-at-once", endsGet],
  "rambo as-written": [
    "rambo correct",
    either(is("StoringPointer", "GettingState"), both(asks, hearsOfRetirement))
  ],
  "rambo copied-from-anywhere": [
    "rambo correct",
    either(both(is("StoringPointer"), sends("Set")), is("GettingState"))
  ],
  "rambo answers-kept-at-retirement": ["rambo correct", both(asks, hearsOfRetirement)],
  "rambo no-forward-pointer": ["rambo correct", sends("StorePointer")],
  "rambo forward-pointer-one-short": [
    "rambo correct",
    both(is("StoringPointer"), receives("PointerStored"))
  ],
  "rambo get-before-forward-pointer": [
    "rambo correct",
    either(sends("StorePointer"), is("GettingState", "StoringPointer"))
  ],
  "rambo populate-without-get": [
    "rambo correct",
    both(is("StoringPointer"), receives("PointerStored"))
  ],
  "rambo retire-before-transfer": [
    "rambo correct",
    either(both(is("StoringPointer"), sends("Set")), sends("Retire"))
  ],
  "rambo learned-configuration-ignored": ["rambo correct", both(asks, hearsNews)],
  "rambo new-configuration-alone": ["rambo correct", both(asks, either(hearsNews, knowsSeveral))],
  "rambo set-phase-not-extended": ["rambo correct", is("Setting")],
  "rambo announcement-not-awaited": ["rambo correct", sends("Announce")],
  "rambo announced-first": [
    "rambo correct",
    either(sends("StorePointer", "Announce"), is("Announcing"))
  ],
  "rambo consensus-instance-shared": [
    "rambo with-consensus",
    receives("Ballot", "StorePointer", "Retire")
  ],
  "rambo empty-successor-proposed": [
    "rambo with-consensus",
    either(refuses, confirms, receives("Ballot"))
  ],
  "rambo own-map-trusted": ["rambo with-consensus", confirms],
  "rambo-ii parallel-retirement-of-one": ["rambo-ii correct", sends("StorePointer")],
  "rds fused-pointer-untold": ["rds correct", receives("Get", "Set")],
  "rds fused-while-older-active": ["rds correct", is("Deciding", "Idle")],
  "rds fused-pair-ignored": ["rds correct", both(is("Deciding"), sends("Set"))],
  "rds fused-votes-of-a-write-quorum": ["rds correct", is("Deciding")]
}

/** What matters only where read and write quorums differ: `rambo/mutants/` has a scenario. */
const sameWithMajorities = ["rambo read-stored-at-read-quorum", "rds fused-votes-of-a-write-quorum"]

describe("the variants of reconfiguration with consensus", () => {
  it("are listed with the correct one first, each under its own name", () => {
    expect(names[0]).toBe("rambo correct")
    expect(rambo.variants[0]).toMatchObject({ name: "correct", kind: "correct" })
    expect(names.slice(1).toSorted()).toEqual(Object.keys(changes).toSorted())
  })

  for (const [name, [right, about]] of Object.entries(changes)) {
    it(`${name} takes the steps of ${right}, except those it changes`, () => {
      const seen = { changed: 0, same: 0 }
      fc.assert(
        fc.property(movesOf(160), (moves) => {
          for (const transition of drive(systemOf(name), moves)) {
            const rightStep = stepOf(systemOf(right), transition)
            const differs = !equals(rightStep, stepOf(systemOf(name), transition))
            if (differs && !about(transition, rightStep))
              throw new Error(
                `${transition.self} in ${JSON.stringify(transition.state)}: ${JSON.stringify(transition.input)}`
              )
            seen[differs ? "changed" : "same"] += 1
          }
        }),
        { numRuns: 12, endOnFailure: true }
      )
      if (sameWithMajorities.includes(name)) expect(seen.changed).toBe(0)
      else expect(seen.changed).toBeGreaterThan(0)
      expect(seen.same).toBeGreaterThan(seen.changed)
    })
  }
})
