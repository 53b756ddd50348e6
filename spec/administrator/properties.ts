/**
 * What reconfiguration by an administrator promises about configurations that have ended.
 */
import * as Schema from "effect/Schema"
import { equals, including } from "../kernel/data.ts"
import { Count, NodeId, SetOf } from "../kernel/node.ts"
import type { AnyObservation } from "../kernel/observation.ts"
import type { Event, Observer } from "../kernel/observer.ts"
import type { Observed } from "../kernel/property.ts"
import { Nonce } from "./messages.ts"
import type { Noted } from "./observation.ts"

/**
 * The forgotten configurations, the phases that clients have since begun in them, and the
 * violation.
 */
const Seen = Schema.Struct({
  forgotten: SetOf(Count),
  late: SetOf(Schema.Struct({ client: NodeId, nonce: Nonce })),
  violation: Schema.NullOr(Schema.String)
})
type Seen = typeof Seen.Type

const noteIn = (event: Event<AnyObservation>): Noted | undefined =>
  event._tag === "Observed" && event.observation._tag === "Note"
    ? (event.observation as Noted)
    : undefined

/**
 * `isLate`: only phases that began after their configuration was forgotten must not complete.
 */
const phases = (name: string, isLate: boolean): Observer<Seen, AnyObservation> => ({
  name,
  initial: { forgotten: [], late: [], violation: null },
  observe: (state, event) => {
    const note = noteIn(event)
    if (state.violation !== null || note === undefined) return state
    const { node } = event
    switch (note.name) {
      case "forgotten":
        return { ...state, forgotten: including(state.forgotten, note.detail.number) }
      case "phase begins":
        return isLate && state.forgotten.includes(note.detail.number)
          ? { ...state, late: including(state.late, { client: node, nonce: note.detail.nonce }) }
          : state
      case "phase ends": {
        const { number, nonce } = note.detail
        const isWrong = isLate
          ? state.late.some((one) => one.client === node && equals(one.nonce, nonce))
          : state.forgotten.includes(number)
        const what = `${node} completes its phase in configuration ${number}, which was forgotten before`
        return isWrong ? { ...state, violation: isLate ? `${what} it began` : what } : state
      }
      default:
        return state
    }
  },
  // A phase that completes earlier may do so before its configuration is forgotten; it then also
  // began before.
  allowsEarlierResponses: isLate,
  mentionsServers: false,
  violation: ({ violation }) => violation ?? undefined
})

/** Phases that forgetting protects: those that begin afterwards. */
export const noLatePhase: Observed<unknown, AnyObservation> = {
  _tag: "Observed",
  name: "no-late-phase",
  about: "no phase that began after its configuration was forgotten ever completes",
  observer: () => phases("late phases", true),
  canFailAt: (observation) => observation._tag === "Note" && observation.name === "phase ends"
}

/**
 * Phases that had already begun are not protected. (The correct protocol violates this property.)
 */
export const noPhaseCompletes: Observed<unknown, AnyObservation> = {
  ...noLatePhase,
  name: "no-phase-completes",
  about: "no phase completes in a forgotten configuration",
  observer: () => phases("all phases", false)
}
