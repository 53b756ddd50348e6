/**
 * Random properties, of every kind, of random protocols. They make no sense either.
 */
import * as fc from "fast-check"
import type { AnyObservation } from "../../../spec/kernel/observation.ts"
import type { Event, Observer } from "../../../spec/kernel/observer.ts"
import type { AnyProperty } from "../../../spec/kernel/property.ts"
import type { GlobalState } from "../../../spec/kernel/system.ts"
import { atomic } from "../../../spec/register/properties.ts"
import type { Message, Role, State } from "./random-protocols.ts"

const place = fc.nat({ max: 2 })
const roles = fc.constantFrom<Role>("server", "client")
type Everything = GlobalState<Record<Role, State>, Message>

const named = (name: string, about: string, isSymmetric = true) => ({ name, about, isSymmetric })

const processProperties = (roles: fc.Arbitrary<Role>) =>
  fc.record({ role: roles, bad: place }).map(
    ({ role, bad }) =>
      ({
        _tag: "Process",
        ...named("process", `no ${role} is ever at ${bad}`),
        role,
        holds: (_context: unknown, _self: unknown, { at }: State) => at !== bad
      }) as AnyProperty
  )

const stepProperties = (roles: fc.Arbitrary<Role>) =>
  fc.record({ role: roles, from: place, to: place }).map(
    ({ role, from, to }) =>
      ({
        _tag: "Step",
        ...named("step", `no ${role} goes from ${from} to ${to}, if that is another place`),
        role,
        holds: (_context: unknown, _self: unknown, before: State, after: State) =>
          from === to || before.at !== from || after.at !== to
      }) as AnyProperty
  )

const pairProperties = (roles: fc.Arbitrary<Role>) =>
  fc.record({ role: roles, left: place, right: place }).map(
    ({ role, left, right }) =>
      ({
        _tag: "Pair",
        ...named(
          "pair",
          `never is one ${role} at ${left} and a later one at ${right}`,
          left === right
        ),
        role,
        holds: (_context: unknown, one: State, other: State) =>
          one.at !== left || other.at !== right
      }) as AnyProperty
  )

/** How many nodes are correct, and what their places add up to. Both searches ask at each state. */
const correctIn = ({ nodes }: Everything): { readonly alive: number; readonly sum: number } => {
  let [alive, sum] = [0, 0]
  for (const ofRole of [nodes.server, nodes.client])
    for (const { at } of Object.values(ofRole)) {
      alive += 1
      sum += at
    }
  return { alive, sum }
}

const wholeProperties = fc.nat({ max: 8 }).map(
  (bad) =>
    ({
      _tag: "Whole",
      ...named("whole", `the places never add up to ${bad}`),
      holds: (_context: unknown, whole: Everything) => correctIn(whole).sum !== bad
    }) as AnyProperty
)

const goals = fc.record({ sum: fc.nat({ max: 8 }), alive: fc.nat({ max: 4 }) }).map(
  ({ sum, alive }) =>
    ({
      _tag: "Sometimes",
      ...named(
        "sometimes",
        `at some time ${alive} nodes are correct and the places add up to ${sum}`
      ),
      holds: (_context: unknown, whole: Everything) => {
        const found = correctIn(whole)
        return found.sum === sum && found.alive === alive
      }
    }) as AnyProperty
)

/** Looks at the messages in flight: no reduction may be used with it. */
export const inboxProperty = (most: number): AnyProperty =>
  ({
    _tag: "Whole",
    ...named("inboxes", `no inbox holds more than ${most} messages`),
    holds: (_context: unknown, { inFlight }: Everything) =>
      Object.values(inFlight).every((inbox) => inbox.length <= most)
  }) as AnyProperty

/** Moves around a circle with every event, by a distance that depends on the event. */
const observer = (bad: number): Observer<number, AnyObservation> => ({
  name: "circle",
  initial: 0,
  observe: (at, event) => (at === bad ? bad : (at + paceOf(event)) % 11),
  allowsEarlierResponses: false,
  mentionsServers: false,
  violation: (at) => (at === bad ? `it has come to ${bad}` : undefined)
})
const paceOf = (event: Event<AnyObservation>): number => {
  if (event._tag === "Fault") return event.fault === "crash" ? 5 : 6
  const { observation } = event
  if (observation._tag === "Note") return 1 + Number(observation.detail)
  return observation._tag === "Invocation" ? 3 : 7
}
const observedProperties = fc.integer({ min: 1, max: 10 }).map(
  (bad) =>
    ({
      _tag: "Observed",
      ...named("observed", `the circle never comes to ${bad}`),
      observer: () => observer(bad)
    }) as AnyProperty
)

/** The abstract state is the sum of the places modulo 4. */
const refinements = fc
  .record({ first: fc.nat({ max: 9 }), from: fc.nat({ max: 3 }), to: fc.nat({ max: 3 }) })
  .map(
    ({ first, from, to }) =>
      ({
        _tag: "Refines",
        ...named("refines", `the places never go from ${from} to ${to}, nor begin with ${first}`),
        mapping: (_context: unknown, whole: Everything) => correctIn(whole).sum % 4,
        begins: (_context: unknown, abstract: number) => abstract !== first,
        allows: (_context: unknown, before: number, after: number) =>
          before !== from || after !== to
      }) as AnyProperty
  )

/** Some of every kind of property, each at most once. */
export const randomProperties: fc.Arbitrary<ReadonlyArray<AnyProperty>> = fc
  .tuple(
    processProperties(roles),
    stepProperties(roles),
    pairProperties(roles),
    wholeProperties,
    goals,
    observedProperties,
    fc.constant(atomic as AnyProperty)
  )
  .chain((all) => fc.subarray<AnyProperty>([...all]))

/** The same, and a refinement every other time. */
export const allProperties: fc.Arbitrary<ReadonlyArray<AnyProperty>> = fc
  .tuple(randomProperties, fc.option(refinements, { freq: 2 }))
  .map(([properties, refinement]) => [...properties, ...(refinement === null ? [] : [refinement])])

/** Only properties that allow answers to be taken early. */
export const patientProperties: fc.Arbitrary<ReadonlyArray<AnyProperty>> = fc
  .tuple(
    processProperties(fc.constant("server")),
    stepProperties(fc.constant("server")),
    pairProperties(fc.constant("server"))
  )
  .map((properties) => [...properties, atomic as AnyProperty])
