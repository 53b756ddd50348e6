/**
 * Each variant of majority replication is the protocol with exactly one step changed: in every
 * situation that its random runs reach, its step differs from the correct one if and only if the
 * rule it changes applies.
 */
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { majority } from "../../../spec/configuration/configuration.ts"
import { equals } from "../../../spec/kernel/data.ts"
import type { Event } from "../../../spec/kernel/observer.ts"
import { variants } from "../../../spec/majority/variants.ts"
import { client, servers } from "../../../spec/nodes/nodes.ts"
import { atomicity } from "../../../spec/register/atomicity.ts"
import type { AccessObservation } from "../../../spec/register/operation.ts"
import { isLarger } from "../../../spec/register/pair.ts"
import { type Context, drive, movesOf, rulesOf, stepOf, type Transition } from "./drive.ts"

const contextOf = (size: number, variant: string): Context => {
  const members = servers("s1", "s2", "s3", "s4", "s5").slice(0, size)
  return {
    servers: members,
    clients: [client("c1"), client("c2")],
    configuration: majority(members),
    rules: rulesOf(variant)
  }
}

/**
 * The number of nodes that have answered the current phase, including this input; undefined if the
 * input is not an answer to it.
 */
const answersAfter = ({ role, state, input }: Transition): number | undefined => {
  if (role !== "client" || state._tag === "Idle" || input._tag !== "Receive") return undefined
  const { from, message } = input
  const awaited = state._tag === "Getting" ? "GetReply" : "SetReply"
  if (message._tag !== awaited || message.operation !== state.begun) return undefined
  return new Set<string>([...state.phase.answered, from]).size
}
const majorityOf = (context: Context): number => Math.floor(context.servers.length / 2) + 1

/** True if this answer completes the Get phase of such an operation. */
const endsGetPhase = (context: Context, transition: Transition, tag?: "Read" | "Write"): boolean =>
  transition.role === "client" &&
  transition.state._tag === "Getting" &&
  (tag === undefined || transition.state.operation._tag === tag) &&
  answersAfter(transition) === majorityOf(context)

/**
 * True when a read counts an answer with the pair of the largest timestamp: it learns which nodes
 * hold that pair. With the answer that ends the Get phase it makes a difference only if all that
 * answered hold it.
 */
const findsHolder = (context: Context, transition: Transition): boolean => {
  const { role, state, input } = transition
  if (role !== "client" || answersAfter(transition) === undefined) return false
  if (state._tag !== "Getting" || state.operation._tag !== "Read") return false
  if (input._tag !== "Receive" || input.message._tag !== "GetReply") return false
  const { timestamp } = input.message.pair
  if (isLarger(state.phase.answer.timestamp, timestamp)) return false
  if (!endsGetPhase(context, transition)) return true
  const isSame = !isLarger(timestamp, state.phase.answer.timestamp)
  return isSame && (state.holders ?? []).length === majorityOf(context) - 1
}

/** The step that each switch is about. */
const changes: Readonly<Record<string, (context: Context, transition: Transition) => boolean>> = {
  correct: () => false,
  "read-stored-value-at-once": findsHolder,
  "read-stored-at-read-quorum": findsHolder,
  "read-without-set-phase": (context, transition) => endsGetPhase(context, transition, "Read"),
  "write-without-get-phase": (_context, { role, state, input }) =>
    role === "client" &&
    state._tag === "Idle" &&
    input._tag === "Invoke" &&
    input.operation._tag === "Write",
  "timestamp-without-client": (context, transition) => endsGetPhase(context, transition, "Write"),
  "quorum-one-short": (context, transition) => answersAfter(transition) === majorityOf(context) - 1,
  "late-get-reply-counted": (_context, { role, state, input }) =>
    role === "client" &&
    state._tag === "Setting" &&
    input._tag === "Receive" &&
    input.message._tag === "GetReply" &&
    input.message.operation === state.begun &&
    !(state.phase.answered as ReadonlyArray<string>).includes(input.from),
  "older-set-not-acknowledged": (_context, { role, state, input }) =>
    role === "server" &&
    input._tag === "Receive" &&
    input.message._tag === "Set" &&
    !isLarger(input.message.pair.timestamp, state.pair.timestamp),
  "removed-register-forgotten": (_context, { role, state, input }) =>
    role === "server" &&
    input._tag === "Receive" &&
    input.message._tag === "Set" &&
    input.message.pair.value === null &&
    isLarger(input.message.pair.timestamp, state.pair.timestamp),
  "set-only-to-answerers": (context, transition) => endsGetPhase(context, transition)
}

const sizes = fc.constantFrom(3, 4, 5)

describe("the variants of majority replication", () => {
  it("are listed with the correct one first, each under its own name", () => {
    expect(variants[0]).toMatchObject({ name: "correct", kind: "correct" })
    expect(variants.map(({ name }) => name).toSorted()).toEqual(Object.keys(changes).toSorted())
    expect(variants.filter(({ kind }) => kind === "mutant")).toHaveLength(variants.length - 2)
  })

  for (const { name } of variants.slice(1)) {
    it(`${name} takes the correct steps except the one it changes, which it never takes correctly`, () => {
      const seen = { changed: 0, same: 0 }
      fc.assert(
        fc.property(sizes, movesOf(60), (size, moves) => {
          const [right, mutant] = [contextOf(size, "correct"), contextOf(size, name)]
          for (const transition of drive(mutant, moves)) {
            const differs = !equals(
              stepOf(right, transition, transition.input),
              stepOf(mutant, transition, transition.input)
            )
            expect(differs).toBe(changes[name]?.(right, transition))
            seen[differs ? "changed" : "same"] += 1
          }
        }),
        { numRuns: 100 }
      )
      expect(seen.changed).toBeGreaterThan(20)
      expect(seen.same).toBeGreaterThan(seen.changed)
    })
  }
})

describe("the correct variant", () => {
  it("is atomic, and its timestamps grow, in random runs", () => {
    let responses = 0
    fc.assert(
      fc.property(sizes, movesOf(120), (size, moves) => {
        const transitions = drive(contextOf(size, "correct"), moves)
        const events = transitions.flatMap(({ self, step }) =>
          step.observations.map(
            (observation): Event<AccessObservation> => ({
              _tag: "Observed",
              node: self,
              observation
            })
          )
        )
        responses += events.filter(
          (event) => event._tag === "Observed" && event.observation._tag === "Response"
        ).length
        expect(
          atomicity.violation(events.reduce(atomicity.observe, atomicity.initial))
        ).toBeUndefined()
        for (const { role, state, step } of transitions) {
          if (role !== "server" || !("pair" in step.state)) continue
          expect(isLarger(state.pair.timestamp, step.state.pair.timestamp)).toBe(false)
        }
      }),
      { numRuns: 200 }
    )
    expect(responses).toBeGreaterThan(500)
  })
})
