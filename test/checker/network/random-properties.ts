/**
 * Random properties, of every kind, of random protocols: what they say makes no sense either.
 */
import * as fc from "fast-check"
import type { AnyProperty } from "../../../checker/network/model.ts"
import type { Role } from "../../../spec/kernel/node.ts"
import type { Event, Observer } from "../../../spec/kernel/observer.ts"
import type { Whole } from "../../../spec/kernel/property.ts"
import type { Operation } from "../../../spec/register/operation.ts"
import { atomic } from "../../../spec/register/properties.ts"
import type { Message, State } from "./random-protocols.ts"

const place = fc.nat({ max: 2 })
const roles = fc.constantFrom<Role>("server", "client")
type Everything = Whole<State, State, Message>

const named = (name: string, about: string, isSymmetric = true) => ({ name, about, isSymmetric })

const processProperties = (roles: fc.Arbitrary<Role>) =>
  fc.record({ role: roles, bad: place }).map(
    ({ role, bad }) =>
      ({
        _tag: "Process",
        ...named("process", `no ${role} is ever at ${bad}`),
        role,
        holds: (_setup: unknown, _self: unknown, { at }: State) => at !== bad
      }) as AnyProperty
  )

const stepProperties = (roles: fc.Arbitrary<Role>) =>
  fc.record({ role: roles, from: place, to: place }).map(
    ({ role, from, to }) =>
      ({
        _tag: "Step",
        ...named("step", `no ${role} goes from ${from} to ${to}, if that is another place`),
        role,
        holds: (_setup: unknown, _self: unknown, before: State, after: State) =>
          from === to || before.at !== from || after.at !== to
      }) as AnyProperty
  )

const pairProperties = (roles: fc.Arbitrary<Role>) =>
  fc.record({ role: roles, left: place, right: place }).map(
    ({ role, left, right }) =>
      ({
        _tag: "Pair",
        ...named("pair", `never is one ${role} at ${left} and a later one at ${right}`, left === right),
        role,
        holds: (_setup: unknown, one: State, other: State) => one.at !== left || other.at !== right
      }) as AnyProperty
  )

const sumOf = ({ servers, clients }: Everything): number =>
  [...Object.values<State>(servers), ...Object.values<State>(clients)].reduce((sum, { at }) => sum + at, 0)

const wholeProperties = fc.nat({ max: 8 }).map(
  (bad) =>
    ({
      _tag: "Whole",
      ...named("whole", `the places never add up to ${bad}`),
      holds: (_setup: unknown, whole: Everything) => sumOf(whole) !== bad
    }) as AnyProperty
)

const goals = fc.record({ sum: fc.nat({ max: 8 }), alive: fc.nat({ max: 4 }) }).map(
  ({ sum, alive }) =>
    ({
      _tag: "Sometimes",
      ...named("sometimes", `at some time ${alive} nodes are alive and the places add up to ${sum}`),
      holds: (_setup: unknown, whole: Everything) =>
        sumOf(whole) === sum &&
        Object.keys(whole.servers).length + Object.keys(whole.clients).length === alive
    }) as AnyProperty
)

/** Looks at the messages on their way: no reduction may be used with it. */
export const inboxProperty = (most: number): AnyProperty =>
  ({
    _tag: "Whole",
    ...named("inboxes", `no inbox holds more than ${most} messages`),
    holds: (_setup: unknown, { inboxes }: Everything) =>
      Object.values<ReadonlyArray<unknown>>(inboxes).every((inbox) => inbox.length <= most)
  }) as AnyProperty

/** Goes round in a circle with every event, at a pace that depends on what it is. */
const observer = (bad: number): Observer<number, Operation> => ({
  name: "circle",
  initial: 0,
  observe: (at, event) => (at === bad ? bad : (at + paceOf(event)) % 11),
  allowsEarlierResponses: false,
  mentionsServers: false,
  violation: (at) => (at === bad ? `it has come to ${bad}` : undefined)
})
const paceOf = (event: Event<Operation>): number => {
  if (event._tag === "Crashed") return 5
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

/** Only such properties as do not mind when answers are taken early. */
export const patientProperties: fc.Arbitrary<ReadonlyArray<AnyProperty>> = fc
  .tuple(
    processProperties(fc.constant("server")),
    stepProperties(fc.constant("server")),
    pairProperties(fc.constant("server"))
  )
  .map((properties) => [...properties, atomic as AnyProperty])
