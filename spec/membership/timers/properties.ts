/**
 * The properties of the rounds and epochs that timers begin.
 */
import * as Schema from "effect/Schema"
import { equals, including } from "../../kernel/data.ts"
import { SetOf } from "../../kernel/node.ts"
import type { AnyObservation } from "../../kernel/observation.ts"
import type { Event } from "../../kernel/observer.ts"
import type { Observed, ProcessInvariant, StepInvariant } from "../../kernel/property.ts"
import type { LogState } from "./log.ts"
import { DueContent } from "./messages.ts"
import type { Noted } from "./observation.ts"
import { smallest } from "./rules.ts"

/** The timers that ran out at correct replicas, and the violation. */
const Seen = Schema.Struct({
  ranOut: SetOf(DueContent),
  violation: Schema.NullOr(Schema.String)
})
type Seen = typeof Seen.Type

const after = (state: Seen, event: Event<AnyObservation>): Seen => {
  if (state.violation !== null || event._tag === "Fault") return state
  if (event.observation._tag !== "Note") return state
  const { name, detail } = event.observation as Noted
  if (name === "ran-out") return { ...state, ranOut: including(state.ranOut, detail) }
  return state.ranOut.some((one) => equals(one, detail))
    ? state
    : {
        ...state,
        violation: `the next ${detail.what} after round ${detail.round} of epoch ${detail.epoch} begins, and no timer of a correct replica ran out there`
      }
}

/** A liar alone cannot hurry the service. */
export const begunWasDue: Observed<unknown, AnyObservation> = {
  _tag: "Observed",
  name: "begun-was-due",
  about: "a round or an epoch begins only if the timer of a correct replica has run out for it",
  isSymmetric: true,
  observer: () => ({
    name: "what ran out",
    State: Seen,
    initial: { ranOut: [], violation: null },
    observe: after,
    allowsEarlierResponses: true,
    mentionsServers: false,
    violation: ({ violation }) => violation ?? undefined
  }),
  canFailAt: (observation) => observation._tag === "Note" && observation.name === "begun"
}

/**
 * While the service moves, the replicas that could sign the certificate are erasing their shares.
 */
export const epochsCanBeCertified: StepInvariant<unknown, "administrator", LogState> = {
  _tag: "Step",
  name: "epochs-can-be-certified",
  about: "no epoch begins while the service moves, when nobody may have a share to certify it with",
  role: "administrator",
  isSymmetric: true,
  allowsEarlierReceipts: true,
  holds: (_context, _self, before, { epoch }) => epoch === before.epoch || before.moving === null
}

/** A system with fewer members keeps no object that tolerates a liar. */
export const staysLargeEnough: ProcessInvariant<unknown, "administrator", LogState> = {
  _tag: "Process",
  name: "stays-large-enough",
  about: "the system has four members or more",
  role: "administrator",
  isSymmetric: true,
  allowsEarlierReceipts: true,
  holds: (_context, _self, { members }) => members >= smallest
}
