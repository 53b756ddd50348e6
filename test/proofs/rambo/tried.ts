/**
 * Protocols along a sequence of configurations, tried in every state of a small domain: their
 * states, and the steps that depart from a model.
 */
import type { Model } from "../../../proofs/logic/model.ts"
import { tieOf as tieOfRambo } from "../../../proofs/rambo/follow.ts"
import type { FollowedSequence, Memory } from "../../../proofs/rambo/tie.ts"
import type { AnyStep } from "../../../proofs/tie/run.ts"
import { followLocally, type Tie } from "../../../proofs/tie/tie.ts"
import { isQuorum } from "../../../spec/configuration/configuration.ts"
import { subsets } from "../../../spec/configuration/quorums.ts"
import type { AnyProcess } from "../../../spec/kernel/process.ts"
import { client } from "../../../spec/rambo/client.ts"
import type { Rules } from "../../../spec/rambo/rules.ts"
import { server } from "../../../spec/rambo/server.ts"
import type { ClientState } from "../../../spec/rambo/state.ts"
import { all, first, type LocalStep, other, self, type Tried } from "./local-steps.ts"

/** These processes, under these rules. */
export const triedUnder = (
  rules: Rules,
  processes: { readonly client: AnyProcess; readonly server: AnyProcess } = { client, server }
): Tried => {
  const context = { servers: all, clients: [self, other], configuration: first, rules }
  return {
    choices: (state) => processes.client.choices(context, self, state),
    step: (role, state, input): AnyStep => {
      const node = role === "client" ? self : (all[0] ?? self)
      return processes[role].step(context, node, state, input)
    },
    nextOldest: (retired) => retired + 1,
    isEnough: (configuration, voters) => isQuorum(configuration, "write", voters),
    answers: (message) => [message],
    deciding: (state) => [state],
    asking: rules.remembersHolders ? withHolders : (state) => [state],
    accepting: (state) => [state],
    mayAnswer: () => true,
    history: () => []
  }
}

/** Some of the nodes that have answered a read have reported the very pair that it has found. */
const withHolders = (state: ClientState): ReadonlyArray<ClientState> => {
  const { activity } = state
  if (activity._tag !== "Getting" || activity.operation._tag !== "Read") return [state]
  const { answered } = activity.phase
  return [...answered.keys(), answered.length]
    .flatMap((size) => subsets(answered, size))
    .map((holders) => ({ ...state, activity: { ...activity, holders } }))
}

interface Following {
  readonly nextOldest?: Tried["nextOldest"]
  readonly tieOf?: (followed: FollowedSequence, memory: Memory) => Tie
}

/** Why steps depart from the model, one line for each that does. */
export function* departuresOf(
  model: Model,
  steps: ReadonlyArray<LocalStep>,
  {
    nextOldest = (retired) => retired + 1,
    tieOf = (followed, memory) => tieOfRambo(followed, undefined, memory)
  }: Following = {}
): Generator<string> {
  const followed: FollowedSequence = {
    ...{ model, servers: all, clients: [self, other], configuration: first, nextOldest },
    ...{ isDecided: "decide" in model.transitions, maxConfigurations: 3, maxRounds: 3 }
  }
  for (const { taken, memory, supposed } of steps) {
    const tie = tieOf(followed, memory)
    const world = () => {
      const known = tie.world()
      for (const [relation, ...labels] of supposed) known.suppose(relation, ...labels)
      return known
    }
    const departure = followLocally({ ...tie, world }, taken)
    if (departure === undefined) continue
    const { activity } = taken.before as Partial<ClientState>
    const { input } = taken
    const message = input._tag === "Receive" ? (input.message as { readonly _tag: string }) : input
    yield `${activity?._tag ?? taken.role}, ${message._tag}: ${departure}`
  }
}

/** The first of them; undefined if none departs. */
export const departureOf = (...given: Parameters<typeof departuresOf>): string | undefined => {
  const { value, done } = departuresOf(...given).next()
  return done === true ? undefined : value
}
