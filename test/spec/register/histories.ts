/**
 * Small histories of one register: written by hand (`invoke`, `respond`, `crash`) and at random.
 */
import * as fc from "fast-check"
import type { Event } from "../../../spec/kernel/observer.ts"
import { type ClientId, client } from "../../../spec/nodes/nodes.ts"
import type { Access, AccessObservation, Value } from "../../../spec/register/operation.ts"

export type History = ReadonlyArray<Event<AccessObservation>>

export const write = (value: Value): Access => ({ _tag: "Write", value })
export const read: Access = { _tag: "Read" }

export const invoke = (name: string, operation: Access): Event<AccessObservation> => ({
  _tag: "Observed",
  node: client(name),
  observation: { _tag: "Invocation", operation }
})
export const respond = (
  name: string,
  operation: Access,
  result: Value = null
): Event<AccessObservation> => ({
  _tag: "Observed",
  node: client(name),
  observation: { _tag: "Response", operation, result }
})
export const crash = (name: string): Event<AccessObservation> => ({
  _tag: "Fault",
  node: client(name),
  fault: "crash"
})

/** An operation that runs alone from its invocation to its response. */
export const whole = (name: string, operation: Access, result: Value = null): History => [
  invoke(name, operation),
  respond(name, operation, result)
]

const maxOperations = 6
const names = ["c1", "c2", "c3", "c4"].map((name) => client(name))

/**
 * Few values, so that they repeat; 1 and "1" must not be confused, and null may be written like any
 * other.
 */
const value: fc.Arbitrary<Value> = fc.oneof(
  { weight: 4, arbitrary: fc.constant(1) },
  { weight: 4, arbitrary: fc.constant(2) },
  { weight: 1, arbitrary: fc.constant("1") },
  { weight: 1, arbitrary: fc.constant(null) }
)

/** A client moves: it invokes, takes effect or responds, whichever is next, or it crashes. */
interface Move {
  readonly client: ClientId
  readonly crashes: boolean
  readonly reads: boolean
  readonly value: Value
  readonly lies: boolean
}

const movesOf = (clients: ReadonlyArray<ClientId>): fc.Arbitrary<ReadonlyArray<Move>> =>
  fc.array(
    fc.record({
      client: fc.constantFrom(...clients),
      crashes: fc.nat(24).map((number) => number === 24),
      reads: fc.boolean(),
      value,
      lies: fc.boolean()
    }),
    { minLength: 8, maxLength: 20, size: "max" }
  )

/** The more clients the rarer: with four the automaton takes ten times as long as with two. */
const moves = fc.oneof(
  { weight: 30, arbitrary: movesOf(names.slice(0, 2)) },
  { weight: 5, arbitrary: movesOf(names.slice(0, 3)) },
  { weight: 1, arbitrary: movesOf(names) }
)

interface Running {
  readonly operation: Access
  readonly effect: { readonly result: Value } | undefined
}

/**
 * What is observed of a true atomic register while clients make these moves; a client that lies
 * returns any value from a read, unless `honest`.
 */
const play = (honest: boolean, moves: ReadonlyArray<Move>): History => {
  const events: Array<Event<AccessObservation>> = []
  const running = new Map<ClientId, Running>()
  const crashedClients = new Set<ClientId>()
  let current: Value = null
  let begun = 0
  for (const move of moves) {
    const now = running.get(move.client)
    const alive = !crashedClients.has(move.client)
    if (move.crashes && alive) {
      crashedClients.add(move.client)
      events.push(crash(move.client))
    } else if (now !== undefined && now.effect === undefined) {
      // Also after a crash: a crashed client's write takes effect at any later time.
      running.set(move.client, {
        ...now,
        effect: { result: now.operation._tag === "Read" ? current : null }
      })
      if (now.operation._tag === "Write") current = now.operation.value
    } else if (alive && now?.effect !== undefined) {
      const lies = !honest && move.lies && now.operation._tag === "Read"
      events.push(respond(move.client, now.operation, lies ? move.value : now.effect.result))
      running.delete(move.client)
    } else if (alive && begun < maxOperations) {
      const operation = move.reads ? read : write(move.value)
      begun += 1
      running.set(move.client, { operation, effect: undefined })
      events.push(invoke(move.client, operation))
    }
  }
  // No verdict can depend on what comes after the last response.
  return events.slice(0, events.findLastIndex(isResponse) + 1)
}

const isResponse = (event: Event<AccessObservation>): boolean =>
  event._tag === "Observed" && event.observation._tag === "Response"

/** Random histories: a third of them linearizable by construction, the others often not. */
export const histories: fc.Arbitrary<History> = fc
  .tuple(fc.constantFrom(true, false, false), moves)
  .map(([honest, made]) => play(honest, made))
