/**
 * The storage node of a weak snapshot: it endorses once, its row only grows, and leaving out the
 * endorsers changes no observable behaviour.
 */
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { equals, setOf } from "../../../spec/kernel/data.ts"
import { client, server as named, servers } from "../../../spec/nodes/nodes.ts"
import type { Change } from "../../../spec/weak-snapshot/change.ts"
import type { Endorsements } from "../../../spec/weak-snapshot/endorsements.ts"
import type { Message } from "../../../spec/weak-snapshot/messages.ts"
import { correct, type Rules } from "../../../spec/weak-snapshot/rules.ts"
import {
  initial,
  onlyAnswers,
  receive,
  type ServerState
} from "../../../spec/weak-snapshot/server.ts"
import { variants } from "../../../spec/weak-snapshot/variants.ts"

const rulesOf = (name: string): Rules => {
  const variant = variants.find((one) => one.name === name)
  if (variant === undefined) throw new Error(`no variant ${name}`)
  return variant.rules
}

const self = named("s1")
const asker = client("c1")
const numbers = { operation: 1, phase: 1 }
const adding = (name: string): Change => ({ add: servers(name), remove: [] })
const endorse = (name: string): Message => ({ _tag: "Endorse", ...numbers, change: adding(name) })

/**
 * Endorsements with columns: always the same change for each node, since a node endorses only one.
 */
const rows: fc.Arbitrary<Endorsements> = fc
  .subarray(["s2", "s3", "s4"])
  .map((names) =>
    setOf(names.map((by) => ({ change: adding(by === "s2" ? "s8" : "s9"), by: named(by) })))
  )
const messages: fc.Arbitrary<Message> = fc.oneof(
  fc.constantFrom("s8", "s9").map(endorse),
  rows.map((endorsements): Message => ({ _tag: "Store", ...numbers, endorsements })),
  fc.constant<Message>({ _tag: "Collect", ...numbers })
)

const forget = (known: Endorsements): Endorsements => setOf(known.map(({ change }) => ({ change })))
const forgetState = ({ endorsed, known }: ServerState): ServerState => ({
  endorsed,
  known: forget(known)
})
const forgetMessage = (message: Message): Message =>
  "endorsements" in message ? { ...message, endorsements: forget(message.endorsements) } : message

describe("a storage node", () => {
  it("endorses the first change it is asked for, and no other", () => {
    const first = receive({ rules: correct }, self, initial, asker, endorse("s8"))
    const second = receive({ rules: correct }, self, first.state, asker, endorse("s9"))
    expect(second.state).toEqual(first.state)
    for (const { sends } of [first, second]) {
      expect(sends).toEqual([
        { to: asker, message: { _tag: "Endorsed", ...numbers, change: adding("s8") } }
      ])
    }
  })

  it("may endorse a different change from those it knows other nodes to endorse", () => {
    const store: Message = { _tag: "Store", ...numbers, endorsements: [{ change: adding("s8") }] }
    const told = receive({ rules: correct }, self, initial, asker, store)
    const { state } = receive({ rules: correct }, self, told.state, asker, endorse("s9"))
    expect(state).toEqual({
      endorsed: adding("s9"),
      known: [{ change: adding("s8") }, { change: adding("s9") }]
    })
  })

  it("behaves the same with and without the columns of the matrix, except for the columns", () => {
    let changes = 0
    fc.assert(
      fc.property(fc.array(messages, { maxLength: 12 }), (sequence) => {
        let [columns, plain] = [initial, initial]
        for (const message of sequence) {
          const withColumns = receive(
            { rules: rulesOf("with-columns") },
            self,
            columns,
            asker,
            message
          )
          const without = receive({ rules: correct }, self, plain, asker, forgetMessage(message))
          expect(without.state).toEqual(forgetState(withColumns.state))
          expect(without.sends).toEqual(
            withColumns.sends.map(({ to, message: answer }) => ({
              to,
              message: forgetMessage(answer)
            }))
          )
          if (!equals(columns, withColumns.state)) changes++
          columns = withColumns.state
          plain = without.state
        }
      })
    )
    expect(changes).toBeGreaterThan(100)
  })

  it("declares that it only answers a message exactly if the message changes no step, now or later", () => {
    let kept = 0
    fc.assert(
      fc.property(fc.array(messages, { maxLength: 12 }), messages, (sequence, message) => {
        let state = initial
        for (const next of sequence) {
          const { state: after } = receive(
            { rules: correct },
            self,
            state,
            asker,
            forgetMessage(message)
          )
          expect(onlyAnswers(state, forgetMessage(message))).toBe(
            equals(after, state) || message._tag === "Collect"
          )
          if (equals(after, state)) kept++
          state = receive({ rules: correct }, self, state, asker, forgetMessage(next)).state
        }
      })
    )
    expect(kept).toBeGreaterThan(50)
  })
})
