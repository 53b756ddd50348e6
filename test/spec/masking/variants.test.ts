/**
 * Each mutant of masking replication is the protocol with exactly one step changed: in every
 * situation that its random runs with liars reach, its step differs from the correct one only if it
 * is the step that the rule is about.
 */
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { tolerating } from "../../../spec/configuration/configuration.ts"
import { maskingFaults } from "../../../spec/configuration/tolerated-faults.ts"
import { equals } from "../../../spec/kernel/data.ts"
import type { Event } from "../../../spec/kernel/observer.ts"
import type { Message } from "../../../spec/majority/messages.ts"
import type { ServerState } from "../../../spec/majority/server.ts"
import { accepted, trusted, withAnswer } from "../../../spec/masking/answers.ts"
import { type ClientState, client } from "../../../spec/masking/client.ts"
import { type MaskingObservation, timestampCount } from "../../../spec/masking/properties.ts"
import { server } from "../../../spec/masking/server.ts"
import { variants } from "../../../spec/masking/variants.ts"
import { client as clientId, servers } from "../../../spec/nodes/nodes.ts"
import { atomicity } from "../../../spec/register/atomicity.ts"
import type { AccessObservation } from "../../../spec/register/operation.ts"
import type { Pair } from "../../../spec/register/pair.ts"
import { writtenValues } from "../../../spec/register/written-values.ts"
import {
  drive,
  type Move,
  movesOf,
  type Processes,
  type Transition
} from "../supermajority/drive.ts"

const c1 = clientId("c1")
/** Many write at a time, so that answers often do not decide. */
const clients = ["c1", "c2", "c3", "c4", "c5"].map((name) => clientId(name))

const contextOf = (size: number, variant: string) => {
  const members = servers("s1", "s2", "s3", "s4", "s5", "s6").slice(0, size)
  const rules = variants.find(({ name }) => name === variant)?.rules
  if (rules === undefined) throw new Error(`no variant ${variant}`)
  return { servers: members, clients, configuration: tolerating(maskingFaults, members), rules }
}
type Context = ReturnType<typeof contextOf>
/** The same with so many clients. */
const among = (few: number, context: Context): Context => ({
  ...context,
  clients: clients.slice(0, few)
})
type Taken = Transition<ServerState, ClientState, MaskingObservation, Message>

/** What a liar may say: what it has seen, and what it makes up, in answer to any operation. */
const lies = (sent: ReadonlyArray<Message>): ReadonlyArray<Message> => {
  const operation = Math.max(1, ...sent.map((message) => message.operation))
  const madeUp: ReadonlyArray<Pair> = [1, 9].map((number) => ({
    value: "lie",
    timestamp: { number, client: c1 }
  }))
  const seen = sent.flatMap((message) => ("pair" in message ? [message.pair] : []))
  return [operation, operation - 1].flatMap((number) => [
    { _tag: "SetReply", operation: number },
    ...[...madeUp, ...seen].map((pair): Message => ({ _tag: "GetReply", operation: number, pair }))
  ])
}

const processes: Processes<Context, ServerState, ClientState, MaskingObservation, Message> = {
  server,
  client
}
/** The last server lies, if a liar can be masked at all. */
const run = (context: Context, moves: ReadonlyArray<Move>): ReadonlyArray<Taken> =>
  drive(processes, context, context.servers.slice(context.servers.length < 5 ? 4 : -1), lies, moves)

const stepOf = (context: Context, taken: Taken) =>
  taken.role === "server"
    ? server.step(context, taken.self, taken.state, taken.input)
    : client.step(context, taken.self, taken.state, taken.input)

/**
 * The client's phase once this answer is among those that it has; undefined if it is not an answer
 * to it.
 */
const answersAfter = (taken: Taken) => {
  if (taken.role !== "client" || taken.state._tag === "Idle" || taken.input._tag !== "Receive")
    return undefined
  const { from, message } = taken.input
  const { state } = taken
  const member = state.phase.configurations[0]?.members.find((id) => id === from)
  const awaited = state._tag === "Getting" ? "GetReply" : "SetReply"
  if (member === undefined || message._tag !== awaited || message.operation !== state.begun)
    return undefined
  const isNew = !state.phase.answered.includes(member)
  const answers =
    state._tag === "Getting" && message._tag === "GetReply"
      ? withAnswer(state.phase.answer, member, message.pair)
      : []
  return { isNew, count: state.phase.answered.length + (isNew ? 1 : 0), answers, state }
}
const needed = ({ servers }: Context): number =>
  Math.ceil((servers.length + 2 * maskingFaults.maxFaulty(servers.length) + 1) / 2)

/**
 * True when a quorum's answers to such an operation do not decide the same under the two sets of
 * rules.
 */
const decidesOtherwise =
  (tag: "Read" | "Write", decide: typeof accepted | typeof trusted) =>
  (right: Context, mutant: Context, taken: Taken): boolean => {
    const after = answersAfter(taken)
    if (after?.state._tag !== "Getting" || after.state.operation._tag !== tag) return false
    return (
      after.count >= needed(right) &&
      !equals(decide(right, after.answers), decide(mutant, after.answers))
    )
  }

/** The step that each rule is about. */
const changes: Readonly<
  Record<string, (right: Context, mutant: Context, taken: Taken) => boolean>
> = {
  correct: () => false,
  "highest-vouched": decidesOtherwise("Read", accepted),
  "one-voucher-short": decidesOtherwise("Read", accepted),
  "silent-not-counted": decidesOtherwise("Read", accepted),
  "read-without-write-back": (right, _, taken) => {
    const after = answersAfter(taken)
    if (after?.state._tag !== "Getting" || after.state.operation._tag !== "Read") return false
    return after.count >= needed(right) && accepted(right, after.answers) !== undefined
  },
  "highest-timestamp": (right, mutant, taken) => {
    const after = answersAfter(taken)
    if (after?.state._tag !== "Getting" || after.state.operation._tag !== "Write") return false
    const numbers = [right, mutant].map((context) => trusted(context, after.answers)?.number)
    return after.count >= needed(right) && numbers[0] !== numbers[1]
  },
  // With the answer that completes a quorum the mutant has asked all others again before.
  "quorum-one-short": (right, mutant, taken) => {
    const after = answersAfter(taken)
    if (after === undefined || (after.state._tag === "Setting" && !after.isNew)) return false
    if (after.count === needed(right) - 1) return true
    return (
      after.isNew &&
      after.count === needed(right) &&
      changes["asked-once"]?.(right, mutant, taken) === true
    )
  },
  "quarter-masked": (right, mutant, taken) =>
    decidesOtherwise("Read", accepted)(right, mutant, taken) ||
    changes["highest-timestamp"]?.(right, mutant, taken) === true,
  "asked-once": (right, _, taken) => {
    const after = answersAfter(taken)
    if (after?.state._tag !== "Getting" || after.state.operation._tag !== "Read") return false
    return after.count >= needed(right) && accepted(right, after.answers) === undefined
  }
}

describe("the variants of masking replication", () => {
  it("are catalogued with the correct one first, each under its own name", () => {
    expect(variants[0]).toMatchObject({ name: "correct", kind: "correct" })
    expect(variants.map(({ name }) => name).toSorted()).toEqual(Object.keys(changes).toSorted())
    expect(variants.filter(({ kind }) => kind === "mutant")).toHaveLength(variants.length - 1)
  })

  for (const { name } of variants.slice(1)) {
    it(`${name} takes the correct steps but for the one that it is about, which it never takes correctly`, () => {
      const seen = { changed: 0, same: 0 }
      // Of four storage nodes a quarter is one; of five, one is fewer than a quarter.
      const size = name === "quarter-masked" ? 4 : 5
      fc.assert(
        fc.property(movesOf(200), (moves) => {
          const [right, mutant] = [contextOf(size, "correct"), contextOf(size, name)]
          for (const taken of run(mutant, moves)) {
            const differs = !equals(stepOf(right, taken), stepOf(mutant, taken))
            expect(differs).toBe(changes[name]?.(right, mutant, taken))
            seen[differs ? "changed" : "same"] += 1
          }
        }),
        { numRuns: 100 }
      )
      expect(seen.changed).toBeGreaterThan(10)
      expect(seen.same).toBeGreaterThan(seen.changed)
    })
  }
})

describe("the correct variant, among liars", () => {
  it("is atomic, returns only what was written, and numbers writes from one, in random runs", () => {
    let responses = 0
    fc.assert(
      fc.property(fc.constantFrom(4, 5, 6), movesOf(250), (size, moves) => {
        const events = run(among(3, contextOf(size, "correct")), moves).flatMap(({ self, step }) =>
          step.observations.map(
            (observation): Event<MaskingObservation> => ({
              _tag: "Observed",
              node: self,
              observation
            })
          )
        )
        const accesses = events.filter(
          (event): event is Event<AccessObservation> =>
            event._tag === "Observed" && event.observation._tag !== "Note"
        )
        responses += accesses.filter(
          (event) => event._tag === "Observed" && event.observation._tag === "Response"
        ).length
        expect(
          atomicity.violation(accesses.reduce(atomicity.observe, atomicity.initial))
        ).toBeUndefined()
        expect(
          writtenValues.violation(accesses.reduce(writtenValues.observe, writtenValues.initial))
        ).toBeUndefined()
        expect(
          timestampCount.violation(events.reduce(timestampCount.observe, timestampCount.initial))
        ).toBeUndefined()
      }),
      { numRuns: 200 }
    )
    expect(responses).toBeGreaterThan(500)
  })
})
