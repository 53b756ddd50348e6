/**
 * A user-defined protocol in the kernel: election of a leader on a ring (E. Chang and R. Roberts,
 * "An improved algorithm for decentralized extrema-finding in circular configurations of
 * processes", 1979), with a mutant.
 *
 *     npx quorate check ring-election.ts
 */
import * as Schema from "effect/Schema"
import { NodeId } from "../../spec/kernel/node.ts"
import type { AnyProcess } from "../../spec/kernel/process.ts"
import type { AnyProperty } from "../../spec/kernel/property.ts"
import type { ProtocolOf } from "../../spec/kernel/protocol.ts"
import { scenarioOf } from "../scenario/scenario-of.ts"

const State = Schema.Struct({ hasBegun: Schema.Boolean, isLeader: Schema.Boolean })
const Message = Schema.Struct({ _tag: Schema.Literal("Candidate"), number: Schema.Int })
/** The numbers of the nodes around the ring, and the rule for another candidate's number. */
interface Ring {
  readonly numbers: ReadonlyArray<number>
}
interface Rules {
  readonly passesOn: (candidate: number, own: number) => boolean
}
type Context = Ring & { readonly rules: Rules }

const nameOf = (number: number): NodeId => NodeId.make(`n${number}`)
const numberOf = (self: NodeId): number => Number(self.slice(1))
/** A candidate's number, to the next node on the ring. */
const passOn = ({ numbers }: Ring, self: NodeId, number: number) => [
  {
    to: nameOf(numbers[(numbers.indexOf(numberOf(self)) + 1) % numbers.length] as number),
    message: { _tag: "Candidate", number } as const
  }
]

const member: AnyProcess = {
  State,
  durable: false,
  initial: () => ({ hasBegun: false, isLeader: false }),
  ready: () => false,
  choices: (_context, _self, state) => ((state as typeof State.Type).hasBegun ? [] : ["begin"]),
  step: (context, self, given, input) => {
    const { numbers, rules } = context as Context
    const state = given as typeof State.Type
    const own = numberOf(self)
    if (input._tag !== "Receive")
      return {
        state: { ...state, hasBegun: true },
        sends: passOn({ numbers }, self, own),
        observations: []
      }
    const { number } = input.message as typeof Message.Type
    if (number === own) return { state: { ...state, isLeader: true }, sends: [], observations: [] }
    const sends = rules.passesOn(number, own) ? passOn({ numbers }, self, number) : []
    return { state, sends, observations: [] }
  }
}

const oneLeader: AnyProperty = {
  _tag: "Pair",
  name: "one-leader",
  about: "no two nodes are leaders",
  role: "member",
  holds: (_context: unknown, left: unknown, right: unknown) =>
    !(left as typeof State.Type).isLeader || !(right as typeof State.Type).isLeader
}

const election: ProtocolOf<Ring> = {
  name: "ring-election",
  about: "election of a leader on a ring",
  variants: [
    {
      name: "correct",
      about: "larger numbers are passed on",
      kind: "correct",
      rules: { passesOn: (one: number, own: number) => one > own }
    },
    {
      name: "all-passed-on",
      about: "every number is",
      kind: "mutant",
      rules: { passesOn: () => true }
    }
  ],
  objects: [],
  Message,
  roles: { member },
  nodes: ({ numbers }) => numbers.map((number) => ({ id: nameOf(number), role: "member" })),
  properties: [oneLeader],
  describe: (message) => `candidate ${(message as typeof Message.Type).number}`
}

const numbers = [2, 3, 1]
export const scenarios = {
  correct: scenarioOf(
    election,
    { numbers },
    { name: "correct", expect: { "one-leader": "holds" } }
  ),
  mutant: scenarioOf(
    election,
    { numbers },
    { name: "mutant", variant: "all-passed-on", expect: { "one-leader": "violated" } }
  )
}
