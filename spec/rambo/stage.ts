/**
 * The common part of the stages of garbage collection (tutorial, section 5): each sends one
 * question to the storage nodes of the old configuration c, or of the next configuration c'.
 */
import type { Configuration } from "../configuration/configuration.ts"
import { startPhase } from "../phase/phase.ts"
import type { Pair } from "../register/pair.ts"
import { activeAt } from "./configuration-map.ts"
import type { InPhase, Question } from "./messages.ts"
import type { Ruled } from "./rules.ts"
import {
  type ClientState,
  type ClientStep,
  enter,
  inPhase,
  type Stage,
  type Task
} from "./state.ts"

/** A state with a cmap. */
type Knowing = Pick<ClientState, "map">

/** c: the oldest active configuration, the next one to retire. */
export const oldest = ({ map }: Knowing): Configuration =>
  activeAt(map, map.retired) as Configuration

/** c': the successor of c, which will be the oldest active configuration. */
export const next = ({ rules }: Ruled, { map }: Knowing, { goal }: Task): Configuration =>
  activeAt(map, rules.nextOldest(map, goal)) as Configuration

/**
 * The configurations before c', in which the client performs Action 1: only c, except in RAMBO II.
 */
export const predecessors = (
  { rules }: Ruled,
  { map }: Knowing,
  { goal }: Task
): ReadonlyArray<Configuration> =>
  rules.pointsIn(map.active.slice(0, rules.nextOldest(map, goal) - map.retired))

/** A stage begins: the client sends its question to the storage nodes of these configurations. */
export const startStage = (
  state: ClientState,
  tag: Stage["_tag"],
  { operation, goal }: Task,
  configurations: ReadonlyArray<Configuration>,
  answer: Pair,
  question: (phase: InPhase) => Question
): ClientStep => {
  const entered = enter(state)
  const { phase, sends } = startPhase(configurations, answer, question(inPhase(entered)))
  return {
    state: {
      ...entered,
      activity: { _tag: tag, operation, goal, retired: state.map.retired, phase }
    },
    sends,
    observations: []
  }
}
