/**
 * Each variant of super-majority replication is the protocol with exactly one step changed: in
 * every situation that its random runs with liars reach, its step differs from the correct one if
 * and only if it is the step that the rule is about.
 */
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { tolerating } from "../../../spec/configuration/configuration.ts"
import { byzantineFaults } from "../../../spec/configuration/tolerated-faults.ts"
import { forged, symbolic } from "../../../spec/kernel/cryptography.ts"
import { equals } from "../../../spec/kernel/data.ts"
import type { Event } from "../../../spec/kernel/observer.ts"
import { client as clientId, servers } from "../../../spec/nodes/nodes.ts"
import { atomicity } from "../../../spec/register/atomicity.ts"
import { isLarger } from "../../../spec/register/pair.ts"
import { writtenValues } from "../../../spec/register/written-values.ts"
import { type ClientState, client } from "../../../spec/supermajority/client.ts"
import type { Message } from "../../../spec/supermajority/messages.ts"
import type { SupermajorityObservation } from "../../../spec/supermajority/observation.ts"
import { type ServerState, server } from "../../../spec/supermajority/server.ts"
import { isGenuine, pairOf, type Written } from "../../../spec/supermajority/signed-pair.ts"
import { variants } from "../../../spec/supermajority/variants.ts"
import { drive, type Move, movesOf, type Processes, type Transition } from "./drive.ts"

const [c1, c2, liar] = [clientId("c1"), clientId("c2"), clientId("c3")]

const contextOf = (size: number, variant: string) => {
  const members = servers("s1", "s2", "s3", "s4", "s5").slice(0, size)
  const rules = variants.find(({ name }) => name === variant)?.rules
  if (rules === undefined) throw new Error(`no variant ${variant}`)
  const configuration = tolerating(byzantineFaults, members)
  return { servers: members, clients: [c1, c2], configuration, rules, cryptography: symbolic }
}
type Context = ReturnType<typeof contextOf>
type Taken = Transition<ServerState, ClientState, SupermajorityObservation, Message>

/**
 * What a liar may say: what it has seen, in answer to any operation; nothing; and what it makes up.
 */
const lies = (sent: ReadonlyArray<Message>): ReadonlyArray<Message> => {
  const operation = Math.max(1, ...sent.map((message) => message.operation))
  const timestamp = { number: 9, client: c1 }
  const madeUp: ReadonlyArray<Written> = [
    null,
    { signer: c1, content: { value: "lie", timestamp }, signature: forged },
    { signer: c2, content: { value: "lie", timestamp } }
  ]
  const seen = sent.flatMap((message) => ("written" in message ? [message.written] : []))
  return [operation, operation - 1].flatMap((number) => [
    { _tag: "SetReply", operation: number },
    ...[...madeUp, ...seen].map(
      (written): Message => ({ _tag: "GetReply", operation: number, written })
    )
  ])
}

/** Two values that a client which lies has signed under one timestamp. */
const signedTwice = (sent: ReadonlyArray<Message>): ReadonlyArray<Message> => {
  const timestamp = { number: 9, client: liar }
  const operations = new Set(sent.map(({ operation }) => operation))
  return ["one", "other"].flatMap((value) =>
    [...operations, 1].map((operation): Message => {
      const written = symbolic.sign({ owner: liar }, { value, timestamp })
      return { _tag: "GetReply", operation, written }
    })
  )
}

const processes: Processes<Context, ServerState, ClientState, SupermajorityObservation, Message> = {
  server,
  client
}

const run = (context: Context, moves: ReadonlyArray<Move>): ReadonlyArray<Taken> =>
  drive(processes, context, context.servers.slice(-1), lies, moves)
/** Where a client lies as well, so that two storage nodes may tell what it has signed. */
const runWithClient = (context: Context, moves: ReadonlyArray<Move>): ReadonlyArray<Taken> =>
  drive(processes, context, context.servers.slice(-2), signedTwice, moves)

const stepOf = (context: Context, taken: Taken) =>
  taken.role === "server"
    ? server.step(context, taken.self, taken.state, taken.input)
    : client.step(context, taken.self, taken.state, taken.input)

/** How many have answered the phase once this answer is counted; undefined if it does not count. */
const answersAfter = ({ rules }: Context, taken: Taken): number | undefined => {
  if (taken.role !== "client" || taken.state._tag === "Idle" || taken.input._tag !== "Receive")
    return undefined
  const { from, message } = taken.input
  const { state } = taken
  const awaited = state._tag === "Getting" ? "GetReply" : "SetReply"
  if (message._tag !== awaited || message.operation !== state.begun) return undefined
  if (message._tag === "GetReply" && !rules.believes(symbolic, message.written)) return undefined
  return state.phase.answered.some((id) => id === from)
    ? undefined
    : state.phase.answered.length + 1
}
const needed = ({ servers }: Context) => Math.ceil((servers.length + 2) / 2)

/** True when this is the answer with which the Get phase of such an operation ends. */
const endsGetPhase = (context: Context, taken: Taken, tag: "Read" | "Write"): boolean =>
  taken.role === "client" &&
  taken.state._tag === "Getting" &&
  taken.state.operation._tag === tag &&
  answersAfter(context, taken) === needed(context)

/**
 * True when a read counts an answer and learns from it whether all agree; at the end it matters
 * only if they do.
 */
const learnsAgreement = (context: Context, taken: Taken): boolean => {
  const { role, state, input } = taken
  if (role !== "client" || state._tag !== "Getting" || state.operation._tag !== "Read") return false
  if (answersAfter(context, taken) === undefined) return false
  if (input._tag !== "Receive" || input.message._tag !== "GetReply") return false
  const isFirst = state.phase.answered.length === 0
  const agree =
    isFirst || (state.agree === true && equals(input.message.written, state.phase.answer))
  return endsGetPhase(context, taken, "Read") ? agree : agree !== state.agree
}

/**
 * True when the node takes what the correct one would not believe: in a Set, or in an answer that
 * counts.
 */
const takesUnsigned = (context: Context, taken: Taken): boolean => {
  const { input } = taken
  if (input._tag !== "Receive" || !("written" in input.message)) return false
  if (isGenuine(symbolic, input.message.written)) return false
  return taken.role === "server" || answersAfter(context, taken) !== undefined
}

/** True when the node takes the larger of two values under one timestamp, and has the smaller. */
const breaksTie = (context: Context, taken: Taken): boolean => {
  const { input } = taken
  if (input._tag !== "Receive" || !("written" in input.message)) return false
  const { written } = input.message
  if (!isGenuine(symbolic, written)) return false
  if (taken.role === "client" && answersAfter(context, taken) === undefined) return false
  // A write takes nothing but the timestamp from what it has found.
  if (endsGetPhase(context, taken, "Write")) return false
  const held =
    taken.role === "server"
      ? taken.state.written
      : taken.state._tag === "Idle"
        ? null
        : taken.state.phase.answer
  return pairOf(held).value === "one" && pairOf(written).value === "other"
}

/** The step that each rule is about. */
const changes: Readonly<Record<string, (context: Context, taken: Taken) => boolean>> = {
  correct: () => false,
  "unanimous-reads-return-at-once": learnsAgreement,
  "plain-majorities": (context, taken) =>
    answersAfter(context, taken) === Math.floor(context.servers.length / 2) + 1,
  "supermajority-one-short": (context, taken) =>
    answersAfter(context, taken) === needed(context) - 1,
  "read-without-write-back": (context, taken) => endsGetPhase(context, taken, "Read"),
  "unsigned-pairs-believed": takesUnsigned,
  "timestamp-outside-signature": (context, taken) =>
    takesUnsigned(context, taken) || endsGetPhase(context, taken, "Write"),
  "ties-not-broken": breaksTie
}

describe("the variants of super-majority replication", () => {
  it("are catalogued with the correct one first, each under its own name", () => {
    expect(variants[0]).toMatchObject({ name: "correct", kind: "correct" })
    expect(variants.map(({ name }) => name).toSorted()).toEqual(Object.keys(changes).toSorted())
    expect(variants.filter(({ kind }) => kind === "mutant")).toHaveLength(variants.length - 2)
  })

  for (const { name } of variants.slice(1)) {
    it(`${name} takes the correct steps but for the one that it is about, which it never takes correctly`, () => {
      const seen = { changed: 0, same: 0 }
      fc.assert(
        fc.property(movesOf(80), (moves) => {
          const [right, mutant] = [contextOf(5, "correct"), contextOf(5, name)]
          const taking = name === "ties-not-broken" ? runWithClient : run
          for (const taken of taking(mutant, moves)) {
            const differs = !equals(stepOf(right, taken), stepOf(mutant, taken))
            expect(differs).toBe(changes[name]?.(mutant, taken))
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

describe("the correct variants, among liars", () => {
  const observations = (transitions: ReadonlyArray<Taken>) =>
    transitions.flatMap(({ self, step }) =>
      step.observations.map(
        (observation): Event<SupermajorityObservation> => ({
          _tag: "Observed",
          node: self,
          observation
        })
      )
    )

  for (const { name } of variants.filter(({ kind }) => kind === "correct")) {
    it(`${name} is atomic, returns only what was written, and its timestamps grow, in random runs`, () => {
      let responses = 0
      fc.assert(
        fc.property(fc.constantFrom(4, 5), movesOf(160), (size, moves) => {
          const transitions = run(contextOf(size, name), moves)
          const events = observations(transitions)
          responses += events.filter(
            (event) => event._tag === "Observed" && event.observation._tag === "Response"
          ).length
          expect(
            atomicity.violation(events.reduce(atomicity.observe, atomicity.initial))
          ).toBeUndefined()
          expect(
            writtenValues.violation(events.reduce(writtenValues.observe, writtenValues.initial))
          ).toBeUndefined()
          for (const taken of transitions) {
            if (taken.role !== "server") continue
            const [before, after] = [taken.state, taken.step.state].map(
              ({ written }) => pairOf(written).timestamp
            )
            expect(before && after && isLarger(before, after)).toBe(false)
          }
        }),
        { numRuns: 200 }
      )
      expect(responses).toBeGreaterThan(500)
    })
  }
})
