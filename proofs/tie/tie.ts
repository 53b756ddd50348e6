/**
 * How the executable specification is tied to a model: by forward simulation.
 *
 * A tie states which tuples of the structure a node's state represents, which tuples a message
 * represents, and which transitions of the model a step is. The last is a proposal, which is not
 * trusted: the model must allow each transition, and afterwards the structure must agree with the
 * executable.
 */
import { equals } from "../../spec/kernel/data.ts"
import type { System } from "../../spec/kernel/system.ts"
import { type Plan, randomRun, type Taken } from "./run.ts"
import { Departure, type Labels, type Named, type View, type World } from "./world.ts"

export type Fact = readonly [relation: Named, ...labels: Labels]

export interface Tie {
  readonly world: () => World
  /** What the state of a node represents. */
  readonly views: (node: string, role: string, state: unknown) => ReadonlyArray<View>
  /** What must have happened if this message was sent. */
  readonly sent: (from: string, to: string, message: unknown) => ReadonlyArray<Fact>
  /** What must have happened if this step was observed: what was returned. */
  readonly observed: (taken: Taken) => ReadonlyArray<Fact>
  /** Takes the transitions of the step. */
  readonly follow: (world: World, taken: Taken) => void
}

const isStutter = ({ before, step }: Taken): boolean =>
  step.sends.length === 0 && step.observations.length === 0 && equals(before, step.state)

/** Follows one step, and checks that the structure agrees with the executable. */
export const followStep = (tie: Tie, world: World, taken: Taken): void => {
  if (!isStutter(taken)) tie.follow(world, taken)
  const { node, role, step } = taken
  for (const view of tie.views(node, role, step.state)) world.check(view)
  const facts = [
    ...step.sends.flatMap(({ to, message }) => tie.sent(node, to, message)),
    ...tie.observed(taken)
  ]
  for (const [relation, ...labels] of facts) {
    if (!world.holds(relation, ...labels)) {
      throw new Departure(
        `${relation.symbol.name}(${labels.join(", ")}) does not hold in the model`
      )
    }
  }
}

export interface Followed {
  readonly steps: number
  /** Where the executable departed from the model, if it did. */
  readonly departure?: string
  readonly taken: ReadonlyMap<string, number>
  /** The number of states in which all sentences were evaluated. */
  readonly judged: number
}

/** Follows a random run; evaluates all sentences of the model at a regular interval of states. */
export const followRun = (tie: Tie, system: System, plan: Plan, judgedEvery = 20): Followed => {
  const world = tie.world()
  let [steps, judged] = [0, 0]
  try {
    for (const taken of randomRun(system, plan)) {
      steps++
      followStep(tie, world, taken)
      if (steps % judgedEvery !== 0) continue
      world.checkSentences()
      judged++
    }
  } catch (error) {
    if (!(error instanceof Departure)) throw error
    return { steps, departure: error.message, taken: world.taken, judged }
  }
  return { steps, taken: world.taken, judged }
}

/**
 * Follows one step from a state that may be unreachable: it assumes exactly what the state and the
 * message represent.
 */
export const followLocally = (tie: Tie, taken: Taken): string | undefined => {
  const world = tie.world()
  const { node, role, before, input } = taken
  for (const view of tie.views(node, role, before)) world.supposeInstead(view)
  if (input._tag === "Receive") {
    for (const [relation, ...labels] of tie.sent(input.from, node, input.message))
      world.suppose(relation, ...labels)
  }
  try {
    followStep(tie, world, taken)
    return undefined
  } catch (error) {
    if (!(error instanceof Departure)) throw error
    return error.message
  }
}
