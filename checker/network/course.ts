/**
 * The course that a model takes before its search begins: steps from the initial state, one after
 * another, as a network without reductions takes them.
 */
import { canonical } from "../../spec/kernel/data.ts"
import type { Failures, Space } from "../engine/space.ts"
import { ModelIllFormed } from "./ill-formed.ts"
import type { Event } from "./model.ts"

/** The parts of a network without reductions that take steps. */
type Stepping = Pick<Space, "expand" | "successor" | "judge" | "judgeTransition"> & {
  readonly start: Int32Array
  readonly describe: (label: number) => ReadonlyArray<Event>
}

/** A step that is possible in a state, and where it leads. */
export interface PossibleStep {
  readonly event: Event
  readonly after: Int32Array
  /** The properties that it violates, or that fail in the state to which it leads. */
  readonly failures: Failures
}

/**
 * The steps that are possible in a state, each once: a message that is in flight and that the
 * adversary can build too may be received later, as in a replay.
 */
export const possibleSteps = (
  network: Stepping,
  state: Int32Array
): ReadonlyArray<PossibleStep> => {
  const steps = new Map<string, PossibleStep>()
  network.expand(state, {
    visit: (label) => {
      const [event] = network.describe(label) as [Event]
      const after = network.successor.slice()
      const failures = network.judgeTransition(label) | network.judge(after)
      steps.set(canonical(event), { event, after, failures })
    }
  })
  return [...steps.values()]
}

/** The state to which these steps lead from the initial state. */
export const endOf = (network: Stepping, course: ReadonlyArray<Event>): Int32Array =>
  course.reduce((state, event, at) => {
    const text = canonical(event)
    const step = possibleSteps(network, state).find((one) => canonical(one.event) === text)
    if (step !== undefined) return step.after
    throw new ModelIllFormed({
      where: `after[${at}]`,
      problem: `${text} is not possible there`,
      mend: "name a step that is possible after the steps before it"
    })
  }, network.start)
